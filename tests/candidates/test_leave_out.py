"""Vendors taken out of the catalogue come up as candidates; the full measurement is in tests/bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.leave_out import measure


@pytest.mark.parametrize("seed", [101, pytest.param(102, marks=pytest.mark.full)])
def test_most_removed_vendors_come_up(seed: int, tmp_path: Path) -> None:
    outcome = measure(seed, tmp_path, vendors=12, ordinary=900, people=160, lines=4_000)
    assert outcome.in_top >= 8
    assert outcome.ordinary_above < 20
