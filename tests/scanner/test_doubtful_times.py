"""Zone names, the order of day and month, and times that cannot be: read right, or refused and counted."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.clock import (
    IMPOSSIBLE,
    OTHER_ORDER,
    SAME_NAME,
    UNDECIDED,
    Instant,
    TimeContext,
    iso,
    parse_time,
)
from scanner.date_order import day_first_of, order_of
from scanner.events import read_events
from scanner.ingest import ScanPlan, scan_paths
from scanner.ledger import Ledger
from storage.coverage import coverage
from storage.database import open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from tests.shipped import shipped_matcher

WRITTEN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(text: str, zone: str = "UTC", day_first: bool | None = None) -> tuple[str | None, str | None]:
    context = TimeContext(ZoneInfo(zone), WRITTEN, day_first)
    found: Instant | None = parse_time(text, context)
    return (None if found is None else iso(found)), context.doubts.reason


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("Nov 20 10:00:00 EST", "UTC", "2026-11-20T15:00:00Z"),
        ("Nov 20 2026 10:00:00 CEST", "UTC", "2026-11-20T08:00:00Z"),
        ("2026-11-20 10:00:00 PST", "UTC", "2026-11-20T18:00:00Z"),
        ("Fri Nov 20 10:00:00 MST 2026", "UTC", "2026-11-20T17:00:00Z"),
        ("Nov 20 10:00:00 CST", "America/Chicago", "2026-11-20T16:00:00Z"),
        ("Nov 20 10:00:00 CST", "Asia/Shanghai", "2026-11-20T02:00:00Z"),
        ("Nov 20 10:00:00 IST", "Asia/Kolkata", "2026-11-20T04:30:00Z"),
        ("Nov 01 01:30:00 EDT", "America/New_York", "2026-11-01T05:30:00Z"),
        ("Nov 01 01:30:00 EST", "America/New_York", "2026-11-01T06:30:00Z"),
        ("Nov 20 2026 10:00:00 GMT", "America/New_York", "2026-11-20T10:00:00Z"),
    ],
)
def test_zone_names_mean_what_they_say(text: str, zone: str, expected: str) -> None:
    assert read(text, zone) == (expected, None)


def test_a_zone_name_with_several_meanings_is_refused() -> None:
    assert read("Nov 20 10:00:00 CST") == (None, SAME_NAME)
    assert read("Nov 20 10:00:00 IST", "America/New_York") == (None, SAME_NAME)


def test_impossible_times_say_so() -> None:
    assert read("2026-02-30 10:00:00") == (None, IMPOSSIBLE)
    assert read("2026-13-01 10:00:00") == (None, IMPOSSIBLE)
    assert read("0000-00-00 00:00:00") == (None, None)


def test_a_known_order_refuses_the_other() -> None:
    assert read("03/04/2026 10:00:00", day_first=True)[0] == "2026-04-03T10:00:00Z"
    assert read("03/04/2026 10:00:00", day_first=False)[0] == "2026-03-04T10:00:00Z"
    assert read("03/25/2026 10:00:00", day_first=True) == (None, OTHER_ORDER)
    assert read("25/03/2026 10:00:00", day_first=False) == (None, OTHER_ORDER)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(3, 4, 2026), (25, 4, 2026)], True),
        ([(3, 4, 2026), (4, 25, 2026)], False),
        ([(9, 11, 2026), (10, 11, 2026), (11, 11, 2026)], True),
        ([(11, 9, 2026), (11, 10, 2026), (11, 11, 2026)], False),
        ([(5, 12, 2026)], False),  # 5 December is still to come
        ([(1, 2, 2026)], None),
        ([(5, 5, 2026)], None),
        ([], None),
    ],
)
def test_the_order_is_told_by_all_dates(pairs: list[tuple[int, int, int]], expected: bool | None) -> None:
    assert order_of(pairs, WRITTEN) is expected


def proxy_csv(*dates: str) -> str:
    head = (
        "Event Time,Client IP,Employee,Department,Web Domain,HTTP Method,Status Code,Bytes Uploaded,Verdict\n"
    )
    row = "{date} 10:00:00,10.20.4.17,arivera,Oncology,chatgpt.com,POST,200,900,Allowed\n"
    return head + "".join(row.format(date=date) for date in dates)


def scanned(
    tmp_path: Path, content: bytes, day_first: bool | None = None
) -> tuple[Ledger, dict[str, int], list[str]]:
    log = tmp_path / "export.csv.gz"
    log.write_bytes(gzip.compress(content))
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    with database.write() as conn:
        scan_id = begin_scan(conn, WRITTEN)
    plan = ScanPlan(
        database,
        scan_id,
        shipped_matcher(),
        Pseudonyms.from_key(b"k" * 32),
        datetime.now(UTC),
        day_first=day_first,
        block_bytes=1 << 16,
    )
    (outcome,) = scan_paths(plan, [str(log)])
    with database.read() as conn:
        (source,) = coverage(conn, WRITTEN)
        days = conn.exec_driver_sql("SELECT DISTINCT day FROM sighting ORDER BY day").scalars().all()
    return outcome.ledger, dict(source.doubtful), [str(day) for day in days]


def test_dates_of_a_statement_without_times_tell_their_order() -> None:
    statement = io.BytesIO(b"Date,Description,Balance\n05/11/2025,NOTES.EXAMPLE,9.00\n18/11/2025,SHOP,8.00\n")
    assert day_first_of(statement, datetime(2025, 11, 20, tzinfo=UTC)) is True


@pytest.mark.full
def test_one_late_date_decides_for_the_whole_file(tmp_path: Path) -> None:
    content = proxy_csv(*["03/04/2025"] * 8000, *["11/04/2025"] * 8000, "13/04/2025")
    ledger, doubtful, days = scanned(tmp_path, content.encode())
    assert days == ["2025-04-03", "2025-04-11", "2025-04-13"]
    assert (ledger.undated, doubtful) == (0, {})


def test_what_nothing_tells_is_said_and_settings_decide(tmp_path: Path) -> None:
    content = proxy_csv(*["03/04/2025"] * 20).encode()
    _, doubtful, days = scanned(tmp_path, content)
    assert (days, doubtful) == (["2025-03-04"], {UNDECIDED: 20})
    (tmp_path / "again").mkdir()
    _, doubtful, days = scanned(tmp_path / "again", content, day_first=True)
    assert (days, doubtful) == (["2025-04-03"], {})


def test_a_contradiction_is_refused_and_counted(tmp_path: Path) -> None:
    ledger, doubtful, _ = scanned(tmp_path, proxy_csv(*["25/04/2025"] * 20, "04/26/2025").encode())
    assert (ledger.undated, doubtful) == (1, {OTHER_ORDER: 1})


@pytest.mark.parametrize("day_first", [True, False])
def test_reading_decides_the_order_of_dates_from_the_whole_file(day_first: bool, tmp_path: Path) -> None:
    days = [(5, 11), (13, 11)]
    written = [
        f"{day:02}/{month:02}/2025" if day_first else f"{month:02}/{day:02}/2025" for day, month in days
    ]
    path = tmp_path / "gateway.csv"
    path.write_text(
        "Date,User,Source IP,URL,Bytes Sent,Action\n"
        + "".join(f"{day} 10:00:00,jdoe,10.2.3.4,https://chat.example.net/,10,allowed\n" for day in written)
    )
    rows = read_events(path, None, TimeContext(reference=datetime(2025, 11, 22, tzinfo=UTC)))
    assert [row["timestamp"][:10] for row in rows if "timestamp" in row] == ["2025-11-05", "2025-11-13"]
