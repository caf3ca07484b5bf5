"""Turn a secret into request headers: a fixed Okta token, or tokens of the three vendors' OAuth servers."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from api.pulling.client import Client, Refused
from api.pulling.errors import PullExtraMissing, PullFailed, SecretUnusable
from api.pulling.settings import PullSettings

_EARLIER = timedelta(seconds=90)
_LIFE = timedelta(minutes=5)
_OKTA_SCOPES = "okta.logs.read okta.apps.read"
_GOOGLE_SCOPE = "https://www.googleapis.com/auth/admin.reports.audit.readonly"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Credentials:
    """The credential of one pull; asks for a new token when one has run out."""

    def __init__(
        self, settings: PullSettings, secret: str, login: Client, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._login = login
        self._now = now
        self._token: str | None = None
        self._until = now()

    def headers(self) -> Mapping[str, str]:
        """Return the headers of a request. Raises PullFailed, SecretUnusable."""
        if self._is_fixed:
            if not self._secret.isascii() or not self._secret.isprintable() or " " in self._secret:
                raise SecretUnusable(f"{self._settings.name}: the secret is no Okta token, which is one word")
            return {"Authorization": f"SSWS {self._secret}"}
        if self._token is None or self._now() >= self._until:
            self._token, self._until = self._fetched()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Throw the token away; say whether another one can be had."""
        self._token = None
        return not self._is_fixed

    @property
    def _is_fixed(self) -> bool:
        return self._settings.vendor == "okta" and self._settings.client_id is None

    def _fetched(self) -> tuple[str, datetime]:
        url, form = {"okta": self._okta, "graph": self._graph, "google": self._google}[
            self._settings.vendor
        ]()
        asked = self._now()
        try:
            body = self._login.post(url, form).body
        except Refused as problem:
            raise PullFailed(
                f"{problem}; the credential of {self._settings.name} was not accepted: check secret, client id and "
                "tenant or subject, and whether the secret has expired"
            ) from None
        token = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise PullFailed(f"{url}: the answer holds no token")
        seconds = body.get("expires_in")
        life = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 1 << 30 else _LIFE
        return token, asked + max(life - _EARLIER, life / 2)

    def _okta(self) -> tuple[str, dict[str, str]]:
        url = f"{self._settings.login}/oauth2/v1/token"
        key, headers = _okta_key(self._secret)
        client = str(self._settings.client_id)
        return url, {
            "grant_type": "client_credentials",
            "scope": _OKTA_SCOPES,
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._signed({"iss": client, "sub": client, "aud": url}, key, headers),
        }

    def _graph(self) -> tuple[str, dict[str, str]]:
        return f"{self._settings.login}/{self._settings.tenant}/oauth2/v2.0/token", {
            "grant_type": "client_credentials",
            "client_id": str(self._settings.client_id),
            "client_secret": self._secret,
            "scope": f"{self._settings.address}/.default",
        }

    def _google(self) -> tuple[str, dict[str, str]]:
        # The address in the key file is not used: a file from elsewhere must not say where to send assertions.
        url = f"{self._settings.login}/token"
        try:
            account = json.loads(self._secret)
            issuer, key = str(account["client_email"]), str(account["private_key"])
        except (ValueError, TypeError, KeyError):
            raise SecretUnusable(
                f"{self._settings.name}: the secret is no service account key; download one as JSON from the Google "
                "Cloud console (IAM > Service accounts > Keys)"
            ) from None
        claims = {"iss": issuer, "sub": self._settings.subject, "aud": url, "scope": _GOOGLE_SCOPE}
        headers = {"kid": str(account["private_key_id"])} if account.get("private_key_id") else {}
        return url, {"grant_type": _GRANT, "assertion": self._signed(claims, key, headers)}

    def _signed(self, claims: dict[str, Any], key: Any, headers: dict[str, str]) -> str:
        try:
            import jwt
        except ImportError:
            raise PullExtraMissing(
                "pulling needs programs that are not installed: pip install 'skiagram[pull]'"
            ) from None
        now = self._now()
        times = {"iat": int(now.timestamp()), "exp": int((now + _LIFE).timestamp()), "jti": token_hex(16)}
        try:
            return jwt.encode({**claims, **times}, key, algorithm="RS256", headers=headers)
        except (jwt.PyJWTError, ValueError, TypeError):
            raise SecretUnusable(
                f"{self._settings.name}: the secret holds no usable RSA private key"
            ) from None


def _okta_key(secret: str) -> tuple[Any, dict[str, str]]:
    """Return the key of a PEM text or of a JWK, as Okta shows it, and the key id of the latter."""
    if not secret.startswith("{"):
        return secret, {}
    try:
        import jwt

        jwk = json.loads(secret)
        return jwt.PyJWK(jwk, algorithm="RS256").key, {"kid": str(jwk["kid"])} if "kid" in jwk else {}
    except ImportError:
        raise PullExtraMissing(
            "pulling needs programs that are not installed: pip install 'skiagram[pull]'"
        ) from None
    except Exception:  # whatever it says may quote the key
        raise SecretUnusable("the secret is no private key as JWK or PEM") from None
