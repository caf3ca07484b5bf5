"""Remember how far a vendor's interface was pulled, so that every record counts once, however late it came.

A record's digest is known from the moment it stands in a finished spool file. The file is named with it until the
file was scanned; if the file is lost before that, its records are forgotten and pulled again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from storage.pulls_tables import pull_cursor, pulled_record
from storage.sources import ensure_source
from storage.upserts import insert_missing

_ASKED_AT_ONCE = 500  # parameters of one statement; SQLite allows 32,766, older ones 999


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one stream of a source was pulled."""

    id: int
    source: str
    stream: str
    through: datetime | None
    """Everything before is recorded, except what the vendor publishes late."""
    spooled_through: datetime | None
    """Everything before is at least in a spool file."""
    remembered_from: datetime | None
    """Records from here on are known by their digest; older ones would be counted again."""
    tried_at: datetime | None
    succeeded_at: datetime | None
    message: str | None
    """Why the newest pull did not come to its end; None: it did."""


@dataclass(frozen=True, slots=True)
class PullState:
    """How the newest pulls of one source went, all its streams together."""

    complete_at: datetime | None
    """When every stream was last pulled to its end; None: one never was."""
    problem: str | None
    """What stopped the newest pull of a stream."""


def pull_states(conn: Connection) -> dict[str, PullState]:
    """Return by source how its pulls went."""
    found: dict[str, list[Cursor]] = {}
    for cursor in cursors(conn):
        found.setdefault(cursor.source, []).append(cursor)
    states: dict[str, PullState] = {}
    for source, streams in found.items():
        done = [cursor.succeeded_at for cursor in streams]
        known = [moment for moment in done if moment is not None]
        problem = next((cursor.message for cursor in streams if cursor.message is not None), None)
        states[source] = PullState(min(known) if len(known) == len(done) else None, problem)
    return states


def ensure_cursor(conn: Connection, source: str, stream: str, now: datetime) -> Cursor:
    """Return the cursor of a stream; a new one has been nowhere yet."""
    ensure_source(conn, source, now)
    insert_missing(conn, pull_cursor, [{"source": source, "stream": stream}])
    return _cursor(
        conn.execute(
            select(pull_cursor).where(pull_cursor.c.source == source, pull_cursor.c.stream == stream)
        ).one()
    )


def cursors(conn: Connection) -> list[Cursor]:
    """Return all cursors, by source and stream."""
    rows = conn.execute(select(pull_cursor).order_by(pull_cursor.c.source, pull_cursor.c.stream))
    return [_cursor(row) for row in rows]


def known_digests(conn: Connection, cursor_id: int, digests: Collection[str]) -> set[str]:
    """Return which of the records came before."""
    asked = list(digests)
    found: set[str] = set()
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        found.update(
            conn.execute(
                select(pulled_record.c.digest).where(
                    pulled_record.c.cursor_id == cursor_id,
                    pulled_record.c.digest.in_(asked[start : start + _ASKED_AT_ONCE]),
                )
            ).scalars()
        )
    return found


def note_spooled(
    conn: Connection, cursor_id: int, spool: str, records: Iterable[tuple[str, datetime]]
) -> None:
    """Note which records, by digest and time, stand in a finished spool file; those known already stay as they are."""
    times = dict(records)
    known = known_digests(conn, cursor_id, times)
    rows = [
        {"cursor_id": cursor_id, "digest": digest, "at": at, "spool": spool}
        for digest, at in times.items()
        if digest not in known
    ]
    if rows:
        conn.execute(insert(pulled_record), rows)


def move_spooled(conn: Connection, cursor_id: int, end: datetime) -> None:
    """Note that everything before `end` is in spool files."""
    conn.execute(update(pull_cursor).where(pull_cursor.c.id == cursor_id).values(spooled_through=end))


def forget_lost_spools(conn: Connection, cursor_id: int, present: Collection[str]) -> int:
    """Forget the records of spool files that are gone without having been recorded; return how many."""
    waiting = set(
        conn.execute(
            select(pulled_record.c.spool)
            .where(pulled_record.c.cursor_id == cursor_id, pulled_record.c.spool.is_not(None))
            .distinct()
        ).scalars()
    )
    lost = waiting - set(present)
    forgotten = 0
    for spool in sorted(lost):
        forgotten += conn.execute(
            delete(pulled_record).where(
                and_(pulled_record.c.cursor_id == cursor_id, pulled_record.c.spool == spool)
            )
        ).rowcount
    if lost:
        conn.execute(
            update(pull_cursor)
            .where(pull_cursor.c.id == cursor_id)
            .values(spooled_through=pull_cursor.c.through)
        )
    return forgotten


def settle(conn: Connection, cursor_id: int, spools: Iterable[str], forget_before: datetime | None) -> None:
    """Move a cursor, now that the spool files of its stream were scanned.

    Digests older than `forget_before` are dropped: no pull reaches back so far. None keeps them all.
    """
    for spool in spools:
        conn.execute(
            update(pulled_record)
            .where(pulled_record.c.cursor_id == cursor_id, pulled_record.c.spool == spool)
            .values(spool=None)
        )
    here = pull_cursor.c.id == cursor_id
    conn.execute(update(pull_cursor).where(here).values(through=pull_cursor.c.spooled_through))
    if forget_before is not None:
        conn.execute(
            delete(pulled_record).where(
                pulled_record.c.cursor_id == cursor_id,
                pulled_record.c.spool.is_(None),
                pulled_record.c.at < forget_before,
            )
        )
        conn.execute(
            update(pull_cursor)
            .where(
                here,
                (pull_cursor.c.remembered_from.is_(None)) | (pull_cursor.c.remembered_from < forget_before),
            )
            .values(remembered_from=forget_before)
        )


def note_attempt(conn: Connection, cursor_id: int, at: datetime, message: str | None) -> None:
    """Note that a stream was pulled; `message` says why not to its end, None that it was."""
    values: dict[str, object] = {"tried_at": at, "message": message}
    if message is None:
        values["succeeded_at"] = at
    conn.execute(update(pull_cursor).where(pull_cursor.c.id == cursor_id).values(**values))


def _cursor(row: Row[tuple[object, ...]]) -> Cursor:
    return Cursor(**{name: getattr(row, name) for name in Cursor.__slots__})
