"""Notice sites that few people reach and most of them also use known AI tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from scanner.candidates.hosts import host_in
from scanner.table import Part, Table
from signatures.platforms import is_platform

_NOBODY: Final = frozenset({None, b"", b"-", b'"-"', b'""', "", "-", b"N/A", b"NA", b"unknown", b"anonymous"})
_MOST_USERS: Final = 200_000
_MOST_SITES: Final = 50_000
_REMEMBERED: Final = 300_000
_FEWEST: Final = 3
"""People with known tools who reach a site before it is looked at closely."""
_MOST: Final = 60
"""People without known tools after whom a site is ordinary for good."""
_SURPRISE: Final = 2.4
"""Standard deviations above what the share of such people among all people would bring."""
_ALL_OF: Final = 100_000
"""Lines of one scan of which all are looked at; nobody is too early there, as long as a tool is used at all."""
_SAMPLE: Final = 2_500
"""Lines of each block looked at after that."""
_CLOSE: Final = 500
"""Sites of one block looked at closely."""
_ADDRESS: Final = re.compile(rb"\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.])")
"""The last three parts of an address: what begins with a fixed character is found several times as fast."""
_FIRST_PART: Final = 3
_ODD: Final = re.compile(r"[^\w.-]")
_COUNTRY: Final = 2
_SHORT: Final = 3
"""Letters of a label such as co or com that stands between a site's name and a country."""


class CoUse:
    """What one scan remembers about who reaches which site; bounded whatever the log holds."""

    def __init__(self) -> None:
        self._users: set[int] = set()
        self._tool_users: set[Part] = set()
        self._companions: dict[str, set[int]] = {}
        """People with known tools by site."""
        self._others: dict[str, set[int]] = {}
        self._early: set[tuple[str | None, Part]] | None = set()
        """Who reached which site while all lines are looked at."""
        self._raw: set[tuple[Part, Part]] = set()
        """The same, as the log wrote it, before anybody used a tool."""
        self._ordinary: set[str] = set()
        self._close: set[str] = set()
        self._sites = _Sites()
        self._looked_at = 0
        self.near: set[str] = set()
        """Sites that were telling once."""
        self.forgotten = 0
        """Sites let go because there were too many."""

    def is_near(self, host: str) -> bool:
        """Say whether a host belongs to a site that was telling once."""
        return self._sites[host] in self.near

    def telling(
        self, table: Table, lines: Sequence[bytes], exact: set[int], is_tool: Callable[[Part], bool]
    ) -> set[Part]:
        """Add a block and return the hosts that by now are worth reading exactly."""
        if table.users is None and "dns_question" not in table.fields:
            return set()
        fresh = self._learn_tool_users(table, lines, exact, is_tool)
        # Of a large log a sample is enough: what people use, they use again.
        self._looked_at += len(table.hosts)
        all_of_it = self._looked_at <= _ALL_OF
        step = 1 if all_of_it else max(len(table.hosts) // _SAMPLE, 1)
        raws = table.hosts[::step]
        users = table.users[::step] if table.users is not None else _addresses(lines[::step])
        if len(self._users) < _MOST_USERS:
            self._users.update(map(hash, set(users)))
        if not all_of_it:
            self._early = None
            self._raw.clear()
            if not self._tool_users:
                return set()
        pairs = set(zip(raws, users, strict=True))
        if not self._tool_users:
            self._raw |= pairs
            return set()
        self._sites.trim()
        if self._raw and self._early is not None:
            self._early |= self._by_site(self._raw)
            self._raw.clear()
        self._count(self._by_site(pairs), fresh)
        if len(self._companions) > _MOST_SITES:
            self._let_go()
        near = self._surprising(self._close.intersection(map(self._sites.__getitem__, raws)))
        if not near:
            return set()
        self.near |= near
        return {raw for raw in set(raws) if self._sites[raw] in near}

    def _by_site(self, pairs: set[tuple[Part, Part]]) -> set[tuple[str | None, Part]]:
        return {(self._sites[raw], user) for raw, user in pairs}

    def _learn_tool_users(
        self, table: Table, lines: Sequence[bytes], exact: set[int], is_tool: Callable[[Part], bool]
    ) -> set[Part]:
        """Add the people of a block who use known tools; return those not known before."""
        rows = [row for row in exact if is_tool(table.hosts[row])]
        named = table.users
        found: Iterable[Part] = (
            (named[row] for row in rows) if named is not None else _addresses([lines[row] for row in rows])
        )
        fresh = set(found) - _NOBODY - self._tool_users
        if len(self._tool_users) > _MOST_USERS:
            self._tool_users.clear()
        self._tool_users |= fresh
        return fresh

    def _count(self, pairs: set[tuple[str | None, Part]], fresh: set[Part]) -> None:
        """Add who reached which site; of `fresh` people it is only now known that they use tools."""
        known, ordinary, before = self._tool_users, self._ordinary, set(self._close)
        if self._early is not None:
            self._early |= pairs
            if fresh:
                self._join([pair for pair in self._early if pair[1] in fresh])
                for others in self._others.values():
                    others.difference_update(map(hash, fresh))
        self._join([pair for pair in pairs if pair[1] in known and pair[0] not in ordinary])
        if self._early is not None and (added := self._close - before):
            self._add_others([pair for pair in self._early if pair[0] in added])
        self._add_others([pair for pair in pairs if pair[0] in self._close])

    def _join(self, pairs: list[tuple[str | None, Part]]) -> None:
        for site, user in pairs:
            if site is not None and site not in self._ordinary:
                people = self._companions.setdefault(site, set())
                people.add(hash(user))
                if len(people) == _FEWEST:
                    self._close.add(site)

    def _add_others(self, pairs: list[tuple[str | None, Part]]) -> None:
        known = self._tool_users
        for site, user in pairs:
            if site is None or user in known or user in _NOBODY or site in self._ordinary:
                continue
            others = self._others.setdefault(site, set())
            others.add(hash(user))
            if len(others) > _MOST:
                self._ordinary.add(site)
                self._close.discard(site)
                self._companions.pop(site, None)
                self._others.pop(site, None)

    def _surprising(self, sites: set[str]) -> set[str]:
        share = min(max(len(self._tool_users) / max(len(self._users), 1), 0.01), 0.9)
        found: list[tuple[float, str]] = []
        for site in sites:
            people = self._companions[site]
            everybody = len(people) + len(self._others.get(site, ()))
            spread = (everybody * share * (1 - share)) ** 0.5
            surprise = (len(people) - everybody * share) / spread
            if surprise >= _SURPRISE:
                found.append((surprise, site))
        found.sort(key=lambda item: (-item[0], item[1]))
        return {site for _, site in found[:_CLOSE]}

    def _let_go(self) -> None:
        least = [site for site, people in self._companions.items() if len(people) == 1]
        for site in least or list(self._companions):
            del self._companions[site]
            self._close.discard(site)
            self._others.pop(site, None)
        self.forgotten += len(least)
        if len(self._ordinary) > _MOST_SITES:
            self._ordinary.clear()


class _Sites(dict[Part, str | None]):
    """What the hosts of a log belong to, roughly: people are counted by site. Each is worked out once.

    Some logs have whole addresses of pages where others have hosts.
    """

    def __missing__(self, raw: Part) -> str | None:
        text = raw.decode("latin-1") if isinstance(raw, bytes) else str(raw)
        host = host_in(raw) if _ODD.search(text) else text.lower()
        site = self[raw] = _site_of(host) if raw is not None and host else None
        return site

    def trim(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > _REMEMBERED:
            self.clear()


def _site_of(host: str) -> str:
    rest, _, ending = host.rstrip(".").rpartition(".")
    rest, _, name = rest.rpartition(".")
    site = f"{name}.{ending}" if name else ending
    if is_platform(site):
        return host
    if rest and len(ending) == _COUNTRY and len(name) <= _SHORT:
        return f"{rest.rpartition('.')[2]}.{site}"
    return site


def _addresses(lines: Sequence[bytes]) -> list[Part]:
    """Return the first address of each line, or what tells it from others: in name servers' logs it is the client's."""
    return [
        line[max(found.start() - _FIRST_PART, 0) : found.end()].rpartition(b" ")[2]
        if (found := _ADDRESS.search(line))
        else None
        for line in lines
    ]
