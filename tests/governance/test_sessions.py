"""Sessions, the sound of visits and use next to the record, from minutes of use."""

from __future__ import annotations

import random
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.sessions import SessionFacts, facts_by_tool, record_use, sessions_of
from governance.weights import load_weights
from storage.usage import HourUse, MinuteUse, RecordHour

RULES = load_weights().sessions
SPEECH = 240_000  # bytes a minute: 32 kbit/s


def hours(
    minutes: dict[int, MinuteUse],
    *,
    principal: str = "p-1",
    kind: str = "user",
    source: str = "proxy",
    tool: str = "t",
) -> list[HourUse]:
    """Pack minutes since 1970 as storage keeps them."""
    return [
        HourUse(tool, principal, kind, source, hour, {at % 60: minutes[at] for at in of_hour})
        for hour, of_hour in groupby(sorted(minutes), key=lambda at: at // 60)
    ]


def steady(start: int, length: int, up: int = SPEECH, down: int = 2_000) -> dict[int, MinuteUse]:
    return {start + n: MinuteUse(4, up, down) for n in range(length)}


def facts(rows: list[HourUse], record: list[RecordHour] | None = None) -> SessionFacts:
    return facts_by_tool(rows, record_use(record or []), RULES)["t"]


def test_a_longer_pause_begins_another_session() -> None:
    minutes = {at: MinuteUse(1, 100, 50) for at in (1000, 1000 + RULES.gap, 1000 + 2 * RULES.gap + 1)}
    found = sessions_of(hours(minutes), None, RULES)
    assert [(one.start, one.end, one.events, one.bytes_up, one.bytes_down) for one in found] == [
        (1000, 1000 + RULES.gap, 2, 200, 100),
        (1000 + 2 * RULES.gap + 1, 1000 + 2 * RULES.gap + 1, 1, 100, 50),
    ]


@pytest.mark.parametrize(
    ("minutes", "sound"),
    [
        (steady(1000, 15), True),
        (steady(1000, 5), True),
        (steady(1000, 60), True),
        (steady(1000, 15, up=60_000), True),  # Opus at 8 kbit/s
        (steady(1000, 15, up=1_920_000), True),  # linear PCM
        (steady(1000, 4), False),  # no visit is so short
        (steady(1000, 61), False),  # nor so long
        (steady(1000, 15, up=20_000), False),  # too thin for speech
        (steady(1000, 15, up=9_000_000), False),  # a backup
        (steady(1000, 15, down=200_000), False),  # a call: as much comes back
        ({**steady(1000, 5, up=40_000), **steady(1005, 10, up=900_000), 1007: MinuteUse(4, 90_000_000, 0)}, False),
        ({at: MinuteUse(3, 4_000, 60_000) for at in range(1000, 1015)}, False),  # a talk in writing
    ],
)  # fmt: skip
def test_the_sound_of_a_visit_is_even_one_way_and_as_long_as_a_visit(
    minutes: dict[int, MinuteUse], sound: bool
) -> None:
    (one,) = sessions_of(hours(minutes), None, RULES)
    assert one.audio is sound


def test_visits_one_after_another_are_still_visits() -> None:
    minutes = {**steady(1000, 12), **steady(1017, 20), **steady(1043, 9)}
    (one,) = sessions_of(hours(minutes), None, RULES)
    assert one.audio is True
    assert facts(hours(minutes)).audio_sessions == 1


def test_pieces_of_a_minute_each_are_one_recording() -> None:
    chance = random.Random(5)
    minutes: dict[int, MinuteUse] = {}
    for n in range(20):
        at = 1000 + int(n + chance.uniform(-0.4, 0.4))
        minutes[at] = minutes.get(at, MinuteUse(0, None, None)).plus(SPEECH, 900)
    (one,) = sessions_of(hours(minutes), None, RULES)
    assert one.audio is True


def test_what_a_log_cannot_show_is_unknown_and_not_absent() -> None:
    assert facts(hours({1000: MinuteUse(1, None, None)})).audio_sessions is None
    assert facts(hours({1000: MinuteUse(1, 4_000_000, 900)})).audio_sessions is None  # a visit in one request
    assert facts(hours({1000: MinuteUse(1, 4_000, 900)})).audio_sessions == 0
    both = hours({1000: MinuteUse(1, None, None), **steady(1100, 10)})
    assert facts(both).audio_sessions == 1


@given(st.lists(st.integers(0, 400), min_size=1, max_size=80), st.integers(1, 7))
def test_however_minutes_are_spread_over_batches_the_sessions_are_the_same(
    seen: list[int], batches: int
) -> None:
    whole: dict[int, MinuteUse] = {}
    parts: list[dict[int, MinuteUse]] = [{} for _ in range(batches)]
    for number, at in enumerate(seen):
        for minutes in (whole, parts[number % batches]):
            minutes[at] = minutes.get(at, MinuteUse(0, None, None)).plus(at * 7, None)
    together = [row for part in parts for row in hours(part)]
    assert sessions_of(together, None, RULES) == sessions_of(hours(whole), None, RULES)


def test_two_logs_of_one_use_are_two_views_of_it() -> None:
    minutes = steady(1000, 15)
    both = [*hours(minutes), *hours(minutes, source="firewall")]
    assert sessions_of(both, None, RULES) == sessions_of(hours(minutes), None, RULES)


def test_people_count_before_addresses() -> None:
    rows = [*hours(steady(1000, 3)), *hours(steady(5000, 3), principal="a-9", kind="address", source="dns")]
    assert (facts(rows).sessions, facts(rows).people) == (1, 1)


def test_minutes_after_the_record_are_those_of_the_same_person() -> None:
    rows = [*hours(steady(1000, 3)), *hours(steady(1000, 3), principal="p-2")]
    used = [RecordHour("p-2", "user", 990 // 60, 1 << (990 % 60)), RecordHour("p-3", "user", 16, 1 << 40)]
    assert facts(rows, used).minutes_after_record == 10
    assert facts(rows, used).after_record == 1
    late = hours(steady(1200, 3))
    assert facts(late, used).minutes_after_record is None  # the log of the record ends hours before
    later = [*used, RecordHour("p-3", "user", 20, 1)]
    assert facts(rows[:1], later).minutes_after_record == float("inf")
    by_address = [RecordHour("a-1", "address", 10, 1), RecordHour("a-1", "address", 20, 1)]
    assert facts(rows[:1], by_address).minutes_after_record is None  # addresses say nothing of users
    assert facts(rows).minutes_after_record is None


def test_use_of_the_record_after_the_upload_or_in_another_shift_does_not_count() -> None:
    rows = hours(steady(10_000, 3))
    after = [RecordHour("p-1", "user", 10_010 // 60, 1 << (10_010 % 60))]
    assert facts(rows, after).after_record == 0
    long_before = 10_000 - RULES.ehr_forgotten - 1
    before = [RecordHour("p-1", "user", long_before // 60, 1 << (long_before % 60)), *after]
    assert facts(rows, before).minutes_after_record == float("inf")


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_use_of_the_record_never_widens_the_distance(first: int, second: int) -> None:
    rows = hours(steady(600, 5))
    one = RecordHour("p-1", "user", first // 60, 1 << (first % 60))
    two = RecordHour("p-1", "user", second // 60, 1 << (second % 60))
    alone = facts(rows, [one]).minutes_after_record
    both = facts(rows, [one, two]).minutes_after_record
    assert alone is None or (both is not None and both <= alone)


def test_the_largest_session_and_sender_are_told() -> None:
    rows = [
        *hours({1000: MinuteUse(1, 50, 1), 2000: MinuteUse(1, 60, 1)}),
        *hours({1000: MinuteUse(1, 100, 1)}, principal="p-2"),
    ]
    assert (facts(rows).largest_upload, facts(rows).largest_sender) == (100, 110)
