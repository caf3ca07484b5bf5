"""Gaps follow from evidence: unknown is never met, use is counted once, and only within its gap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from governance.decisions import decide
from governance.gap_assessment import Gap, assess_gaps, checks, gap_since, keep_gaps
from governance.gap_rules import STATUSES, load_rules
from governance.weights import Weights
from storage.agreements import add_agreement
from storage.batches import SightingPart, record_batch
from storage.database import Database
from storage.directory import PEOPLE, Alias, Entry, Snapshot, replace_snapshot
from storage.inventory import ensure_tools
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

CHAT_PART = {"tool_id": "chat-two", "vendor_id": "vendor-two", "signature": "chat-two:domain:chat.example"}
FIRST = date(2026, 11, 16)


def used(ago: int, **given: object) -> SightingPart:
    day = date(2026, 11, 19) - timedelta(days=ago)
    start = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    values = {"day": day, "first_seen": start, "last_seen": start + timedelta(hours=8), **given}
    return part(**values)


def record_parts(database: Database, *parts: SightingPart) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        first = min(one.first_seen for one in parts)
        record_batch(conn, record(scan_id, content, 0, 100, *parts, first_event=first))
        ensure_tools(conn, [(one.tool_id, one.vendor_id) for one in parts], NOW)


def sign(database: Database, start: date, until: date | None = None, **given: object) -> None:
    with database.write() as conn:
        add_agreement(
            conn,
            "vendor-one",
            document="BAA 1",
            valid_from=start,
            valid_until=until,
            by="jo",
            now=NOW,
            **given,  # type: ignore[arg-type]
        )


def assessed(database: Database, weights: Weights, now: datetime = NOW) -> dict[str, Gap]:
    with database.read() as conn:
        return {one.rule.id: one for one in assess_gaps(conn, CATALOGUE, weights, now)}


def test_every_rule_says_where_it_stands_and_has_a_check() -> None:
    rules = load_rules()
    assert {rule.framework for rule in rules} == {"hipaa", "policy", "nist_ai_rmf", "iso_42001", "jc_chai"}
    assert {rule.status for rule in rules} == set(STATUSES)
    assert all(rule.source == "organisation" or rule.source.startswith("https://") for rule in rules)
    assert all((rule.source == "organisation") == (rule.grade is None) for rule in rules)
    assert all(rule.official for rule in rules if rule.framework in ("hipaa", "nist_ai_rmf"))
    assert all(rule.as_of <= date(2026, 12, 31) for rule in rules)
    assert {rule.check for rule in rules} == set(checks())


def test_before_anything_was_read_no_rule_is_met(database: Database, weights: Weights) -> None:
    found = assessed(database, weights)
    assert {one.state for one in found.values()} == {"gap", "unknown", "not_applicable"}
    assert found["hipaa_agreement"].state == "unknown"
    assert found["policy_published"].state == "gap"
    assert all(one.evidence for one in found.values())


def test_a_vendor_that_signs_nothing_is_a_gap_from_the_first_day_of_use(
    database: Database, weights: Weights
) -> None:
    # The same person uses the tool on two days and counts once.
    record_parts(database, used(0), used(3), used(1, principal="p-0002", bytes_up=None))
    gap = assessed(database, weights)["hipaa_agreement"]
    assert (gap.state, gap.since, gap.tools) == ("gap", FIRST, ("scribe-one",))
    assert (gap.people, gap.events, gap.bytes_up) == (2, 15, 2000)


def test_an_agreement_covers_only_its_days(database: Database, weights: Weights) -> None:
    record_parts(database, used(0), used(1), used(3))
    sign(database, date(2026, 11, 18))
    found = assessed(database, weights)
    assert found["hipaa_agreement"].state == "met"
    late = found["hipaa_agreement_day_of_use"]
    assert (late.state, late.since, late.events) == ("gap", FIRST, 5)


def test_use_after_the_end_of_an_agreement_is_the_gap_and_not_the_use_before(
    database: Database, weights: Weights
) -> None:
    record_parts(database, used(0), used(1), used(3))
    sign(database, date(2026, 1, 1), date(2026, 11, 17))
    gap = assessed(database, weights)["hipaa_agreement"]
    assert (gap.state, gap.since, gap.events) == ("gap", date(2026, 11, 18), 10)


def test_what_an_agreement_does_not_say_is_unknown(database: Database, weights: Weights) -> None:
    sign(database, date(2026, 1, 1))
    found = assessed(database, weights)
    assert found["hipaa_subcontractors"].state == "unknown"
    assert found["hipaa_vendor_notice"].state == "unknown"
    assert found["hipaa_agreement_records"].state == "gap"  # no digest of the document


def test_unclear_patient_data_is_unknown_and_not_met(database: Database, weights: Weights) -> None:
    record_parts(database, used(0, **CHAT_PART, department=None))
    found = assessed(database, weights)
    assert found["policy_approved_only"].state == "unknown"
    assert found["policy_approved_only"].tools == ("chat-two",)


def test_use_after_a_prohibition_is_counted_from_the_day_after(database: Database, weights: Weights) -> None:
    record_parts(database, used(0), used(1), used(3))
    with database.write() as conn:
        decide(conn, "scribe-one", "prohibited", "jo", "No agreement.", datetime(2026, 11, 17, 9, tzinfo=UTC))
    gap = assessed(database, weights)["policy_prohibited"]
    assert (gap.state, gap.since, gap.events) == ("gap", date(2026, 11, 18), 10)


def test_blocked_attempts_on_a_prohibited_tool_are_no_use(database: Database, weights: Weights) -> None:
    record_parts(database, used(0, action="blocked"))
    with database.write() as conn:
        decide(conn, "scribe-one", "prohibited", "jo", "No agreement.", datetime(2026, 11, 17, 9, tzinfo=UTC))
    assert assessed(database, weights)["policy_prohibited"].state == "met"


def test_tools_in_use_since_the_logs_begin_are_not_called_recent(
    database: Database, weights: Weights
) -> None:
    record_parts(database, used(3))
    assert assessed(database, weights)["policy_decide"].state == "unknown"
    later = assessed(database, weights, NOW + timedelta(days=40))["policy_decide"]
    assert (later.state, later.since) == ("gap", FIRST)


def test_former_staff_is_counted_by_their_own_use_only(database: Database, weights: Weights) -> None:
    record_parts(database, used(0), used(0, principal="p-0002", count=90))
    assert assessed(database, weights)["hipaa_termination"].state == "unknown"
    with database.write() as conn:
        entry = Entry("p-0001", "user", active_until=date(2026, 11, 10))
        snapshot = Snapshot(PEOPLE, [entry], [Alias("p-0001", "p-0001", "user", "account")], {})
        replace_snapshot(conn, snapshot, NOW)
    gap = assessed(database, weights)["hipaa_termination"]
    assert (gap.state, gap.people, gap.events) == ("gap", 1, 5)


def test_states_are_kept_by_day_and_the_last_of_a_day_holds(database: Database, weights: Weights) -> None:
    record_parts(database, used(0))
    for days in (0, 1, 1):
        now = NOW + timedelta(days=days)
        with database.write() as conn:
            keep_gaps(conn, assess_gaps(conn, CATALOGUE, weights, now), now)
    with database.read() as conn:
        assert gap_since(conn)["hipaa_agreement"] == NOW.date()
    sign(database, date(2026, 1, 1))
    with database.write() as conn:
        keep_gaps(conn, assess_gaps(conn, CATALOGUE, weights, now), now)
    with database.read() as conn:
        assert "hipaa_agreement" not in gap_since(conn)


@pytest.mark.parametrize("rule", ["hipaa_risk_analysis", "jc_6_bias"])
def test_what_only_people_can_know_is_unknown_until_they_say_it(
    database: Database, weights: Weights, rule: str
) -> None:
    from governance.reviews import mark_done

    assert assessed(database, weights)[rule].state == "unknown"
    review = next(one.review for one in load_rules() if one.id == rule)
    assert review
    with database.write() as conn:
        mark_done(conn, review, "Written down.", "jo", NOW)
    assert assessed(database, weights)[rule].state == "met"
    assert assessed(database, weights, NOW + timedelta(days=400))[rule].state == "gap"
