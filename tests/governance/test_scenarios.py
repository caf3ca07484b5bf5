"""What should outrank what, in pairs a compliance office agreed on."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from governance.assessment import assess
from governance.exposure import ExposureInputs
from governance.weights import Weights

PAIRS = tomllib.loads(Path(__file__).with_name("scenarios.toml").read_text())["pairs"]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["reason"].rstrip("."))
def test_the_more_exposed_outranks_the_less(pair: dict[str, Any], weights: Weights) -> None:
    more, less = (
        assess(ExposureInputs(**pair["more"]), weights),
        assess(ExposureInputs(**pair["less"]), weights),
    )
    assert more.score > less.score, f"{more.score} is not above {less.score}"


def test_there_are_enough_pairs_and_each_says_why() -> None:
    assert len(PAIRS) >= 15
    assert len({pair["reason"] for pair in PAIRS}) == len(PAIRS)
