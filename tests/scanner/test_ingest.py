"""Each content counts once, however it is called, compressed, grown, cut or killed."""

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.scanner.conftest import Bench, squid_line

Log = Callable[..., str]


def test_a_scan_counts_what_is_there(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    file = tmp_path / "access.log"
    file.write_text(squid_log(100))
    (outcome,) = bench.scan(file)
    assert (outcome.status, outcome.format_id, outcome.ledger.lines) == ("ok", "squid", 100)
    assert bench.events() == 20
    assert outcome.ledger.balanced


@pytest.mark.parametrize("rotated", ["", ".1", ".2.gz"])
def test_an_older_shorter_copy_counts_nothing_again(
    bench: Bench, tmp_path: Path, squid_log: Log, rotated: str
) -> None:
    text = squid_log(200).encode()
    original, backup = tmp_path / "access.log", tmp_path / "backup"
    original.write_bytes(text)
    bench.scan(original)
    counted = bench.totals()
    original.unlink()
    (tmp_path / f"access.log{rotated}").write_bytes(gzip.compress(text) if rotated.endswith("gz") else text)
    backup.mkdir()
    half = text.index(b"\n", len(text) // 2) + 1
    for name, size in (
        ("noon", half),
        ("in-a-line", half + 30),
        ("short", 100),
        ("all-but-one", len(text) - 1),
    ):
        (backup / name).write_bytes(text[:size])
        (backup / f"{name}.gz").write_bytes(gzip.compress(text[:size]))
    assert {outcome.status for outcome in bench.scan(backup)} == {"already_read"}
    assert bench.totals() == counted
    # One that differs is another log, however long it is the same.
    (backup / "other").write_bytes(text[:half] + squid_line(9_000, "chatgpt.com").encode())
    (outcome,) = bench.scan(backup / "other")
    assert outcome.status == "ok"
    assert bench.totals() != counted


def test_the_same_content_under_any_name_or_compression_changes_nothing(
    bench: Bench, tmp_path: Path, squid_log: Log
) -> None:
    text = squid_log(200).encode()
    (tmp_path / "access.log").write_bytes(text)
    bench.scan(tmp_path / "access.log")
    before = bench.totals()
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "other-name.txt").write_bytes(text)
    (folder / "bom.log").write_bytes(b"\xef\xbb\xbf" + text)
    (folder / "wide.log").write_bytes(text.decode().encode("utf-16"))
    (folder / "a.gz").write_bytes(gzip.compress(text))
    (folder / "not-gz-by-name").write_bytes(gzip.compress(text, 1))
    (folder / "a.bz2").write_bytes(bz2.compress(text))
    (folder / "a.xz").write_bytes(lzma.compress(text))
    (folder / "a.zst").write_bytes(zstandard.compress(text))
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/access.log", text)
    outcomes = bench.scan(folder)
    assert {outcome.status for outcome in outcomes} == {"already_read"}
    assert len(outcomes) == 9
    assert bench.totals() == before


def test_growth_is_read_from_where_it_ended(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    file = tmp_path / "access.log"
    whole = squid_log(300)
    lines = whole.splitlines(keepends=True)
    for end in (50, 120, 300):
        file.write_text("".join(lines[:end]))
        bench.scan(file)
    assert bench.events() == 60
    (outcome,) = bench.scan(file)
    assert outcome.status == "already_read"


def test_a_last_line_counts_once_when_it_is_complete(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    first = squid_line(0, "app.acme-ai.example", size=500)
    second = squid_line(1, "app.acme-ai.example", size=700)
    for end in (len(first) - 1, len(first), len(first) + 20, len(first) + len(second) - 1):
        file.write_text((first + second)[:end])
        bench.scan(file)
    file.write_text(first + second)
    bench.scan(file)
    assert bench.events() == 2
    assert sum(down for _, down in bench.totals().values()) == 1200


def test_rotation_and_compression_between_scans(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    file = tmp_path / "access.log"
    lines = squid_log(200).splitlines(keepends=True)
    file.write_text("".join(lines[:120]))
    bench.scan(tmp_path / "access.log")
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress("".join(lines).encode()))
    file.write_text(squid_log(50, start=1000))
    bench.scan(tmp_path / "access.log", tmp_path / "access.log.1.gz")
    assert bench.events() == 40 + 10


def test_identical_lines_all_count(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(squid_line(0, "app.acme-ai.example") * 1000)
    bench.scan(tmp_path / "a.log")
    assert bench.events() == 1000


def test_files_that_share_a_header_are_different(bench: Bench, tmp_path: Path) -> None:
    header = "Time,Client IP,User Name,Destination Host,Bytes Sent\n"
    for day in range(1, 21):
        (tmp_path / f"export-{day}.csv").write_text(
            header + f"2026-11-{day:02d} 08:00:00,10.1.1.{day},user{day},app.acme-ai.example,10\n"
        )
    bench.scan(tmp_path)
    assert bench.events() == 20


def test_half_a_gzip_counts_what_precedes_the_cut(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    packed = gzip.compress(squid_log(2000).encode())
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "cut.log.gz").write_bytes(packed[: len(packed) // 2])
    (logs / "good.log").write_text(squid_log(10, start=5000))
    cut, good = sorted(bench.scan(logs), key=lambda outcome: outcome.label)
    assert cut.status == "partial"
    assert "cut short" in (cut.message or "")
    assert 0 < cut.ledger.lines < 2000
    assert good.status == "ok"
    (logs / "cut.log.gz").write_bytes(packed)
    bench.scan(logs)
    assert bench.events() == 400 + 2


def test_bad_lines_are_counted_by_reason_and_stop_nothing(
    bench: Bench, tmp_path: Path, squid_log: Log
) -> None:
    good = squid_log(50).splitlines(keepends=True)
    bad = ["\0" * 64 + "\n", "17936064\n", '{"not": "squid"\n', "x" * 2_000_000 + "\n"]
    (tmp_path / "a.log").write_text("".join(good[:25] + bad + good[25:]))
    (outcome,) = bench.scan(tmp_path / "a.log")
    assert outcome.ledger.lines == 54
    assert outcome.ledger.unreadable.total() == 4
    assert outcome.ledger.unreadable["longer than a mebibyte"] == 1
    assert outcome.ledger.balanced
    assert bench.events() == 10


def test_unreadable_things_are_named_and_the_rest_is_read(
    bench: Bench, tmp_path: Path, squid_log: Log
) -> None:
    (tmp_path / "a.log").write_text(squid_log(10))
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "prose.txt").write_text("Dear colleague,\nplease find attached the plan.\n" * 20)
    (tmp_path / "empty.log").write_bytes(b"")
    outcomes = {Path(o.label).name: o for o in bench.scan(tmp_path, tmp_path / "missing.log")}
    assert outcomes["a.log"].status == "ok"
    assert outcomes["empty.log"].message == "empty file"
    for name in ("noise.bin", "prose.txt", "missing.log"):
        assert outcomes[name].status == "unread"
        assert name in (outcomes[name].message or "")


def test_json_documents_count_once_in_any_layout(bench: Bench, tmp_path: Path) -> None:
    records = [
        {
            "time": f"2026-11-02T08:00:{n:02d}Z",
            "client_ip": "10.1.1.1",
            "user": "a",
            "host": "app.acme-ai.example",
        }
        for n in range(10)
    ]
    (tmp_path / "array.json").write_text(json.dumps(records))
    bench.scan(tmp_path / "array.json")
    assert bench.events() == 10
    (tmp_path / "pretty.json").write_text(json.dumps(records, indent=2))
    assert [o.status for o in bench.scan(tmp_path / "pretty.json")] == ["already_read"]
    (tmp_path / "wrapped.json").write_text(json.dumps({"value": records}, indent=1))
    assert [o.status for o in bench.scan(tmp_path / "wrapped.json")] == ["already_read"]


def test_path_signatures_need_the_path(bench: Bench, tmp_path: Path) -> None:
    urls = [
        "http://search.example/assistant/x?q=1",
        "http://search.example/assistants",
        "http://search.example/",
    ]
    (tmp_path / "a.log").write_text(
        "".join(
            f"{1793606400 + n}.000 1 10.1.1.1 TCP_MISS/200 10 GET {url} u HIER_DIRECT/203.0.113.9 text/html\n"
            for n, url in enumerate(urls * 4)
        )
    )
    bench.scan(tmp_path / "a.log")
    assert bench.events() == 4


def test_links_and_devices_are_not_followed_and_links_that_lead_away_are_told(
    bench: Bench, tmp_path: Path, squid_log: Log
) -> None:
    outside = tmp_path / "outside.log"
    outside.write_text(squid_log(10))
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "current").symlink_to("a.log")
    (folder / "escape.log").symlink_to(outside)
    (folder / "older").symlink_to(tmp_path / "gone")
    (folder / "self").symlink_to("self")
    import os

    os.mkfifo(folder / "pipe")
    (folder / "a.log").write_text(squid_log(5, start=100))
    outcomes = bench.scan(folder)
    assert [(Path(o.label).name, o.status) for o in outcomes] == [
        ("a.log", "ok"),
        ("escape.log", "unread"),
        ("older", "unread"),
    ]
    assert [o.status for o in bench.scan(folder, outside)] == ["already_read", "ok", "unread"]


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", " \n"])
def test_files_without_content_are_no_trouble(bench: Bench, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(text)
    (outcome,) = bench.scan(tmp_path / "a.log")
    assert outcome.status in {"ok", "unread"}
    assert bench.events() == 0


@pytest.mark.parametrize("kept", [3, 5, 12, 18])
def test_a_gzip_cut_within_its_header_is_not_called_empty(
    bench: Bench, tmp_path: Path, squid_log: Log, kept: int
) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(squid_log(100).encode())[:kept])
    (outcome,) = bench.scan(tmp_path / "cut.gz")
    assert outcome.status == "unread"
    assert outcome.message


def test_two_files_that_begin_alike_do_not_replace_each_others_last_line(
    bench: Bench, tmp_path: Path
) -> None:
    alike = squid_line(0, "app.acme-ai.example", size=500)
    for name, size in (("a.log", 500), ("b.log", 900)):
        (tmp_path / name).write_text(alike.replace(" 500 ", f" {size} ")[:-1])
        bench.scan(tmp_path / name)
    assert bench.events() == 2
    assert sum(down for _, down in bench.totals().values()) == 1400
