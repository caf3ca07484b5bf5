"""Pull every configured interface: fetch into spool files, let the scan read them, then move the cursors.

The order can repeat and never lose: a record is known by its digest once its spool file is safe on disk, a cursor
moves once the file was scanned, the file goes last. Whatever dies in between is taken up by the next pull.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.pulling.client import Client, Route
from api.pulling.credentials import Credentials
from api.pulling.errors import PullError
from api.pulling.fetching import Fetched, Fetcher
from api.pulling.secrets import read_secret
from api.pulling.settings import PullSettings
from api.pulling.spool import Spool
from api.pulling.streams import STREAMS, Stream
from api.scanning import ScanResult, ScanTask, run_scan
from api.workplace import Workplace, now
from storage.pulls import ensure_cursor, note_attempt, settle
from storage.scanlock import scan_lock
from storage.sources import ensure_source

KIND = "single sign-on"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one configured pull fetched, waiting in spool files."""

    settings: PullSettings
    spool: Spool
    fetched: tuple[Fetched, ...]
    message: str | None
    """Why nothing could be fetched at all."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Return in sentences what was not fetched."""
        name = self.settings.name
        whole = () if self.message is None else (f"nothing was pulled: {self.message}",)
        return whole + tuple(_problem(name, one) for one in self.fetched if one.message is not None)

    @property
    def labels(self) -> Mapping[str, str]:
        """Return what to call the spool files, path to name."""
        return {
            str(file): f"{self.settings.name}: {one.stream.title}, part {int(file.name.split('.')[1])}"
            for one in self.fetched
            for file in self.spool.files(one.stream.id)
        }

    @property
    def tasks(self) -> tuple[ScanTask, ...]:
        """Return what there is to scan."""
        return tuple(
            ScanTask(
                tuple(map(str, files)),
                self.settings.name,
                one.stream.format_id,
                kind=KIND,
                location=self.settings.address,
                owner=self.settings.owner,
            )
            for one in self.fetched
            if (files := self.spool.files(one.stream.id))
        )


def pull(
    place: Workplace,
    pulls: Sequence[PullSettings],
    *,
    clock: Callable[[], datetime] = now,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[tuple[Pulled, ...], ScanResult]:
    """Fetch, scan and settle. Raises ScanRunning, StorageUnavailable and what run_scan() raises."""
    with scan_lock(place.database):
        fetched = fetch_all(place, pulls, clock, sleep)
        result = run_scan(
            place,
            [task for one in fetched for task in one.tasks],
            started_by="pull",
            labels=labels_of(fetched),
            clock=clock,
            locked=True,
        )
        settle_all(place, fetched, result)
    return fetched, result


def fetch_all(
    place: Workplace,
    pulls: Iterable[PullSettings],
    clock: Callable[[], datetime] = now,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Pulled, ...]:
    """Fetch what is new into spool files; whoever calls holds the scan lock. Raises StorageError, OSError."""
    return tuple(_fetch(place, settings, clock, sleep) for settings in pulls)


def labels_of(pulled: Iterable[Pulled]) -> dict[str, str]:
    """Return what to call all spool files."""
    return {path: label for one in pulled for path, label in one.labels.items()}


def settle_all(place: Workplace, pulled: Iterable[Pulled], result: ScanResult) -> None:
    """Move the cursors of what was scanned, and remove its spool files."""
    unread = {outcome.label for outcome in result.outcomes if outcome.status == "unread"}
    seen = {outcome.label for outcome in result.outcomes}
    for one in pulled:
        labels = one.labels
        for fetched in one.fetched:
            files = one.spool.files(fetched.stream.id)
            if any(labels[str(file)] in unread or labels[str(file)] not in seen for file in files):
                continue  # the scan names them; they wait for the next one
            with place.database.write() as conn:
                settle(conn, fetched.cursor.id, [file.name for file in files], _forget_before(one, fetched))
            for file in files:
                file.unlink(missing_ok=True)


def chosen_streams(settings: PullSettings) -> tuple[Stream, ...]:
    """Return the streams to pull, in the order that lets one name what another leaves out."""
    return tuple(s for s in STREAMS[settings.vendor] if not settings.streams or s.id in settings.streams)


def _fetch(
    place: Workplace, settings: PullSettings, clock: Callable[[], datetime], sleep: Callable[[float], None]
) -> Pulled:
    moment = clock()
    spool = Spool(place.settings.data_directory, settings.name)
    with place.database.write() as conn:
        ensure_source(conn, settings.name, moment, kind=KIND, location=settings.address, owner=settings.owner)
    try:
        secret = read_secret(settings.name, settings.secret_file, settings.secret_env)
        route = Route(settings.ca_file, settings.proxy, _proxy_secret(settings))
        client = Client(settings.address, route, sleep, clock)
        login = Client(settings.login, route, sleep, clock)
    except PullError as problem:
        with place.database.write() as conn:
            for stream in chosen_streams(settings):
                cursor = ensure_cursor(conn, settings.name, stream.id, moment)
                note_attempt(conn, cursor.id, moment, str(problem))
        return Pulled(settings, spool, (), str(problem))
    try:
        spool.open()
        credentials = Credentials(settings, secret, login, clock)
        fetcher = Fetcher(settings, place.database, client, credentials, spool, moment)
        fetched = tuple(fetcher.fetch(stream) for stream in chosen_streams(settings))
    finally:
        client.close()
        login.close()
    return Pulled(settings, spool, fetched, None)


def _proxy_secret(settings: PullSettings) -> str | None:
    if settings.proxy_secret_file is None and settings.proxy_secret_env is None:
        return None
    return read_secret(f"{settings.name}, proxy", settings.proxy_secret_file, settings.proxy_secret_env)


def _forget_before(one: Pulled, fetched: Fetched) -> datetime | None:
    if fetched.stream.snapshot or fetched.through is None:
        return None
    return fetched.through - timedelta(hours=one.settings.overlap_hours)


def _problem(name: str, one: Fetched) -> str:
    reached = (
        "nothing was recorded yet" if one.through is None else f"recorded up to {one.through:%Y-%m-%d %H:%M}"
    )
    kept = f", {one.records:,} new records kept" if one.records else ""
    return f"{name}, {one.stream.title}: {one.message} ({reached}{kept}; the next pull goes on there)"
