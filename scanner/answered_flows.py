"""Watch for answers of name servers, and tell from them which tool a connection without a name went to."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import compress, count
from typing import Final

from sqlalchemy import Connection

from scanner.address_book import NEAR, AddressBook, beyond_the_usual
from scanner.answers import Answers
from scanner.clock import Instant
from scanner.fields import Event
from scanner.observing import MomentOf, Observer, Watch
from scanner.table import Part, Table
from signatures.evidence import Match
from storage.answers import Answered, record_answers

_ADDRESS: Final = re.compile(
    rb"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2,37})(?![\w.:]*\w)"
)
_REMEMBERED: Final = 100_000
_AHEAD: Final = 3 * 3600.0
"""Seconds for which an address stays settled before that is worked out again."""
_NAMED: Final = ("destination_domain", "dns_question", "application_name", "application_id")


class AnswerObserver(Observer):
    """Gives a watch for every batch; the book of addresses is one for the whole scan."""

    def __init__(self, book: AddressBook) -> None:
        self.book = book
        self.unnamed: set[Part] = set()
        """What stands for a host in lines that name none."""
        self.addresses_in = _Addresses()
        self._settled: set[bytes] = set()
        self._window: tuple[Instant, Instant] = (0.0, 0.0)

    def judge(self, hosts: Sequence[Part], others: Sequence[Part]) -> None:
        """Take note of what names no host."""
        if len(self.unnamed) < _REMEMBERED:
            self.unnamed.update(host for host in hosts if not _names(host))

    def settled(self, span: tuple[Instant, Instant] | None) -> set[bytes]:
        """Return addresses that are shared throughout a span of time, whatever is said of them in it."""
        if span is not None and not (self._window[0] <= span[0] and span[1] <= self._window[1]):
            self._window = span[0], span[1] + _AHEAD
            self._settled = {
                one for one in self._settled if self.book.surely_shared(one.decode(), *self._window)
            }
        return self._settled if span is not None else set()

    def settle(self, addresses: Iterable[bytes]) -> None:
        """Take note of addresses that were found to have other names."""
        self._settled.update(one for one in addresses if self.book.surely_shared(one.decode(), *self._window))

    def watch(self) -> Watch:
        """Return a new watch."""
        self.addresses_in.trim()
        return _AnswerWatch(self)


class _Addresses(dict[bytes, frozenset[bytes]]):
    """The addresses in what a name server said, each worked out once."""

    def __missing__(self, said: bytes) -> frozenset[bytes]:
        found = self[said] = frozenset(_ADDRESS.findall(said))
        return found

    def trim(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > _REMEMBERED:
            self.clear()


class _AnswerWatch(Watch):
    """Collects the answers and the refused flows of one batch."""

    def __init__(self, observer: AnswerObserver) -> None:
        self._observer = observer
        self._book = observer.book
        self._told: dict[tuple[str, str], tuple[float, float]] = {}
        self._refused: Counter[str] = Counter()
        self._span: tuple[Instant, Instant] | None = None
        self._moment: MomentOf = _no_moment

    def see_times(self, first: Instant, last: Instant, moment: MomentOf) -> None:
        """Take note of the times of the next rows, and of how to read them."""
        self._span, self._moment = (first, last), moment

    def see(self, event: Event, match: Match | None) -> None:
        """Take note of the addresses a name server gave for a name."""
        name, moment = event.get("dns_question"), event.get("timestamp")
        answers = event.get("dns_answers")
        if not answers or not isinstance(name, str) or not isinstance(moment, float | int):
            return
        until = moment + beyond_the_usual(event.get("dns_ttl"))
        for answer in answers:
            self._note(str(answer), name.lower(), moment, until)

    def _note(self, address: str, name: str, moment: Instant, until: Instant) -> None:
        if self._book.note(address, name, moment, until):
            name_kept = name if self._book.match_of(name) else ""
            first, last = self._told.get((address, name_kept), (moment, until))
            self._told[address, name_kept] = (min(first, moment), max(last, until))

    def see_answer(self, event: Event) -> None:
        """Take note of the addresses, as in any other event."""
        self.see(event, None)

    def infer(self, event: Event) -> Match | None:
        """Return the tool that a connection without a name went to."""
        address, moment = event.get("destination_ip"), event.get("timestamp")
        if not isinstance(address, str) or moment is None or any(event.get(name) for name in _NAMED):
            return None
        match, refusal = self._book.lookup(address, moment)
        if refusal is not None:
            self._refused[refusal] += 1
        return match

    def wanted_rows(self, table: Table, data: bytes, lines: list[bytes], exact: set[int]) -> Iterable[int]:
        """Return rows that go to an address of a tool."""
        if table.answers is not None:
            self._see_others(table, table.answers, exact)
            return ()
        unnamed, known = self._observer.unnamed, self._book.addresses
        if not unnamed or not known:
            return ()
        nameless = [
            row for row in compress(count(), map(unnamed.__contains__, table.hosts)) if row not in exact
        ]
        if not nameless:
            return ()
        hits = known & set(_ADDRESS.findall(b"\n".join([lines[row] for row in nameless])))
        return [row for row in nameless if any(hit in lines[row] for hit in hits)] if hits else ()

    def _see_others(self, table: Table, answers: Answers, exact: set[int]) -> None:
        """Take note of addresses of tools that other names have as well: of rows that need no exact reading for it."""
        book, addresses_in = self._book, self._observer.addresses_in
        # Lines read exactly may be a tool's: other names in this block that have its address must be seen too.
        for said in {answers.cells[row] for row in exact}:
            if said:
                book.expect(addresses_in[said])
        # Shared whatever these rows say: more of the same tells nothing.
        doubtful = book.addresses - self._observer.settled(self._span)
        hits: dict[bytes | None, frozenset[bytes]] = {}
        if doubtful:
            hits = {cell: both for cell in answers.distinct if (both := addresses_in[cell] & doubtful)}
        cells, times = answers.cells, table.times
        rows: Collection[int] = [row for row in answers.rows_of(hits) if row not in exact]
        if self._span is not None and self._span[1] - self._span[0] <= NEAR:
            # So near one another, the first and the last of equal answers tell what all of them do.
            first = {cells[row]: row for row in reversed(tuple(rows))}
            last = {cells[row]: row for row in rows}
            rows = {*first.values(), *last.values()}
        noted = set()
        for row in rows:
            moment = self._moment(times[row])
            if moment is not None:
                for address in hits[cells[row]]:
                    self._note(address.decode(), "", moment, moment)
                    noted.add(address)
        self._observer.settle(noted)

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        """Store what was told and what was refused with the batch."""
        told = [
            Answered(address, name, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))
            for (address, name), (first, last) in self._told.items()
        ]
        record_answers(conn, batch_id, told, self._refused)


def _no_moment(time: Part) -> Instant | None:
    return None


def _names(host: Part) -> bool:
    """Say whether what a kernel took for the host can be a name or a URL."""
    if isinstance(host, bytes):
        return b"." in host or b":" in host
    return isinstance(host, str) and ("." in host or ":" in host)
