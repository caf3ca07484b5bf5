"""The page about risk says what the weights say."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.scenario import KEYS
from governance.weights import Weights
from governance.weights_page import fill_sections, page_sections


def test_the_page_is_not_stale(weights: Weights, repository: Path) -> None:
    page = (repository / "docs" / "risk.md").read_text(encoding="utf-8")
    assert fill_sections(page, page_sections(weights)) == page, (
        "docs/risk.md is stale; run: skiagram risk weights --update docs/risk.md"
    )
    for factor, _ in weights.factors:
        assert all(weight.reason in page and weight.citation in page for weight in factor.all_weights())
    assert all(f"| `{key}` |" in page for key in KEYS)


def test_a_page_without_marks_is_refused(weights: Weights) -> None:
    with pytest.raises(ValueError, match="one pair of marks <!-- weights: generated -->"):
        fill_sections("# A page\n", page_sections(weights))
