"""Assumptions replace facts, and only the facts they name."""

from __future__ import annotations

import pytest

from governance.errors import ScenarioInvalid
from governance.exposure import ExposureInputs
from governance.weights import Weights
from governance.what_if import compare, parse_assumptions

TOOL = ExposureInputs(category="chat_assistant", agreement="none", clinical_department=None, people=4)


def test_a_signature_and_a_department(weights: Weights) -> None:
    assumed = parse_assumptions(["baa=signed,department=radiology"], weights)
    assert assumed == {"agreement": "in_force", "departments": 1, "clinical_department": True}
    found = compare(TOOL, assumed, weights)
    moved = {one.factor for one, two in found.parts if one.points != two.points}
    assert moved == {"agreement", "baa_terms", "clinical_department"}
    assert found.then.score - found.now.score == sum(two.points - one.points for one, two in found.parts)
    assert (found.inputs.people, found.inputs.category) == (4, "chat_assistant")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["people=30", "training=no"], {"people": 30, "training": "no"}),
        (["region=US, EU,people=2"], {"region": "US, EU", "people": 2}),
        (["department=Finance;IT"], {"departments": 2, "clinical_department": False}),
        (["departments=7"], {"departments": 7}),
        (["ehr=2.5, audio=3"], {"minutes_after_ehr": 2.5, "audio_sessions": 3}),
        (["ehr=never"], {"minutes_after_ehr": float("inf")}),
        (["clinical_tool=yes"], {"clinical_tool": True}),
        (["people=unknown,baa=unknown"], {"people": None, "agreement": None}),
        ([], {}),
    ],
)
def test_assumptions_are_read_as_scenarios_are(
    texts: list[str], expected: dict[str, object], weights: Weights
) -> None:
    assert parse_assumptions(texts, weights) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("baa", "'baa' is no assumption"),
        ("baa=", "'baa=' is no assumption"),
        ("baa=maybe", "baa_own: one of none, ended"),
        ("poeple=3", "'poeple' is no fact to assume; did you mean people?"),
        ("people=many", "people: a whole number"),
        ("people=1,people=2", "people is assumed twice"),
        ("clinical_tool=perhaps", "clinical_tool: true or false"),
        ("id=x", "'id' is no fact to assume; facts: category,"),
    ],
)
def test_what_cannot_be_assumed_is_refused(text: str, words: str, weights: Weights) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        parse_assumptions([text], weights)
    assert words in str(caught.value)
