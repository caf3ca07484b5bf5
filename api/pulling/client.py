"""Ask a vendor's interface: encrypted, one host only, patient with rate limits, never a secret in a message."""

import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.pulling.addresses import same_place
from api.pulling.errors import PullExtraMissing, PullFailed, PullRefused

if TYPE_CHECKING:
    import httpx2
    from tenacity import RetryCallState

ATTEMPTS = 6
LONGEST_WAIT = 900.0
"""Seconds a pull waits when the vendor says so; above, it ends and goes on at the next start."""
_LONGEST_PAUSE = 60.0
_SECONDS = 60.0
_LARGEST_ANSWER = 64 << 20
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_QUOTA = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED"})
_CODE = re.compile(r"[A-Za-z0-9_.\- ]{1,80}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its JSON, and where its Link header says the next page is."""

    body: Any
    following: str | None


class Refused(PullFailed):
    """The vendor answered no; `status` and `code` say how."""

    def __init__(self, where: str, status: int, code: str) -> None:
        super().__init__(f"{where}: answered {status}{f' ({code})' if code else ''}")
        self.status = status
        self.code = code


class _Again(PullFailed):
    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach a vendor: through which proxy, trusting which authority."""

    ca_file: Path | None = None
    proxy: str | None = None
    proxy_secret: str | None = None


class Client:
    """Sends requests to one address; `sleep` waits, so that tests need not."""

    def __init__(
        self, base: str, route: Route, sleep: Callable[[float], None], now: Callable[[], datetime]
    ) -> None:
        self.base = base
        self._sleep = sleep
        self._now = now
        self._http = _opened(route)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, url: str, headers: Callable[[], Mapping[str, str]], renew: Callable[[], bool]) -> Answer:
        """Return the answer to GET; `renew` is called once where the credential has expired.

        Raises PullFailed, PullRefused.
        """
        same_place(self.base, url)
        try:
            return self._patiently(lambda: self._once("GET", url, headers()))
        except Refused as problem:
            if problem.status != 401 or not renew():
                raise
        return self._patiently(lambda: self._once("GET", url, headers()))

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Return the answer to a form. Raises PullFailed, PullRefused."""
        same_place(self.base, url)
        return self._patiently(lambda: self._once("POST", url, {}, form))

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

        pause = wait_random_exponential(multiplier=1, max=_LONGEST_PAUSE)

        def wait(state: "RetryCallState") -> float:
            problem = state.outcome.exception() if state.outcome else None
            told = problem.wait if isinstance(problem, _Again) else None
            return pause(state) if told is None else told

        patient = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait,
            retry=retry_if_exception_type(_Again),
            sleep=self._sleep,
            reraise=True,
        )
        return patient(ask)

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> Answer:
        import httpx2

        where = f"{self.base}{httpx2.URL(url).path}"
        try:
            with self._http.stream(
                method, url, headers={"Accept": "application/json", **headers}, data=form
            ) as response:
                data = bytearray()
                for piece in response.iter_bytes():
                    data += piece
                    if len(data) > _LARGEST_ANSWER:
                        raise PullFailed(f"{where}: an answer is larger than 64 MiB, which no page is")
        except httpx2.LocalProtocolError:  # whose text may quote a header
            raise PullFailed(f"{where}: the request cannot be written; check the secret") from None
        except httpx2.TransportError as problem:
            if _is_about_trust(problem):
                raise PullRefused(
                    f"{where}: its certificate is not trusted ({_short(problem)}); if a private authority or an "
                    "inspecting proxy signs it, name the authority's certificates with ca_file"
                ) from None
            raise _Again(f"{where}: cannot be reached or broke off ({_short(problem)})") from None
        except httpx2.DecodingError:
            raise _Again(f"{where}: the answer is damaged") from None
        if response.is_redirect:
            raise PullRefused(
                f"{where}: answered with a redirect, which is not followed, because the credential would go along; "
                "name the final address as base_url"
            )
        body = _json(data)
        if response.status_code >= 400:
            self._refuse(where, response, body)
        if body is None:
            raise _Again(f"{where}: the answer is no JSON, or cut off")
        link = response.links.get("next", {}).get("url")
        return Answer(body, None if link is None else same_place(self.base, str(link)))

    def _refuse(self, where: str, response: "httpx2.Response", body: Any) -> None:
        code = _code(body)
        if response.status_code in _AGAIN or (response.status_code == 403 and code in _QUOTA):
            wait = self._told_wait(response.headers)
            said = f"{where}: answered {response.status_code}{f' ({code})' if code else ''}"
            if wait is not None and wait > LONGEST_WAIT:
                raise PullFailed(
                    f"{said} and asks for {wait / 60:.0f} minutes of patience; run it again then"
                )
            raise _Again(said, wait)
        raise Refused(where, response.status_code, code)

    def _told_wait(self, headers: Mapping[str, str]) -> float | None:
        """Return the seconds the vendor asks to wait; its own clock counts, where it tells it."""
        now = _date(headers.get("Date")) or self._now()
        after = headers.get("Retry-After", "").strip()
        if after.isdigit():
            return float(after)
        if (moment := _date(after)) is not None:
            return max(0.0, (moment - now).total_seconds())
        reset = headers.get("X-Rate-Limit-Reset", "").strip()
        if reset.isdigit() and len(reset) < 12:
            return max(0.0, int(reset) - now.timestamp()) + 1.0
        return None


def _opened(route: Route) -> "httpx2.Client":
    try:
        import httpx2
    except ImportError:
        raise PullExtraMissing(
            "pulling needs programs that are not installed: pip install 'skiagram[pull]'"
        ) from None
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if route.ca_file is not None:
        try:
            context.load_verify_locations(route.ca_file)
        except (OSError, ssl.SSLError) as problem:
            raise PullFailed(f"{route.ca_file}: no certificates in PEM form ({_short(problem)})") from problem
    proxy = None
    if route.proxy is not None:
        user, _, password = (route.proxy_secret or "").partition(":")
        proxy = httpx2.Proxy(route.proxy, auth=(user, password) if route.proxy_secret else None)
    # Not from the environment: a forgotten variable would send the credential through somebody's proxy.
    return httpx2.Client(
        verify=context, proxy=proxy, trust_env=False, timeout=_SECONDS, follow_redirects=False
    )


def _is_about_trust(problem: BaseException | None) -> bool:
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(problem):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _short(problem: BaseException) -> str:
    return re.sub(r"https?://\S+", "", " ".join(str(problem).split()))[:160] or type(problem).__name__


def _json(data: bytes | bytearray) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _code(body: Any) -> str:
    """Return the vendor's name for a failure, nothing of its prose, which may repeat what was sent."""
    if not isinstance(body, dict):
        return ""
    error = body.get("error", body.get("errorCode"))
    if isinstance(error, dict):
        reasons = error.get("errors")
        first = reasons[0] if isinstance(reasons, list) and reasons else None
        error = (
            (first.get("reason") if isinstance(first, dict) else None)
            or error.get("status")
            or error.get("code")
        )
    text = str(error or "")
    return text if _CODE.fullmatch(text) else ""


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
