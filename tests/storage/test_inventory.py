"""What was seen of a tool adds up the same on both engines, and unknown is never 0."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from storage import audit
from storage.agreements import add_agreement, agreements, any_agreement, end_agreement
from storage.assessments import (
    StoredAssessment,
    StoredPart,
    assessment_history,
    latest_assessments,
    save_assessment,
)
from storage.batches import record_batch
from storage.database import Database
from storage.decisions import decisions, record_decision
from storage.errors import NotRecorded
from storage.inventory import change_stamp, ensure_tools, inventory, inventory_entry, set_status, tool_rows
from storage.sightings import DayCount, evidence_rows, principal_rows
from tests.storage.sample_records import NOW, begin, part, record

DAY_2 = {
    "day": date(2026, 11, 20),
    "first_seen": datetime(2026, 11, 20, 7, tzinfo=UTC),
    "last_seen": datetime(2026, 11, 20, 8, tzinfo=UTC),
}


def seen_twice(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(
            conn,
            record(
                scan_id,
                content,
                0,
                100,
                part(department="Radiology"),
                part(principal="p-0002", action="blocked", count=2, bytes_up=None, tier="free"),
                part(principal="a-0001", principal_kind="address", action="unknown", count=1, bytes_up=None),
                part(principal="", principal_kind="unknown", count=4, bytes_up=50, bytes_down=7, **DAY_2),
                part(tool_id="chat-two", vendor_id="vendor-two", bytes_up=None),
            ),
        )
        _, other = begin(conn, "other head", "dns")
        record_batch(
            conn,
            record(
                scan_id,
                other,
                0,
                100,
                part(
                    source="dns",
                    surface="ambient",
                    signature="scribe-one:host:update.example",
                    count=90,
                    **DAY_2,
                ),
                source="dns",
            ),
        )


def test_sightings_add_up(database: Database) -> None:
    seen_twice(database)
    with database.read() as conn:
        chat, scribe = tool_rows(conn)
    seen = scribe.seen
    assert seen is not None
    assert (scribe.tool_id, scribe.vendor_id, scribe.status, scribe.group) == (
        "scribe-one", "vendor-one", "unreviewed", ""
    )  # fmt: skip
    assert (seen.count, seen.allowed, seen.blocked, seen.action_unknown) == (102, 99, 2, 1)
    assert (seen.people, seen.people_by_kind) == (3, {"address": 1, "user": 2})
    assert seen.count_without_principal == 4
    assert (seen.bytes_up, seen.bytes_down, seen.count_without_bytes) == (2050, 7, 3)
    assert seen.first_seen == datetime(2026, 11, 19, 9, tzinfo=UTC)
    assert seen.last_seen == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert seen.days == (
        DayCount(date(2026, 11, 19), 8, 3, 1000),
        DayCount(date(2026, 11, 20), 94, 1, 1050),
    )
    assert (seen.sources, seen.departments, seen.surfaces) == (
        ("dns", "proxy"),
        ("Radiology",),
        ("ambient", "use"),
    )
    assert (seen.tiers, seen.tier_unknown, seen.department_unknown) == (("free",), True, True)
    assert chat.seen is not None
    assert (chat.seen.bytes_up, chat.seen.bytes_down, chat.seen.count_without_bytes) == (None, None, 5)


def test_groups_are_counted_apart(database: Database) -> None:
    seen_twice(database)
    groups = {"use": "use", "ambient": "background"}
    with database.read() as conn:
        rows = tool_rows(conn, groups=groups, tool_id="scribe-one")
        days = tool_rows(conn, since=date(2026, 11, 20), until=date(2026, 11, 20))
    counts = {row.group: (row.seen.count, row.seen.people) for row in rows if row.seen}
    assert counts == {"background": (90, 1), "use": (12, 3)}
    assert [(row.tool_id, row.seen.count if row.seen else None) for row in days] == [
        ("chat-two", None),
        ("scribe-one", 94),
    ]


def test_evidence_and_principals_answer_how_do_you_know(database: Database) -> None:
    seen_twice(database)
    with database.read() as conn:
        ambient, use, free = evidence_rows(conn, "scribe-one")
        people = principal_rows(conn, "scribe-one")
    assert (ambient.source, ambient.count, ambient.files) == ("dns", 90, 1)
    assert (use.signature, use.count, use.people, use.bytes_up) == (
        "scribe-one:domain:scribe.example",
        10,
        2,
        1050,
    )
    assert (free.tier, free.blocked, free.bytes_up) == ("free", 2, None)
    assert [(row.principal, row.count, row.bytes_up) for row in people] == [
        ("p-0001", 95, 2000),
        ("p-0002", 2, None),
        ("a-0001", 1, None),
    ]
    assert people[0].sources == ("dns", "proxy")
    assert people[0].departments == ("Radiology",)


def test_tools_are_added_once_and_keep_status_and_name(database: Database) -> None:
    with database.write() as conn:
        assert ensure_tools(conn, [("chat-two", "vendor-two")], NOW) == 1
        assert set_status(conn, "chat-two", "approved", "jo", NOW, date(2027, 1, 1)) == "unreviewed"
        assert ensure_tools(conn, [("chat-two", "vendor-two", "Chat Two", "Vendor Two")], NOW) == 0
        entry = inventory_entry(conn, "chat-two")
        assert (entry.name, entry.vendor_name, entry.status) == ("Chat Two", "Vendor Two", "approved")
        assert (entry.status_by, entry.status_until) == ("jo", date(2027, 1, 1))
        ensure_tools(conn, [("chat-two", "vendor-two", "Renamed", "Renamed")], NOW)
        assert [one.name for one in inventory(conn)] == ["Chat Two"]
        assert [(row.seen, row.group) for row in tool_rows(conn)] == [(None, "")]
        with pytest.raises(NotRecorded, match="not in the inventory"):
            set_status(conn, "nothing", "approved", "jo", NOW)
        with pytest.raises(NotRecorded):
            inventory_entry(conn, "nothing")
        with pytest.raises(ValueError, match="no status"):
            set_status(conn, "chat-two", "fine", "jo", NOW)


def test_the_stamp_changes_with_whatever_a_ranking_depends_on(database: Database) -> None:
    stamps = []

    def note(change: Callable[[Connection], object]) -> None:
        with database.write() as conn:
            change(conn)
            stamps.append(change_stamp(conn))
            assert change_stamp(conn) == stamps[-1]

    with database.write() as conn:
        scan_id, content = begin(conn)
    tail = record(scan_id, content, 0, 50, part(), final=False)
    note(lambda conn: ensure_tools(conn, [("chat-two", "vendor-two")], NOW))
    note(lambda conn: record_batch(conn, tail))
    note(lambda conn: record_batch(conn, record(scan_id, content, 0, 60, part(count=9))))
    note(lambda conn: set_status(conn, "chat-two", "approved", "jo", NOW + timedelta(hours=1)))
    note(lambda conn: add_agreement(conn, "v", document="x", valid_from=date(2026, 1, 1), by="jo", now=NOW))
    note(lambda conn: end_agreement(conn, 1, date(2026, 2, 1)))
    note(lambda conn: audit.append(conn, "jo", "x", "y", {}, NOW))
    assert len(set(stamps)) == len(stamps)


def test_decisions_are_kept_newest_first(database: Database) -> None:
    with database.write() as conn:
        ensure_tools(conn, [("chat-two", "vendor-two")], NOW)
        record_decision(conn, "chat-two", "in_review", "unreviewed", "jo", "first\nlook", NOW)
        record_decision(
            conn,
            "chat-two",
            "approved",
            "in_review",
            "jo",
            "fine",
            NOW,
            departments=["b", "a"],
            until=NOW.date(),
        )
        newest, oldest = decisions(conn, "chat-two")
        assert (newest.status, newest.departments, newest.until) == ("approved", ("a", "b"), NOW.date())
        assert (oldest.reason, oldest.previous_status, oldest.at) == ("first\nlook", "unreviewed", NOW)
        assert decisions(conn, "other") == []


def test_agreements_know_their_days_and_scope(database: Database) -> None:
    with database.write() as conn:
        assert not any_agreement(conn)
        first = add_agreement(
            conn,
            "vendor-two",
            document="BAA-7",
            valid_from=date(2026, 1, 1),
            tool_ids=["chat-two"],
            by="jo",
            now=NOW,
        )
        add_agreement(conn, "vendor-one", document="BAA-8", valid_from=date(2026, 1, 1), by="jo", now=NOW)
        end_agreement(conn, first, date(2026, 6, 30))
        (one,) = agreements(conn, "vendor-two")
        assert any_agreement(conn)
        assert len(agreements(conn)) == 2
        with pytest.raises(ValueError, match="before it begins"):
            add_agreement(
                conn,
                "v",
                document="x",
                valid_from=date(2026, 2, 1),
                valid_until=date(2026, 1, 1),
                by="jo",
                now=NOW,
            )
        with pytest.raises(NotRecorded):
            end_agreement(conn, 999, date(2026, 1, 1))
    in_force = [one.in_force(date(2026, month, 30)) for month in (1, 6, 7)]
    assert (in_force, one.in_force(date(2025, 12, 31))) == ([True, True, False], False)
    assert (one.names("chat-two"), one.names("chat-three")) == (True, False)


def test_the_latest_assessment_comes_with_all_parts(database: Database) -> None:
    parts = (
        StoredPart("category", 34, 34, 34, True, "Records visits.", "45 CFR 160.103"),
        StoredPart("blocked", -4, -4, 0, False, "Some were blocked.", "45 CFR 164.402"),
    )
    first = StoredAssessment("scribe-one", "use", 30, 30, 34, "low", "w1", "c1", NOW, parts)
    with database.write() as conn:
        save_assessment(conn, first)
        second = StoredAssessment("scribe-one", "use", 34, 34, 34, "low", "w2", "c1", NOW, parts[:1])
        save_assessment(conn, second)
        assert latest_assessments(conn) == {"scribe-one": second}
        assert latest_assessments(conn, ["other"]) == {}
        assert assessment_history(conn, "scribe-one") == [second, first]
        with pytest.raises(ValueError, match="do not sum"):
            save_assessment(conn, StoredAssessment("x", "use", 1, 0, 1, "low", "w", "c", NOW, parts))
