"""What people read is exact, and nothing a log says can hide or reorder what stands beside it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from api.pages import text


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("Perplexity\u202egnp.exe", "Perplexity\\u{202e}gnp.exe"),
        ("a\x00b\x1b[31mc", "a\\x00b\\x1b[31mc"),
        ("line\nbreak\ttab\r", "line\\x0abreak\\x09tab\\x0d"),
        ("zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}"),
        ("non\u00a0break\u2028ing", "non\\xa0break\\u{2028}ing"),
        ("tag\U000e0041", "tag\\u{e0041}"),
        ("Müller 医院 №5 naïve", "Müller 医院 №5 naïve"),
        ("", ""),
    ],
)
def test_hidden_characters_are_written_out(raw: str, seen: str) -> None:
    assert text.shown(raw) == seen


@given(st.text(max_size=600))
def test_shown_text_holds_no_hidden_character_and_is_bounded(raw: str) -> None:
    seen = text.shown(raw)
    assert all(char == " " or unicodedata.category(char)[0] in "LMNPS" for char in seen)
    assert len(seen) <= text.LONGEST_TEXT * 10


def test_markup_made_by_macros_is_left_alone() -> None:
    assert text.shown(Markup("<b>\n</b>")) == Markup("<b>\n</b>")


def test_absent_values_are_called_unknown() -> None:
    assert text.finalize(None) == "unknown"
    assert text.size(None) == text.count(None) == text.day(None) == text.moment(None) == "unknown"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (99_951, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (18_400_213, "18.4 MB"),
        (10**18, "1000 PB"),
    ],
)
def test_sizes(value: int, written: str) -> None:
    assert text.size(value) == written


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, "n/a"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 10**6, "< 0.1 %"),
        (10**6 - 1, 10**6, "> 99.9 %"),
        (1, 3, "33.3 %"),
    ],
)
def test_shares_never_round_a_remainder_away(part: int, whole: int, written: str) -> None:
    assert text.share(part, whole) == written


def test_moments_are_told_in_utc_and_days_counted_from_midnight() -> None:
    now = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    assert text.ago(datetime(2026, 11, 21, 23, 59, tzinfo=UTC), now) == "yesterday"
    assert text.ago(now, now) == "today"
    assert text.ago(datetime(2026, 10, 1, tzinfo=UTC), now) == "52 days ago"
    assert text.ago(datetime(2027, 1, 1, tzinfo=UTC), now) == "in the future"
    assert text.day(date(2026, 11, 22)) == "2026-11-22"


def test_words() -> None:
    assert text.words("ambient_scribe") == "Ambient scribe"
    assert text.several(1, "person", "people") == "1 person"
    assert text.several(1200, "person", "people") == "1,200 people"
    assert text.lower_first("Not offered") == "not offered"
    assert text.lower_first("BAA unknown") == "BAA unknown"
    assert text.signed(12) == "12"
    assert text.signed(-3) == "−3"
