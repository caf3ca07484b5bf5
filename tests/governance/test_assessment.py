"""Properties every score must have, whatever the inputs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.assessment import assess
from governance.exposure import ExposureInputs
from governance.scenario import YARDSTICKS
from governance.weights import load_weights

WEIGHTS = load_weights()


def _names(factor: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(sorted(WEIGHTS.factor(factor).values))


NUMBERS = st.none() | st.integers(0, 10**15)
BAA = st.none() | st.sampled_from(
    ["no", "unknown", "disputed", "conditional", "yes_plan", "yes_contract", "yes_default"]
)
INPUTS = st.builds(
    ExposureInputs,
    category=_names("category"),
    clinical_tool=st.none() | st.booleans(),
    clinical_department=st.none() | st.booleans(),
    baa=BAA,
    baa_grade=st.sampled_from([None, "P", "p", "S"]),
    agreement=_names("agreement"),
    training=_names("training"),
    uncovered_share=st.none() | st.floats(0, 1),
    subprocessors=_names("subprocessors"),
    retention_days=st.none() | st.integers(0, 4000),
    region=st.sampled_from([None, "", "US", "EU", "US, EU"]),
    account=_names("account"),
    bytes_up=NUMBERS,
    bytes_up_greatest=NUMBERS,
    people=st.none() | st.integers(0, 10**6),
    days_since_seen=st.none() | st.integers(-5, 4000),
    growth=st.none() | st.floats(0, allow_nan=False),
    blocked_share=st.none() | st.floats(0, 1),
    finding_kind=_names("finding"),
    clinical_people=st.none() | st.integers(0, 10**6),
    departments=st.none() | st.integers(0, 500),
    sessions=st.none() | st.integers(0, 10**6),
    audio_sessions=st.none() | st.integers(0, 10**6),
    minutes_after_ehr=st.none() | st.floats(0, allow_nan=False),
    bytes_up_per_session=NUMBERS,
    bytes_up_per_session_greatest=NUMBERS,
    bytes_up_per_person=NUMBERS,
    bytes_up_per_person_greatest=NUMBERS,
    status=_names("status"),
    conditions_broken=st.none() | st.integers(0, 50),
)

SAFEST: dict[str, object] = {
    "category": "image_generation",
    "clinical_tool": False,
    "clinical_department": False,
    "baa": "yes_default",
    "agreement": "in_force",
    "training": "no",
    "uncovered_share": 0.0,
    "subprocessors": "covered",
    "retention_days": 0,
    "region": "US",
    "account": "organisation",
    "bytes_up": 0,
    "people": 1,
    "days_since_seen": 4000,
    "growth": 0.0,
    "blocked_share": 1.0,
    "finding_kind": "ambient",
    "clinical_people": 0,
    "departments": 0,
    "sessions": 0,
    "audio_sessions": 0,
    "minutes_after_ehr": float("inf"),
    "bytes_up_per_session": 0,
    "bytes_up_per_person": 0,
    "status": "approved",
    "conditions_broken": 0,
}
"""Field -> its safest value."""

RISING: dict[str, list[object]] = {
    "clinical_tool": [False, True],
    "clinical_department": [False, True],
    "baa": ["yes_default", "yes_contract", "conditional", "disputed", "no"],
    "agreement": ["in_force", "other_scope", "ended", "none"],
    "training": ["no", "opt_in", "opt_out", "default_on"],
    "uncovered_share": [0.0, 0.01, 0.2, 0.6, 1.0],
    "subprocessors": ["none", "covered", "listed", "hidden"],
    "retention_days": [0, 30, 31, 365, 366, 4000],
    "region": ["US", "EU"],
    "account": ["organisation", "personal"],
    "bytes_up": [0, 1, 10**3, 10**6, 10**9],
    "people": [1, 4, 5, 24, 25, 10**6],
    "days_since_seen": [4000, 32, 31, 8, 7, 0],
    "growth": [0.0, 0.5, 1.0, 5.0, float("inf")],
    "blocked_share": [1.0, 0.999, 0.5, 0.01, 0.0],
    "finding_kind": ["ambient", "contact", "embedded", "presence", "look_alike", "use"],
    "clinical_people": [0, 1, 4, 5, 24, 25, 10**6],
    "departments": [0, 1, 2, 4, 5, 500],
    "sessions": [0, 1, 9, 10, 99, 100, 10**6],
    "audio_sessions": [0, 1, 4, 5, 19, 20, 10**6],
    "minutes_after_ehr": [float("inf"), 240.0, 239.0, 60.0, 59.9, 15.0, 14.9, 0.0],
    "bytes_up_per_session": [0, 1, 10**7, 10**8, 10**9],
    "bytes_up_per_person": [0, 1, 10**7, 10**8, 10**9],
    "status": ["approved", "approved_with_conditions", "in_review", "unreviewed", "retired", "prohibited"],
    "conditions_broken": [0, 1, 2, 3, 50],
}
"""Field -> values of rising exposure."""

YARDSTICK = dict.fromkeys(YARDSTICKS.values(), 10**9)
"""What volumes are measured against; without it their share is unknown."""


@given(INPUTS)
def test_parts_sum_exactly_and_the_range_holds_the_score(inputs: ExposureInputs) -> None:
    found = assess(inputs, WEIGHTS)
    assert sum(part.points for part in found.parts) == found.score
    assert sum(part.low for part in found.parts) == found.low
    assert sum(part.high for part in found.parts) == found.high
    assert 0 <= found.low <= found.score <= found.high <= 100
    assert found.band == WEIGHTS.band(found.score)
    assert all(isinstance(part.points, int) and part.reason and part.citation for part in found.parts)


@pytest.mark.parametrize("field", sorted(RISING))
@settings(max_examples=25)
@given(inputs=INPUTS)
def test_more_of_one_factor_never_lowers_the_score(field: str, inputs: ExposureInputs) -> None:
    base = replace(inputs, **YARDSTICK)
    found = [assess(replace(base, **{field: value}), WEIGHTS) for value in RISING[field]]
    for name in ("score", "low", "high"):
        values = [getattr(one, name) for one in found]
        assert values == sorted(values), name


def test_every_factor_can_change_a_score() -> None:
    for field, values in RISING.items():
        base = ExposureInputs(category="chat_assistant", **YARDSTICK)
        scores = {assess(replace(base, **{field: value}), WEIGHTS).score for value in values}
        assert len(scores) > 1, field


@pytest.mark.parametrize("field", sorted(SAFEST))
@settings(max_examples=25)
@given(inputs=INPUTS)
def test_unknown_is_never_below_the_safe_value(field: str, inputs: ExposureInputs) -> None:
    base = replace(inputs, **YARDSTICK)
    unknown = assess(replace(base, **{field: None}), WEIGHTS)
    safe = assess(replace(base, **{field: SAFEST[field]}), WEIGHTS)
    assert unknown.score >= safe.score
    assert unknown.high >= safe.high
    assert unknown.low <= unknown.score


@given(inputs=INPUTS, field=st.sampled_from(sorted(SAFEST)))
def test_learning_a_fact_never_widens_the_range(inputs: ExposureInputs, field: str) -> None:
    unknown = assess(replace(inputs, **{field: None}), WEIGHTS)
    known = assess(inputs, WEIGHTS)
    assert unknown.low <= known.low
    assert unknown.high >= known.high


@settings(max_examples=60)
@given(st.lists(INPUTS, min_size=2, max_size=6), st.integers(2, 10**6))
def test_the_unit_of_volume_does_not_change_the_order(tools: list[ExposureInputs], factor: int) -> None:
    def scaled(one: ExposureInputs) -> ExposureInputs:
        amounts = {name: getattr(one, name) for pair in YARDSTICKS.items() for name in pair}
        return replace(
            one, **{name: None if value is None else value * factor for name, value in amounts.items()}
        )

    before = [assess(one, WEIGHTS).score for one in tools]
    after = [assess(scaled(one), WEIGHTS).score for one in tools]
    assert before == after


def test_what_nobody_knows_is_named_the_widest_first() -> None:
    everything = assess(ExposureInputs(), WEIGHTS)
    assert everything.unknowns[0] == "What the tool takes in"
    assert len(everything.unknowns) == len(WEIGHTS.factors)
    nothing = assess(ExposureInputs(**SAFEST, **YARDSTICK), WEIGHTS)
    assert nothing.unknowns == ()
    assert nothing.low == nothing.score == nothing.high


def test_one_person_counts() -> None:
    one = assess(ExposureInputs(people=1), WEIGHTS)
    part = next(part for part in one.parts if part.factor == "people")
    assert part.points > 0


def test_an_agreement_in_force_permits_what_it_is_made_for() -> None:
    busy = ExposureInputs(
        category="ambient_scribe",
        audio_sessions=400,
        sessions=400,
        minutes_after_ehr=0.0,
        clinical_people=60,
        departments=9,
        status="prohibited",
        conditions_broken=1,
    )
    signed = assess(replace(busy, agreement="in_force"), WEIGHTS)
    points = {part.factor: (part.points, part.low, part.high, part.known) for part in signed.parts}
    permitted = {factor.name for factor, _ in WEIGHTS.factors if factor.permitted_under_agreement}
    assert len(permitted) == 7
    assert {points[name] for name in permitted} == {(0, 0, 0, True)}
    assert points["status"][0] > 0  # an agreement with the vendor is no leave from the organisation
    assert points["conditions"][0] > 0
    missing = assess(replace(busy, agreement="none"), WEIGHTS)
    assert all(
        part.points > 0
        for part in missing.parts
        if part.factor in permitted - {"session_volume", "person_volume"}
    )
    assert "400 of 400 sessions" in next(part.reason for part in missing.parts if part.factor == "audio")


def test_evidence_raises_what_is_missing_to_the_scale_and_never_passes_it() -> None:
    worst = ExposureInputs(
        **{field: values[-1] for field, values in RISING.items()}, category="ambient_scribe", **YARDSTICK
    )
    assert assess(worst, WEIGHTS).score == 100
    scribe = assess(ExposureInputs(category="ambient_scribe"), WEIGHTS)
    assert scribe.high <= 100
    assert all(part.points == 0 for part in scribe.parts if WEIGHTS.factor(part.factor).takes_up)
