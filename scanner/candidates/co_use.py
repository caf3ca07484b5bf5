"""Notice sites that few people reach and most of them also use known AI tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from scanner.candidates.hosts import host_in
from scanner.table import Part, Table
from signatures.platforms import is_shared, is_suite

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
_ADDRESS: Final = re.compile(rb"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
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
        self._early: dict[int, set[str]] | None = {}
        """Sites that people without known tools reached while all lines are looked at."""
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
        self._learn_tool_users(table, lines, exact, is_tool)
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
            if not self._tool_users:
                return set()
        self._sites.trim()
        sites = list(map(self._sites.__getitem__, raws))
        self._count(set(zip(sites, users, strict=True)))
        if len(self._companions) > _MOST_SITES or len(self._others) > _MOST_SITES:
            self._let_go()
        near = self._surprising(self._close.intersection(sites))
        if not near:
            return set()
        self.near |= near
        return {raw for raw in set(raws) if self._sites[raw] in near}

    def _learn_tool_users(
        self, table: Table, lines: Sequence[bytes], exact: set[int], is_tool: Callable[[Part], bool]
    ) -> None:
        rows = [row for row in exact if is_tool(table.hosts[row])]
        named = table.users
        found: Iterable[Part] = (
            (named[row] for row in rows) if named is not None else _addresses([lines[row] for row in rows])
        )
        fresh = set(found) - _NOBODY - self._tool_users
        if len(self._tool_users) > _MOST_USERS:
            self._tool_users.clear()
        self._tool_users |= fresh
        for user in map(hash, fresh) if self._early else ():
            for site in self._early.pop(user, ()) if self._early else ():
                if site in self._others:
                    self._others[site].discard(user)
                    self._join(site, user)

    def _count(self, pairs: set[tuple[str | None, Part]]) -> None:
        """Add who reached which site."""
        early, close = self._early, self._close
        for site, user in pairs:
            if site is None or user in _NOBODY or site in self._ordinary:
                continue
            if user in self._tool_users:
                self._join(site, hash(user))
            elif early is not None or site in close:
                others = self._others.setdefault(site, set())
                others.add(hash(user))
                if early is not None:
                    early.setdefault(hash(user), set()).add(site)
                if len(others) > _MOST:
                    self._ordinary.add(site)
                    close.discard(site)
                    self._companions.pop(site, None)
                    self._others.pop(site, None)

    def _join(self, site: str, user: int) -> None:
        people = self._companions.setdefault(site, set())
        people.add(user)
        if len(people) == _FEWEST:
            self._close.add(site)

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
        for site in [site for site in self._others if site not in self._companions]:
            del self._others[site]
        self.forgotten += len(least)
        if len(self._ordinary) > _MOST_SITES:
            self._ordinary.clear()


class _Sites(dict[Part, str | None]):
    """What the hosts of a log belong to, roughly: people are counted by site. Each is worked out once.

    Some logs have whole addresses of pages where others have hosts.
    """

    def __missing__(self, raw: Part) -> str | None:
        host = host_in(raw)
        site = self[raw] = _site_of(host) if host else None
        return site

    def trim(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > _REMEMBERED:
            self.clear()


def _site_of(host: str) -> str:
    labels = host.rstrip(".").split(".")
    two = ".".join(labels[-2:])
    if is_shared(two) or is_suite(two):
        return host
    if len(labels) > 2 and len(labels[-2]) <= _SHORT and len(labels[-1]) == 2:
        return ".".join(labels[-3:])
    return two


def _addresses(lines: Sequence[bytes]) -> list[Part]:
    """Return the first address of each line: of the name servers' logs that is the client's."""
    return [found[0] if (found := _ADDRESS.search(line)) else None for line in lines]
