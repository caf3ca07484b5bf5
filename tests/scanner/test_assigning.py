"""Leases read before or after the traffic lay addresses to devices; reading again changes nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.assigning import AssignmentObserver
from scanner.ingest import ScanPlan, scan_paths
from storage.assignments import address_use, attribute
from storage.database import Database, open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from storage.sightings import principal_rows, sightings_by_tool
from tests.shipped import shipped_matcher

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LEASES = """\
Nov 20 08:00:00 dhcp1 dhcpd[811]: DHCPACK on 10.20.4.17 to 02:00:5e:10:00:01 (WS-311) via eth0
Nov 20 12:00:00 dhcp1 dhcpd[811]: DHCPACK on 10.20.4.17 to 02:00:5e:10:00:02 (WS-312) via eth0
Nov 20 14:00:00 dhcp1 dhcpd[811]: DHCPRELEASE of 10.20.4.17 from 02:00:5e:10:00:02 via eth0 (found)
"""
NAMES = Pseudonyms.from_key(b"k" * 32)


def traffic(*hours: float) -> str:
    midnight = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    line = "{time:.3f} 12 10.20.4.17 TCP_TUNNEL/200 50 CONNECT chatgpt.com:443 - HIER_DIRECT/203.0.113.7 -\n"
    return "".join(line.format(time=midnight + hour * 3600) for hour in hours)


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Database:
    shutil.copy(empty_database, tmp_path / "a.db")
    return open_database(f"sqlite:///{tmp_path / 'a.db'}")


def scan(database: Database, *files: Path) -> None:
    with database.write() as conn:
        scan_id = begin_scan(conn, NOW)
    matcher = shipped_matcher()
    plan = ScanPlan(database, scan_id, matcher, NAMES, NOW, observers=(AssignmentObserver(NAMES),))
    list(scan_paths(plan, [str(file) for file in files]))
    with database.write() as conn:
        attribute(conn, scan_id, NOW)


@pytest.mark.full
@pytest.mark.parametrize("leases_first", [True, False])
def test_each_hour_goes_to_who_had_the_address_then(
    database: Database, tmp_path: Path, leases_first: bool
) -> None:
    leases, log = tmp_path / "leases.log", tmp_path / "access.log"
    leases.write_text(LEASES)
    log.write_text(traffic(7, 9, 9.5, 13, 15))
    for file in (leases, log) if leases_first else (log, leases):
        scan(database, file)
    for _ in range(2):
        with database.read() as conn:
            found = {row.principal: (row.count, row.via) for row in principal_rows(conn, "chatgpt")}
            kinds = sightings_by_tool(conn)["chatgpt"][""].people_by_kind
            (use,) = address_use(conn)
        assert found == {
            NAMES.device("ws-311"): (2, ("DHCP lease",)),
            NAMES.device("ws-312"): (1, ("DHCP lease",)),
            NAMES.address("10.20.4.17"): (2, ()),
        }
        assert kinds == {"address": 1, "device": 2}
        assert (use.only_address, use.attributed) == (5, 3)
        scan(database, log, leases)
