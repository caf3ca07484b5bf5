"""Cursors of pulls move only with what was recorded, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.pulls import (
    Cursor,
    cursors,
    ensure_cursor,
    forget_lost_spools,
    known_digests,
    move_spooled,
    note_attempt,
    note_spooled,
    pull_states,
    settle,
)

DAY = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def cursor_of(database: Database, stream: str = "log") -> Cursor:
    with database.write() as conn:
        return ensure_cursor(conn, "Okta", stream, DAY)


def test_records_are_known_until_no_pull_reaches_them(database: Database) -> None:
    cursor = cursor_of(database)
    many = [(f"digest {number}", DAY + number * HOUR) for number in range(1200)]
    with database.write() as conn:
        note_spooled(conn, cursor.id, "log.1", many)
        note_spooled(conn, cursor.id, "log.2", many[:3])  # repeated: stays where it was
        move_spooled(conn, cursor.id, DAY + 1200 * HOUR)
        assert known_digests(conn, cursor.id, [digest for digest, _ in many] + ["new"]) == dict(many).keys()
        assert cursors(conn)[0].through is None
        settle(conn, cursor.id, ["log.1", "log.2"], DAY + 1000 * HOUR)
        assert len(known_digests(conn, cursor.id, [digest for digest, _ in many])) == 200
        (now,) = cursors(conn)
    assert (now.through, now.remembered_from) == (DAY + 1200 * HOUR, DAY + 1000 * HOUR)
    with database.write() as conn:
        settle(conn, cursor.id, [], DAY)  # never backwards
        assert cursors(conn)[0].remembered_from == DAY + 1000 * HOUR


def test_records_of_a_lost_file_are_forgotten(database: Database) -> None:
    cursor, other = cursor_of(database), cursor_of(database, "apps")
    with database.write() as conn:
        for one in (cursor, other):
            note_spooled(conn, one.id, "kept", [("a", DAY)])
            note_spooled(conn, one.id, "lost", [("b", DAY)])
            move_spooled(conn, one.id, DAY)
        assert forget_lost_spools(conn, cursor.id, ["kept"]) == 1
        assert known_digests(conn, cursor.id, ["a", "b"]) == {"a"}
        assert known_digests(conn, other.id, ["a", "b"]) == {"a", "b"}
        found = {one.stream: one.spooled_through for one in cursors(conn)}
    assert found == {"log": None, "apps": DAY}


def test_a_source_is_complete_when_every_stream_is(database: Database) -> None:
    log, apps = cursor_of(database), cursor_of(database, "apps")
    with database.write() as conn:
        note_attempt(conn, log.id, DAY, None)
        assert pull_states(conn)["Okta"].complete_at is None
        note_attempt(conn, apps.id, DAY + HOUR, None)
        note_attempt(conn, log.id, DAY + 2 * HOUR, "answered 500")
        state = pull_states(conn)["Okta"]
    assert (state.complete_at, state.problem) == (DAY, "answered 500")
