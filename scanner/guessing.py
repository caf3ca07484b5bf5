"""Guess what a column holds from its values alone: a kind, how sure that is, and why."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from itertools import pairwise
from statistics import median
from typing import Final

from scanner.action_words import action
from scanner.clock import TimeContext, parse_time
from scanner.convert import address, email, host, integer

NULLS: Final = frozenset({"", "-", "null", "(null)", "<null>", "(empty)", "None", "N/A", "n/a"})
MOST: Final = 0.8
"""Share of the values that must be of a kind for the column to be."""

_METHODS: Final = frozenset("GET POST CONNECT HEAD PUT DELETE OPTIONS PATCH TRACE PROPFIND".split())
_TRANSPORTS: Final = frozenset("tcp udp icmp".split())
_QUERY_TYPES: Final = frozenset("A AAAA HTTPS SVCB PTR MX TXT NS SOA SRV CNAME ANY CAA DS DNSKEY".split())
_RESPONSE_CODES: Final = frozenset("NOERROR NXDOMAIN SERVFAIL REFUSED FORMERR NOTIMP".split())
_WELL_KNOWN_PORTS: Final = frozenset({53, 80, 443, 853, 3128, 8080, 8443})
_HOST: Final = re.compile(
    r"(?=[^\s]{4,253}\Z)(?:[A-Za-z0-9_](?:[\w-]{0,61}\w)?\.)+[A-Za-z][A-Za-z0-9-]{1,62}\.?\Z"
)
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]{1,10}://[^\s/]+", re.I)
_HOST_PORT: Final = re.compile(r"[\w.-]+\.[A-Za-z][\w-]*:\d{1,5}\Z")
_AGENT: Final = re.compile(r"[A-Za-z][\w.+-]*/\d[\w.]*(?:\s.*)?\Z")
_MEDIA: Final = re.compile(r"(?:text|image|application|video|audio|font|multipart)/[\w.+-]+", re.I)
_DATE: Final = re.compile(r"(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})\Z")
_CLOCK: Final = re.compile(r"\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\Z")
_EPOCH: Final = re.compile(r"(?:1[0-9]{9})(?:\d{3}|\d{6}|\d{9}|\.\d{1,9})?\Z")
_DOMAIN_ACCOUNT: Final = re.compile(r"[\w.-]{1,30}\\{1,2}[\w.$-]{1,64}\Z")
_ACCOUNT: Final = re.compile(r"[a-z][a-z0-9._-]{2,30}\Z")


@dataclass(frozen=True, slots=True)
class Guess:
    """What the values of a column seem to be, with a share from 0 to 1 and the reason in words."""

    kind: str
    confidence: float
    reason: str


def guess_column(values: Sequence[str], context: TimeContext) -> Guess | None:
    """Return what a column holds, or None where its values say nothing.

    Kinds: time, date, clock, address, host, url, host_port, email, account, word, method, status, action,
    agent, media, transport, query_type, response_code, client_port, server_port, amount.
    """
    present = [value for value in (value.strip().strip('"[]') for value in values) if value not in NULLS]
    if not present:
        return None
    for kind, confidence, test, told in _tests(context):
        fitting = sum(map(test, present))
        share = fitting / len(present)
        if share >= MOST:
            few = 0.75 if len(present) < 3 else 1.0  # two values prove little
            return Guess(
                kind, round(confidence * share * few, 2), f"{fitting} of {len(present)} values are {told}"
            )
    return _number(present) or _word(present)


_Test = tuple[str, float, Callable[[str], bool], str]


def _tests(context: TimeContext) -> tuple[_Test, ...]:
    """Return the tests in order: kind, confidence where all values pass, the test, what it says."""

    def is_time(value: str) -> bool:
        if value.isdigit() or value.replace(".", "", 1).isdigit():
            return bool(_EPOCH.match(value)) and _believable(value, context)
        return not _DATE.match(value) and _believable(value, context)

    return (
        ("time", 0.98, is_time, "times"),
        ("date", 0.9, lambda value: bool(_DATE.match(value)), "dates"),
        ("clock", 0.9, lambda value: bool(_CLOCK.match(value)), "times of day"),
        ("address", 0.98, _is_address, "IP addresses"),
        ("url", 0.98, lambda value: bool(_URL.match(value)), "URLs"),
        ("email", 0.95, lambda value: email(value) == value, "e-mail addresses"),
        ("account", 0.9, lambda value: bool(_DOMAIN_ACCOUNT.match(value)), "DOMAIN\\account"),
        ("host_port", 0.95, lambda value: bool(_HOST_PORT.match(value)), "host:port"),
        ("host", 0.92, lambda value: bool(_HOST.match(value)) and host(value) is not None, "host names"),
        ("method", 0.97, lambda value: value.upper() in _METHODS, "HTTP methods"),
        ("query_type", 0.95, lambda value: value.upper() in _QUERY_TYPES, "DNS record types"),
        ("response_code", 0.95, lambda value: value.upper() in _RESPONSE_CODES, "DNS response codes"),
        ("transport", 0.95, lambda value: value.lower() in _TRANSPORTS, "transport protocols"),
        ("media", 0.95, lambda value: bool(_MEDIA.match(value)), "media types"),
        ("agent", 0.85, lambda value: bool(_AGENT.match(value)), "user agents"),
        (
            "action",
            0.8,
            lambda value: len(value) < 40 and action(value) is not None,
            "words such as allow or deny",
        ),
    )


def _believable(value: str, context: TimeContext) -> bool:
    instant = parse_time(value, context)
    return instant is not None and context.believable(instant)


def _is_address(value: str) -> bool:
    # An address with a mask or a name around it is something else: a network, a rule.
    return address(value) is not None and bool(re.fullmatch(r"[0-9A-Fa-f.:%\[\]]{2,60}", value))


_INSIDE: Final = tuple(
    map(
        ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"),
    )
)


def is_private(value: str) -> bool:
    """Say whether an address is of an organisation's inside: RFC 1918, 6598, 4193 and 4291."""
    found = address(value)
    return found is not None and any(ip_address(found) in network for network in _INSIDE)


def _number(values: list[str]) -> Guess | None:
    numbers = [number for value in values if (number := integer(value)) is not None and number >= 0]
    if len(numbers) < MOST * len(values) or len(numbers) < 3:
        return None
    share, different = len(numbers) / len(values), len(set(numbers)) / len(numbers)
    low, high = min(numbers), max(numbers)
    if low >= 100 and high <= 599 and {200, 302, 304, 403, 404, 407} & set(numbers):
        return Guess("status", round(0.9 * share, 2), "numbers from 100 to 599 with those of HTTP answers")
    if low > 0 and high <= 65535 and sum(n in _WELL_KNOWN_PORTS for n in numbers) >= MOST * len(numbers):
        return Guess("server_port", round(0.9 * share, 2), "mostly ports of web and DNS servers")
    if low >= 1024 and high <= 65535 and median(numbers) > 16_384 and different > 0.5:
        return Guess(
            "client_port", round(0.6 * share, 2), "different numbers up to 65535, like ports of clients"
        )
    if len(numbers) > 4 and all(a < b for a, b in pairwise(numbers)):
        return None  # a counter, such as the number of the record
    if high >= 1000 and different > 0.3 and high >= 4 * max(median(numbers), 1):
        return Guess("amount", round(0.6 * share, 2), f"numbers that grow like bytes, up to {high}")
    if high >= 1000 and different > 0.3:
        return Guess("amount", round(0.5 * share, 2), f"different numbers up to {high}")
    return None


def _word(values: list[str]) -> Guess | None:
    """Return a weak guess: short lower-case words, several and again and again, may be accounts."""
    fitting = sum(bool(_ACCOUNT.match(value)) for value in values)
    if fitting >= MOST * len(values) and len(set(values)) >= 3:
        return Guess("word", 0.4, f"{len(set(values))} different short words, which may be accounts")
    return None
