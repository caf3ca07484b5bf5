"""Each query of a Pi-hole counts once, whatever becomes of the database, and the database is never touched."""

import gzip
import sqlite3
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from scanner.clock import TimeContext
from scanner.events import read_events
from scanner.pihole import Queries
from tests.scanner.conftest import Bench

TOOL, OTHER = "app.acme-ai.example", "www.example.org"
START = 1793606400


def create(path: Path, *, old: bool = False) -> sqlite3.Connection:
    """Return a connection to a new database, laid out as Pi-hole does, or did before it had tables of words."""
    conn = sqlite3.connect(path, isolation_level=None)
    key = "id INTEGER PRIMARY KEY AUTOINCREMENT"
    common = f"{key}, timestamp INTEGER NOT NULL, type INTEGER NOT NULL, status INTEGER NOT NULL"
    if old:
        conn.execute(
            f"CREATE TABLE queries ({common}, domain TEXT NOT NULL, client TEXT NOT NULL, forward TEXT)"
        )
        return conn
    conn.executescript(
        f"""CREATE TABLE query_storage ({common}, domain INTEGER NOT NULL, client INTEGER NOT NULL, forward INTEGER,
            additional_info INTEGER, reply_type INTEGER, reply_time REAL, dnssec INTEGER, list_id INTEGER, ede INTEGER);
        CREATE TABLE domain_by_id (id INTEGER PRIMARY KEY, domain TEXT NOT NULL);
        CREATE TABLE client_by_id (id INTEGER PRIMARY KEY, ip TEXT NOT NULL, name TEXT);
        CREATE TABLE forward_by_id (id INTEGER PRIMARY KEY, forward TEXT NOT NULL);
        CREATE TABLE addinfo_by_id (id INTEGER PRIMARY KEY, type INTEGER NOT NULL, content NOT NULL);
        INSERT INTO domain_by_id VALUES (1, '{TOOL}'), (2, '{OTHER}');
        INSERT INTO client_by_id VALUES (1, '10.20.4.17', 'ws-311'), (2, '10.20.4.18', NULL);
        CREATE VIEW queries AS SELECT * FROM query_storage;"""
    )
    return conn


def ask(conn: sqlite3.Connection, numbers: Iterable[int], *, moment: float = START) -> None:
    """Add queries with these ids; every other one is for the tool."""
    rows = [(number, moment + number, 1, 2, 1 + number % 2, 1 + number % 2) for number in numbers]
    conn.execute("BEGIN")
    conn.executemany(
        "INSERT INTO query_storage (id, timestamp, type, status, domain, client) VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )
    conn.execute("COMMIT")


def test_a_query_says_who_asked_and_whether_it_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "any-name"
    with closing(create(path)) as conn:
        ask(conn, [2])
        conn.execute("INSERT INTO query_storage VALUES (7, 1793606407.5, 16, 9, 1, 2, 0, 0, 2, 0, 0, 0, 0)")
        conn.execute(
            "INSERT INTO query_storage VALUES (8, 1793606408, 1, 0, 'text.example', '10.20.4.19', 0, 0, 0, 0, 0, 0, 0)"
        )
    first, second, third = read_events(path, None, TimeContext())
    assert first["dns_question"] == TOOL
    assert (first["source_ip"], first["device_name"], first["action"]) == ("10.20.4.17", "ws-311", "allowed")
    assert (second["dns_type"], second["action"], second["dns_response_code"]) == (
        "HTTPS",
        "blocked",
        "NXDOMAIN",
    )
    assert second["timestamp"] == "2026-11-02T08:00:07.500000Z"
    assert (third["dns_question"], third["source_ip"]) == ("text.example", "10.20.4.19")
    assert "action" not in third


def test_the_old_layout_is_read(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "pihole-FTL.db"
    with closing(create(path, old=True)) as conn:
        conn.execute(f"INSERT INTO queries VALUES (1, {START}, 1, 3, '{TOOL}', '10.20.4.17', NULL)")
    (outcome,) = bench.scan(path)
    assert (outcome.status, outcome.format_id, bench.events()) == ("ok", "pihole_ftl", 1)


def test_what_was_read_counts_once_while_the_database_grows_and_forgets(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "pihole-FTL.db"
    with closing(create(path)) as conn:
        ask(conn, range(1, 101))
        bench.scan(path)
        assert bench.events() == 50
        assert [outcome.status for outcome in bench.scan(path)] == ["already_read"]
        old = tmp_path / "older copy"
        old.write_bytes(path.read_bytes())
        ask(conn, range(101, 201))
        conn.execute("DELETE FROM query_storage WHERE id < 60")
        bench.scan(path)
        assert bench.events() == 100
        conn.execute("DELETE FROM query_storage WHERE id < 180")
        ask(conn, range(201, 221))
    (tmp_path / "copy.gz").write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(tmp_path / "copy.zip", "w") as archive:
        archive.write(path, "inner.db")
    bench.scan(tmp_path / "copy.gz", tmp_path / "copy.zip", path, old)
    assert bench.events() == 110


@pytest.mark.parametrize("order", [(50, 300, 120), (300, 50, 120), (120, 50, 300), (1, 300, 299)])
def test_copies_of_any_age_in_any_order_come_to_the_newest(
    bench: Bench, tmp_path: Path, order: tuple[int, ...]
) -> None:
    for size in order:
        with closing(create(tmp_path / f"{size}.db")) as conn:
            ask(conn, range(1, size + 1))
        bench.scan(tmp_path / f"{size}.db")
    assert bench.events() == 150


def test_batches_end_at_the_same_ids_whoever_reads(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "pihole-FTL.db"
    with closing(create(path)) as conn:
        ask(conn, range(1, 20_001))
        (outcome,) = bench.scan(path)
        assert outcome.ledger.events == 20_000
        assert bench.events() == 10_000
        ask(conn, range(20_001, 20_011))
    with closing(sqlite3.connect(path)) as conn:
        queries = Queries(conn, "x")
        assert [block.end for block in queries.blocks(0, 0)] == [1, 16_384, 20_010]
        assert [(block.start, block.end) for block in queries.blocks(20_000, 20_000)] == [(20_000, 20_010)]


def test_two_devices_and_a_backup_that_was_put_back_are_told_apart(bench: Bench, tmp_path: Path) -> None:
    for name, moment in (("north", START), ("south", START + 0.25)):
        with closing(create(tmp_path / name)) as conn:
            ask(conn, range(1, 11), moment=moment)
        bench.scan(tmp_path / name)
    assert bench.events() == 10
    with closing(sqlite3.connect(tmp_path / "north", isolation_level=None)) as conn:
        backup = (tmp_path / "north").read_bytes()
        ask(conn, range(11, 21))
    bench.scan(tmp_path / "north")
    assert bench.events() == 15
    (tmp_path / "north").write_bytes(backup)
    with closing(sqlite3.connect(tmp_path / "north", isolation_level=None)) as conn:
        ask(conn, range(11, 31), moment=START + 9000)
    bench.scan(tmp_path / "north")
    assert bench.events() == 25
    assert bench.scan(tmp_path / "north")[0].status == "already_read"


def test_what_waits_in_the_write_ahead_log_is_read_and_nothing_is_written(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "pihole-FTL.db"
    with closing(create(path)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA wal_autocheckpoint = 0")
        ask(conn, range(1, 11))
        before = {file.name: file.read_bytes() for file in tmp_path.glob("pihole*")}
        outcomes = bench.scan(tmp_path / "pihole*")
        assert {file.name: file.read_bytes() for file in tmp_path.glob("pihole*")} == before
    assert len(before) == 3
    assert bench.events() == 5
    assert {outcome.status for outcome in outcomes} == {"ok"}


def test_other_databases_are_refused_in_words(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(
            "CREATE TABLE notes (id INTEGER); CREATE VIEW queries AS SELECT 1 AS id, 2 AS timestamp"
        )
    (outcome,) = bench.scan(path)
    assert outcome.status == "unread"
    assert "not Pi-hole's" in (outcome.message or "")


def test_a_damaged_database_gives_what_precedes_the_damage(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "pihole-FTL.db"
    with closing(create(path)) as conn:
        ask(conn, range(1, 40_001))
    whole = path.read_bytes()
    for end in (16, 100, 3000):
        path.write_bytes(whole[:end])
        (outcome,) = bench.scan(path)
        assert outcome.status == "unread"
        assert "damaged" in (outcome.message or "")
    spoilt = bytearray(whole)
    spoilt[len(whole) * 3 // 4 : len(whole) * 3 // 4 + 20_000] = b"\xff" * 20_000
    path.write_bytes(spoilt)
    (outcome,) = bench.scan(path)
    assert outcome.status == "partial"
    assert 0 < bench.events() < 20_000
    (tmp_path / "cut.gz").write_bytes(gzip.compress(whole)[:9000])
    assert bench.scan(tmp_path / "cut.gz")[0].status == "unread"
    path.write_bytes(whole)
    bench.scan(path)
    assert bench.events() == 20_000


def test_values_of_any_kind_do_no_harm(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "pihole-FTL.db"
    with closing(create(path)) as conn:
        ask(conn, [5])
        rows = [
            (-3, START, 1, 2, TOOL, "10.0.0.1"),
            (6, float("inf"), "A", "x", b"\xff\0line\nbreak", 9),
            (7, "later", 1e300, 2, "\x1b[31m" + TOOL, "<b>"),
            (2**63 - 1, START, 1, 2, TOOL, "10.0.0.1"),
        ]
        conn.executemany(
            "INSERT INTO query_storage (id, timestamp, type, status, domain, client) VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
    (outcome,) = bench.scan(path)
    assert outcome.status == "ok"
    assert outcome.ledger.balanced
    assert outcome.ledger.lines == 4
