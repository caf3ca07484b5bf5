"""Read stretches of logs again that were read before the answers of name servers that explain them.

Answers tell which tool a connection without a name went to, and which addresses several names share. Both may be
learned from a file read later. What a stretch shows by answers is then worked out anew and put in the place of what
it showed before, so that the order of files makes no difference, and doing it twice none either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from scanner.address_book import KIND, AddressBook
from scanner.answered_flows import AnswerObserver
from scanner.clock import TimeContext
from scanner.compressed import Readable
from scanner.continuing import longest_known
from scanner.date_order import decided
from scanner.detect import Detector
from scanner.errors import ScannerError
from scanner.fold import Folded, Folder
from scanner.ingest import HEAD_FOR_IDENTITY, ScanPlan, context_of
from scanner.inputs import BlockReader, Member, as_utf8, member_again, open_members
from scanner.parts import parts_of
from scanner.reading import SourceReader, choose_chain
from scanner.recognise import Formats
from scanner.sources import begin, find_files, sample_of
from scanner.spec import FormatSpec
from storage.answers import LateBatch, is_inferred, replace_inferred
from storage.batches import SightingPart, contents_with_head

_HEADER: Final = re.compile(rb"^#[^\n]*|^[^\n#]{1,400}#(?:fields|Fields:|path|Date:|StartDate:)[^\n]*", re.M)
_HEADER_TRIES: Final = 5
Found = Callable[[Connection, Sequence[SightingPart], str], object]
"""Told, in the transaction that records them, the sightings of a stretch and their source."""


def formats_of_connections(formats: Iterable[FormatSpec]) -> frozenset[str]:
    """Return the ids of the formats that may tell of connections without a name."""
    return frozenset(one.id for one in _formats_with("destination_ip", formats) if one.family != "dns")


def formats_of_answers(formats: Iterable[FormatSpec]) -> frozenset[str]:
    """Return the ids of the formats that tell what name servers answered."""
    return frozenset(one.id for one in _formats_with("dns_answers", formats))


def _formats_with(field: str, formats: Iterable[FormatSpec]) -> Iterator[FormatSpec]:
    for one in formats:
        if any(field in one.fields_of(record) for record in one.records):
            yield one


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Reads late batches again where their files are among those of a scan."""

    plan: ScanPlan
    book: AddressBook
    found: Found

    def read(self, names: Iterable[str], wanted: Mapping[int, Sequence[LateBatch]]) -> set[int]:
        """Read the batches of contents again that the named files hold; return the ids of these batches."""
        done: set[int] = set()
        formats = Formats.for_context(context_of(Path(), self.plan.now), self.plan.formats)
        detector = Detector(self.plan.matcher)
        for path in find_files(names) if wanted else ():
            if isinstance(path, Path):
                try:
                    for member in open_members(path):
                        done |= self._member(path, member, formats, detector, wanted)
                except (ScannerError, OSError):
                    continue  # said already when it was read first
        return done

    def _member(
        self,
        path: Path,
        member: Member,
        formats: Formats,
        detector: Detector,
        wanted: Mapping[int, Sequence[LateBatch]],
    ) -> set[int]:
        content = begin(member.stream)
        if not content.head or content.document:
            return set()
        with self.plan.database.read() as conn:
            digest = sha256(content.decoded_head[:HEAD_FOR_IDENTITY]).hexdigest()
            known = [state for state in contents_with_head(conn, digest) if state.id in wanted]
        state = longest_known(known, content) if known else None
        if state is None:
            return set()
        chain = (
            [formats.by_id(self.plan.format_id)]
            if self.plan.format_id
            else choose_chain(formats, sample_of(content))
        )
        context = context_of(path, self.plan.now, self.plan.zone)
        stated = replace(context, day_first=self.plan.day_first)
        context = decided(stated, path, member.label, content.decoded_head)
        formats.at(context)
        reader = SourceReader(list(chain))
        folder = Folder(reader, detector, context, observers=[AnswerObserver(self.book)])
        done: set[int] = set()
        with member_again(path, member.label) as again:
            batches = sorted(wanted[state.id], key=lambda one: one.start)
            until = _Until(as_utf8(begin(again.stream).stream), batches[0].start or batches[0].end)
            blocks = BlockReader(until, size=self.plan.block_bytes)
            for batch in batches:
                until.end = batch.start
                blocks.skip_to([batch.start], lambda piece: _skip(piece, folder, reader))
                until.end = batch.end
                folded = [folder.fold(block) for block in blocks]
                if len(folded) == 1:  # a batch is one block, unless the file is not what it was
                    self._store(batch, folded[0], context)
                    done.add(batch.id)
        return done

    def _store(self, batch: LateBatch, folded: Folded, context: TimeContext) -> None:
        inferred = {key: use for key, use in folded.activities.items() if key.match.kind == KIND}
        parts = parts_of(inferred, self.plan.pseudonyms, batch.source, context, self.plan.places)
        parts = tuple(part for part in parts if is_inferred(part.signature))
        with self.plan.database.write() as conn:
            replace_inferred(conn, batch.id, parts)
            for watch in folded.watches:
                watch.store(conn, batch.id, batch.source)
            self.found(conn, parts, batch.source)


class _Until:
    """A stream that ends where it is told to, until it is told otherwise."""

    def __init__(self, stream: Readable, end: int) -> None:
        self._stream = stream
        self._at = 0
        self.end = end

    def read(self, size: int = -1, /) -> bytes:
        room = self.end - self._at
        piece = self._stream.read(room if size < 0 else min(size, room)) if room > 0 else b""
        self._at += len(piece)
        return piece


def _skip(piece: bytes, folder: Folder, reader: SourceReader) -> None:
    """Let what is skipped say what it says of columns and questions."""
    folder.see_skipped(piece)
    first = [] if reader.columns.names else piece.split(b"\n", _HEADER_TRIES)[:_HEADER_TRIES]
    for line in (*first, *_HEADER.findall(piece)):
        reader.see_header(line.decode("utf-8", "backslashreplace"), within=True)
