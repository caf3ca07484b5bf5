"""Converters: small functions that turn what a log wrote into a canonical value."""

import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from scanner.action_words import action
from scanner.answer_text import least_lifetime, query_results, record_data
from scanner.clock import TimeContext, Times, epoch, parse_time
from scanner.errors import FormatInvalid
from scanner.grants import consented_scopes, targets
from scanner.merchants import product_of

Converter = Callable[[Any], Any]
"""Takes a raw value, returns the converted one or None where there is none."""

_URL: Final = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?(?://)?(?:[^/?#@\s]*@)?"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[^/?#:\s]*)(?::(?P<port>\d{1,5}))?(?P<path>/[^?#]*)?"
)
# The ways to write a port after an IPv6 address that have no brackets: RFC 5952 section 6.
_PLAIN_IPV4: Final = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}")
_PORT_OF_IPV6: Final = re.compile(r"(?: port |p|#|(?<=:[0-9a-fA-F]{4})\.)\d{1,5}\Z")
_LONGEST_ADDRESS: Final = 200
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d*)?\Z")


def text(value: Any) -> Any:
    """Return the value as text without surrounding space or quotes."""
    if isinstance(value, str):
        return value.strip().strip('"').strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or isinstance(value, dict | list) else str(value)


def integer(value: Any) -> int | None:
    """Return a whole number; thousands separators and a decimal part are let go."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if abs(value) < 1e18 else None
    if isinstance(value, str):
        digits = value.strip().strip('"').replace(",", "")
        return int(digits.split(".")[0]) if _INTEGER.match(digits) else None
    return None


def port(value: Any) -> int | None:
    """Return a port number, 0 to 65535."""
    number = integer(value)
    return number if number is not None and 0 <= number <= 65535 else None


def status(value: Any) -> int | None:
    """Return an HTTP status; 000 (no answer was sent) is 0."""
    number = integer(value)
    return number if number is not None and 0 <= number <= 999 else None


def address(value: Any) -> str | None:
    """Return an IP address in canonical form; ports, brackets and zones are cut off.

    ``::ffff:192.0.2.1`` is the IPv4 client that a dual-stack server saw, and comes out as IPv4.
    """
    if isinstance(value, list):
        return next((found for found in map(address, value) if found), None)
    if not isinstance(value, str):
        return None
    if _PLAIN_IPV4.fullmatch(value):
        return value
    candidate = value[:_LONGEST_ADDRESS].strip().strip('"').strip("[]").split("%")[0]
    if candidate.count(":") > 1:
        candidate = _PORT_OF_IPV6.sub("", candidate)
    for attempt in (
        candidate,
        candidate.rpartition(":")[0].strip("[]"),
        candidate.partition("@")[0],
        candidate.partition("#")[0],
        candidate.partition("/")[0],
        candidate.partition(",")[0].strip(),
    ):
        if attempt and (attempt[0].isdigit() or ":" in attempt):
            try:
                found = ipaddress.ip_address(attempt)
                return str(getattr(found, "ipv4_mapped", None) or found)
            except ValueError:
                continue
    return None


def host(value: Any) -> str | None:
    """Return a host name as written, lower case, without port, trailing dot or brackets."""
    if isinstance(value, list):
        return next((found for found in map(host, value) if found), None)
    if not isinstance(value, str):
        return None
    name = value.strip().strip('"').lower()
    if name.startswith("["):
        return name[1:].partition("]")[0] or None
    if name.count(":") == 1:
        name, _, tail = name.partition(":")
        if tail and not tail.isdigit():
            return None
    name = name.rstrip(".")
    if not name or len(name) > 253 or any(mark in name for mark in " /\\?#@<>\"'"):
        return None
    return name


def name(value: Any) -> str | None:
    """Return a DNS name as asked, without the trailing dot; the root is '.'."""
    if not isinstance(value, str):
        return None
    asked = value.strip().strip('"')
    return (asked.rstrip(".") or ".") if asked else None


def url_parts(value: str) -> tuple[str | None, int | None, str | None]:
    """Take a URL apart into host, port and path; query string and fragment are never returned.

    Also reads what logs write in place of one: ``host:443``, ``host/path``, ``tunnel://host:443/``.
    A word without a dot, slash or port (``error:...``, ``ahmet``) has no host.
    """
    candidate = value.strip().strip('"')
    if candidate.startswith("/"):
        return None, None, candidate.partition("?")[0].partition("#")[0]
    found = _URL.match(candidate)
    if not found or candidate[:6] == "error:":
        return None, None, None
    scheme, name_part = found["scheme"], found["host"]
    if scheme and "://" not in candidate[: len(scheme) + 3]:
        if candidate[len(scheme) + 1 :].split("/")[0].isdigit():  # host:443, not a scheme
            return host(scheme), port(candidate[len(scheme) + 1 :].split("/")[0]), found["path"]
        return None, None, None
    known = host(name_part)
    if known is None or (not scheme and found["port"] is None and "." not in known and ":" not in known):
        return None, None, None
    return known, port(found["port"]), found["path"]


def url_host(value: Any) -> str | None:
    """Return the host of a URL."""
    return url_parts(value)[0] if isinstance(value, str) else None


def host_or_url(value: Any) -> str | None:
    """Return the host of a host name, a host:port or a URL; an address stays an address."""
    if isinstance(value, list):
        return next((found for found in map(host_or_url, value) if found), None)
    if not isinstance(value, str):
        return None
    return url_parts(value)[0] if "/" in value else host(value)


def url_path(value: Any) -> str | None:
    """Return the path of a URL, without its query string."""
    return url_parts(value)[2] if isinstance(value, str) else None


def url_port(value: Any) -> int | None:
    """Return the port a URL states."""
    return url_parts(value)[1] if isinstance(value, str) else None


def path_only(value: Any) -> str | None:
    """Return a path without query string or fragment."""
    return value.partition("?")[0].partition("#")[0] or None if isinstance(value, str) else None


def words(value: Any) -> list[str] | None:
    """Return a list of words from a list, or from text separated by spaces or commas."""
    if isinstance(value, str):
        value = re.split(r"[\s,]+", value.strip())
    return (
        [str(item) for item in value if item not in (None, "")] or None if isinstance(value, list) else None
    )


def joined(value: Any) -> str | None:
    """Return the items of a list as one text."""
    return ", ".join(map(str, value)) or None if isinstance(value, list) else text(value)


def first_item(value: Any) -> Any:
    """Return the first item of a list, or of a comma-separated text."""
    if isinstance(value, list):
        return value[0] if value else None
    return value.split(",")[0].strip() if isinstance(value, str) else value


def last_item(value: Any) -> Any:
    """Return the last item of a list, or of a comma-separated text."""
    if isinstance(value, list):
        return value[-1] if value else None
    return value.split(",")[-1].strip() if isinstance(value, str) else value


def without_domain(value: Any) -> str | None:
    """Return the account of ``DOMAIN\\account``."""
    return value.replace("\\\\", "\\").rpartition("\\")[2] or None if isinstance(value, str) else None


def domain_of(value: Any) -> str | None:
    """Return the domain of ``DOMAIN\\account`` or ``account@domain``."""
    if not isinstance(value, str):
        return None
    before, mark, _ = value.replace("\\\\", "\\").rpartition("\\")
    return before if mark else value.partition("@")[2] or None


def local_part(value: Any) -> str | None:
    """Return the part of an e-mail address before the @, or the account of ``DOMAIN\\account``."""
    account = without_domain(value)
    return account.partition("@")[0] or None if account else None


_EMAIL_TEXT: Final = r"[^\s<>(),;\"'=\[\]@]"
_EMAIL: Final = re.compile(rf"{_EMAIL_TEXT}{{1,64}}@{_EMAIL_TEXT}{{1,190}}\.{_EMAIL_TEXT}{{1,63}}")


def email(value: Any) -> str | None:
    """Return an e-mail address found in the text, or None; only the text around the first @ is looked at."""
    at = value.find("@") if isinstance(value, str) else -1
    found = _EMAIL.search(value, max(0, at - 64), at + 255) if at >= 0 else None
    return found.group(0) if found else None


_PROTOCOLS: Final = {
    "1": "icmp",
    "2": "igmp",
    "6": "tcp",
    "17": "udp",
    "47": "gre",
    "50": "esp",
    "58": "ipv6-icmp",
}


def protocol(value: Any) -> str | None:
    """Return a protocol name for an IANA number or a name."""
    word = text(value)
    return _PROTOCOLS.get(word, word.lower()) if isinstance(word, str) else None


_QTYPES: Final = {
    "1": "A", "2": "NS", "5": "CNAME", "6": "SOA", "12": "PTR", "15": "MX", "16": "TXT", "28": "AAAA",
    "33": "SRV", "35": "NAPTR", "39": "DNAME", "41": "OPT", "43": "DS", "44": "SSHFP", "46": "RRSIG",
    "47": "NSEC", "48": "DNSKEY", "50": "NSEC3", "52": "TLSA", "61": "OPENPGPKEY", "64": "SVCB",
    "65": "HTTPS", "99": "SPF", "251": "IXFR", "252": "AXFR", "255": "ANY", "256": "URI", "257": "CAA",
}  # fmt: skip
_RCODES: Final = {
    "0": "NOERROR",
    "1": "FORMERR",
    "2": "SERVFAIL",
    "3": "NXDOMAIN",
    "4": "NOTIMP",
    "5": "REFUSED",
    "9": "NOTAUTH",
    "SERVERFAILURE": "SERVFAIL",
    "FORMATERROR": "FORMERR",
}


def qtype(value: Any) -> str | None:
    """Return a DNS type name (RFC 1035 and successors) for a number, ``TYPE65`` or a name."""
    word = text(value)
    if not isinstance(word, str):
        return None
    bare = word.removeprefix("type=").removeprefix("TYPE") if word[4:5] != "" else word
    return _QTYPES.get(bare, word)


def rcode(value: Any) -> str | None:
    """Return a DNS response code name for a number or a name."""
    word = text(value)
    return _RCODES.get(word.upper(), word.upper()) if isinstance(word, str) else None


def names(value: Any) -> list[str] | None:
    """Return a list of DNS answers without the dot that ends a full name."""
    answers = words(value)
    return [answer.rstrip(".") or "." for answer in answers] if answers else None


_LABEL: Final = re.compile(r"\((\d{1,3})\)")


def labels(value: Any) -> str | None:
    """Return the name that Microsoft's DNS debug log writes as ``(3)www(7)example(3)com(0)``.

    Every label is preceded by its length in parentheses; a name without any stays as it is.
    """
    if not isinstance(value, str) or not _LABEL.match(value.strip()):
        return name(value)
    return ".".join(label for label in _LABEL.split(value.strip())[2::2] if label) or "."


def epoch_hex(value: Any) -> Any:
    """Return the number a hexadecimal text stands for."""
    try:
        return int(str(value), 16)
    except ValueError:
        return None


def base64_text(value: Any) -> str | None:
    """Return the text that base64 stands for, or None where it is no base64 of text."""
    try:
        return b64decode(str(value), validate=True).decode("utf-8")
    except ValueError:
        return None


_MAC: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[:. -]?){5}[0-9A-Fa-f]{2}")


def mac(value: Any) -> Any:
    """Return the address of a network card as ``00-00-5E-00-53-01``, however it was written."""
    if not isinstance(value, str):
        return value
    bare = value.strip()
    if not _MAC.fullmatch(bare):
        return value.replace(":", "-").upper()
    digits = re.sub(r"[^0-9A-Fa-f]", "", bare).upper()
    return "-".join(digits[at : at + 2] for at in range(0, 12, 2))


def lease_start(value: Any) -> float | None:
    """Return the beginning of a lease written as ``end-seconds``; without an end known, when it was written."""
    end, _, lifetime = str(value).partition("-")
    if not (end.isdigit() and lifetime.isdigit()):
        return None
    return epoch(int(end) - int(lifetime))


_PLAIN: Final[dict[str, Converter]] = {
    "text": text, "integer": integer, "port": port, "status": status, "address": address, "host": host,
    "name": name, "url_host": url_host, "host_or_url": host_or_url, "url_path": url_path,
    "url_port": url_port, "path": path_only,
    "scopes": consented_scopes, "targets": targets, "product": product_of,
    "action": action, "words": words, "joined": joined, "first": first_item, "last": last_item,
    "account": without_domain, "domain": domain_of, "local_part": local_part, "email": email,
    "protocol": protocol, "qtype": qtype, "rcode": rcode, "hex": epoch_hex, "labels": labels,
    "names": names,
    "base64": base64_text,
    "lower": lambda value: value.lower() if isinstance(value, str) else value,
    "upper": lambda value: value.upper() if isinstance(value, str) else value,
    "unquote": lambda value: unquote(value) if isinstance(value, str) else value,
    "unquote_plus": lambda value: unquote_plus(value) if isinstance(value, str) else value,
    "mac": mac, "lease_start": lease_start, "records": record_data, "results": query_results,
    "lifetime": least_lifetime,
}  # fmt: skip


def stated_context(spec: str, context: TimeContext) -> TimeContext:
    """Return a context with what a ``time:...`` converter says a vendor states."""
    choice = spec.partition(":")[2]
    if choice in {"day_first", "month_first"}:
        return replace(context, day_first=choice == "day_first")
    return replace(context, zone=UTC) if choice == "utc" else context


def converter(spec: str, times: Times) -> Converter:
    """Return the converter a format file names, such as ``address`` or ``time``.

    ``time`` reads every shape of scanner/clock.py; ``time:day_first`` and ``time:month_first`` decide
    03/04 for formats whose vendor states the order, ``time:utc`` the zone of times without one for formats
    whose vendor states that it is UTC.
    """
    if spec.startswith("time"):
        if ":" in spec:
            return lambda value: parse_time(value, stated_context(spec, times.context))
        return lambda value: parse_time(value, times.context)
    try:
        return _PLAIN[spec]
    except KeyError:
        known = ", ".join(sorted([*_PLAIN, "time"]))
        raise FormatInvalid(f"no converter {spec!r}; there are: {known}") from None
