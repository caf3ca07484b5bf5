"""A decision changes the inventory and leaves its trace, or changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.decisions import decide
from governance.errors import DecisionInvalid
from storage import audit
from storage.database import Database
from storage.decisions import decisions
from storage.errors import NotRecorded
from storage.inventory import STATUSES, ensure_tools, inventory_entry
from tests.storage.sample_records import NOW


def add_tool(database: Database) -> None:
    with database.write() as conn:
        ensure_tools(conn, [("chat-two", "vendor-two")], NOW)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_can_be_given_and_is_audited(database: Database, status: str) -> None:
    add_tool(database)
    with database.write() as conn:
        decision_id = decide(
            conn, "chat-two", status, " jo ", "seen\nand weighed", NOW, note="no patient data",
            departments=["Radiology"],
        )  # fmt: skip
    with database.read() as conn:
        entry = inventory_entry(conn, "chat-two")
        (kept,) = decisions(conn, "chat-two")
        (row,) = audit.rows(conn)
        assert audit.verify(conn).intact
    assert (entry.status, entry.status_by, entry.status_at) == (status, "jo", NOW)
    assert (kept.id, kept.reason, kept.note, kept.previous_status) == (
        decision_id, "seen\nand weighed", "no patient data", "unreviewed"
    )  # fmt: skip
    assert (row.actor, row.action, row.subject) == ("jo", "tool.decided", "chat-two")
    assert (row.detail["from"], row.detail["to"], row.detail["departments"]) == (
        "unreviewed",
        status,
        ["Radiology"],
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"status": "fine"}, "is no status; use one of unreviewed"),
        ({"by": " "}, "name of who takes it"),
        ({"reason": "\n "}, "needs a reason"),
        ({"reason": "x" * 20_000}, "keep it below"),
        ({"until": (NOW - timedelta(days=1)).date()}, "is over; name a day from 2026-11-20 on"),
    ],
)
def test_what_the_record_could_not_explain_is_refused(
    database: Database, given: dict[str, object], words: str
) -> None:
    add_tool(database)
    values = {"tool_id": "chat-two", "status": "approved", "by": "jo", "reason": "why", "now": NOW, **given}
    with database.write() as conn, pytest.raises(DecisionInvalid, match=words):
        decide(conn, **values)  # type: ignore[arg-type]
    with database.read() as conn:
        assert inventory_entry(conn, "chat-two").status == "unreviewed"
        assert (decisions(conn), audit.rows(conn)) == ([], [])


def test_an_unknown_tool_is_named(database: Database) -> None:
    with database.write() as conn, pytest.raises(NotRecorded, match="tool nothing is not in the inventory"):
        decide(conn, "nothing", "approved", "jo", "why", NOW)


def test_a_killed_decision_leaves_neither_status_nor_audit_row(database: Database) -> None:
    add_tool(database)

    class Killed(Exception):
        pass

    def killed() -> None:
        with database.write() as conn:
            decide(conn, "chat-two", "approved", "jo", "why", NOW)
            raise Killed

    with pytest.raises(Killed):
        killed()
    with database.read() as conn:
        assert inventory_entry(conn, "chat-two").status == "unreviewed"
        assert (decisions(conn), audit.rows(conn)) == ([], [])
