"""The nightly run: scan the sources of the settings, assess, alert; once per local day."""

from dataclasses import dataclass
from datetime import date

from api.scanning import ScanResult, ScanTask, run_scan
from api.settings import SettingsInvalid
from api.workplace import Workplace, now
from governance.channels import apprise_sender
from governance.delivery import DeliveryReport, deliver_due
from storage.nights import claim_night, finish_night


@dataclass(frozen=True, slots=True)
class Night:
    """What a nightly run came to; `result` is None where this day had its run already."""

    day: date
    result: ScanResult | None
    delivered: DeliveryReport


def run_night(place: Workplace, day: date) -> Night:
    """Run the night of a local day, unless it has been run; alerts that wait are delivered in any case.

    Raises SettingsInvalid where no source is named.
    """
    tasks = [ScanTask(tuple(source.paths), source.name, source.format) for source in place.settings.sources]
    if not tasks:
        raise SettingsInvalid(
            "no sources are named; add to the settings file: [[sources]] with name = 'Main proxy' and "
            "paths = ['/var/log/squid'] (skiagram config show tells where the file is)"
        )
    with place.database.write() as conn:
        mine = claim_night(conn, day, now())
    result: ScanResult | None = None
    if mine:
        try:
            result = run_scan(place, tasks, started_by="nightly")
        except BaseException as problem:
            with place.database.write() as conn:
                finish_night(conn, day, "failed", now(), f"{type(problem).__name__}: {problem}"[:500])
            raise
        with place.database.write() as conn:
            finish_night(conn, day, result.status, now())
    return Night(day, result, deliver(place))


def deliver(place: Workplace) -> DeliveryReport:
    """Send the alerts that are due; what is not accepted is tried again by the next call."""
    return deliver_due(place.database, apprise_sender(place.settings.channels), now())
