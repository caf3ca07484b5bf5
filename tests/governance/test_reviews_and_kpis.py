"""Reviews fall due by the calendar; measures of past weeks come from stored rows and say what cannot be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.decisions import decide
from governance.errors import ReviewInvalid
from governance.kpis import kpis, status_on
from governance.maturity import load_stages, maturity
from governance.reviews import Review, calendar, load_reviews, mark_done, period_end
from governance.weights import Weights
from storage.agreements import add_agreement
from storage.batches import record_batch
from storage.database import Database
from storage.gap_states import GapState, keep_gap_states
from storage.inventory import ensure_tools
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

SPELLING = {"tool_id": "spelling-three", "vendor_id": "vendor-three", "signature": "spelling-three:domain:s"}
MONDAY = date(2026, 11, 2)
"""NOW is Friday, 20 November 2026, in the third week from here."""


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def reviews(database: Database, weights: Weights, now: datetime = NOW) -> dict[str, Review]:
    with database.read() as conn:
        return {one.rule.id: one for one in calendar(conn, CATALOGUE, weights, now)}


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["week", "month", "quarter", "year"]))
def test_periods_follow_one_another_without_a_hole(day: date, every: str) -> None:
    end = period_end(every, day)
    assert end >= day
    assert period_end(every, end) == end
    assert period_end(every, end + timedelta(days=1)) > end


def test_a_review_is_due_then_done_then_overdue(database: Database, weights: Weights) -> None:
    before = reviews(database, weights)
    assert set(before) == {rule.id for rule in load_reviews()}
    assert (before["watch"].state, before["watch"].due) == ("due", date(2026, 11, 22))
    with database.write() as conn:
        mark_done(conn, "watch", "Nothing new.", " jo ", NOW)
    done = reviews(database, weights)["watch"]
    assert (done.state, done.due) == ("done", date(2026, 11, 29))
    assert done.last is not None
    assert done.last.by == "jo"
    assert reviews(database, weights, NOW + timedelta(days=7))["watch"].state == "due"
    late = reviews(database, weights, NOW + timedelta(days=14))["watch"]
    assert (late.state, late.due) == ("overdue", date(2026, 11, 29))


def test_a_review_needs_a_name_a_person_and_a_result(database: Database) -> None:
    for review, note, by in (("watching", "x", "jo"), ("watch", " ", "jo"), ("watch", "x", "")):
        with pytest.raises(ReviewInvalid), database.write() as conn:
            mark_done(conn, review, note, by, NOW)


def test_what_ends_soon_is_listed(database: Database, weights: Weights) -> None:
    with database.write() as conn:
        ensure_tools(conn, [("chat-two", "vendor-two")], NOW)
        decide(conn, "chat-two", "approved", "jo", "Fine.", NOW, until=date(2026, 12, 10))
        add_agreement(
            conn,
            "vendor-two",
            document="BAA 7",
            valid_from=date(2026, 1, 1),
            valid_until=date(2027, 1, 31),
            by="jo",
            now=NOW,
        )
    found = reviews(database, weights)
    assert [(item.due, item.tool_id) for item in found["decisions"].items] == [
        (date(2026, 12, 10), "chat-two")
    ]
    assert [item.what for item in found["vendors"].items] == ["Agreement 1 (BAA 7) ends"]


@pytest.fixture
def three_weeks(database: Database) -> Database:
    """Give a database with use in three weeks, a decision in the second, and gaps kept in two."""
    uses = [(0, "p-1", {}), (1, "p-2", SPELLING), (7, "p-1", {}), (14, "p-1", {}), (15, "p-3", SPELLING)]
    parts = [
        part(
            **tool,
            principal=person,
            day=MONDAY + timedelta(days=days),
            first_seen=at(MONDAY + timedelta(days=days)),
            last_seen=at(MONDAY + timedelta(days=days), 17),
        )
        for days, person, tool in uses
    ]
    with database.write() as conn:
        scan_id, content = begin(conn)
        first = at(MONDAY)
        record_batch(conn, record(scan_id, content, 0, 100, *parts, first_event=first, last_event=NOW))
        ensure_tools(conn, [("scribe-one", "vendor-one"), ("spelling-three", "vendor-three")], NOW)
        decide(conn, "spelling-three", "approved", "jo", "Fine.", at(MONDAY + timedelta(days=9)))
        add_agreement(
            conn, "vendor-one", document="B", valid_from=MONDAY + timedelta(days=14), by="jo", now=NOW
        )
        for days, rules in ((4, "ab"), (11, "bcd")):
            day = MONDAY + timedelta(days=days)
            states = [GapState(day, rule, "gap", None, (), None, 0, None) for rule in rules]
            keep_gap_states(conn, day, states, NOW)
    return database


def test_measures_of_past_weeks_come_from_stored_rows(three_weeks: Database, weights: Weights) -> None:
    with three_weeks.read() as conn:
        found = kpis(conn, CATALOGUE, weights, NOW)
    first, second, third = found.weeks
    assert [week.start for week in found.weeks] == [MONDAY + timedelta(days=7 * n) for n in range(3)]
    assert [week.complete for week in found.weeks] == [True, True, False]
    assert [week.events for week in found.weeks] == [10, 5, 10]
    assert [week.approved_share for week in found.weeks] == [0, 0, 0.5]
    assert [(week.users, week.unapproved_users) for week in found.weeks] == [(2, 2), (1, 1), (2, 1)]
    assert [week.waiting for week in found.weeks] == [2, 1, 1]
    assert (first.days_to_decision, second.days_to_decision) == (None, 8)
    assert [week.gaps for week in found.weeks] == [2, 3, 3]
    assert (first.gaps_opened, second.gaps_opened, second.gaps_closed) == (None, 2, 1)
    assert [week.source_coverage for week in found.weeks] == [1, 1, 1]
    assert (first.baa_coverage, third.baa_coverage) == (0, pytest.approx(0.5))
    assert found.of("unapproved_users").value == 1
    assert found.of("attested_share").value is None


def test_without_logs_nothing_is_measured_and_the_stage_is_the_first(
    database: Database, weights: Weights
) -> None:
    with database.read() as conn:
        found = kpis(conn, CATALOGUE, weights, NOW)
    assert found.weeks == ()
    assert found.of("approved_share").value is None
    assert found.maturity.stage.id == "ad_hoc"
    assert {one.criterion.measure for one in found.maturity.missing} == {
        "source_coverage", "decided_share", "policy_published",
    }  # fmt: skip


def test_a_status_holds_from_its_day_to_its_last(database: Database) -> None:
    with database.write() as conn:
        ensure_tools(conn, [("chat-two", "vendor-two")], NOW)
        decide(conn, "chat-two", "approved", "jo", "x", NOW, until=NOW.date() + timedelta(days=2))
    from storage.decisions import decisions

    with database.read() as conn:
        kept = decisions(conn, "chat-two")
    days = [NOW.date() + timedelta(days=days) for days in (-1, 0, 2, 3)]
    assert [status_on(kept, day) for day in days] == ["unreviewed", "approved", "approved", "unreviewed"]


def test_no_stage_is_reached_over_a_missing_one() -> None:
    measures = {one.measure for stage in load_stages() for one in stage.criteria}
    best = {name: 0.0 if name in ("days_to_decision", "gaps_in_force") else 1.0 for name in measures}
    assert maturity(best).next is None
    for name in measures:
        worse = maturity({**best, name: None})
        assert worse.next is not None
        assert name in {one.criterion.measure for one in worse.missing}
