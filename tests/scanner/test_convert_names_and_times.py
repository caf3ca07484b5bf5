"""Converters for DNS names as Windows writes them, for codes, mail addresses and times of a stated zone."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scanner.clock import TimeContext, Times
from scanner.convert import action, converter, email, labels, names, qtype, rcode

EASTERN = Times(TimeContext(zone=timezone(timedelta(hours=-5)), reference=datetime(2026, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("(7)chatgpt(3)com(0)", "chatgpt.com"),
        ("(3)www(7)example(3)com(0)", "www.example.com"),
        ("(0)", "."),
        ("chatgpt.com.", "chatgpt.com"),
        ("", None),
    ],
)
def test_labels_with_lengths_become_a_name(written: str, name: str | None) -> None:
    assert labels(written) == name


def test_a_vendor_that_writes_utc_is_not_read_in_the_zone_of_the_site() -> None:
    written = "2025-11-22 10:00:00"
    assert converter("time:utc", EASTERN)(written) == datetime(2025, 11, 22, 10, tzinfo=UTC).timestamp()
    assert converter("time", EASTERN)(written) == datetime(2025, 11, 22, 15, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("11/22/2025, 6:30:00 AM PST", datetime(2025, 11, 22, 14, 30, tzinfo=UTC)),
        ("11/22/2025 6:30:00 PM EST", datetime(2025, 11, 22, 23, 30, tzinfo=UTC)),
        ("10.11.2025 08:00:00 UTC", datetime(2025, 11, 10, 8, tzinfo=UTC)),
    ],
)
def test_a_zone_behind_half_a_day_is_read_and_dots_put_the_day_first(written: str, instant: datetime) -> None:
    assert converter("time", EASTERN)(written) == instant.timestamp()


@pytest.mark.parametrize(
    ("word", "code"),
    [("NxDomain", "NXDOMAIN"), ("3", "NXDOMAIN"), ("ServerFailure", "SERVFAIL"), ("0", "NOERROR")],
)
def test_response_codes_have_one_spelling(word: str, code: str) -> None:
    assert rcode(word) == code


@pytest.mark.parametrize(
    ("word", "kind"), [("type=65", "HTTPS"), ("TYPE257", "CAA"), ("28", "AAAA"), ("MX", "MX")]
)
def test_query_types_have_one_spelling(word: str, kind: str) -> None:
    assert qtype(word) == kind


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("Blockiert", "blocked"), ("bloqueado", "blocked"), ("Zugelassen", "allowed"), ("autorisé", "allowed")],
)
def test_words_for_allowed_and_blocked_in_several_languages(word: str, meaning: str) -> None:
    assert action(word) == meaning


def test_mail_address_is_found_in_labels() -> None:
    assert email("Lee, Nora (nora.lee@example.org)") == "nora.lee@example.org"
    assert email("Lee, Nora ([nora.lee@example.org](mailto:x))") == "nora.lee@example.org"
    assert email("radiology network") is None


def test_looking_for_a_mail_address_takes_no_long_time_in_a_long_text() -> None:
    start = time.process_time()
    assert email("a" * 100_000 + "@") is None
    assert time.process_time() - start < 5


def test_answers_lose_the_dot_that_ends_a_full_name() -> None:
    assert names(["edge.example.test.", "203.0.113.9", "."]) == ["edge.example.test", "203.0.113.9", "."]
    assert names([]) is None


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Oct 02 2023 16:21:40 America/Chicago", 21),
        ("2023-10-02 16:21:40 America/Argentina/Buenos_Aires", 19),
        ("2023-10-02 16:21:40 Europe/Nowhere", None),
    ],
)
def test_a_zone_may_be_named_by_a_place(written: str, hour: int | None) -> None:
    instant = converter("time", EASTERN)(written)
    assert (
        (instant is None)
        if hour is None
        else (instant == datetime(2023, 10, 2, hour, 21, 40, tzinfo=UTC).timestamp())
    )
