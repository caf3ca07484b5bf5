"""The nightly run happens once per local day, also when clocks change or a run fails."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schedule import CronInvalid, OncePerDay, next_runs, nightly_schedule

NEW_YORK = ZoneInfo("America/New_York")


def test_every_local_day_has_a_run_across_both_clock_changes() -> None:
    begin = datetime(2026, 1, 1, tzinfo=NEW_YORK)
    for expression in ("30 2 * * *", "30 1 * * *", "0 0 * * *"):
        runs = next_runs(expression, NEW_YORK, begin, 370)
        days = [run.astimezone(NEW_YORK).date() for run in runs]
        assert days == [days[0] + timedelta(days=number) for number in range(370)], expression


@settings(max_examples=40)
@given(
    st.integers(0, 23), st.integers(0, 59), st.sampled_from(["Europe/London", "Australia/Lord_Howe", "UTC"])
)
def test_no_zone_skips_or_doubles_a_day(hour: int, minute: int, name: str) -> None:
    zone = ZoneInfo(name)
    runs = next_runs(f"{minute} {hour} * * *", zone, datetime(2026, 3, 1, tzinfo=zone), 300)
    assert runs == sorted(runs)
    days = [run.astimezone(zone).date() for run in runs]
    assert days == [days[0] + timedelta(days=number) for number in range(300)]


@pytest.mark.parametrize("expression", ["", "nonsense", "61 * * * *", "* * * *", "0 2 * * * *", "@daily"])
def test_what_is_no_cron_expression_is_refused_with_an_example(expression: str) -> None:
    with pytest.raises(CronInvalid, match=r"30 2 \* \* \*"):
        next_runs(expression, NEW_YORK, datetime(2026, 1, 1, tzinfo=UTC), 1)


def test_a_repeated_hour_runs_once() -> None:
    ran: list[date] = []
    today = [date(2026, 11, 1)]
    run = OncePerDay(ran.append, lambda: today[0])
    run()
    run()
    today[0] = date(2026, 11, 2)
    run()
    assert ran == [date(2026, 11, 1), date(2026, 11, 2)]


def test_a_failed_run_leaves_the_day_open(caplog: pytest.LogCaptureFixture) -> None:
    calls = 0

    def fail_once(day: date) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("disk full")

    run = OncePerDay(fail_once, lambda: date(2026, 11, 22))
    run()
    assert "disk full" in caplog.text
    run()
    run()
    assert calls == 2


def test_the_schedule_calls_the_work_with_the_local_day() -> None:
    ran = threading.Event()
    days: list[date] = []

    def work(day: date) -> None:
        days.append(day)
        ran.set()

    late_evening = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)  # still the 21st in New York
    with nightly_schedule(work, "30 2 * * *", NEW_YORK, lambda: late_evening) as scheduler:
        job = scheduler.get_job("nightly")
        assert job.coalesce
        assert job.max_instances == 1
        job.modify(next_run_time=datetime.now(UTC))
        assert ran.wait(10)
    assert days == [date(2026, 11, 21)]
