"""Watch what is read for strangers that behave or sound like AI tools, and store them with the batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import compress, count
from typing import Final

from sqlalchemy import Connection

from scanner.candidates.co_use import CoUse
from scanner.candidates.gathering import Gathering, model_traits, parts_of_sites, traits_of
from scanner.candidates.hosts import WORTHY, Stranger, Strangers, host_in, text_of
from scanner.candidates.marks import Marks
from scanner.fields import KIND_REMOVAL, Event
from scanner.observing import Observer, Watch
from scanner.table import Part, Table
from signatures.evidence import Match
from signatures.kinds import Kind
from signatures.matcher import Matcher
from signatures.strangers.names import application_signs
from storage.candidates import record_candidates
from storage.losses import record_loss
from storage.pseudonyms import Pseudonyms

NOT_KEPT: Final = "hosts without a signature not kept as candidates, the least telling of too many"
_MOST_WATCHED: Final = 20_000
"""Hosts read exactly because of their names; a log with more of them is an attack or not a log."""
_MOST_READ: Final = 20
"""Lines of one host in one block read exactly; of the others only the host and the user are taken."""
_READ_CLOSE: Final = 4_000
_READ_CLOSE_OF: Final = 400
"""Lines read exactly because of who reaches their hosts: so many of a scan, and one in so many."""
_APPLICATION: Final = "app:"


class CandidateObserver(Observer):
    """What one scan knows about strangers; `known` are hosts earlier scans stored."""

    def __init__(
        self,
        matcher: Matcher,
        vendors: frozenset[str],
        pseudonyms: Pseudonyms,
        now: datetime,
        *,
        known: Iterable[str] = (),
        own_domains: tuple[str, ...] = (),
    ) -> None:
        self.strangers = Strangers(matcher, vendors, own_domains)
        self.co_use = CoUse()
        self.pseudonyms = pseudonyms
        self.now = now
        self.watched: set[Part] = {form for host in known for form in (host, host.encode())}
        self.close: set[Part] = set()
        """Hosts looked at because of who reaches them."""
        self.to_read = float(_READ_CLOSE)
        """Lines of close hosts that may still be read."""
        self.passed_over = 0
        self.marks = Marks()

    def judge(self, hosts: Sequence[Part], others: Sequence[Part]) -> None:
        """Watch hosts whose names tell."""
        self.look_at(self.strangers.telling(hosts))

    def watch(self) -> Watch:
        """Return a new watch."""
        return _CandidateWatch(self)

    def look_at(self, raws: set[Part]) -> None:
        """Read the lines of more hosts exactly, up to a limit."""
        fresh = raws - self.watched
        room = max(_MOST_WATCHED - len(self.watched), 0)
        if len(fresh) > room:
            self.passed_over += len(fresh) - room
            fresh = set(list(fresh)[:room])
        self.watched |= fresh


class _CandidateWatch(Watch):
    """The strangers of one batch."""

    def __init__(self, observer: CandidateObserver) -> None:
        self._observer = observer
        self._gathering = Gathering()
        self._unread: Counter[tuple[Part, Part]] = Counter()

    def wanted_rows(self, table: Table, data: bytes, lines: list[bytes], exact: set[int]) -> Iterable[int]:
        """Ask for the lines of hosts and paths that deserve a closer look."""
        observer = self._observer
        close = observer.co_use.telling(table, lines, exact, observer.strangers.is_tool)
        observer.to_read += len(lines) / _READ_CLOSE_OF
        if fresh := close - observer.watched - observer.close:
            observer.close |= fresh
            observer.look_at(fresh)
        yield from observer.marks.rows(data, lines, table.fields)
        yield from self._watched(table, exact)

    def _watched(self, table: Table, exact: set[int]) -> Iterable[int]:
        """Return some rows of each watched host, and count the others by user."""
        observer, hosts, users = self._observer, table.hosts, table.users
        rows = list(compress(count(), map(observer.watched.__contains__, hosts)))
        present = observer.close.intersection([hosts[row] for row in rows])
        each = max(1, min(_MOST_READ, int(observer.to_read) // max(len(present), 1)))
        if len(present) > observer.to_read:
            present = set(sorted(present, key=str)[: int(observer.to_read)])
        read: dict[Part, int] = {}
        for row in rows:
            host = hosts[row]
            left = read.get(host)
            if left is None:
                left = _MOST_READ if host not in observer.close else each if host in present else -1
            read[host] = left - 1 if left > 0 else left
            if left > 0:
                observer.to_read -= host in present
                yield row
            elif left == 0 and row not in exact:
                self._unread[host, users[row] if users else None] += 1

    def see(self, event: Event, match: Match | None) -> None:
        """Take note of an event that shows no tool, or one only because of the client library."""
        if (match is not None and match.kind != Kind.USER_AGENT) or event.get("kind") == KIND_REMOVAL:
            return
        host = event.get("destination_domain") or event.get("dns_question") or event.get("destination_ip")
        if host:
            stranger = self._observer.strangers.stranger(str(host))
            if stranger is not None:
                self._see_host(stranger, event)
        elif event.get("application_name"):
            self._see_application(str(event["application_name"]), event)

    def _see_host(self, stranger: Stranger, event: Event) -> None:
        traits = traits_of(event)
        kind, site = "host", stranger.site
        if stranger.private:
            port = event.get("destination_port")
            traits = model_traits(traits, port)
            if not traits:
                return
            kind, site = "self_hosted", f"{stranger.host}:{port}" if port else stranger.host
        elif event.get("kind") == "flow" or not (
            traits or stranger.weight >= WORTHY or self._is_close(stranger.host)
        ):
            return
        gathered = self._gathering.site(site, kind, stranger.weight)
        self._gathering.add(gathered, stranger.host, event, traits)
        if traits and stranger.weight < WORTHY and not stranger.private:
            forms: set[Part] = {stranger.host, stranger.host.encode()}
            self._observer.close -= forms
            self._observer.look_at(forms)

    def _is_close(self, host: str) -> bool:
        watched = self._observer.watched
        return self._observer.co_use.is_near(host) or host in watched or host.encode() in watched

    def _see_application(self, name: str, event: Event) -> None:
        weight = application_signs(name).weight
        if weight < WORTHY:
            return
        short = name.strip()[:200]
        gathered = self._gathering.site(f"{_APPLICATION}{short}", "application", weight)
        self._gathering.add(gathered, f"{_APPLICATION}{short}", event, traits_of(event))

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        """Store the strangers that tell most."""
        observer = self._observer
        for (raw, user), times in self._unread.items():
            stranger = observer.strangers.stranger(host_in(raw) or "")
            if stranger is not None:
                self._gathering.add_unread(stranger.site, stranger.host, text_of(user), times)
        parts, traits = parts_of_sites(self._gathering.kept(), observer.pseudonyms, observer.now)
        record_candidates(conn, batch_id, source, parts, traits)
        missed = self._gathering.let_go + observer.passed_over
        observer.passed_over = 0
        if missed:
            record_loss(conn, source, NOT_KEPT, missed, observer.now, f"batch {batch_id}")
