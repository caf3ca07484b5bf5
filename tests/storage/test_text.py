"""One boundary: whatever a log holds can be stored by both engines and shown on one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.columns import canonical_json
from storage.database import Database
from storage.settings import read_setting, write_setting
from storage.text import NAME_LIMIT, clean_json, clean_name, clean_prose
from tests.storage.sample_records import NOW

ANY_TEXT = st.text(st.characters(codec=None, categories=("L", "N", "P", "S", "Z", "C", "M")), max_size=60)


@given(ANY_TEXT)
def test_a_clean_name_is_one_storable_line_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_name(text)
    cleaned.encode("utf-8")
    assert len(cleaned.splitlines()) <= 1
    assert "\0" not in cleaned
    assert clean_name(cleaned) == cleaned


@given(ANY_TEXT)
def test_clean_prose_is_storable_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_prose(text)
    cleaned.encode("utf-8")
    assert not set(cleaned) & set("\0\r\x1b\u202e")
    assert clean_prose(cleaned) == cleaned


def test_long_names_that_differ_stay_different() -> None:
    one, two = clean_name("x" * 5000 + "1"), clean_name("x" * 5000 + "2")
    assert one != two
    assert len(one) == len(two) == NAME_LIMIT


def test_every_string_of_a_value_is_cleaned() -> None:
    assert clean_json({"a\n": ["\x00", {"b": "\ud800"}, 1, None, True]}) == {
        "a\\x0a": ["\\x00", {"b": "\\ud800"}, 1, None, True]
    }
    assert canonical_json({"b": 1, "a": "ü"}) == '{"a":"\\u00fc","b":1}'


def test_a_setting_comes_back_as_it_was_given(database: Database) -> None:
    with database.write() as conn:
        write_setting(conn, "x", {"list": [1, "ü"]}, NOW)
        write_setting(conn, "x", {"list": [2, "\x00"]}, NOW)
        assert read_setting(conn, "x") == {"list": [2, "\\x00"]}
        assert read_setting(conn, "y", "default") == "default"


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with database.write() as conn, pytest.raises(Exception, match="has no zone"):
        write_setting(conn, "x", 1, datetime(2026, 1, 1))
    assert NOW.tzinfo is UTC
