"""Measure how many vendors taken out of the catalogue come up as candidates, over twenty seeds."""

from pathlib import Path
from statistics import mean

import pytest

from tests.bench.leave_out import Outcome, measure

pytestmark = pytest.mark.bench
SEEDS = range(20)


def test_removed_vendors_come_up_among_the_first_hundred(tmp_path_factory: pytest.TempPathFactory) -> None:
    outcomes: list[Outcome] = []
    print("\nseed: removed vendors in the first 100 / ordinary hosts above the last of them "
          "/ by names alone / by behaviour alone / shown in the queue")  # fmt: skip
    for seed in SEEDS:
        folder: Path = tmp_path_factory.mktemp(f"seed{seed}")
        one = measure(seed, folder)
        outcomes.append(one)
        print(f"{seed:4}: {one.in_top} of {one.removed} / {one.ordinary_above} / {one.by_name_only} "
              f"/ {one.by_behaviour_only} / {one.queue}; missed {', '.join(one.missed) or 'none'}")  # fmt: skip
    print(
        f"mean: {mean(one.in_top / one.removed for one in outcomes):.1%} / "
        f"{mean(one.ordinary_above for one in outcomes):.1f} / "
        f"{mean(one.by_name_only / one.removed for one in outcomes):.1%} / "
        f"{mean(one.by_behaviour_only / one.removed for one in outcomes):.1%}; "
        f"worst {min(one.in_top for one in outcomes)} / {max(one.ordinary_above for one in outcomes)}"
    )
    assert all(one.in_top >= 0.8 * one.removed for one in outcomes)
    assert all(one.ordinary_above < 20 for one in outcomes)
