"""Inside the service: alerts are sent again and again, and a night that failed or was missed is made up for."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from api.schedule import WallClockTrigger, delivery_schedule, nightly_schedule, was_due
from storage.errors import StorageUnavailable

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)  # a job that ends while its scheduler does

SOON = timedelta(seconds=0.05)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_deliveries_go_on_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    enough = threading.Event()

    def deliver() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise RuntimeError("database locked")
        if len(calls) == 3:
            enough.set()

    with delivery_schedule(deliver, SOON):
        assert enough.wait(10)
    assert "database locked" in caplog.text
    assert "Traceback" in caplog.text  # nobody has a sentence for it, so where it happened is told


def test_a_known_failure_is_told_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    told = threading.Event()

    def deliver() -> None:
        told.set()
        raise StorageUnavailable("db.example: The server is down; start it.")

    with delivery_schedule(deliver, timedelta(hours=1)):
        assert told.wait(10)
    assert "tried again in 60 minutes: db.example: The server is down" in caplog.text
    assert "Traceback" not in caplog.text


def test_deliveries_begin_at_once() -> None:
    began = threading.Event()
    with delivery_schedule(began.set, timedelta(hours=1)):
        assert began.wait(10)


def test_a_failed_night_is_done_again_on_the_same_day_and_only_until_it_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    days: list[date] = []
    succeeded = threading.Event()

    def nightly(day: date) -> None:
        days.append(day)
        if len(days) < 3:
            raise RuntimeError("disk full")
        succeeded.set()

    with nightly_schedule(nightly, "0 2 * * *", UTC, lambda: NOON, catch_up=SOON) as scheduler:
        assert succeeded.wait(10)
        scheduler.get_job("nightly").modify(next_run_time=datetime.now(UTC))
        again = threading.Event()
        scheduler.add_job(again.set, "date", run_date=datetime.now(UTC) + 4 * SOON)
        assert again.wait(10)
    assert days == [NOON.date()] * 3
    assert caplog.text.count("disk full") >= 2


def test_nothing_is_made_up_for_before_its_time() -> None:
    ran = threading.Event()
    with nightly_schedule(lambda day: ran.set(), "0 23 * * *", UTC, lambda: NOON, catch_up=SOON):
        assert not ran.wait((6 * SOON).total_seconds())


@pytest.mark.parametrize(
    ("expression", "due"),
    [("0 12 * * *", True), ("1 12 * * *", False), ("0 0 * * *", True), ("0 2 * * mon", False)],
)
def test_a_moment_of_today_that_has_passed_is_due(expression: str, due: bool) -> None:
    assert was_due(WallClockTrigger(expression, UTC), UTC, NOON) is due  # a Sunday
