"""Properties every score must have, whatever the inputs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.assessment import assess
from governance.exposure import ExposureInputs
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
)

SAFEST: dict[str, object] = {
    "category": "image_generation",
    "clinical_tool": False,
    "clinical_department": False,
    "baa": "yes_default",
    "agreement": "in_force",
    "training": "no",
    "retention_days": 0,
    "region": "US",
    "account": "organisation",
    "bytes_up": 0,
    "people": 1,
    "days_since_seen": 4000,
    "growth": 0.0,
    "blocked_share": 1.0,
    "finding_kind": "ambient",
}
"""Field -> its safest value."""

RISING: dict[str, list[object]] = {
    "clinical_tool": [False, True],
    "clinical_department": [False, True],
    "baa": ["yes_default", "yes_contract", "conditional", "disputed", "no"],
    "agreement": ["in_force", "other_scope", "ended", "none"],
    "training": ["no", "opt_in", "opt_out", "default_on"],
    "retention_days": [0, 30, 31, 365, 366, 4000],
    "region": ["US", "EU"],
    "account": ["organisation", "personal"],
    "bytes_up": [0, 1, 10**3, 10**6, 10**9],
    "people": [1, 4, 5, 24, 25, 10**6],
    "days_since_seen": [4000, 32, 31, 8, 7, 0],
    "growth": [0.0, 0.5, 1.0, 5.0, float("inf")],
    "blocked_share": [1.0, 0.999, 0.5, 0.01, 0.0],
    "finding_kind": ["ambient", "contact", "embedded", "presence", "look_alike", "use"],
}
"""Field -> values of rising exposure."""


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
@settings(max_examples=40)
@given(inputs=INPUTS)
def test_more_of_one_factor_never_lowers_the_score(field: str, inputs: ExposureInputs) -> None:
    base = replace(inputs, bytes_up_greatest=10**9) if field == "bytes_up" else inputs
    found = [assess(replace(base, **{field: value}), WEIGHTS) for value in RISING[field]]
    for name in ("score", "low", "high"):
        values = [getattr(one, name) for one in found]
        assert values == sorted(values), name


def test_every_factor_can_change_a_score() -> None:
    for field, values in RISING.items():
        base = ExposureInputs(category="chat_assistant", bytes_up_greatest=10**9)
        scores = {assess(replace(base, **{field: value}), WEIGHTS).score for value in values}
        assert len(scores) > 1, field


@pytest.mark.parametrize("field", sorted(SAFEST))
@settings(max_examples=40)
@given(inputs=INPUTS)
def test_unknown_is_never_below_the_safe_value(field: str, inputs: ExposureInputs) -> None:
    base = replace(inputs, bytes_up_greatest=10**9) if field == "bytes_up" else inputs
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
        return replace(
            one,
            bytes_up=None if one.bytes_up is None else one.bytes_up * factor,
            bytes_up_greatest=None if one.bytes_up_greatest is None else one.bytes_up_greatest * factor,
        )

    before = [assess(one, WEIGHTS).score for one in tools]
    after = [assess(scaled(one), WEIGHTS).score for one in tools]
    assert before == after


def test_what_nobody_knows_is_named_the_widest_first() -> None:
    everything = assess(ExposureInputs(), WEIGHTS)
    assert everything.unknowns[0] == "What the tool takes in"
    assert len(everything.unknowns) == len(WEIGHTS.factors)
    nothing = assess(ExposureInputs(**SAFEST, bytes_up_greatest=1), WEIGHTS)
    assert nothing.unknowns == ()
    assert nothing.low == nothing.score == nothing.high


def test_one_person_counts() -> None:
    one = assess(ExposureInputs(people=1), WEIGHTS)
    part = next(part for part in one.parts if part.factor == "people")
    assert part.points > 0
