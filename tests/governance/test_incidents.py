"""An incident keeps three times apart, counts against the organisation, and is closed only in order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.attention import take_in_hand
from governance.errors import IncidentInvalid
from governance.incident_clock import clock_of
from governance.incidents import (
    OpenIncident,
    Statement,
    all_incidents,
    assess_incident,
    close_incident,
    decide_incident,
    notice_sent,
    open_incident,
)
from governance.open_findings import Setting
from governance.weights import Weights
from storage import audit
from storage.batches import record_batch
from storage.database import Database
from storage.errors import NotRecorded
from storage.incidents import Incident
from storage.inventory import ensure_tools
from storage.outbox import add_alert
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

FACTORS = dict.fromkeys(("nature", "recipient", "acquired", "mitigated"), ("Looked at.", "low"))
LATER = NOW + timedelta(days=5)


@pytest.fixture
def scanned(database: Database) -> Database:
    """Give a database in which one person used one scribe."""
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, part()))
        ensure_tools(conn, [("scribe-one", "vendor-one")], NOW)
        add_alert(conn, "k", "new_vendor", "scribe-one", "vendor-one", {}, [], NOW)
    return database


def opened(database: Database, weights: Weights, now: datetime = LATER) -> OpenIncident:
    with database.write() as conn:
        return open_incident(Setting(conn, CATALOGUE, weights, now), "scribe-one", " jo ")


def test_three_times_are_kept_apart(scanned: Database, weights: Weights) -> None:
    with scanned.write() as conn:
        take_in_hand(conn, 1, "jo", NOW + timedelta(days=2))
        take_in_hand(conn, 1, "sam", NOW + timedelta(days=3))
    found = opened(scanned, weights)
    one = found.incident
    assert one.first_event == datetime(2026, 11, 19, 9, tzinfo=UTC)
    assert one.first_read == NOW
    assert (one.first_person, one.first_person_by) == (NOW + timedelta(days=2), "alert 1 acknowledged")
    assert one.opened_at == LATER
    clock = found.clock
    assert (clock.basis, clock.counted_from) == ("read", NOW.date())
    assert clock.deadline == NOW.date() + timedelta(days=60)
    assert clock.if_seen == NOW.date() + timedelta(days=62)
    assert set(one.factors) == set(FACTORS)
    assert all(factor["evidence"] and factor["concern"] == "unknown" for factor in one.factors.values())


def test_a_stated_day_of_discovery_needs_a_reason_and_must_be_possible(
    scanned: Database, weights: Weights
) -> None:
    number = opened(scanned, weights).incident.id
    for day, why, words in (
        (date(2026, 11, 21), "", "needs the reason"),
        (date(2026, 11, 18), "Told so.", "before the first event"),
        (date(2027, 1, 1), "Told so.", "has not come yet"),
    ):
        stated = Statement({}, discovered_on=day, discovered_why=why)
        with pytest.raises(IncidentInvalid, match=words), scanned.write() as conn:
            assess_incident(conn, number, stated, "jo", LATER)
    with scanned.write() as conn:
        stated = Statement({}, discovered_on=date(2026, 11, 21), discovered_why="Nobody read it before.")
        clock = assess_incident(conn, number, stated, "jo", LATER).clock
    assert (clock.basis, clock.deadline) == ("stated", date(2027, 1, 20))


@pytest.mark.parametrize(
    ("individuals", "residents", "hhs", "hhs_day", "media"),
    [
        (None, None, "unknown", date(2027, 1, 19), "unknown"),
        (499, None, "yes", date(2027, 3, 1), "no"),
        (500, None, "yes", date(2027, 1, 19), "no"),
        (501, None, "yes", date(2027, 1, 19), "unknown"),
        (501, {"MA": 501}, "yes", date(2027, 1, 19), "yes"),
        (900, {"MA": 500}, "yes", date(2027, 1, 19), "no"),
        (1200, {"MA": 500}, "yes", date(2027, 1, 19), "unknown"),
        (0, None, "yes", date(2027, 3, 1), "no"),
    ],
)
def test_notices_follow_from_numbers_and_the_earlier_day_holds_while_they_are_unknown(
    individuals: int | None, residents: dict[str, int] | None, hhs: str, hhs_day: date, media: str
) -> None:
    clock = clock_of(incident(individuals=individuals, residents=residents or {}, decision="breach"), ())
    due = {one.kind: one for one in clock.due}
    assert (due["hhs"].needed, due["hhs"].day) == (("no", hhs_day) if individuals == 0 else (hhs, hhs_day))
    assert due["media"].needed == media
    assert due["individuals"].needed == ("no" if individuals == 0 else "yes")
    assert due["individuals"].day == clock.deadline


def test_nothing_is_due_once_it_is_decided_to_be_no_breach() -> None:
    clock = clock_of(incident(decision="low_probability"), ())
    assert {one.needed for one in clock.due} == {"no"}
    assert "yes" not in {one.needed for one in clock_of(incident(), ()).due}
    assert all(one.open for one in clock_of(incident(), ()).due)


@given(read=st.none() | st.integers(-30, 30), individuals=st.none() | st.integers(0, 2_000))
def test_without_a_statement_the_earliest_knowledge_counts(read: int | None, individuals: int | None) -> None:
    first_read = None if read is None else NOW + timedelta(days=read)
    clock = clock_of(incident(first_read=first_read, individuals=individuals), ())
    assert clock.deadline == min(filter(None, (clock.if_read, clock.if_seen)))
    assert all(one.day >= clock.deadline for one in clock.due)


def test_an_incident_is_led_in_order_and_every_step_is_audited(scanned: Database, weights: Weights) -> None:
    number = opened(scanned, weights).incident.id
    with pytest.raises(IncidentInvalid, match="is open already"):
        opened(scanned, weights)
    with pytest.raises(IncidentInvalid, match="not decided yet"), scanned.write() as conn:
        close_incident(conn, number, "Done.", "jo", LATER)
    with pytest.raises(IncidentInvalid, match="rests on all four factors"), scanned.write() as conn:
        decide_incident(conn, number, "low_probability", "Looks fine.", "jo", LATER)
    with scanned.write() as conn:
        assess_incident(conn, number, Statement(FACTORS), "jo", LATER)
        decide_incident(conn, number, "breach", "Names went out.", "C. Ruiz", LATER)
    with pytest.raises(IncidentInvalid, match="individuals"), scanned.write() as conn:
        close_incident(conn, number, "Done.", "jo", LATER)
    with scanned.write() as conn:
        assess_incident(conn, number, Statement({}, individuals=12), "jo", LATER)
        notice_sent(conn, number, "individuals", LATER.date(), "Letters.", "jo", LATER)
        notice_sent(conn, number, "hhs", LATER.date(), None, "jo", LATER)
        assert close_incident(conn, number, "Vendor deleted it.", "jo", LATER).state == "closed"
    with pytest.raises(IncidentInvalid, match="was closed"), scanned.write() as conn:
        decide_incident(conn, number, "permitted", "Changed my mind.", "jo", LATER)
    with scanned.read() as conn:
        actions = [row.action for row in reversed(audit.rows(conn)) if row.action.startswith("incident.")]
        assert audit.verify(conn).intact
        assert [one.state for one in all_incidents(conn)] == ["closed"]
    assert actions == [
        "incident.opened", "incident.assessed", "incident.decided", "incident.assessed", "incident.notified",
        "incident.notified", "incident.closed",
    ]  # fmt: skip
    assert opened(scanned, weights).incident.id != number


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (Statement({"luck": ("x", "low")}), "no factor 'luck'"),
        (Statement({"nature": ("x", "mild")}), "how grave"),
        (Statement({"nature": (" ", "low")}), "what was found"),
        (Statement({}, individuals=-1), "no number of people"),
        (Statement({}, individuals=3, residents={"MA": 4}), "more than the 3 people"),
    ],
)
def test_what_cannot_be_is_refused(
    scanned: Database, weights: Weights, stated: Statement, words: str
) -> None:
    number = opened(scanned, weights).incident.id
    with pytest.raises(IncidentInvalid, match=words), scanned.write() as conn:
        assess_incident(conn, number, stated, "jo", LATER)


def test_an_incident_needs_a_tool_or_a_finding_that_exists(scanned: Database, weights: Weights) -> None:
    for subject, kind in (("nothing", NotRecorded), ("leaver:x:y", IncidentInvalid)):
        with pytest.raises(kind), scanned.write() as conn:
            open_incident(Setting(conn, CATALOGUE, weights, LATER), subject, "jo")
    with scanned.read() as conn:
        assert all_incidents(conn) == []


def incident(**given: Any) -> Incident:
    values: dict[str, Any] = dict.fromkeys(Incident.__slots__)
    values |= {
        "id": 1,
        "title": "Use of a scribe",
        "opened_at": NOW,
        "first_read": NOW,
        "first_person": NOW + timedelta(days=2),
        "evidence": {},
        "residents": {},
        "factors": {},
    }
    return Incident(**{**values, **given})
