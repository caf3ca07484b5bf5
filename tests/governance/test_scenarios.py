"""What should outrank what, in pairs a compliance office agreed on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from governance.assessment import Assessment, assess
from governance.scenario import inputs_of, measured, scenario_of
from governance.weights import Weights

PAIRS = tomllib.loads(Path(__file__).with_name("scenarios.toml").read_text())["pairs"]


def judged(pair: dict[str, Any], weights: Weights) -> tuple[Assessment, Assessment]:
    both = [inputs_of(scenario_of(pair[side]), weights) for side in ("more", "less")]
    more, less = (assess(one, weights) for one in measured(both, weights))
    return more, less


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["reason"].rstrip("."))
def test_the_more_exposed_outranks_the_less(pair: dict[str, Any], weights: Weights) -> None:
    more, less = judged(pair, weights)
    assert more.score > less.score, f"{more.score} is not above {less.score}"


def test_there_are_enough_pairs_and_each_says_why() -> None:
    assert len(PAIRS) >= 60
    assert len({pair["reason"] for pair in PAIRS}) == len(PAIRS)


def test_the_pairs_speak_of_every_factor(weights: Weights) -> None:
    """A factor that no pair depends on could be weighed at will."""
    moved = set()
    for pair in PAIRS:
        more, less = judged(pair, weights)
        moved |= {
            one.factor for one, two in zip(more.parts, less.parts, strict=True) if one.points != two.points
        }
    assert moved == {factor.name for factor, _ in weights.factors}
