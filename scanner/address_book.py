"""Know which addresses stood for a tool's host, by what name servers answered, and which of them are shared."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

from scanner.clock import Instant
from signatures.evidence import Evidence, Match
from signatures.matcher import Matcher
from storage.answers import Answered

KIND: Final = "dns_answer"
VALID: Final = 3600.0
"""Seconds for which an answer at least tells whom a connection to its address went to; longer if it says so."""
EARLY: Final = 60.0
"""Seconds by which the clock of a name server may be ahead of that of a firewall."""
NEAR: Final = 86400.0
"""An address that another name had within a day before or after tells nothing."""
SHARED: Final = "to an address that several names share"
_MOST: Final = 100_000
"""Addresses remembered; more of them are an attack or not a log."""
_INSIDE: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3 "
        "::/127 fc00::/7 fe80::/10 ff00::/8"
    ).split()
)


@dataclass(slots=True)
class _Entry:
    """What answers said of one address: spans in which names had it; "" is every name of no tool."""

    spans: dict[str, list[tuple[Instant, Instant]]] = field(default_factory=dict)


class AddressBook:
    """Addresses of tools; `matcher` says which tool a name is."""

    def __init__(self, matcher: Matcher, known: Iterable[Answered] = ()) -> None:
        self._matcher = matcher
        self._entries: dict[str, _Entry] = {}
        self.addresses: set[bytes] = set()
        """Addresses that stood, or may have stood, for a tool's host."""
        self._matches: dict[str, Match | None] = {}
        for one in known:
            self._add(one.address, one.name, one.first.timestamp(), one.last.timestamp())

    def note(self, address: str, name: str, moment: Instant, until: Instant | None = None) -> bool:
        """Take note that a name had an address; False where that tells nothing about a tool.

        `until` is when the answer was last given, later where it said that it holds longer than usual.
        """
        ours = name if self.match_of(name) is not None else ""
        if not ours and address not in self._entries:
            return False
        if not is_outside(address) or (address not in self._entries and len(self._entries) >= _MOST):
            return False
        self._add(address, ours, moment, moment if until is None else until)
        return True

    def expect(self, addresses: Iterable[bytes]) -> None:
        """Take note of every name of these addresses from now on: one of them may be a tool's."""
        for raw in addresses:
            if (
                raw not in self.addresses
                and len(self._entries) < _MOST
                and is_outside(address := raw.decode())
            ):
                self._entries[address] = _Entry()
                self.addresses.add(raw)

    def lookup(self, address: str, moment: Instant) -> tuple[Match | None, str | None]:
        """Return the tool a connection to an address went to, or why that cannot be said; often neither."""
        entry = self._entries.get(address)
        if entry is None:
            return None, None
        names = [
            name
            for name, spans in entry.spans.items()
            if name and any(first - EARLY <= moment <= last + VALID for first, last in spans)
        ]
        found = [match for name in names if (match := self.match_of(name))]
        if not found:
            return None, None
        if in_shared_range(address) or self._has_others(entry, found[0].tool_id, moment):
            return None, SHARED
        host = min(names, key=lambda name: (len(name), name))
        return replace(found[0], signature=f"{found[0].tool_id}:{KIND}:{host}@{address}", kind=KIND), None

    def is_shared(self, address: str, tool_id: str, moment: Instant) -> bool:
        """Say whether names of other owners had an address around a moment."""
        entry = self._entries.get(address)
        return entry is not None and self._has_others(entry, tool_id, moment)

    def surely_shared(self, address: str, first: Instant, last: Instant) -> bool:
        """Say whether names of no tool had an address so near a span of time that it is shared throughout.

        Half a day is left, so that rows after the span find the address looked at again in time.
        """
        entry = self._entries.get(address)
        if entry is None:
            return False
        return any(begin - NEAR <= first and last <= end + NEAR / 2 for begin, end in entry.spans.get("", ()))

    def match_of(self, name: str) -> Match | None:
        """Return the tool a name belongs to by itself."""
        if name not in self._matches:
            if len(self._matches) > _MOST:
                self._matches.clear()
            self._matches[name] = self._matcher.match(Evidence(host=name)) if name else None
        return self._matches[name]

    def _has_others(self, entry: _Entry, tool_id: str, moment: Instant) -> bool:
        for name, spans in entry.spans.items():
            match = self.match_of(name)
            if (match is None or match.tool_id != tool_id) and any(
                first - NEAR <= moment <= last + NEAR for first, last in spans
            ):
                return True
        return False

    def _add(self, address: str, name: str, first: Instant, last: Instant) -> None:
        entry = self._entries.get(address)
        if entry is None:
            entry = self._entries[address] = _Entry()
            self.addresses.add(address.encode("utf-8", "backslashreplace"))
        spans = entry.spans.setdefault(name, [])
        for at, (begin, end) in enumerate(spans):
            if begin - VALID <= last and first <= end + VALID:
                spans[at] = (min(begin, first), max(end, last))
                return
        spans.append((first, last))


def beyond_the_usual(lifetime: object) -> float:
    """Return by how many seconds an answer that states its lifetime holds longer than one that does not.

    A shorter lifetime does not count: connections outlive it, and are logged when they end.
    """
    return min(max(lifetime - VALID, 0.0), NEAR) if isinstance(lifetime, int | float) else 0.0


@lru_cache(maxsize=1 << 16)
def is_outside(address: str) -> bool:
    """Say whether an address is one of the outside world."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return not any(parsed in network for network in _INSIDE)


@lru_cache(maxsize=1 << 16)
def in_shared_range(address: str) -> bool:
    """Say whether an address lies in a network that is published as serving many names."""
    parsed = ip_address(address)
    return any(parsed in network for network in shared_ranges())


@cache
def shared_ranges() -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the published networks that serve many names."""
    told = tomllib.loads(Path(__file__).with_name("shared_ranges.toml").read_text(encoding="utf-8"))
    return tuple(ip_network(text) for network in told["networks"] for text in network["ranges"])
