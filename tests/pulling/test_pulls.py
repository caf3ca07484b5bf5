"""Pulls count every record once: over pages, late records, failures, kills and lost spool files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.pulling import run
from api.pulling.run import Pulled, fetch_all, labels_of, pull, settle_all
from api.pulling.settings import PullSettings
from api.scanning import ScanResult, run_scan
from api.workplace import Workplace
from storage.coverage import coverage
from storage.pulls import cursors
from storage.pulls_tables import pulled_record
from storage.scanlock import scan_lock
from storage.tables import sighting
from tests.pulling.vendor_server import NOW, Fault, VendorServer, every, okta_event, template

pytestmark = pytest.mark.network

Secret = Callable[[str], Path]


class Pulling:
    """Pulls from a server, at a moment that tests move on."""

    def __init__(self, place: Workplace, server: VendorServer, secret: Path, **more: object) -> None:
        self.place = place
        self.moment = NOW
        self.slept: list[float] = []
        told = {
            "name": "Okta",
            "vendor": "okta",
            "base_url": server.url,
            "secret_file": secret,
            "first_days": 3,
        }
        self.settings = PullSettings.model_validate({**told, "streams": ["system_log"], **more})

    def clock(self) -> datetime:
        return self.moment

    def run(self) -> tuple[Pulled, ScanResult]:
        (pulled,), result = pull(self.place, [self.settings], clock=self.clock, sleep=self.slept.append)
        return pulled, result

    @property
    def counted(self) -> int:
        with self.place.database.read() as conn:
            return int(conn.execute(select(func.coalesce(func.sum(sighting.c.count), 0))).scalar_one())

    @property
    def events(self) -> int:
        with self.place.database.read() as conn:
            return sum(source.events for source in coverage(conn, self.moment))

    @property
    def through(self) -> datetime | None:
        with self.place.database.read() as conn:
            return cursors(conn)[0].through

    @property
    def spooled(self) -> list[Path]:
        return sorted((self.place.settings.data_directory / "pulled").rglob("*.*"))


@pytest.fixture
def okta(place: Workplace, server: VendorServer, secret: Secret) -> Pulling:
    return Pulling(place, server, secret("00okta-secret\n"))


def test_pages_and_windows_are_read_to_the_end(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(1, 47))]
    pulled, result = okta.run()
    assert (pulled.problems, result.status) == ((), "ok")
    assert (okta.events, okta.counted, pulled.fetched[0].records) == (47, 47, 47)
    assert (okta.through, okta.spooled) == (NOW, [])
    assert len(result.judged) == 1
    assert all(headers["Authorization"] == "SSWS 00okta-secret" for _, _, headers in server.requests)
    assert len(server.paths("after=")) > 3


def test_late_records_count_and_known_ones_do_not(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(6, 8))]
    okta.run()
    okta.moment += timedelta(days=1)
    server.okta.append(okta_event(90, NOW - timedelta(hours=47)))  # published late
    server.okta.append(okta_event(91, NOW + timedelta(hours=1)))
    pulled, _ = okta.run()
    assert (okta.events, pulled.fetched[0].records) == (10, 2)
    assert pulled.fetched[0].repeated == 8
    okta.moment += timedelta(days=4)
    okta.run()
    assert okta.events == 10
    with okta.place.database.read() as conn:  # digests do not pile up
        assert conn.execute(select(func.count()).select_from(pulled_record)).scalar_one() == 0


@pytest.mark.full
def test_a_wider_overlap_never_counts_again_what_was_forgotten(
    place: Workplace, server: VendorServer, secret: Secret
) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(6, 8))]
    key = secret("00okta-secret")
    first = Pulling(place, server, key, overlap_hours=1)
    first.run()
    wider = Pulling(place, server, key, overlap_hours=300)
    wider.moment += timedelta(hours=1)
    wider.run()
    assert wider.events == 8


def test_the_rate_limit_is_waited_for(okta: Pulling, server: VendorServer) -> None:
    import time

    reset = str(int(time.time()) + 40)
    server.okta = [okta_event(1, NOW - timedelta(hours=1))]
    server.faults = [
        Fault(429, {"X-Rate-Limit-Reset": reset}, {"errorCode": "E0000047"}),
        Fault(503, {"Retry-After": "7"}, "down"),
        Fault(200, body=[{"cut": "off"}], cut=True),
        Fault(502, body="<html>"),
    ]
    pulled, _ = okta.run()
    assert (pulled.problems, okta.events) == ((), 1)
    assert 30 <= okta.slept[0] <= 42
    assert okta.slept[1] == 7
    assert len(okta.slept) == 4


def test_too_long_a_wait_ends_the_pull(okta: Pulling, server: VendorServer) -> None:
    server.faults = [Fault(429, {"Retry-After": "7200"}, {"errorCode": "E0000047"})]
    pulled, result = okta.run()
    assert okta.slept == []
    assert "asks for 120 minutes of patience" in pulled.problems[0]
    assert result.status == "ok"
    assert okta.through is None


def test_a_pull_that_stops_says_how_far_and_goes_on_there(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(1, 47))]
    server.fault_from = 20  # in the middle of a window
    pulled, result = okta.run()
    assert "500 (E0000009)" in pulled.problems[0]
    assert "recorded up to 2026-11-1" in pulled.problems[0]
    reached = okta.through
    assert reached is not None
    assert NOW - timedelta(days=3) < reached < NOW
    assert 0 < okta.events < 47
    assert result.status == "ok"
    with okta.place.database.read() as conn:
        (cursor,) = cursors(conn)
    assert cursor.succeeded_at is None
    assert cursor.message is not None
    server.fault_from = None
    server.requests.clear()
    pulled, _ = okta.run()
    assert (pulled.problems, okta.events, okta.through) == ((), 47, NOW)


@pytest.mark.full
def test_a_kill_before_the_scan_loses_and_repeats_nothing(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(4, 12))]
    with scan_lock(okta.place.database):
        fetch_all(okta.place, [okta.settings], okta.clock)
    assert okta.spooled
    assert okta.events == 0
    server.okta.append(okta_event(50, NOW - timedelta(hours=3)))
    okta.run()
    assert (okta.events, okta.counted, okta.spooled) == (13, 13, [])


def test_a_kill_after_the_scan_repeats_nothing(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(4, 12))]
    pulled = fetch_all(okta.place, [okta.settings], okta.clock)
    tasks = [task for one in pulled for task in one.tasks]
    run_scan(okta.place, tasks, labels=labels_of(pulled), clock=okta.clock)
    assert okta.events == 12
    assert okta.through is None
    okta.run()
    assert (okta.events, okta.spooled, okta.through) == (12, [], NOW)


@pytest.mark.full
def test_a_kill_before_the_files_are_gone_repeats_nothing(
    okta: Pulling, server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(4, 12))]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda self, missing_ok=False: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            okta.run()
    assert okta.spooled
    okta.run()
    assert (okta.events, okta.spooled) == (12, [])


@pytest.mark.full
def test_a_kill_before_the_digests_are_noted_repeats_nothing(
    okta: Pulling, server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(4, 12))]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("api.pulling.fetching.note_spooled", killed)
        with pytest.raises(KeyboardInterrupt):
            okta.run()
    assert [path.suffix for path in okta.spooled if path.is_file()] == [".ndjson"]
    okta.run()
    assert (okta.events, okta.spooled) == (12, [])


@pytest.mark.full
def test_records_of_a_lost_spool_file_are_pulled_again(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(number, at) for number, at in enumerate(every(4, 12))]
    fetch_all(okta.place, [okta.settings], okta.clock)
    for path in okta.spooled:
        if path.is_file():
            path.unlink()
    okta.run()
    assert okta.events == 12


@pytest.mark.full
def test_half_a_file_is_dropped_and_pulled_again(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(1, NOW - timedelta(hours=1))]
    fetch_all(okta.place, [okta.settings], okta.clock)
    (file,) = [path for path in okta.spooled if path.is_file()]
    file.rename(file.with_name(file.name + ".part"))
    okta.run()
    assert okta.events == 1


@pytest.mark.full
def test_spool_files_are_private(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(1, NOW - timedelta(hours=1))]
    fetch_all(okta.place, [okta.settings], okta.clock)
    modes = {path.stat().st_mode & 0o777 for path in okta.spooled if path.is_file()}
    folders = {
        path.stat().st_mode & 0o777 for path in (okta.place.settings.data_directory / "pulled").iterdir()
    }
    assert (modes, folders) == ({0o600}, {0o700})


def test_an_unread_spool_file_keeps_the_cursor(okta: Pulling, server: VendorServer) -> None:
    server.okta = [okta_event(1, NOW - timedelta(hours=1))]
    pulled = fetch_all(okta.place, [okta.settings], okta.clock)
    result = run_scan(okta.place, [], clock=okta.clock)  # which has not seen the file
    settle_all(okta.place, pulled, result)
    assert okta.through is None
    assert okta.spooled


def test_the_list_of_applications_counts_changes_only(
    place: Workplace, server: VendorServer, secret: Secret
) -> None:
    app = template("okta_apps", "signOnMode")
    server.apps = [{**app, "id": f"0oa{number}"} for number in range(5)]
    pulling = Pulling(place, server, secret("00okta-secret"), streams=["apps"])
    pulling.run()
    assert pulling.events == 5
    pulling.moment += timedelta(days=40)
    server.apps[0] = {**server.apps[0], "status": "INACTIVE"}
    pulled, _ = pulling.run()
    assert (pulled.fetched[0].records, pulling.events) == (1, 6)


@pytest.mark.full
def test_one_source_keeps_its_name_and_owner(place: Workplace, server: VendorServer, secret: Secret) -> None:
    pulling = Pulling(place, server, secret("00okta-secret"), owner="identity team")
    pulling.run()  # nothing came, and the source is known all the same
    with place.database.read() as conn:
        (source,) = coverage(conn, NOW)
    assert (source.source.name, source.source.kind, source.source.owner) == (
        "Okta",
        run.KIND,
        "identity team",
    )
