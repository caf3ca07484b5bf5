"""Bring host names of logs into one comparable form, and find who could have registered them."""

from __future__ import annotations

import re
import warnings
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract

# "_" and hyphens at either end are not letters of a host name but do occur in DNS. Each label needs one
# letter or digit, so that placeholders such as "-" are not taken for names.
_NAME = re.compile(r"(?:[_-]*[a-z0-9][a-z0-9_-]*\.)*[_-]*[a-z0-9][a-z0-9_-]*")
# Nearly all names of a log have this form and are canonical as they stand.
_PLAIN_NAME = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z]+")
# A host whose last label is a number is an address or nothing (WHATWG URL, "ends in a number checker").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_NAME = 253  # RFC 1035
_MAX_LABEL = 63
_MAX_RAW = 1024  # beyond this no port, zone or dot could be the reason for the length
_MAX_PORT = 65535


def normalise_host(raw: str) -> str | None:
    """Return a host in its one canonical form, or None if the text is no host.

    Names come back in lower case, as IDNA A-labels (UTS 46, RFC 5891), without port and trailing dot; IPv4
    and IPv6 literals without brackets, port and zone. URLs, `user@host`, wildcards, placeholders and broken
    names give None. Never raises, whatever the text.
    """
    if len(raw) > _MAX_RAW:
        return None
    if len(raw) <= _MAX_LABEL and _PLAIN_NAME.fullmatch(raw) is not None:
        return raw
    text = raw.strip(" \t\r\n")
    if not text.isascii():
        mapped = _to_ascii(text)
        if mapped is None:
            return None
        text = mapped
    text = text.lower()
    if text.startswith("[") or text.count(":") > 1:
        return _ipv6(text)
    name, colon, port = text.partition(":")
    if colon and port and not (port.isdigit() and len(port) <= 5 and int(port) <= _MAX_PORT):
        return None
    name = name.removesuffix(".")
    if len(name) > _MAX_NAME or _NAME.fullmatch(name) is None:
        return None
    if max(map(len, name.split("."))) > _MAX_LABEL:
        return None
    if _NUMBER.fullmatch(name, name.rfind(".") + 1) is not None:
        return _ipv4(name)
    return name


def registrable_domain(host: str) -> str | None:
    """Return the part of a canonical host that one owner registered, e.g. `example.co.uk`.

    Private suffixes count (`someone.hf.space` belongs to someone, not to hf.space). None for addresses,
    single labels and public suffixes themselves. Works offline, with the list in the `publicsuffixlist`
    package.
    """
    domain, suffix, _private = split_suffix(host)
    return f"{domain}.{suffix}" if domain and suffix else None


@lru_cache(maxsize=65536)
def split_suffix(host: str) -> tuple[str, str, bool]:
    """Return the label before the public suffix, the suffix, and whether the suffix is a private one."""
    parts = _extractor()(host)
    return parts.domain if parts.suffix else "", parts.suffix, parts.is_private


@cache
def _extractor() -> TLDExtract:
    # Imported late: it costs 0.1 s and most commands meet no stranger. The module's own default extractor
    # would download a list, so it is never used.
    from importlib.resources import files

    from tldextract import TLDExtract

    data = Path(str(files("publicsuffixlist").joinpath("public_suffix_list.dat")))
    extractor = TLDExtract(
        suffix_list_urls=(data.as_uri(),),
        cache_dir=None,
        fallback_to_snapshot=False,
        include_psl_private_domains=True,
    )
    with warnings.catch_warnings():
        # Reading the list through its file address leaves the file to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        extractor("example.com")
    return extractor


def _to_ascii(text: str) -> str | None:
    # UTS 46 mapping, then Punycode per label: what browsers resolve. The stricter IDNA 2008 check would lose
    # names that exist, such as those with symbols.
    import idna

    try:
        mapped = idna.uts46_remap(text, std3_rules=False)
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
            for label in mapped.split(".")
        )
    except (idna.IDNAError, UnicodeError):
        return None


def _ipv4(text: str) -> str | None:
    from ipaddress import AddressValueError, IPv4Address

    try:
        return str(IPv4Address(text))
    except AddressValueError:
        return None


def _ipv6(text: str) -> str | None:
    from ipaddress import AddressValueError, IPv6Address

    if text.startswith("["):
        text, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not (rest[0] == ":" and (rest[1:].isdigit() or not rest[1:]))):
            return None
    try:
        return str(IPv6Address(text.partition("%")[0]))
    except AddressValueError:
        return None
