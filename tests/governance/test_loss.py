"""The estimate of loss: repeatable, converging, and never lower where more is exposed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance.errors import LossInputsInvalid
from governance.loss import LABEL, LossEstimate, UseOfTool, estimate
from governance.loss_inputs import LossInputs, load_loss_inputs, load_penalties, shipped_inputs

INPUTS = load_loss_inputs()
PENALTIES = load_penalties()
SCRIBE = UseOfTool("scribe", "Scribe", "ambient_scribe", 90, 2000.0, 3, False, 0.0)
SPELLING = UseOfTool("spelling", "Spelling", "writing", 20, None, 200, False, 0.0)


def estimated(*tools: UseOfTool, inputs: LossInputs = INPUTS, **given: int) -> LossEstimate:
    return estimate(tools, inputs, PENALTIES, **{"runs": 4000, **given})


def changed(**given: object) -> LossInputs:
    return LossInputs.model_validate({**INPUTS.model_dump(), **given})


def test_the_same_seed_gives_the_same_figures_in_any_order_and_company() -> None:
    both, turned = estimated(SCRIBE, SPELLING), estimated(SPELLING, SCRIBE)
    assert both == turned
    alone = estimated(SCRIBE).tools[0]
    assert alone in both.tools
    assert estimated(SCRIBE, seed=2).tools[0] != alone


def test_the_sum_is_made_run_by_run() -> None:
    found = estimated(SCRIBE, SPELLING, replace(SCRIBE, tool_id="other"))
    total = found.organisation
    assert total.yearly.expected == pytest.approx(sum(one.yearly.expected for one in found.tools))
    assert max(one.chance for one in found.tools) <= total.chance <= sum(one.chance for one in found.tools)
    assert total.if_it_happens is not None
    assert total.if_it_happens.p10 <= total.if_it_happens.p50 <= total.if_it_happens.p90


def test_it_converges() -> None:
    means = [estimated(SCRIBE, seed=seed, runs=60_000).tools[0].yearly.expected for seed in (1, 2, 3)]
    assert max(means) / min(means) < 1.1
    rough = [estimated(SCRIBE, seed=seed, runs=300).tools[0].yearly.expected for seed in range(12)]
    assert max(rough) - min(rough) > max(means) - min(means)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"exposure": 20}, {"exposure": 90}),
        ({"sessions_a_year": 10.0}, {"sessions_a_year": 5000.0}),
        ({"sessions_a_year": None, "people": 1}, {"sessions_a_year": None, "people": 40}),
        ({"blocked_share": 0.9}, {"blocked_share": 0.0}),
        ({"prohibited": False}, {"prohibited": True}),
        ({"category": "image_generation"}, {"category": "ambient_scribe"}),
    ],
)
def test_more_exposure_never_costs_less(less: dict[str, object], more: dict[str, object]) -> None:
    (one,) = estimated(replace(SCRIBE, **less)).tools  # type: ignore[arg-type]
    (two,) = estimated(replace(SCRIBE, **more)).tools  # type: ignore[arg-type]
    assert one.yearly.expected < two.yearly.expected
    assert one.chance <= two.chance
    assert one.records.p50 <= two.records.p50


def test_dearer_records_and_breaches_cost_more() -> None:
    for name in ("cost_per_record", "cost_per_breach"):
        three = getattr(INPUTS, name)
        twice = {key: getattr(three, key) * 2 for key in ("least", "likely", "most")}
        (one,) = estimated(SCRIBE).tools
        (two,) = estimated(SCRIBE, inputs=changed(**{name: twice})).tools
        assert one.yearly.expected < two.yearly.expected


def test_discretion_lowers_the_caps() -> None:
    strict = changed(penalty={**INPUTS.penalty.model_dump(), "discretion": False})
    assert (
        estimated(SCRIBE).tools[0].yearly.expected < estimated(SCRIBE, inputs=strict).tools[0].yearly.expected
    )


def test_what_is_all_blocked_loses_nothing() -> None:
    (one,) = estimated(replace(SCRIBE, blocked_share=1.0)).tools
    assert (one.chance, one.yearly.expected, one.if_it_happens) == (0.0, 0.0, None)


def test_an_organisation_without_tools_loses_nothing() -> None:
    found = estimated()
    assert found.tools == ()
    assert found.organisation.yearly.expected == 0
    assert found.label == LABEL
    assert "estimate" in LABEL.casefold()


def test_penalties_are_dated_and_cited() -> None:
    assert PENALTIES.as_of.year >= 2026
    assert "45 CFR" in PENALTIES.citation
    assert PENALTIES.source.startswith("https://")
    for tier in PENALTIES.tiers:
        assert tier.least <= tier.most <= tier.cap
        assert tier.cap_discretion <= tier.cap
    caps = [tier.cap_discretion for tier in PENALTIES.tiers]
    assert caps == sorted(caps)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("least = 30", "least = 300", "must rise"),
        ("neglect = 0.1 }", "neglect = 0.2 }", "must sum to 1"),
        ("at_hundred = { least = 0.3", "at_hundred = { leest = 0.3", "leest"),
        ("[cost_per_breach]", "[cost_per_breach", "not valid TOML"),
        ('sound = ["ambient_scribe"', 'sound = ["ambient_scrube"', "takes_in.sound"),
        ("at_zero = { least = 0.0001", "at_zero = { least = 0.03", "must rise"),
    ],
)
def test_assumptions_that_contradict_themselves_are_refused(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = shipped_inputs().read_text()
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(LossInputsInvalid, match=words):
        load_loss_inputs(path)
    with pytest.raises(LossInputsInvalid, match="cannot be read"):
        load_loss_inputs(tmp_path / "none.toml")
