"""Observers see every batch and store what they saw with it, in its transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from scanner.fields import Event
from scanner.ingest import ScanPlan, scan_paths
from scanner.observing import Observer, Watch
from scanner.table import Table
from signatures.evidence import Match
from storage.database import open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from tests.shipped import shipped_matcher

NOW = datetime(2026, 6, 2, tzinfo=UTC)
LINE = "1780358400.{number:03d} 12 10.1.2.3 TCP_MISS/200 99 GET http://{host}/ ana HIER_DIRECT/198.51.100.7 text/html\n"


class Note(Watch):
    """Remembers the hosts it was shown."""

    def __init__(self, stored: list[tuple[int, str, int, int]]) -> None:
        self.stored, self.exact, self.rows = stored, 0, 0

    def see(self, event: Event, match: Match | None) -> None:
        self.exact += event.get("destination_domain") == "records.example"

    def see_table(self, table: Table, lines: list[bytes], exact: set[int]) -> None:
        self.rows += len(lines)

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        self.stored.append((batch_id, source, self.exact, self.rows))


class Noting(Observer):
    """Wants one host that no tool has."""

    def __init__(self) -> None:
        self.stored: list[tuple[int, str, int, int]] = []

    def wants_host(self, host: str) -> bool:
        return host == "records.example"

    def watch(self) -> Watch:
        return Note(self.stored)


def test_observers_see_wanted_hosts_exactly_and_store_once(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    hosts = ["ordinary.example", "records.example"] * 50
    log.write_text("".join(LINE.format(number=at, host=host) for at, host in enumerate(hosts)))
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    with database.write() as conn:
        scan_id = begin_scan(conn, NOW)
    observer = Noting()
    matcher = shipped_matcher()
    plan = ScanPlan(database, scan_id, matcher, Pseudonyms.from_key(b"k" * 32), NOW, observers=(observer,))
    for _ in range(2):
        assert list(scan_paths(plan, [str(log)]))
    (batch_id, source, exact, rows) = observer.stored[0]
    assert (batch_id, source, exact, rows) == (1, "squid", 50, 100)
    assert len(observer.stored) == 1
