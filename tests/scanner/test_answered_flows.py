"""Connections without a name go to the tool whose host their address was given for, and never over a shared one."""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from scanner import address_book
from scanner.address_book import SHARED, AddressBook, beyond_the_usual, in_shared_range, is_outside
from scanner.answered_flows import AnswerObserver
from scanner.ingest import ScanPlan, scan_paths
from storage.answers import answered, refused_flows, retract
from storage.database import Database, open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from storage.sightings import evidence_rows
from tests.shipped import shipped_matcher

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
DNS = "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tproto\tquery\tqtype_name\tanswers\n"
CONN = (
    "#separator \\x09\n#path\tconn\n"
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tresp_bytes\tconn_state\n"
)


def dns(*answers: tuple[float, str, str]) -> str:
    row = "{:.2f}\t10.20.4.17\t5353\t10.0.0.53\tudp\t{}\tA\t{}\n"
    return DNS + "".join(row.format(NOON + after, name, address) for after, name, address in answers)


def conn(*flows: tuple[float, str]) -> str:
    row = "{:.2f}\t10.20.4.17\t40000\t{}\t443\ttcp\t5000\t900\tSF\n"
    # Many others, so that the kernel reads most of them.
    others = [(second, "198.51.100.9") for second in range(200)]
    return CONN + "".join(row.format(NOON + after, address) for after, address in [*flows, *others])


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Database:
    shutil.copy(empty_database, tmp_path / "a.db")
    return open_database(f"sqlite:///{tmp_path / 'a.db'}")


def scan(database: Database, folder: Path, block_bytes: int = 1 << 22) -> None:
    with database.write() as writer:
        scan_id = begin_scan(writer, NOW)
    with database.read() as reader:
        book = AddressBook(shipped_matcher(), answered(reader))
    names = Pseudonyms.from_key(b"k" * 32)
    plan = ScanPlan(
        database,
        scan_id,
        shipped_matcher(),
        names,
        NOW,
        observers=(AnswerObserver(book),),
        block_bytes=block_bytes,
    )
    list(scan_paths(plan, [str(folder)]))
    with database.write() as writer:
        retract(writer, book.is_shared, SHARED)


def flows_of(database: Database, tool: str = "chatgpt") -> dict[str, int]:
    with database.read() as reader:
        rows = evidence_rows(reader, tool)
    return {row.signature: row.count for row in rows if ":dns_answer:" in row.signature}


def test_answers_name_connections_whatever_the_files_are_called(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "z.log").write_text(dns((0, "chatgpt.com", "203.0.113.7")))
    (folder / "a.log").write_text(conn((60, "203.0.113.7"), (3000, "203.0.113.7"), (9000, "203.0.113.7")))
    for _ in range(2):
        scan(database, folder)
        assert flows_of(database) == {"chatgpt:dns_answer:chatgpt.com@203.0.113.7": 2}


def test_answers_of_yesterday_s_scan_count(database: Database, tmp_path: Path) -> None:
    for name, content in (
        ("dns", dns((0, "chatgpt.com", "203.0.113.7"))),
        ("conn", conn((60, "203.0.113.7"))),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.log").write_text(content)
        scan(database, tmp_path / name)
    assert flows_of(database) == {"chatgpt:dns_answer:chatgpt.com@203.0.113.7": 1}


@pytest.mark.parametrize("other", ["shop.example.org", "claude.ai"])
def test_an_address_of_several_names_tells_nothing(database: Database, tmp_path: Path, other: str) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    answers = dns((0, "chatgpt.com", "203.0.113.7"), (5, other, "203.0.113.7"))
    (folder / "dns.log").write_text(answers)
    (folder / "conn.log").write_text(conn((60, "203.0.113.7")))
    scan(database, folder)
    assert flows_of(database) == {}
    with database.read() as reader:
        assert refused_flows(reader) == {"zeek_conn_tsv": {SHARED: 1}}


def test_what_turns_out_to_be_shared_is_taken_back(database: Database, tmp_path: Path) -> None:
    contents = {
        "1": dns((0, "chatgpt.com", "203.0.113.7")),
        "2": conn((60, "203.0.113.7"), (90, "203.0.113.7")),
        "3": dns((7200, "shop.example.org", "203.0.113.7")),
    }
    for name, content in contents.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.log").write_text(content)
        scan(database, tmp_path / name)
    assert flows_of(database) == {}
    with database.read() as reader:
        assert refused_flows(reader) == {"zeek_conn_tsv": {SHARED: 2}}


def test_published_shared_networks_and_addresses_inside_are_refused() -> None:
    book = AddressBook(shipped_matcher())
    assert book.note("104.18.32.47", "chatgpt.com", NOON)
    assert book.lookup("104.18.32.47", NOON) == (None, SHARED)
    assert not book.note("10.0.0.80", "chatgpt.com", NOON)
    assert not book.note("edge.example.org", "chatgpt.com", NOON)
    assert book.lookup("10.0.0.80", NOON) == (None, None)
    assert in_shared_range("2606:4700::6810:1")
    assert in_shared_range("13.32.99.7")
    assert not in_shared_range("203.0.113.7")
    assert [is_outside(text) for text in ("0.0.0.0", "fe80::1", "203.0.113.7", "x")] == [
        False,
        False,
        True,
        False,
    ]


def test_every_shared_network_says_by_whom_and_when_it_was_published() -> None:
    told = tomllib.loads(
        Path(address_book.__file__).with_name("shared_ranges.toml").read_text(encoding="utf-8")
    )
    for network in told["networks"]:
        assert set(network) == {"owner", "source", "seen_in", "as_of", "ranges"}
        assert network["source"].startswith("https://")
        assert network["seen_in"].startswith("https://")
        assert network["as_of"] <= NOW.date()
        assert all(is_outside(str(ip_network(text)[0])) for text in network["ranges"])


def test_clocks_may_differ_a_little_and_answers_hold_an_hour() -> None:
    book = AddressBook(shipped_matcher())
    book.note("203.0.113.7", "chatgpt.com", NOON)
    told = [book.lookup("203.0.113.7", NOON + after)[0] is not None for after in (-61, -59, 0, 3599, 3601)]
    assert told == [False, True, True, True, False]


def test_an_answer_that_says_so_holds_longer() -> None:
    book = AddressBook(shipped_matcher())
    book.note("203.0.113.7", "chatgpt.com", NOON, NOON + beyond_the_usual(7200))
    told = [book.lookup("203.0.113.7", NOON + after)[0] is not None for after in (7199, 7201)]
    assert told == [True, False]
    assert [beyond_the_usual(value) for value in (60, None, -1, 10**9)] == [0, 0, 0, 86400]


def test_replies_that_dnsmasq_logs_name_connections_and_are_no_use(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "z.log").write_text(
        "Nov 20 12:00:00 dnsmasq[414]: query[A] chatgpt.com from 10.20.4.17\n"
        "Nov 20 12:00:00 dnsmasq[414]: forwarded chatgpt.com to 198.51.100.53\n"
        "Nov 20 12:00:00 dnsmasq[414]: reply chatgpt.com is 203.0.113.7\n"
        "Nov 20 12:00:01 dnsmasq[414]: cached chatgpt.com is 203.0.113.8\n"
    )
    (folder / "a.log").write_text(conn((60, "203.0.113.7"), (61, "203.0.113.8")))
    scan(database, folder)
    assert sorted(flows_of(database)) == [
        "chatgpt:dns_answer:chatgpt.com@203.0.113.7",
        "chatgpt:dns_answer:chatgpt.com@203.0.113.8",
    ]
    with database.read() as reader:
        assert sum(row.count for row in evidence_rows(reader, "chatgpt")) == 3


def test_answers_are_the_same_in_small_blocks_and_in_one(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    told = [(n * 400.0, f"shop{n % 7}.example.org", f"198.51.100.{n % 5}") for n in range(400)]
    told += [(n * 1000.0, "chatgpt.com", f"198.51.100.{n % 3}") for n in range(100)]
    told += [(5.0, "chatgpt.com", "203.0.113.7"), (9.0, "claude.ai", "203.0.113.8")]
    (folder / "dns.log").write_text(dns(*sorted(told)))
    (folder / "conn.log").write_text(conn((60, "203.0.113.7"), (90, "198.51.100.1")))
    found = []
    for name, block_bytes in (("small", 1_000), ("one", 1 << 22)):
        database = open_database(f"sqlite:///{tmp_path / name}.db")
        database.upgrade()
        scan(database, folder, block_bytes)
        with database.read() as reader:
            found.append((flows_of(database), refused_flows(reader)))
        database.close()
    assert found[0] == found[1]
    assert found[0][0] == {"chatgpt:dns_answer:chatgpt.com@203.0.113.7": 1}
