"""Say where a pull may send its credential: to the configured address, encrypted, and nowhere else."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from api.pulling.errors import PullRefused

_PORTS = {"https": 443, "http": 80}


def checked_address(url: str) -> str:
    """Return a base address without trailing slash. Raises ValueError unless it is https, or on this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise ValueError(f"{url[:80]!r} is no address: {problem}") from problem
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address holds no user or password; name a file with the secret instead")
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{url[:80]!r} is no address such as https://hospital.okta.com")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError(f"{url[:80]!r} must begin with https://, because a credential is sent there")
    del port
    return url.rstrip("/")


def same_place(base: str, url: str) -> str:
    """Return `url` if it leads to the host of `base`; raise PullRefused where it leads anywhere else."""
    try:
        here, there = _origin(urlsplit(base)), _origin(urlsplit(url))
    except ValueError as problem:
        raise PullRefused(f"{base}: the answer names an address that cannot be read") from problem
    if here != there:
        host = "".join(c for c in str(there[1]) if c.isalnum() or c in ".-:")[:100]
        raise PullRefused(
            f"{base}: the answer leads on to {host or 'another host'}, where the credential must not go; nothing "
            "was sent there. If this is the vendor's own other address, name it as base_url"
        )
    return url


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    if parts.username is not None:
        raise ValueError("user in address")
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
