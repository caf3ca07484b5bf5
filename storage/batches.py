"""Record what one batch of a log contributed, exactly once, and how far its content has been read.

A content is identified by what it says, never by its name: the caller compares the SHA-256 of the decoded
bytes already consumed. Its final batches lie end to end from byte 0, so that a batch can only ever be the
next one, a repetition (ignored), or a mistake (refused). The last line of a file that does not end with a
line break is a provisional batch behind them, replaced when the content grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from storage.doubt_tables import batch_doubt
from storage.errors import BatchInvalid, BatchOutOfOrder, NotRecorded
from storage.inventory import ensure_tools
from storage.sources import ensure_source
from storage.tables import batch as batches
from storage.tables import batch_unreadable, content, scan, sighting

EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of no bytes: the consumed digest of a content that has just begun."""

_NEVER_NEGATIVE = ("start", "lines", "events", "not_events", "with_user", "hidden_names")


@dataclass(frozen=True, slots=True)
class SightingPart:
    """What one batch saw of one principal using one tool in one way on one day."""

    tool_id: str
    vendor_id: str
    principal: str
    """Pseudonym; "" if the log names nobody."""
    principal_kind: str
    """user, device, address or unknown."""
    department: str | None
    source: str
    day: date
    """UTC day of the events."""
    signature: str
    surface: str
    path_class: str | None
    tier: str | None
    action: str
    """allowed, blocked or unknown."""
    count: int
    bytes_up: int | None
    """Bytes from client to server; None if no event of this part says."""
    bytes_down: int | None
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch: decoded bytes [start, end) of a content, its line ledger and its sightings."""

    scan_id: int
    source: str
    content_key: int
    """Content id, as begin_content returned it."""
    start: int
    end: int
    final: bool
    """False for a last line without line break, which may still grow."""
    lines: int
    events: int
    not_events: int
    unreadable: Mapping[str, int]
    """Lines that could not be read, by reason."""
    with_user: int
    """Events that name a person."""
    hidden_names: int
    """Connections whose server name was encrypted."""
    first_event: datetime | None
    last_event: datetime | None
    parts: tuple[SightingPart, ...]
    consumed_digest: str
    """Hexadecimal SHA-256 of the decoded bytes [0, end)."""
    format_id: str
    label: str
    """File name as people know it."""
    doubtful: Mapping[str, int] = field(default_factory=dict)
    """Events whose time is in doubt, by reason."""


@dataclass(frozen=True, slots=True)
class ContentState:
    """How far a content has been recorded."""

    id: int
    consumed: int
    """Decoded bytes recorded for good."""
    consumed_digest: str
    """SHA-256 of exactly those bytes."""
    tail_end: int | None
    """End of the provisional last line, if one is recorded."""
    tail_digest: str | None
    """SHA-256 of the decoded bytes [0, tail_end)."""
    format_id: str
    source: str
    label: str


def begin_content(
    conn: Connection, head_digest: str, source: str, label: str, format_id: str, now: datetime
) -> int:
    """Start the record of a content nobody has seen before, and return its id.

    Call it only after contents_with_head() gave no content whose consumed bytes are the beginning of this
    one.
    """
    ensure_source(conn, source, now, format_id=format_id)
    result = conn.execute(
        insert(content).values(
            head_digest=head_digest,
            source=source,
            label=label,
            format_id=format_id,
            consumed=0,
            consumed_digest=EMPTY_DIGEST,
            created_at=now,
        )
    )
    return int(_key(result.inserted_primary_key))


def contents_with_head(conn: Connection, head_digest: str) -> list[ContentState]:
    """Return the contents that begin alike, the longest first: candidates for the one being read.

    A candidate is the same content only if the one being read has its consumed_digest at `consumed` and, where a
    tail is recorded, its tail_digest at `tail_end`. Otherwise it is another file that begins alike, and going on
    at `consumed` would replace the tail of the first.
    """
    rows = conn.execute(
        select(content)
        .where(content.c.head_digest == head_digest)
        .order_by(content.c.consumed.desc(), content.c.id)
    )
    return [_state(row) for row in rows]


def content_state(conn: Connection, content_id: int) -> ContentState:
    """Return one content. Raises NotRecorded."""
    row = conn.execute(select(content).where(content.c.id == content_id)).one_or_none()
    if row is None:
        raise NotRecorded(f"there is no content {content_id}; it must be begun before a batch is recorded.")
    return _state(row)


def record_batch(conn: Connection, batch: BatchRecord) -> bool:
    """Record a batch in the caller's transaction; return False if it was recorded before and nothing changed.

    A final batch moves the content's checkpoint to its end. A provisional one does not, and is replaced by
    the next batch with the same start that is longer or final. A batch whose whole prefix was recorded
    under another content (a copy of the same file) adds nothing either; only its content's checkpoint
    moves. Raises BatchOutOfOrder (a gap or an overlap), BatchInvalid, NotRecorded.
    """
    _check(batch)
    state = _locked_state(conn, batch.content_key)
    known = conn.execute(
        select(batches.c.id, batches.c.end, batches.c.final).where(
            batches.c.content_id == state.id, batches.c.start == batch.start
        )
    ).one_or_none()
    if known is not None and (known.final or (batch.end <= known.end and not batch.final)):
        return False
    if batch.start != state.consumed:
        raise BatchOutOfOrder(
            f"{batch.label}: a batch begins at byte {batch.start}, but {state.consumed} bytes are recorded. "
            "Nothing was changed; read the file again from the recorded position."
        )
    if known is not None:
        conn.execute(delete(batches).where(batches.c.id == known.id))
    if _recorded_elsewhere(conn, batch):
        _move_checkpoint(conn, batch)
        return False
    batch_id = _insert_batch(conn, batch)
    _insert_parts(conn, batch, batch_id)
    _move_checkpoint(conn, batch)
    return True


def batch_at(conn: Connection, content_id: int, start: int) -> int:
    """Return the id of the recorded batch of a content that begins at a byte."""
    found = select(batches.c.id).where(batches.c.content_id == content_id, batches.c.start == start)
    return int(conn.execute(found).scalar_one())


def batch_ends(conn: Connection, content_id: int) -> dict[int, str]:
    """Return the ends of a content's final batches, each with the digest of what precedes it."""
    columns = batches.c
    rows = conn.execute(
        select(columns.end, columns.prefix_digest).where(columns.content_id == content_id, columns.final)
    )
    return {int(row.end): str(row.prefix_digest) for row in rows}


def _locked_state(conn: Connection, content_id: int) -> ContentState:
    # On PostgreSQL the row lock makes two recorders of one content wait for each other.
    row = conn.execute(select(content).where(content.c.id == content_id).with_for_update()).one_or_none()
    if row is None:
        raise NotRecorded(f"there is no content {content_id}; it must be begun before a batch is recorded.")
    return _state(row)


def _recorded_elsewhere(conn: Connection, batch: BatchRecord) -> bool:
    copy = conn.execute(
        select(batches.c.id)
        .where(
            and_(
                batches.c.prefix_digest == batch.consumed_digest,
                batches.c.end == batch.end,
                batches.c.content_id != batch.content_key,
            )
        )
        .limit(1)
    ).first()
    return copy is not None


def _insert_batch(conn: Connection, batch: BatchRecord) -> int:
    recorded_at = conn.execute(
        select(scan.c.started_at).where(scan.c.id == batch.scan_id)
    ).scalar_one_or_none()
    if recorded_at is None:
        raise NotRecorded(f"there is no scan {batch.scan_id}; it must be begun before a batch is recorded.")
    result = conn.execute(
        insert(batches).values(
            content_id=batch.content_key,
            scan_id=batch.scan_id,
            source=batch.source,
            start=batch.start,
            end=batch.end,
            final=batch.final,
            prefix_digest=batch.consumed_digest,
            lines=batch.lines,
            events=batch.events,
            not_events=batch.not_events,
            with_user=batch.with_user,
            hidden_names=batch.hidden_names,
            first_event=batch.first_event,
            last_event=batch.last_event,
            recorded_at=recorded_at,
        )
    )
    batch_id = int(_key(result.inserted_primary_key))
    reasons = [{"batch_id": batch_id, "reason": r, "lines": n} for r, n in batch.unreadable.items() if n]
    if reasons:
        conn.execute(insert(batch_unreadable), reasons)
    doubts = [{"batch_id": batch_id, "reason": r, "events": n} for r, n in batch.doubtful.items() if n]
    if doubts:
        conn.execute(insert(batch_doubt), doubts)
    ensure_source(conn, batch.source, recorded_at, format_id=batch.format_id)
    ensure_tools(conn, sorted({(part.tool_id, part.vendor_id) for part in batch.parts}), recorded_at)
    return batch_id


def _insert_parts(conn: Connection, batch: BatchRecord, batch_id: int) -> None:
    if not batch.parts:
        return
    columns = list(SightingPart.__slots__)
    conn.execute(
        insert(sighting),
        [{"batch_id": batch_id, **{name: getattr(part, name) for name in columns}} for part in batch.parts],
    )


def _move_checkpoint(conn: Connection, batch: BatchRecord) -> None:
    values: dict[str, object]
    if batch.final:
        values = {
            "consumed": batch.end,
            "consumed_digest": batch.consumed_digest,
            "tail_end": None,
            "tail_digest": None,
        }
    else:
        values = {"tail_end": batch.end, "tail_digest": batch.consumed_digest}
    conn.execute(update(content).where(content.c.id == batch.content_key).values(**values))


def _check(batch: BatchRecord) -> None:
    where = f"{batch.label}, bytes {batch.start} to {batch.end}"
    for name in _NEVER_NEGATIVE:
        if getattr(batch, name) < 0:
            raise BatchInvalid(f"{where}: {name} is negative.")
    if batch.end < batch.start or (batch.end == batch.start and batch.final):
        raise BatchInvalid(f"{where}: the range is empty or backwards.")
    if any(number < 0 for number in batch.unreadable.values()):
        raise BatchInvalid(f"{where}: a count of unreadable lines is negative.")
    if not batch.consumed_digest:
        raise BatchInvalid(f"{where}: the digest of the consumed bytes is missing.")
    for part in batch.parts:
        if part.count < 1 or part.first_seen > part.last_seen:
            raise BatchInvalid(
                f"{where}: a sighting of {part.tool_id} has no events or ends before it begins."
            )


def _state(row: Row[tuple[object, ...]]) -> ContentState:
    return ContentState(
        id=row.id,
        consumed=row.consumed,
        consumed_digest=row.consumed_digest,
        tail_end=row.tail_end,
        tail_digest=row.tail_digest,
        format_id=row.format_id,
        source=row.source,
        label=row.label,
    )


def _key(primary_key: object) -> int:
    return int(primary_key[0])  # type: ignore[index]
