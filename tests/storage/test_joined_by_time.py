"""On both engines: attributions and answers are kept, read, taken back, and vanish with their batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.answers import Answered, answered, record_answers, refused_flows, retract
from storage.assignments import Assignment, attribute, record_assignments
from storage.batches import batch_at, record_batch
from storage.coverage import coverage
from storage.database import Database
from storage.scans import begin_scan
from storage.sightings import principal_rows
from tests.storage.sample_records import begin, part, record

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def lease(holder: str, since: datetime, until: datetime) -> Assignment:
    return Assignment("a-1", holder, "device", "", since, until, True, "DHCP lease")


def test_a_later_lease_and_a_replaced_batch_change_who_it_was(database: Database) -> None:
    use = part(
        tool_id="chatgpt",
        principal="a-1",
        principal_kind="address",
        day=AT.date(),
        first_seen=AT,
        last_seen=AT,
    )
    with database.write() as conn:
        scan_id, content = begin(conn)
        first = replace(
            record(scan_id, content, 0, 100, use),
            final=False,
            doubtful={"impossible time": 2},
        )
        assert record_batch(conn, first)
        record_assignments(conn, batch_at(conn, content, first.start), [lease("d-1", AT - HOUR, AT + HOUR)])
        assert attribute(conn, scan_id, AT) == 1
        assert [(row.principal, row.via, row.via_until) for row in principal_rows(conn, "chatgpt")] == [
            ("d-1", ("DHCP lease",), AT + HOUR)
        ]
        (source,) = coverage(conn, AT)
        assert (source.only_address, source.attributed, source.doubtful) == (
            use.count,
            use.count,
            {"impossible time": 2},
        )
    with database.write() as conn:
        later = begin_scan(conn, AT)
        longer = replace(
            first, scan_id=later, end=first.end + 1, final=True, consumed_digest="longer", doubtful={}
        )
        assert record_batch(conn, longer)
        batch_id = batch_at(conn, content, first.start)
        claims = [lease("d-1", AT - HOUR, AT + HOUR), lease("d-2", AT - HOUR, AT + HOUR)]
        record_assignments(conn, batch_id, claims)
        assert attribute(conn, later, AT) == 0
        assert [(row.principal, row.via) for row in principal_rows(conn, "chatgpt")] == [("a-1", ())]
        (source,) = coverage(conn, AT)
        assert (source.only_address, source.attributed, source.doubtful) == (use.count, 0, {})


def test_answers_are_kept_and_shared_ones_take_sightings_back(database: Database) -> None:
    use = part(tool_id="chatgpt", signature="chatgpt:dns_answer:chatgpt.com@203.0.113.7", count=3)
    with database.write() as conn:
        scan_id, content = begin(conn)
        batch = record(scan_id, content, 0, 100, use)
        record_batch(conn, batch)
        batch_id = batch_at(conn, content, batch.start)
        told = [Answered("203.0.113.7", "chatgpt.com", AT, AT + HOUR)]
        record_answers(conn, batch_id, told, {"shared": 2})
        assert answered(conn) == told
        assert retract(conn, lambda address, tool, moment: False, "shared") == 0
        asked: list[tuple[str, str]] = []
        assert retract(conn, lambda address, tool, moment: not asked.append((address, tool)), "shared") == 3
        assert asked == [("203.0.113.7", "chatgpt")]
        assert refused_flows(conn) == {batch.source: {"shared": 5}}
        assert principal_rows(conn, "chatgpt") == []
