"""Notice hosts that few people reach and most of them also use known AI tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import Final

from scanner.candidates.hosts import host_in
from scanner.table import Part, Table

_NOBODY: Final = frozenset({None, b"", b"-", b'"-"', b'""', "", "-", b"N/A", b"NA", b"unknown", b"anonymous"})
_MOST_USERS: Final = 200_000
_MOST_HOSTS: Final = 50_000
_FEWEST: Final = 3
"""People with known tools who reach a host before it is looked at closely."""
_MOST: Final = 60
"""People without known tools after whom a host is ordinary for good."""
_SURPRISE: Final = 3.0
"""Standard deviations above what the share of such people among all people would bring."""
_ALL_OF: Final = 100_000
"""Lines of one scan of which all are looked at."""
_SAMPLE: Final = 2_500
"""Lines of each block looked at after that."""
_CLOSE: Final = 500
"""Hosts looked at closely at a time."""


class CoUse:
    """What one scan remembers about who reaches which host; bounded whatever the log holds."""

    def __init__(self) -> None:
        self._users: set[int] = set()
        self._tool_users: set[Part] = set()
        self._companions: dict[str, set[int]] = {}
        self._others: dict[str, set[int]] = {}
        self._ordinary: set[str] = set()
        self._close: set[str] = set()
        self._looked_at = 0
        self.near: set[str] = set()
        """Hosts that were telling once."""
        self.forgotten = 0
        """Hosts let go because there were too many."""

    def telling(self, table: Table, exact: set[int], is_tool: Callable[[Part], bool]) -> set[Part]:
        """Add a block and return the hosts that by now are worth reading exactly."""
        if table.users is None:
            return set()
        known = self._tool_users
        known.update(table.users[row] for row in exact if is_tool(table.hosts[row]))
        known -= _NOBODY
        # Of a large log a sample is enough: what people use, they use again.
        self._looked_at += len(table.hosts)
        step = 1 if self._looked_at <= _ALL_OF else max(len(table.hosts) // _SAMPLE, 1)
        users, raws = table.users[::step], table.hosts[::step]
        if len(known) > _MOST_USERS:
            known.clear()
        if len(self._users) < _MOST_USERS:
            self._users.update(map(hash, set(users)))
        if not known:
            return set()
        # Some logs have whole addresses of pages where others have hosts: people are counted by host.
        names = {raw: host_in(raw) for raw in set(raws)}
        hosts = [names[raw] for raw in raws]
        chosen = list(map(known.__contains__, users))
        for host, user in set(zip(compress(hosts, chosen), compress(users, chosen), strict=True)):
            if host is not None and host not in self._ordinary:
                people = self._companions.setdefault(host, set())
                people.add(hash(user))
                if len(people) == _FEWEST:
                    self._close.add(host)
        self._count_others(users, hosts, known)
        if len(self._companions) > _MOST_HOSTS:
            self._let_go()
        near = self._surprising()
        self.near |= near
        return {raw for raw, host in names.items() if host in near}

    def _count_others(self, users: Sequence[Part], hosts: Sequence[str | None], known: set[Part]) -> None:
        close = self._close
        if not close:
            return
        chosen = list(map(close.__contains__, hosts))
        for host, user in set(zip(compress(hosts, chosen), compress(users, chosen), strict=True)):
            if host is not None and user not in known and user not in _NOBODY:
                others = self._others.setdefault(host, set())
                others.add(hash(user))
                if len(others) > _MOST:
                    self._ordinary.add(host)
        for host in self._ordinary.intersection(close):
            close.discard(host)
            self._companions.pop(host, None)
            self._others.pop(host, None)

    def _surprising(self) -> set[str]:
        share = min(max(len(self._tool_users) / max(len(self._users), 1), 0.01), 0.9)
        found: list[tuple[float, str]] = []
        for host in self._close:
            people = self._companions[host]
            everybody = len(people) + len(self._others.get(host, ()))
            spread = (everybody * share * (1 - share)) ** 0.5
            surprise = (len(people) - everybody * share) / spread
            if surprise >= _SURPRISE:
                found.append((surprise, host))
        found.sort(key=lambda item: -item[0])
        return {host for _, host in found[:_CLOSE]}

    def _let_go(self) -> None:
        least = [host for host, people in self._companions.items() if len(people) == 1]
        for host in least or list(self._companions):
            del self._companions[host]
            self._close.discard(host)
        self.forgotten += len(least)
        if len(self._ordinary) > _MOST_HOSTS:
            self._ordinary.clear()
