"""Run the nightly work inside the service: by cron expression, in local time, once per local day."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from apscheduler.triggers.base import BaseTrigger

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

CATCH_UP_EVERY = timedelta(minutes=30)
DELIVERY_EVERY = timedelta(minutes=5)
RENEWAL_EVERY = timedelta(seconds=5)
MISFIRE_GRACE = timedelta(hours=6)  # a machine asleep at two in the morning still runs before the working day

_ROOMS = frozenset({"api", "scanner", "governance", "storage", "signatures"})
_log = logging.getLogger("skiagram.schedule")

Nightly = Callable[[date], object]


class CronInvalid(ValueError):
    """A cron expression cannot be understood."""


class OncePerDay:
    """Call the nightly work at most once per local day in this process, and never two at a time.

    Other processes are kept apart by the work itself, which claims the day in the database.
    """

    def __init__(self, nightly: Nightly, today: Callable[[], date]) -> None:
        self._nightly = nightly
        self._today = today
        self._lock = threading.Lock()
        self._last: date | None = None

    def __call__(self) -> None:
        """Run for today unless today has run; a failure is logged and leaves the day open."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            today = self._today()
            if self._last == today:
                return
            self._nightly(today)
            self._last = today
        except Exception as fault:
            _report("the nightly run failed", fault, CATCH_UP_EVERY)
        finally:
            self._lock.release()


class WallClockTrigger(BaseTrigger):  # type: ignore[misc]
    """Fire when the clock on the wall shows what a cron expression names, in any time zone.

    The expression is worked out on wall time as if no clock ever changed, and only the result is placed in
    the zone. Working in the zone itself skips a day after clocks go forward. A moment in the skipped hour
    fires an hour later by the wall; one in the repeated hour fires the first time only. Raises CronInvalid.
    """

    def __init__(self, expression: str, zone: tzinfo) -> None:
        from apscheduler.triggers.cron import CronTrigger

        self._zone = zone
        try:
            self._wall = CronTrigger.from_crontab(expression, timezone=UTC)
        except (ValueError, LookupError) as fault:
            raise CronInvalid(
                f"{expression!r} is no cron expression: {fault}. Write minute, hour, day, month and weekday, "
                "for example '30 2 * * *' for half past two every night."
            ) from fault

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Return the first moment after now, or None if there is none."""
        wall = now.astimezone(self._zone).replace(tzinfo=UTC, fold=0)
        while True:
            found: datetime | None = self._wall.get_next_fire_time(None, wall)
            if found is None:
                return None
            moment = found.replace(tzinfo=self._zone).astimezone(UTC)
            if moment > now:
                return moment.astimezone(self._zone)
            wall = found + timedelta(seconds=1)


def was_due(trigger: BaseTrigger, zone: tzinfo, now: datetime) -> bool:
    """Say whether the trigger named a moment of this local day that has passed."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    first = trigger.get_next_fire_time(None, midnight - timedelta(seconds=1))
    return first is not None and first <= now


def next_runs(expression: str, zone: tzinfo, now: datetime, number: int) -> list[datetime]:
    """Return the next moments the expression names after now, in local time. Raises CronInvalid."""
    trigger = WallClockTrigger(expression, zone)
    found: list[datetime] = []
    while len(found) < number:
        moment = trigger.get_next_fire_time(None, found[-1] if found else now)
        if moment is None:
            break
        found.append(moment)
    return found


@contextmanager
def nightly_schedule(
    nightly: Nightly,
    expression: str,
    zone: tzinfo,
    clock: Callable[[], datetime],
    *,
    catch_up: timedelta = CATCH_UP_EVERY,
) -> Iterator[BackgroundScheduler]:
    """Keep the schedule running while the body runs; on leaving, wait for a run in progress.

    `nightly` receives the local day. `clock` returns an aware moment. Missed moments count as one, and are
    made up for within MISFIRE_GRACE. A run that failed, or whose moment passed while the service was down, is
    made up for on the same local day, every `catch_up`. Raises CronInvalid.
    """
    from apscheduler.schedulers.background import BackgroundScheduler

    trigger = WallClockTrigger(expression, zone)
    scheduler = BackgroundScheduler(timezone=zone)
    once = OncePerDay(nightly, lambda: clock().astimezone(zone).date())

    def make_up() -> None:
        if was_due(trigger, zone, clock()):
            once()

    scheduler.add_job(
        once,
        trigger,
        id="nightly",
        name="nightly run",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=int(MISFIRE_GRACE.total_seconds()),
    )
    scheduler.add_job(
        make_up,
        "interval",
        seconds=catch_up.total_seconds(),
        id="nightly again",
        name="nightly run that failed or was missed",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    with _running(scheduler):
        yield scheduler


@contextmanager
def delivery_schedule(
    deliver: Callable[[], object], every: timedelta = DELIVERY_EVERY
) -> Iterator[BackgroundScheduler]:
    """Deliver waiting alerts again and again while the body runs, beginning at once."""
    with _repeated(deliver, every, "delivery of alerts", "alerts could not be delivered") as scheduler:
        yield scheduler


@contextmanager
def catalogue_schedule(renew: Callable[[], object], every: timedelta = RENEWAL_EVERY) -> Iterator[None]:
    """Look again and again while the body runs whether another catalogue is to be in force, beginning at once."""
    with _repeated(renew, every, "renewal of the catalogue", "the catalogue could not be renewed"):
        yield


@contextmanager
def _repeated(
    work: Callable[[], object], every: timedelta, name: str, failed: str
) -> Iterator[BackgroundScheduler]:
    """Do work again and again while the body runs, beginning at once; what goes wrong is told and tried again."""
    from apscheduler.schedulers.background import BackgroundScheduler

    def attempt() -> None:
        try:
            work()
        except Exception as fault:
            _report(failed, fault, every)

    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        attempt,
        "interval",
        seconds=every.total_seconds(),
        next_run_time=datetime.now(UTC),
        id=name,
        name=name,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    with _running(scheduler):
        yield scheduler


@contextmanager
def _running(scheduler: BackgroundScheduler) -> Iterator[None]:
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


def _report(what: str, fault: Exception, again: timedelta) -> None:
    # A failure that the program has a sentence for needs no traceback; any other is a fault of its own.
    known = type(fault).__module__.partition(".")[0] in _ROOMS
    minutes = max(1, round(again.total_seconds() / 60))
    _log.error("%s; tried again in %d minutes: %s", what, minutes, fault, exc_info=None if known else fault)
