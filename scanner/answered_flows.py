"""Watch for answers of name servers, and tell from them which tool a connection without a name went to."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import compress, count
from typing import Final

from sqlalchemy import Connection

from scanner.address_book import AddressBook, beyond_the_usual
from scanner.clock import Instant
from scanner.fields import Event
from scanner.observing import Observer, Watch
from scanner.table import Part, Table
from signatures.evidence import Match
from storage.answers import Answered, record_answers

_ADDRESS: Final = re.compile(
    rb"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2,37})(?![\w.:]*\w)"
)
_FEW: Final = 24
"""Words up to which one search for all of them costs less than taking every line apart."""
_NAMED: Final = ("destination_domain", "dns_question", "application_name", "application_id")


class AnswerObserver(Observer):
    """Gives a watch for every batch; the book of addresses is one for the whole scan."""

    def __init__(self, book: AddressBook) -> None:
        self.book = book

    def watch(self) -> Watch:
        """Return a new watch."""
        return _AnswerWatch(self.book)


class _AnswerWatch(Watch):
    """Collects the answers and the refused flows of one batch."""

    def __init__(self, book: AddressBook) -> None:
        self._book = book
        self._told: dict[tuple[str, str], tuple[float, float]] = {}
        self._refused: Counter[str] = Counter()
        self._span: tuple[Instant, Instant] | None = None

    def see_span(self, first: Instant, last: Instant) -> None:
        """Take note of the times of the next rows."""
        self._span = first, last

    def see(self, event: Event, match: Match | None) -> None:
        """Take note of the addresses a name server gave for a name."""
        name, moment = event.get("dns_question"), event.get("timestamp")
        answers = event.get("dns_answers")
        if not answers or not isinstance(name, str) or not isinstance(moment, float | int):
            return
        until = moment + beyond_the_usual(event.get("dns_ttl"))
        for answer in answers:
            address = str(answer)
            if self._book.note(address, name.lower(), moment, until):
                name_kept = name.lower() if self._book.match_of(name.lower()) else ""
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
        """Return rows that give, or go to, an address of a tool."""
        if table.answers is not None:
            said: Sequence[bytes | None] = table.answers
            # Lines read exactly may be a tool's: other names in this block that have its address must be seen too.
            self._book.expect(_ADDRESS.findall(b" ".join(said[row] or b"" for row in exact)))
        known = {address.encode() for address in self._book.addresses}
        if not known:
            return ()
        if table.answers is not None:
            joined = b"\n".join([text or b"" for text in said])
            hits = known.intersection(_ADDRESS.findall(joined))
            if self._span is not None:
                # Shared whatever these rows say: more of the same tells nothing.
                hits = {hit for hit in hits if not self._book.surely_shared(hit.decode(), *self._span)}
            return _rows_with(hits, joined) if hits else ()
        unnamed = {host for host in set(table.hosts) if not _names(host)}
        found = compress(count(), map(unnamed.__contains__, table.hosts)) if unnamed else ()
        nameless = [row for row in found if row not in exact]
        if not nameless:
            return ()
        hits = known & set(_ADDRESS.findall(b"\n".join([lines[row] for row in nameless])))
        return [row for row in nameless if any(hit in lines[row] for hit in hits)] if hits else ()

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        """Store what was told and what was refused with the batch."""
        told = [
            Answered(address, name, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))
            for (address, name), (first, last) in self._told.items()
        ]
        record_answers(conn, batch_id, told, self._refused)


def _rows_with(words: set[bytes], joined: bytes) -> list[int]:
    """Return the numbers of the lines that hold one of the words."""
    if len(words) > _FEW:
        lines = enumerate(joined.split(b"\n"))
        return [row for row, line in lines if line and not words.isdisjoint(_ADDRESS.findall(line))]
    rows, before = [0], 0
    for found in re.finditer(b"|".join(map(re.escape, sorted(words, key=len, reverse=True))), joined):
        passed = joined.count(b"\n", before, found.start())
        before = found.start()
        rows.append(rows[-1] + passed)
    return rows[1:]


def _names(host: Part) -> bool:
    """Say whether what a kernel took for the host can be a name or a URL."""
    if isinstance(host, bytes):
        return b"." in host or b":" in host
    return isinstance(host, str) and ("." in host or ":" in host)
