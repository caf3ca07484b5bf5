"""Scan files into the database: each content once, whatever it is called, batch by batch."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from scanner.clock import TimeContext
from scanner.compiled import CompiledFormat
from scanner.continuing import continued, longest_known, recorded_queries
from scanner.date_order import decided
from scanner.detect import Detector
from scanner.documents import is_record
from scanner.errors import ScannerError, SourceUnreadable, unrecognised
from scanner.fold import Folded, Folder
from scanner.inputs import BLOCK_BYTES, Block, BlockReader, Member, member_again, open_members
from scanner.ledger import Ledger
from scanner.objects import StoredObject, fetched, is_stored, stored_objects
from scanner.observing import Observer
from scanner.ordering import Part, answers_first
from scanner.parts import moment, parts_of
from scanner.pihole import FORMAT_ID as PIHOLE
from scanner.pihole import IDENTITY, is_beside_database, is_database, opened_queries
from scanner.places import Places
from scanner.reading import SourceReader, choose_chain, stated
from scanner.recognise import Formats
from scanner.recordings import REST, beginning_of, extent_of, recorded_events, recording_of
from scanner.resolving import AliasResolver
from scanner.sources import Content, Missing, begin, document_records, find_files, sample_of
from scanner.spec import FormatSpec
from signatures.matcher import Matcher
from storage.batches import (
    BatchRecord,
    ContentState,
    batch_at,
    begin_content,
    contents_with_head,
    record_batch,
)
from storage.database import Database
from storage.losses import record_loss
from storage.pseudonyms import Pseudonyms
from storage.scans import record_file

_HEADER_LINE: Final = re.compile(rb"^(?:[^\n#]{1,400})?#(?:fields|Fields:|path|Date:|StartDate:)[^\n]*", re.M)
_HEADER_TRIES: Final = 5
HEAD_FOR_IDENTITY: Final = 32
"""Bytes that shortlist known contents; the digest of everything consumed decides."""

BatchHook = Callable[[Connection, BatchRecord], None]
"""Called inside the transaction of every batch that was not recorded before."""

Progress = Callable[[int], None]
"""Told the number of decoded bytes read since the last call."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: ok, partial, unread or already_read."""

    label: str
    status: str
    format_id: str | None = None
    message: str | None = None
    ledger: Ledger = field(default_factory=Ledger)


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What a scan needs to know; `now` is the moment it began."""

    database: Database
    scan_id: int
    matcher: Matcher
    pseudonyms: Pseudonyms
    now: datetime
    format_id: str | None = None
    source: str | None = None
    """Name of the source; the format's id where the files belong to no configured one."""
    on_batch: BatchHook | None = None
    progress: Progress | None = None
    zone: tzinfo = UTC
    """Zone of times that state none."""
    day_first: bool | None = None
    """Whether 03/04 is 3 April; None leaves it to each file."""
    block_bytes: int = BLOCK_BYTES
    formats: Sequence[FormatSpec] | None = None
    """The formats to recognise, where they are not just the shipped ones."""
    resolver: AliasResolver | None = None
    """Looks up aliases of hosts that match nothing, where that is wanted."""
    labels: Mapping[str, str] | None = None
    """What to call a path in place of itself: standard input is read from a temporary file."""
    places: Places | None = None
    """Tells the department of an address where a log does not."""
    losses: bool = True
    """Whether to record what a recording says it lost; False where whoever recorded it tells that."""
    observers: Sequence[Observer] = ()
    """Watch what is read, and store what they saw with every batch."""


def scan_paths(plan: ScanPlan, names: Iterable[str], part: Part = Part.ALL) -> Iterator[Outcome]:
    """Scan files, folders, globs and objects; one bad one never stops the others. Yield what became of each."""
    detector = Detector(plan.matcher, plan.resolver)
    formats = Formats.for_context(TimeContext(reference=plan.now), plan.formats)
    names = list(names)
    files: Iterable[Path | Missing] = find_files(name for name in names if not is_stored(name))
    files = answers_first(files, part) if plan.observers or part is not Part.ALL else files
    stored = () if part is Part.ANSWERS else stored_objects(name for name in names if is_stored(name))
    for item in itertools.chain(files, stored):
        if isinstance(item, Missing):
            yield _noted(plan, Outcome(item.label, "unread", message=item.message))
        elif isinstance(item, StoredObject):
            try:
                with fetched(item) as path:
                    labelled = replace(plan, labels={**(plan.labels or {}), str(path): item.label})
                    yield from scan_file(labelled, path, detector, formats)
            except SourceUnreadable as problem:
                yield _noted(plan, Outcome(item.label, "unread", message=str(problem)))
        else:
            yield from scan_file(plan, item, detector, formats)


def scan_file(plan: ScanPlan, path: Path, detector: Detector, formats: Formats) -> Iterator[Outcome]:
    """Scan one file, or every file of an archive."""
    try:
        for member in open_members(path):
            try:
                outcome = _scan_member(
                    plan, path, member, detector, formats.at(context_of(path, plan.now, plan.zone))
                )
            except ScannerError as problem:
                outcome = Outcome(member.label, "unread", message=str(problem))
            yield _noted(plan, outcome)
    except ScannerError as problem:
        yield _noted(plan, Outcome(str(path), "unread", message=str(problem)))


def plan_label(plan: ScanPlan, label: str) -> str:
    """Return what people shall read for a path."""
    for path, name in (plan.labels or {}).items():
        label = label.replace(path, name)
    return label


def _noted(plan: ScanPlan, outcome: Outcome) -> Outcome:
    label, message = plan_label(plan, outcome.label), outcome.message
    outcome = replace(outcome, label=label, message=plan_label(plan, message) if message else None)
    ledger = outcome.ledger
    with plan.database.write() as conn:
        record_file(
            conn,
            plan.scan_id,
            plan.source or outcome.format_id or "unrecognised",
            outcome.label,
            outcome.status,
            plan.now,
            format_id=outcome.format_id,
            message=outcome.message,
            lines=ledger.lines,
            events=ledger.events,
            unreadable=ledger.unreadable.total(),
        )
    return outcome


def _scan_member(plan: ScanPlan, path: Path, member: Member, detector: Detector, formats: Formats) -> Outcome:
    context = context_of(path, plan.now, plan.zone)
    content = begin(member.stream)
    if not content.head:
        empty = BlockReader(content.stream)
        list(empty)
        status = "ok" if empty.damage is None else "unread"
        return Outcome(member.label, status, message=empty.damage or "empty file")
    kind = recording_of(content.head)
    if kind is not None:
        session = _Session(plan, member, (), detector, context, kind)
        return session.read_recording(path, member.label, content.head)
    if is_beside_database(path, content.head):
        return Outcome(member.label, "ok", message="belongs to a database, with which it is read")
    if is_database(content.head):
        return _Session(plan, member, [formats.by_id(PIHOLE)], detector, context).read_queries(
            path, member.label
        )
    chain = [formats.by_id(plan.format_id)] if plan.format_id else choose_chain(formats, sample_of(content))
    if not chain:
        raise unrecognised(member.label, "-" if str(path) in (plan.labels or {}) else str(path))
    context = decided(replace(context, day_first=plan.day_first), path, member.label, content.decoded_head)
    formats.at(context)
    session = _Session(plan, member, chain, detector, context)
    if content.document:
        return session.read_document(content)
    known = session.known(content.decoded_head)
    if not known:
        return session.read_text(content, None)
    state = longest_known(known, content)
    with member_again(path, member.label) as again:
        return session.read_text(begin(again.stream), state)


def context_of(path: Path, now: datetime, zone: tzinfo = UTC) -> TimeContext:
    """Return the time context of a file: years are guessed no later than its last change."""
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        changed = now
    return TimeContext(zone, reference=min(changed, now))


class _Session:
    """The reading of one content: finds where to go on, folds, and records batch by batch."""

    def __init__(
        self,
        plan: ScanPlan,
        member: Member,
        chain: Sequence[CompiledFormat],
        detector: Detector,
        context: TimeContext,
        recording: str = "",
    ) -> None:
        self._plan = plan
        self._label = plan_label(plan, member.label)
        self._closed = member.closed
        self._format_id = chain[0].id if chain else recording
        self._reader = SourceReader(list(chain))
        self._folder = Folder(self._reader, detector, context, observers=plan.observers)
        self._context = context
        self._total = Ledger()
        self._new = False
        self._unfinished = False

    def read_text(self, content: Content, state: ContentState | None, damage: str | None = None) -> Outcome:
        """Read lines, from where an earlier scan of this content ended; `damage` is known already."""
        blocks = BlockReader(content.stream, size=self._plan.block_bytes)
        if state is not None:
            blocks.skip_to([state.consumed], self._see_headers)
        content_id = state.id if state else None
        for block in blocks:
            if not block.closed and not self._closed and block.end < HEAD_FOR_IDENTITY:
                self._unfinished = True  # too short to be told from another file that begins so
                continue
            if not block.closed and blocks.damage is not None:
                self._closed = False  # half a line, whose other half may come with a better copy
            folded = self._folder.fold(block)
            if content_id is None:
                content_id = self._begin(content.decoded_head)
            self._store(content_id, block, folded)
        return self._outcome(damage or blocks.damage)

    def read_document(self, content: Content) -> Outcome:
        """Read a JSON document."""
        notes: list[str] = []
        records = document_records(content, notes)
        if records and not is_record(records[-1][1]):
            # Not recorded: a better copy says it in other words.
            number, rest = records[-1]
            records = records[:-1]
            self._total.lines += 1
            self._total.refuse(number, "cut off", rest)
            notes = notes or ["the document is cut off; copy it again"]
        # Lines of one record each, so that a document that was cut off or has grown is read on.
        text = "".join(f"{record}\n" for _, record in records).encode("utf-8", "backslashreplace")
        known = self.known(text)
        state = longest_known(known, begin(BytesIO(text))) if known else None
        return self.read_text(begin(BytesIO(text)), state, "; ".join(notes) or None)

    def read_recording(self, path: Path, label: str, head: bytes) -> Outcome:
        """Read a packet capture or dnstap file, which is one batch, replaced while the file grows."""
        known = self.known(beginning) if (beginning := beginning_of(self._format_id, head)) else []
        extent = extent_of(path, label, [state.tail_end for state in known if state.tail_end])
        digest, size = extent.digest, extent.size
        identity = beginning or digest.encode()
        if any(
            digest in {state.consumed_digest, state.tail_digest} for state in known or self.known(identity)
        ):
            return self._outcome(None)
        grown = [s for s in known if s.tail_end and s.tail_digest == extent.reached.get(s.tail_end)]
        notes: list[str] = []
        folded = self._folder.begin()
        with member_again(path, label) as member:
            ledger = folded.ledger
            events = recorded_events(self._format_id, member.stream, ledger, self._context, notes)
            self._folder.fold_events(folded, events)
        accounted = ledger.event_lines + ledger.not_events.total() + ledger.unreadable.total()
        if ledger.lines > accounted:
            ledger.not_events[REST[self._format_id]] = ledger.lines - accounted
        self._closed = extent.complete or (self._closed and not extent.damaged) or not beginning
        content_id = grown[0].id if grown else self._begin(identity)
        self._store(content_id, Block(0, max(size, 1), 1, digest, b"", closed=self._closed), folded)
        return self._outcome("; ".join(notes) or None)

    def read_queries(self, path: Path, label: str) -> Outcome:
        """Read the query database of a Pi-hole, from the row where an earlier scan of it ended."""
        with opened_queries(path, label) as queries:
            with self._plan.database.read() as conn:
                known = recorded_queries(conn, _head_digest(IDENTITY))
            content_id, after = continued(queries, known)
            read_before = content_id is not None and bool(known[content_id])
            for block in queries.blocks(after, after if read_before else 0):
                folded = self._folder.fold(block)
                if content_id is None:
                    content_id = self._begin(IDENTITY)
                self._store(content_id, block, folded)
            return self._outcome(queries.damage)

    def known(self, head: bytes) -> list[ContentState]:
        """Return the recorded contents that begin alike."""
        with self._plan.database.read() as conn:
            return contents_with_head(conn, _head_digest(head))

    def _see_headers(self, piece: bytes) -> None:
        """Let header lines among skipped bytes set the columns, and questions say that answers do not count."""
        self._folder.see_skipped(piece)
        if not self._reader.columns.names:
            for line in piece.split(b"\n", _HEADER_TRIES)[:_HEADER_TRIES]:
                self._reader.see_header(line.decode("utf-8", "backslashreplace"), within=True)
        for found in _HEADER_LINE.finditer(piece):
            self._reader.see_header(found.group().decode("utf-8", "backslashreplace"), within=True)

    def _begin(self, head: bytes) -> int:
        with self._plan.database.write() as conn:
            return begin_content(
                conn, _head_digest(head), self._source, self._label, self._format_id, self._plan.now
            )

    @property
    def _source(self) -> str:
        return self._plan.source or self._format_id

    def _store(self, content_id: int, block: Block, folded: Folded) -> None:
        ledger = folded.ledger
        batch = BatchRecord(
            scan_id=self._plan.scan_id,
            source=self._source,
            content_key=content_id,
            start=block.start,
            end=block.end,
            final=block.closed or self._closed,
            lines=ledger.lines,
            events=ledger.events,
            not_events=ledger.not_events.total(),
            unreadable=dict(ledger.unreadable),
            with_user=ledger.with_user,
            hidden_names=ledger.hidden_names,
            first_event=moment(ledger.first),
            last_event=moment(ledger.last),
            parts=parts_of(
                folded.activities, self._plan.pseudonyms, self._source, self._context, self._plan.places
            ),
            consumed_digest=block.digest,
            format_id=self._format_id,
            label=self._label,
            doubtful=dict(ledger.doubtful),
        )
        with self._plan.database.write() as conn:
            if record_batch(conn, batch):
                self._new = True
                self._total.add(ledger)
                if folded.watches:
                    batch_id = batch_at(conn, content_id, block.start)
                    for watch in folded.watches:
                        watch.store(conn, batch_id, self._source)
                for what, number in ledger.lost.items() if self._plan.losses else ():
                    origin = f"content {content_id}"
                    record_loss(conn, self._source, what, number, self._plan.now, origin)
                if self._plan.on_batch is not None:
                    self._plan.on_batch(conn, batch)
        if self._plan.progress is not None:
            self._plan.progress(block.end - block.start)

    def _outcome(self, damage: str | None) -> Outcome:
        format_id = self._format_id
        if damage is not None:
            return Outcome(self._label, "partial", format_id, damage, self._total)
        if self._unfinished:
            return Outcome(
                self._label, "partial", format_id, "the only line is still being written", self._total
            )
        if not self._new:
            return Outcome(self._label, "already_read", format_id, "content already read")
        return Outcome(self._label, "ok", format_id, stated(self._reader.chain), self._total)


def _head_digest(head: bytes) -> str:
    return sha256(head[:HEAD_FOR_IDENTITY]).hexdigest()
