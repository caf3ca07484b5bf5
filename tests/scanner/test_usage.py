"""Use of tools and of the record is kept minute by minute, once, however logs are cut and read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from scanner.ingest import ScanPlan, scan_paths
from scanner.usage import UsageObserver
from signatures.ehr import EhrList, load_ehr_list
from storage.database import Database, open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from storage.usage import accounts_shown, hours_of_record, hours_of_use
from storage.usage_tables import record_hour, use_hour
from tests.shipped import shipped_matcher

NOW = datetime(2026, 6, 2, tzinfo=UTC)
START = 1_780_300_800
NAMES = Pseudonyms.from_key(b"k" * 32, ["hospital.example"])
RECORD = load_ehr_list().with_names(["ehr.hospital.example"], "test", NOW.date())


def squid(at: int, host: str, user: str = "ana", result: str = "TCP_TUNNEL/200") -> str:
    return f"{START + at}.000 12 10.1.2.3 {result} 99 CONNECT {host}:443 {user} HIER_DIRECT/198.51.100.7 -\n"


def scanned(
    folder: Path, *files: Path, block_bytes: int = 1 << 22, record: EhrList = RECORD, times: int = 1
) -> Database:
    folder.mkdir(exist_ok=True)
    database = open_database(f"sqlite:///{folder / 'a.db'}")
    database.upgrade()
    observer = UsageObserver(NAMES, record, ["hospital.example"], ["gmail.com"])
    for _ in range(times):
        with database.write() as conn:
            scan_id = begin_scan(conn, NOW)
        plan = ScanPlan(
            database, scan_id, shipped_matcher(), NAMES, NOW, observers=(observer,), block_bytes=block_bytes
        )
        for outcome in scan_paths(plan, map(str, files)):
            assert outcome.status in {"ok", "already_read"}, outcome
    return database


def kept(database: Database) -> tuple[dict[Any, Any], dict[Any, int]]:
    """What is on record, added up over batches."""
    used: dict[Any, Any] = {}
    record: dict[Any, int] = {}
    with database.read() as conn:
        for one in hours_of_use(conn, 0):
            for minute, use in one.minutes.items():
                key = (one.tool_id, one.principal, one.hour, minute)
                used[key] = used[key].plus(use.up, use.down, use.events) if key in used else use
        for slot in hours_of_record(conn, 0):
            record[slot.principal, slot.hour] = record.get((slot.principal, slot.hour), 0) | slot.minutes
    return used, record


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    lines = []
    for n in range(200):
        lines.append(
            squid(n * 20, ("ehr.hospital.example", "www.example.org", "chatgpt.com", "mychart.com")[n % 4])
        )
        if n % 25 == 0:
            lines.append(squid(n * 20, "chatgpt.com", "ben", "TCP_DENIED/403"))
    path.write_text("".join(lines))
    return path


def test_the_same_is_kept_however_the_file_is_cut(tmp_path: Path, log: Path) -> None:
    whole = kept(scanned(tmp_path / "whole", log))
    cut = kept(scanned(tmp_path / "cut", log, block_bytes=4000, times=2))
    assert cut == whole
    used, record = whole
    ana = NAMES.principal("ana")
    assert {principal for _, principal, _, _ in used} == {ana}  # ben was refused
    assert sum(use.events for use in used.values()) == 50
    assert {principal for principal, _ in record} == {ana}
    minutes = [hour * 60 + bit for (_, hour), bits in record.items() for bit in range(60) if bits >> bit & 1]
    assert sorted(minutes) == sorted({(START + n * 20) // 60 for n in range(0, 200, 4)})


def test_a_batch_takes_its_rows_with_it(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(
        squid(0, "chatgpt.com") + squid(60, "ehr.hospital.example") + squid(120, "chatgpt.com")[:-1]
    )
    database = scanned(tmp_path / "data", path)
    with path.open("a") as file:
        file.write("\n" + squid(180, "ehr.hospital.example"))
    scanned(tmp_path / "data", path)
    used, record = kept(database)
    assert sorted(minute for *_, minute in used) == [0, 2]
    assert [use.events for use in used.values()] == [1, 1]
    assert list(record.values()) == [(1 << 1) | (1 << 3)]
    with database.read() as conn:
        assert conn.execute(select(use_hour.c.id)).all()
        assert conn.execute(select(record_hour.c.batch_id)).all()


def test_a_record_nobody_named_is_not_looked_for(tmp_path: Path, log: Path) -> None:
    _, record = kept(scanned(tmp_path / "data", log, record=load_ehr_list()))
    assert record == {}


OKTA = (
    '{{"uuid":"u{n}","published":"2026-06-01T09:{n:02d}:00.000Z","eventType":"user.authentication.sso",'
    '"outcome":{{"result":"SUCCESS"}},"actor":{{"alternateId":"{user}","type":"User"}},'
    '"client":{{"ipAddress":"198.51.100.9"}},"target":[{{"type":"AppInstance","displayName":"{app}",'
    '"id":"0oa{n}"}}]}}\n'
)


def test_sign_ins_show_the_record_and_whose_account_it_was(tmp_path: Path) -> None:
    path = tmp_path / "okta.ndjson"
    assigned = OKTA.format(n=50, user="admin@hospital.example", app="Epic Hyperspace")
    path.write_text(
        assigned.replace("user.authentication.sso", "application.user_membership.add")
        + "".join(
            OKTA.format(n=n, user=user, app=app)
            for n, (user, app) in enumerate(
                [
                    ("ana@hospital.example", "Epic Hyperspace"),
                    ("ana@hospital.example", "ChatGPT"),
                    ("ana.private@gmail.com", "ChatGPT"),
                    ("eve@other.example", "ChatGPT"),
                    ("eve@other.example", "Epicurious Recipes"),
                ]
                * 3
            )
        )
    )
    database = scanned(tmp_path / "data", path)
    _, record = kept(database)
    assert {principal for principal, _ in record} == {NAMES.principal("ana")}
    with database.read() as conn:
        assert accounts_shown(conn) == {"chatgpt": {"organisation": 3, "personal": 3}}


def test_the_user_of_a_proxy_says_nothing_of_the_account(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(squid(n, "chatgpt.com", "ana@hospital.example") for n in range(5)))
    database = scanned(tmp_path / "data", path)
    with database.read() as conn:
        assert accounts_shown(conn) == {}


def test_parts_worked_out_together_are_what_each_is_by_itself() -> None:
    hosts = [host for system in RECORD.systems for host in system.hosts]
    names = [name for system in RECORD.systems for name in system.applications]
    texts = ["www.example.org", "plain", "", "\u00e9.example", "a\nb.example"]
    for text in (*hosts, *names):
        texts += [
            text,
            text.upper(),
            f"x.{text}",
            f"{text}:443",
            f"https://{text}/p",
            f'"{text}"',
            f"not{text}",
        ]
    parts = [*texts, *(text.encode() for text in texts), None, 7, True]
    together = UsageObserver(NAMES, RECORD, [], []).names
    together.learn(parts)
    learned = [part for part in parts if part not in ("a\nb.example", b"a\nb.example")]
    together.learn(learned)
    alone = UsageObserver(NAMES, RECORD, [], []).names
    assert together.noted == {part for part in parts if alone[part]} != set()
    few = UsageObserver(NAMES, RECORD, [], []).names
    few.learn(learned)
    assert b"www.example.org" not in few  # nothing had to be worked out
    assert few.noted >= {part for part in learned if alone[part]}
