"""Small counts of people cannot be had back from a report, by its total or any other way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reporting.making import make_report
from api.reporting.writing import document, figures_document
from governance.report.compliance import _of_few
from governance.report.trace import trace_all
from governance.small_cells import hidden_cells
from governance.weights import load_weights
from storage.database import Database
from tests.http.hospital import CATALOGUE, NOW, fill, seen

COUNTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 40), max_size=12)


@given(counts=COUNTS, threshold=st.integers(1, 8))
def test_no_small_count_is_told_or_follows_from_the_total(counts: dict[str, int], threshold: int) -> None:
    hidden, without_total = hidden_cells(counts, threshold)
    assert {name for name, count in counts.items() if 0 < count < threshold} <= hidden
    assert not any(counts[name] == 0 for name in hidden)
    if not hidden or without_total:
        return
    left = sum(counts.values()) - sum(count for name, count in counts.items() if name not in hidden)
    # A reader knows that every hidden cell holds somebody, and their sum. Each could still hold `threshold`.
    for _ in hidden:
        assert left - (len(hidden) - 1) >= threshold
    assert len(hidden) > 1


@given(counts=COUNTS)
def test_nothing_is_hidden_where_individuals_may_be_seen(counts: dict[str, int]) -> None:
    assert hidden_cells(counts, 1) == (frozenset(), False)


def test_a_withheld_count_stands_in_no_form(database: Database) -> None:
    weights = load_weights()
    fill(database, weights)
    with database.read() as conn:
        report = make_report(conn, CATALOGUE, weights, NOW, None, threshold=5)
        exact = make_report(conn, CATALOGUE, weights, NOW, None, threshold=1)
        traced = trace_all(conn, report)
    withheld = [figure for figure in report.figures.values() if figure.withheld]
    assert withheld
    for figure in withheld:
        assert figure.value is None, figure.id
        count = exact.figures[figure.id].value
        assert isinstance(count, int)
        assert 0 < count < 5 or figure.withheld == "withheld", figure.id
    for one in traced:
        if one.figure.withheld:
            assert all(rows.result is None and rows.rows is None and not rows.keys for rows in one.rows)
    for name in ("chat-mate", "scribe-one"):
        assert report.figures[f"tool.{name}.score"].detail["facts"]["people"] == "<5"
    told = {one["id"]: one for one in figures_document(report)}
    assert all(told[figure.id]["value"] is None for figure in withheld)


def test_no_pseudonym_reaches_the_report(database: Database) -> None:
    weights = load_weights()
    fill(database, weights)
    with database.read() as conn:
        report = make_report(conn, CATALOGUE, weights, NOW, None, threshold=5)
    text = json.dumps(document(report)) + json.dumps(figures_document(report))
    assert seen("chat-mate", "mate").principal not in text
    assert "p-device" not in text


@pytest.mark.parametrize(
    ("sentence", "few"),
    [
        ("p-0123456789abcdef0001: last day 2026-11-05, used until 2026-11-21.", True),
        ("3 of 172 people have not attested.", True),
        ("170 of 172 people have not attested.", True),
        ("60 of 172 people have not attested.", False),
        ("All 4 people have attested.", True),
        ("1 person in the directory, no use after a last day.", True),
        ("3 tools undecided.", False),
    ],
)
def test_sentences_about_few_people_are_left_out(sentence: str, few: bool) -> None:
    assert _of_few(sentence, 5) is few
    assert not _of_few(sentence, 1)
