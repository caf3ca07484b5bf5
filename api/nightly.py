"""The nightly run: scan the sources of the settings, assess, alert; once per local day."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from api.alerting import Waiting, deliver, waiting
from api.pages.text import several
from api.pulling.run import Pulled, fetch_all, labels_of, settle_all
from api.scanning import ScanResult, ScanTask, run_scan
from api.settings import Settings, SettingsInvalid
from api.workplace import Workplace, now
from api.zones import zone_of
from governance.delivery import DeliveryReport
from storage.errors import ScanRunning, StorageError
from storage.nights import NightlyRun, claim_night, finish_night, nights
from storage.scanlock import scan_lock
from storage.scans import last_scan

_DEAD_AT_ONCE = timedelta(days=-1)
"""Who holds the scan lock knows that a run still marked running is dead, whatever its age or the clocks."""
_UNREAD_NAMED = 20


@dataclass(frozen=True, slots=True)
class Night:
    """What a nightly run came to; `result` is None where this day had its run already."""

    day: date
    result: ScanResult | None
    elsewhere: bool
    """Another process is doing the run of this day right now."""
    delivered: DeliveryReport
    waiting: tuple[Waiting, ...]
    pulled: tuple[Pulled, ...] = ()
    """What was pulled from vendors' interfaces before the scan."""

    @property
    def complete(self) -> bool:
        """Say whether all input was read and no alert still waits for a channel to accept it."""
        read = self.result is None or self.result.status == "ok"
        read = read and not any(one.problems for one in self.pulled)
        given_up_now = self.delivered.dead > 0
        return read and not given_up_now and all(one.given_up for one in self.waiting)


def local_day(settings: Settings, clock: Callable[[], datetime] = now) -> date:
    """Return the day it is where the organisation is."""
    return clock().astimezone(settings.zone).date()


def run_night(place: Workplace, day: date, clock: Callable[[], datetime] = now) -> Night:
    """Run the night of a local day, unless it has been run; alerts that wait are delivered in any case.

    A run that failed or was killed is done again. Raises SettingsInvalid where no source is named,
    ScanRunning where a scan that is no nightly run is in the way, and what run_scan() raises.
    """
    tasks = tasks_of(place.settings)
    elsewhere = False
    result: ScanResult | None = None
    pulled: tuple[Pulled, ...] = ()
    try:
        try:
            result, pulled = _scan_once(place, tasks, day, clock)
        except ScanRunning:
            elsewhere = _is_under_way(place, day)
            if not elsewhere and not _was_done(place, day):
                raise
    except Exception:
        with suppress(StorageError):
            deliver(place, clock)  # older alerts are not held up by the trouble of this night
        raise
    return Night(day, result, elsewhere, deliver(place, clock), waiting(place), pulled)


def tasks_of(settings: Settings) -> tuple[ScanTask, ...]:
    """Return what there is to scan. Raises SettingsInvalid where no source is named."""
    if not settings.sources and not settings.pulls:
        raise SettingsInvalid(
            "no sources are named; add to the settings file: [[sources]] with name = 'Main proxy' and "
            "paths = ['/var/log/squid'] (skiagram config show tells where the file is)"
        )
    return tuple(
        ScanTask(
            tuple(source.paths),
            source.name,
            source.format,
            kind=source.kind,
            location=", ".join(source.paths),
            owner=source.owner,
            zone=zone_of(source.time_zone or settings.time_zone),
            day_first=None if source.dates is None else source.dates == "day_first",
        )
        for source in settings.sources
    )


def notes(night: Night) -> Iterator[str]:
    """Yield what a person should know about a night, a line each."""
    result = night.result
    if result is not None:
        yield (
            f"{several(len(result.outcomes), 'file')}, {several(result.ledger.lines, 'new line')}, "
            f"{several(len(result.feed), 'tool')} in the feed, {several(len(result.new_vendors), 'new vendor')}"
        )
        yield from unread_notes(result)
        yield from (problem for one in night.pulled for problem in one.problems)
    elif night.elsewhere:
        yield f"the run of {night.day} is under way in another process"
    else:
        yield f"the run of {night.day} was done before; nothing was scanned again"
    yield from delivery_notes(night.delivered, night.waiting)


def unread_notes(result: ScanResult) -> Iterator[str]:
    """Yield what was not read in a scan, with what catalogue, and which source is silent."""
    if result.catalogue_problem is not None:
        yield f"the changed catalogue is not valid; the one before stays in force: {result.catalogue_problem}"
    for outcome in result.unread[:_UNREAD_NAMED]:
        reason = (outcome.message or "").removeprefix(f"{outcome.label}: ")
        yield f"{outcome.status}: {outcome.label}: {reason}"
    if len(result.unread) > _UNREAD_NAMED:
        yield f"... and {len(result.unread) - _UNREAD_NAMED} more files that were not read to their end"
    for reason, lines in sorted(result.ledger.unreadable.items()):
        yield f"{several(lines, 'line')} could not be read: {reason}"
    for health in result.health:
        for finding in health.findings:
            if finding.state != "new":
                since = f" since {finding.since:%Y-%m-%d}" if finding.since else ""
                yield f"{finding.words}: {health.source}{since}: {finding.evidence}; {finding.advice}"


def delivery_notes(delivered: DeliveryReport, still_waiting: tuple[Waiting, ...]) -> Iterator[str]:
    """Yield what became of the alerts."""
    yield (
        f"alerts: {delivered.sent} sent, {delivered.failed} to be tried again, {delivered.dead} given up now"
    )
    for one in still_waiting:
        what = f"channel {one.channel}: {several(one.alerts, 'alert')}"
        if one.given_up:
            yield f"{what} given up; repair it, then: skiagram alerts retry {one.channel} ({one.error})"
        else:
            yield f"{what} not accepted, tried again from {one.next_try:%Y-%m-%d %H:%M %Z} on ({one.error})"


def _scan_once(
    place: Workplace, tasks: tuple[ScanTask, ...], day: date, clock: Callable[[], datetime]
) -> tuple[ScanResult | None, tuple[Pulled, ...]]:
    with scan_lock(place.database):
        with place.database.write() as conn:
            if not claim_night(conn, day, clock(), _DEAD_AT_ONCE):
                return None, ()
        try:
            pulled = fetch_all(place, place.settings.pulls, clock)
            result = run_scan(
                place,
                (*tasks, *(task for one in pulled for task in one.tasks)),
                started_by="nightly",
                labels=labels_of(pulled),
                clock=clock,
                locked=True,
            )
            settle_all(place, pulled, result)
        except BaseException as problem:
            with suppress(StorageError), place.database.write() as conn:
                finish_night(conn, day, "failed", clock(), f"{type(problem).__name__}: {problem}"[:500])
            raise
        with place.database.write() as conn:
            problems = [problem for one in pulled for problem in one.problems]
            message = "; ".join((*unread_notes(result), *problems))[:500] or None
            finish_night(conn, day, "partial" if problems else result.status, clock(), message)
    return result, pulled


def _is_under_way(place: Workplace, day: date) -> bool:
    # Asked when somebody holds the scan lock: is it the run of this day, or a scan by hand? A night that was
    # claimed after the newest scan began is one that is about to begin its own.
    with place.database.read() as conn:
        running, night = last_scan(conn, "running"), _night_of(conn, day)
    if running is not None and running.started_by == "nightly":
        return True
    if night is None or night.status != "running":
        return False
    return running is None or night.started_at >= running.started_at


def _was_done(place: Workplace, day: date) -> bool:
    with place.database.read() as conn:
        night = _night_of(conn, day)
    return night is not None and night.status in ("ok", "partial")


def _night_of(conn: Connection, day: date) -> NightlyRun | None:
    return next((night for night in nights(conn) if night.local_day == day), None)
