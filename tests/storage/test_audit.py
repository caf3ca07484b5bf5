"""Every change of the audit trail is noticed; a removed end is noticed with an anchor."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, insert, select, update

from storage import audit
from storage.database import Database
from storage.tables import audit as table
from tests.storage.sample_records import NOW


def filled(database: Database, rows: int = 5) -> None:
    with database.write() as conn:
        for number in range(rows):
            audit.append(conn, "jo", "tool.decided", f"tool-{number}", {"to": "approved", "n": number}, NOW)


def test_an_untouched_chain_is_intact(database: Database) -> None:
    filled(database)
    with database.read() as conn:
        verdict = audit.verify(conn, audit.head(conn))
        newest = audit.rows(conn, limit=2)
        older = audit.rows(conn, before=newest[-1].number)
    assert (verdict.intact, verdict.rows, verdict.first_bad) == (True, 5, None)
    assert [row.subject for row in newest + older] == [f"tool-{n}" for n in (4, 3, 2, 1, 0)]
    assert newest[0].detail == {"n": 4, "to": "approved"}


def test_an_empty_chain_is_intact(database: Database) -> None:
    with database.read() as conn:
        assert audit.verify(conn).intact
        assert audit.verify(conn, audit.AuditHead(0, audit.GENESIS)).intact


@pytest.mark.parametrize("column", ["actor", "action", "subject", "detail", "digest", "previous"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_row_is_found(database: Database, column: str, number: int) -> None:
    filled(database)
    with database.write() as conn:
        conn.execute(update(table).where(table.c.number == number).values({column: "another"}))
        verdict = audit.verify(conn)
    assert not verdict.intact
    assert verdict.first_bad == number


def test_removed_swapped_and_inserted_rows_are_found(database: Database) -> None:
    filled(database)
    with database.write() as conn:
        row = dict(conn.execute(select(table).where(table.c.number == 3)).one()._mapping)
        conn.execute(delete(table).where(table.c.number == 3))
        assert audit.verify(conn).message == "The audit trail is broken: row 3 is missing."
        conn.execute(insert(table).values(row))
        assert audit.verify(conn).intact
        conn.execute(insert(table).values({**row, "number": 6}))
        assert audit.verify(conn).first_bad == 6


def test_a_removed_end_is_found_with_an_anchor_only(database: Database) -> None:
    filled(database)
    with database.write() as conn:
        anchor = audit.head(conn)
        conn.execute(delete(table).where(table.c.number > 3))
        bare = audit.verify(conn)
        assert bare.intact
        assert "anchor" in bare.message
        assert audit.verify(conn, anchor).message == "The audit trail is broken: it had 5 rows and now has 3."
        for number in range(2):
            audit.append(conn, "eve", "tool.decided", f"forged-{number}", {}, NOW)
        assert audit.verify(conn).intact
        assert audit.verify(conn, anchor).first_bad == 5


def test_hostile_details_verify(database: Database) -> None:
    with database.write() as conn:
        audit.append(conn, "j\x00o", "a\nb", "\ud800", {"k\x00": "\udfff", "n": [1, {"x": None}]}, NOW)
    with database.read() as conn:
        assert audit.verify(conn).intact
        assert audit.rows(conn)[0].actor == "j\\x00o"


def test_writers_at_the_same_time_make_one_chain(database: Database) -> None:
    def work() -> None:
        for _ in range(5):
            filled(database, 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        verdict = audit.verify(conn)
    assert (verdict.intact, verdict.rows) == (True, 20)
