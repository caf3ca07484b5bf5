"""The hosts of the record come from the data map and from files of the organisation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from api.scanning import ScanTask, run_scan
from api.settings import Settings
from api.workplace import Workplace
from storage.datamap import DataSystem, put_systems
from storage.usage import hours_of_record

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LINE = "{time}.000 84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {host}:443 ana HIER_DIRECT/203.0.113.9 -\n"
OWN = """[[systems]]
id = "ours"
name = "Our record"
hosts = ["chart.hospital.example"]
source = "EHR team"
as_of = 2026-11-01
basis = "own"
"""


def test_both_are_watched(tmp_path: Path) -> None:
    log, own = tmp_path / "access.log", tmp_path / "ehr.toml"
    hosts = ("chart.hospital.example", "epic.hospital.example", "mail.hospital.example")
    log.write_text(
        "".join(LINE.format(time=1_793_606_400 + n * 60, host=host) for n, host in enumerate(hosts))
    )
    own.write_text(OWN)
    place = Workplace(Settings(data_directory=tmp_path / "data", ehr_files=[own]))
    system = DataSystem(
        name="Epic", kind="ehr", holds_phi="yes", data_classes=(), owner=None, departments=(),
        hosts=("epic.hospital.example",),
    )  # fmt: skip
    with place.database.write() as conn:
        put_systems(conn, [system], "jo", NOW)
    run_scan(place, [ScanTask((str(log),))], clock=lambda: NOW)
    with place.database.read() as conn:
        (hour,) = hours_of_record(conn, 0)
    assert hour.minutes == 0b11
    place.database.close()
