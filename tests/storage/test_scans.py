"""One scan at a time; every scan and file leaves a record; coverage tells what was not read."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from storage.batches import record_batch
from storage.coverage import coverage
from storage.database import Database
from storage.errors import NotRecorded, ScanRunning
from storage.nights import claim_night, finish_night, nights
from storage.scanlock import scan_lock
from storage.scans import begin_scan, finish_scan, last_scan, record_file, scan_report, scans
from storage.sources import ensure_source, sources
from tests.storage.sample_records import NOW, begin, part, record

HOLDER = """
import sys
from storage.database import open_database
from storage.scanlock import scan_lock
with scan_lock(open_database(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_scan_is_refused_until_the_first_ends(database: Database) -> None:
    def second() -> None:
        with scan_lock(database):
            pass

    with scan_lock(database):
        with pytest.raises(ScanRunning, match="another scan is running"):
            second()
        with database.write() as conn:
            begin_scan(conn, NOW)
    second()


def test_the_lock_of_a_killed_process_is_free(database: Database) -> None:
    url = f"sqlite:///{database.path}" if database.path else database.url_for_display
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ScanRunning):
            scan_lock(database).__enter__()
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
    for _ in range(50):  # a server notices the death a moment later
        try:
            with scan_lock(database):
                return
        except ScanRunning:
            subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail("the lock of a dead process was never released")


def test_a_scan_is_recorded_with_its_files(database: Database) -> None:
    with database.write() as conn:
        first = begin_scan(conn, NOW, "nightly", "abc")
        record_file(
            conn, first, "proxy", "a.log", "ok", NOW, format_id="squid", lines=10, events=9, unreadable=1
        )
        record_file(conn, first, "proxy", "b.log", "unread", NOW, message="no known format")
        finish_scan(conn, first, "partial", {"files": 2}, NOW + timedelta(minutes=1))
        second = begin_scan(conn, NOW + timedelta(days=1))
        third = begin_scan(conn, NOW + timedelta(days=2))
    with database.read() as conn:
        assert [scan.id for scan in scans(conn)] == [third, second, first]
        assert [scan.id for scan in scans(conn, limit=1, before=third)] == [second]
        report = scan_report(conn, first)
        assert (report.status, report.totals, report.started_by) == ("partial", {"files": 2}, "nightly")
        assert [(file.label, file.status, file.message) for file in report.files] == [
            ("a.log", "ok", None),
            ("b.log", "unread", "no known format"),
        ]
        assert scan_report(conn, second).status == "interrupted"
        running = last_scan(conn)
        assert running is not None
        assert (running.id, running.status, running.finished_at) == (third, "running", None)
        finished = last_scan(conn, "ok", "partial")
        assert finished is not None
        assert finished.id == first
        with pytest.raises(NotRecorded):
            scan_report(conn, 999)


def test_words_that_are_no_status_are_refused(database: Database) -> None:
    with database.write() as conn:
        scan_id = begin_scan(conn, NOW)
        with pytest.raises(ValueError, match="no status of a finished scan"):
            finish_scan(conn, scan_id, "running", {}, NOW)
        with pytest.raises(ValueError, match="no outcome of a file"):
            record_file(conn, scan_id, "proxy", "a.log", "fine", NOW)
        with pytest.raises(NotRecorded):
            finish_scan(conn, 999, "ok", {}, NOW)


def test_coverage_adds_up_per_source_and_names_the_silent(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, part()))
        record_batch(
            conn,
            record(
                scan_id,
                content,
                100,
                200,
                unreadable={"too few fields": 2, "bad time": 3},
                lines=14,
                hidden_names=0,
            ),
        )
        ensure_source(conn, "dns", NOW - timedelta(days=3), kind="dns", owner="network team")
        ensure_source(conn, "dns", NOW, location="/var/log/dns")
        record_file(conn, scan_id, "dns", "old.log", "unread", NOW, message="no permission")
        record_file(conn, scan_id, "dns", "old.log", "ok", NOW)
        record_file(conn, scan_id, "dns", "new.gz", "partial", NOW, message="cut off at byte 40")
    with database.read() as conn:
        dns, proxy = coverage(conn, NOW)
        assert [source.name for source in sources(conn)] == ["dns", "proxy"]
    assert (proxy.files, proxy.lines, proxy.events, proxy.not_events) == (1, 24, 16, 2)
    assert proxy.unreadable == {"bad time": 3, "too few fields": 3}
    assert proxy.lines == proxy.events + proxy.not_events + proxy.unreadable_lines
    assert (proxy.with_user, proxy.hidden_names, proxy.user_share) == (12, 2, 0.75)
    assert proxy.read_share == pytest.approx(0.75)
    assert proxy.last_event == datetime(2026, 11, 19, 17, tzinfo=UTC)
    assert (proxy.last_read, proxy.silent_since, proxy.unread_files) == (NOW, None, ())
    assert (dns.files, dns.lines, dns.user_share, dns.read_share) == (0, 0, None, None)
    assert (dns.source.owner, dns.source.location) == ("network team", "/var/log/dns")
    assert dns.silent_since == NOW - timedelta(days=3)
    assert [(file.label, file.message) for file in dns.unread_files] == [("new.gz", "cut off at byte 40")]


def test_a_source_falls_silent_after_two_days(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, part()))
    last = datetime(2026, 11, 19, 17, tzinfo=UTC)
    with database.read() as conn:
        assert coverage(conn, last + timedelta(hours=48))[0].silent_since is None
        assert coverage(conn, last + timedelta(hours=49))[0].silent_since == last


def test_a_night_is_claimed_once_per_local_day(database: Database) -> None:
    day = NOW.date()
    with database.write() as conn:
        assert claim_night(conn, day, NOW)
        assert not claim_night(conn, day, NOW + timedelta(hours=1))
        assert claim_night(conn, day, NOW + timedelta(hours=7))  # the first one died
        finish_night(conn, day, "failed", NOW, "disk full")
        assert claim_night(conn, day, NOW)
        finish_night(conn, day, "ok", NOW)
        assert not claim_night(conn, day, NOW + timedelta(days=5))
        assert claim_night(conn, day + timedelta(days=1), NOW)
        newest, first = nights(conn)
        assert (newest.status, first.status, first.attempts) == ("running", "ok", 3)
        with pytest.raises(ValueError, match="no outcome"):
            finish_night(conn, day, "fine", NOW)
