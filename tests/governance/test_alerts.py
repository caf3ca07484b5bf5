"""A new vendor makes one alert ever, with the batch or not at all, and it names no person."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest

from governance.alerts import raise_alerts
from governance.decisions import decide
from storage import outbox
from storage.batches import SightingPart, record_batch
from storage.database import Database
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

CHANNELS = ("mail", "hook")
CHAT = {"tool_id": "chat-two", "vendor_id": "vendor-two"}
NOTES = {"tool_id": "notes-two", "vendor_id": "vendor-two"}


def scan(
    database: Database, head: str, *parts: SightingPart, channels: tuple[str, ...] = CHANNELS
) -> tuple[str, ...]:
    with database.write() as conn:
        scan_id, content = begin(conn, head)
        batch = record(scan_id, content, 0, 100, *parts)
        return raise_alerts(conn, batch, CATALOGUE, channels, NOW) if record_batch(conn, batch) else ()


def payloads(database: Database) -> list[dict[str, Any]]:
    with database.read() as conn:
        return [dict(alert.payload) for alert in outbox.alerts(conn)]


def test_one_person_is_enough_for_one_alert(database: Database) -> None:
    assert scan(database, "monday", part()) == ("vendor-one",)
    assert payloads(database) == [
        {
            "rule": "new_vendor",
            "vendor_id": "vendor-one",
            "vendor": "Vendor One",
            "tool_id": "scribe-one",
            "tool": "Scribe One",
            "tools": [{"id": "scribe-one", "name": "Scribe One"}],
            "category": "Ambient scribe",
            "clinical": True,
            "finding_kind": "use",
            "source": "proxy",
            "people": 1,
            "events": 5,
            "day": "2026-11-19",
            "blocked_only": False,
        }
    ]
    with database.read() as conn:
        assert outbox.count_due(conn, NOW) == {"hook": 1, "mail": 1}


def test_the_same_vendor_never_alerts_again(database: Database) -> None:
    assert scan(database, "monday", part(**CHAT), part(**NOTES, count=9)) == ("vendor-two",)
    for number in range(30):
        later = part(**NOTES, principal=f"p-{number}", source="dns")
        assert scan(database, f"day {number}", later) == ()
    (payload,) = payloads(database)
    assert [tool["name"] for tool in payload["tools"]] == ["Notes Two", "Chat Two"]
    assert (payload["tool"], payload["people"]) == ("Notes Two", 1)


def test_every_new_vendor_of_a_batch_alerts(database: Database) -> None:
    assert scan(database, "monday", part(), part(**CHAT, surface="look_alike")) == (
        "vendor-one",
        "vendor-two",
    )
    assert sorted(payload["finding_kind"] for payload in payloads(database)) == ["look_alike", "use"]


@pytest.mark.parametrize("surface", ["ambient", "embedded", "vendor_only", "cname"])
def test_what_is_not_use_makes_no_alert(database: Database, surface: str) -> None:
    assert scan(database, "monday", part(surface=surface)) == ()
    assert payloads(database) == []
    assert scan(database, "tuesday", part()) == ("vendor-one",)


def test_approved_tools_make_no_alert_and_prohibited_ones_do(database: Database) -> None:
    scan(database, "monday", part(**CHAT, surface="ambient"), part(surface="ambient"))
    with database.write() as conn:
        decide(conn, "chat-two", "approved", "jo", "signed", NOW)
        decide(conn, "scribe-one", "prohibited", "jo", "never", NOW)
    assert scan(database, "tuesday", part(**CHAT), part()) == ("vendor-one",)
    assert scan(database, "wednesday", part(**NOTES)) == ("vendor-two",)  # another tool, not approved


def test_blocked_attempts_alert_and_say_so(database: Database) -> None:
    scan(database, "monday", part(action="blocked"))
    assert payloads(database)[0]["blocked_only"] is True


def test_a_recorded_batch_and_its_alert_are_kept_together_or_not_at_all(database: Database) -> None:
    class Killed(Exception):
        pass

    def killed() -> None:
        with database.write() as conn:
            scan_id, content = begin(conn)
            batch = record(scan_id, content, 0, 100, part())
            record_batch(conn, batch)
            raise_alerts(conn, batch, CATALOGUE, CHANNELS, NOW)
            raise Killed

    with pytest.raises(Killed):
        killed()
    assert payloads(database) == []
    assert scan(database, "again", part()) == ("vendor-one",)


def test_no_payload_names_a_person(database: Database) -> None:
    parts = [part(principal=f"p-canary{n}", department="Canary ward") for n in range(3)]
    scan(database, "monday", *parts)
    text = json.dumps(payloads(database)).lower()
    assert "canary" not in text
    assert payloads(database)[0]["people"] == 3


def test_nobody_named_is_no_person_and_no_channel_is_no_delivery(database: Database) -> None:
    assert scan(database, "monday", part(principal="", principal_kind="unknown"), channels=()) == (
        "vendor-one",
    )
    assert payloads(database)[0]["people"] == 0
    with database.read() as conn:
        assert outbox.deliveries(conn) == []


def test_approving_a_tool_cancels_what_still_waits(database: Database) -> None:
    scan(database, "monday", part(**CHAT), part(**NOTES))
    with database.write() as conn:
        decide(conn, "chat-two", "approved", "jo", "signed", NOW)
        assert outbox.count_due(conn, NOW) == {"hook": 1, "mail": 1}  # one tool is still open
        decide(conn, "notes-two", "approved", "jo", "signed", NOW)
        assert outbox.count_due(conn, NOW + timedelta(days=9)) == {}
        assert {one.status for one in outbox.deliveries(conn)} == {"cancelled"}


def test_hostile_names_cannot_break_a_payload(database: Database) -> None:
    hostile = dataclasses.replace(part(), tool_id="x\x00\n", vendor_id="\ud800", source="a\r\nb")
    assert len(scan(database, "monday", hostile)) == 1
    assert "\\\\x00" in json.dumps(payloads(database))
