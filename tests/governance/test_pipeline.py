"""The pipeline makes the same facts a scenario states, from minutes of use, agreements and accounts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from governance.assessment import assess
from governance.loss import use_of
from governance.ranking import judged_tools, ranked_tools, save_assessments
from governance.scenario import inputs_of, measured, parse_scenario, scenario_document
from governance.weights import Weights
from storage.agreements import add_agreement, end_agreement
from storage.assessments import assessment_at, assessment_history
from storage.batches import SightingPart, batch_at, record_batch
from storage.database import Database
from storage.usage import BatchUsage, MinuteUse, record_usage
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

SPELLING = {
    "tool_id": "spelling-three",
    "vendor_id": "vendor-three",
    "signature": "spelling-three:domain:s.example",
}
CHAT_PART = {"tool_id": "chat-two", "vendor_id": "vendor-two", "signature": "chat-two:domain:chat.example"}
HOUR = int(datetime(2026, 11, 19, 9, tzinfo=UTC).timestamp()) // 3600
VISIT = {minute: MinuteUse(4, 240_000, 900) for minute in range(10, 30)}


def stored(
    database: Database, *parts: SightingPart, usage: BatchUsage | None = None, head: str = "head"
) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn, head)
        record_batch(conn, record(scan_id, content, 0, 100, *parts))
        if usage is not None:
            record_usage(conn, batch_at(conn, content, 0), usage)


def usage(**given: object) -> BatchUsage:
    values = {
        "source": "proxy",
        "used": {("scribe-one", "p-0001", "user", HOUR): VISIT},
        "accounts": {},
        "record": {("p-0001", "user", HOUR): 1 << 4},
    }
    return BatchUsage(**{**values, **given})  # type: ignore[arg-type]


def test_sessions_and_the_record_reach_the_score(database: Database, weights: Weights) -> None:
    stored(database, part(department="Cardiology"))
    with database.read() as conn:
        (before,) = judged_tools(conn, CATALOGUE, weights, NOW)
    assert before.inputs.sessions is None
    stored(database, part(principal="p-9"), usage=usage(), head="other")
    with database.read() as conn:
        (after,) = judged_tools(conn, CATALOGUE, weights, NOW)
    found = after.inputs
    assert (found.sessions, found.audio_sessions, found.minutes_after_ehr) == (1, 1, 6)
    alone = weights.yardsticks.alone.bytes_up_per_session
    assert (found.bytes_up_per_session, found.bytes_up_per_session_greatest) == (20 * 240_000, alone)
    assert after.assessment.score > before.assessment.score
    near = next(one for one in after.assessment.parts if one.factor == "ehr_proximity")
    assert near.reason.startswith("1 of 1 sessions")
    assert {"audio", "ehr_proximity", "sessions"} & {one.factor for one in before.assessment.to_find_out}
    assert not {"audio", "ehr_proximity", "sessions"} & {one.factor for one in after.assessment.to_find_out}
    assert use_of(after).sessions_a_year == pytest.approx(365 / 7)


def test_the_printed_scenario_has_the_same_score(database: Database, weights: Weights) -> None:
    stored(
        database,
        part(department="Cardiology"),
        part(**SPELLING, principal="p-7", department="Finance", bytes_up=10**7),
        part(**CHAT_PART, principal="p-8", bytes_up=None, day=date(2026, 11, 5)),
        part(**CHAT_PART, principal="p-8", surface="vendor_only"),
        part(tool_id="notes-two", vendor_id="vendor-two", surface="ambient", bytes_up=77),
        part(tool_id="gone", vendor_id="gone", surface="look_alike", action="blocked"),
        usage=usage(accounts={("chat-two", "personal"): 2}),
    )
    with database.write() as conn:
        add_agreement(conn, "vendor-one", document="B", valid_from=date(2026, 11, 19), by="jo", now=NOW)
    with database.read() as conn:
        judged = judged_tools(conn, CATALOGUE, weights, NOW)
    assert len(judged) == 5
    for one in judged:
        line = json.dumps(scenario_document(one.inputs), allow_nan=False)
        (again,) = measured([inputs_of(parse_scenario(line), weights)], weights)
        assert assess(again, weights) == one.assessment, one.tool_id
    assert next(one for one in judged if one.tool_id == "chat-two").inputs.account == "personal"


def test_one_clinician_outranks_two_hundred_spellers_with_all_evidence(
    database: Database, weights: Weights
) -> None:
    spellers = [
        part(**SPELLING, principal=f"p-{n}", bytes_up=10**9, department="Finance") for n in range(200)
    ]
    used = {
        ("spelling-three", f"p-{n}", "user", HOUR): {m: MinuteUse(9, 5_000_000, 5_000_000) for m in range(60)}
        for n in range(200)
    }
    used["scribe-one", "p-x", "user", HOUR] = {3: MinuteUse(1, 4000, 900)}
    stored(
        database,
        part(principal="p-x", department="Cardiology"),
        *spellers,
        usage=usage(used=used, record={("p-3", "user", HOUR): 1}),
    )
    with database.read() as conn:
        first, second = ranked_tools(conn, CATALOGUE, weights, NOW)
    assert (first.tool_id, second.tool_id) == ("scribe-one", "spelling-three")
    assert first.assessment.score > second.assessment.score
    assert first.assessment.exposure.score > second.assessment.exposure.score


def test_benign_traffic_changes_no_rank_and_no_score_of_others(database: Database, weights: Weights) -> None:
    def scores() -> list[tuple[str, int]]:
        with database.read() as conn:
            ranked = ranked_tools(conn, CATALOGUE, weights, NOW)
        return [(one.tool_id, one.assessment.score) for one in ranked if one.tool_id != "spelling-three"]

    stored(
        database,
        part(bytes_up=40),
        part(**CHAT_PART, principal="p-2", bytes_up=900),
        part(**SPELLING, principal="p-3", bytes_up=10),
        usage=usage(),
    )
    before = scores()
    flood = {
        ("spelling-three", f"p-{n}", "user", HOUR): {m: MinuteUse(9, 10**9, 10**9) for m in range(60)}
        for n in range(20)
    }
    noise = [part(**SPELLING, principal=f"p-{n}", bytes_up=10**12, count=10**6) for n in range(20)]
    stored(database, *noise, usage=usage(used=flood, record={}), head="flood")
    assert scores() == before


def test_days_before_and_after_an_agreement_are_uncovered(database: Database, weights: Weights) -> None:
    days = [date(2026, 11, day) for day in (10, 12, 14, 16, 18)]
    stored(database, *(part(day=day, count=2) for day in days))
    with database.write() as conn:
        number = add_agreement(
            conn, "vendor-one", document="B", valid_from=date(2026, 11, 13), by="jo", now=NOW
        )
    with database.read() as conn:
        (now,) = judged_tools(conn, CATALOGUE, weights, NOW)
    assert (now.inputs.agreement, now.inputs.uncovered_share) == ("in_force", 0.4)
    assert next(one for one in now.assessment.parts if one.factor == "uncovered_use").points > 0
    with database.write() as conn:
        end_agreement(conn, number, date(2026, 11, 17))
    with database.read() as conn:
        (ended,) = judged_tools(conn, CATALOGUE, weights, NOW)
    assert (ended.inputs.agreement, ended.inputs.uncovered_share) == ("ended", 0.6)


def test_an_assessment_is_kept_when_it_changed_and_the_past_can_be_read(
    database: Database, weights: Weights
) -> None:
    stored(database, part(department="Cardiology"))
    with database.write() as conn:
        save_assessments(conn, CATALOGUE, weights, NOW)
        save_assessments(conn, CATALOGUE, weights, NOW + timedelta(hours=1))
    stored(database, part(principal="p-2"), usage=usage(), head="other")
    with database.write() as conn:
        save_assessments(conn, CATALOGUE, weights, NOW + timedelta(hours=2))
        later, first = assessment_history(conn, "scribe-one")
        assert assessment_at(conn, "scribe-one", NOW + timedelta(hours=1)) == first
        assert assessment_at(conn, "scribe-one", NOW + timedelta(hours=3)) == later
        assert assessment_at(conn, "scribe-one", NOW - timedelta(days=1)) is None
    assert first.inputs is not None
    assert later.inputs is not None
    assert "audio_sessions" not in first.inputs
    assert later.inputs["audio_sessions"] == 1
    for one in (first, later):
        assert one.inputs is not None
        again = assess(inputs_of(parse_scenario(json.dumps(dict(one.inputs))), weights), weights)
        assert (again.score, again.low, again.high) == (one.score, one.low, one.high)
        assert one.exposure == (again.exposure.score, again.exposure.low, again.exposure.high)
        assert one.posture == (again.posture.score, again.posture.low, again.posture.high)
    assert first.evidence == {
        "sightings": 1, "batches": 1, "first_batch": 1, "last_batch": 1, "agreements": [], "decision": None
    }  # fmt: skip


def test_exposure_and_posture_are_apart(weights: Weights) -> None:
    kind = parse_scenario(
        '{"category": "ambient_scribe", "training": "no", "retention_days": 0, "region": "US"}'
    )
    harsh = parse_scenario('{"category": "ambient_scribe", "training": "default_on", "retention_days": 900}')
    one, two = (assess(inputs_of(given, weights), weights) for given in (kind, harsh))
    assert one.exposure == two.exposure
    assert one.posture.score < two.posture.score
    groups = {factor.name: factor.group for factor, _ in weights.factors}
    assert {name for name, group in groups.items() if group == "posture"} == {
        "baa_terms", "training", "retention", "region", "subprocessors"
    }  # fmt: skip


def test_every_factor_says_what_to_find_out_and_from_whom(weights: Weights) -> None:
    for factor, _ in weights.factors:
        assert "?" in factor.ask, factor.name
        assert len(factor.whom) > 5, factor.name
