"""Files that are compressed, cut, locked, linked in circles or named badly: the rest is read, nothing is lost."""

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from scanner.clock import TimeContext
from scanner.errors import SourceUnreadable
from scanner.events import read_events
from scanner.inputs import open_members
from scanner.presence import FieldPresence
from scanner.sources import begin
from tests.captures.capture_packets import ETHERNET, hello, pcap, pcapng, tcp_packet
from tests.formats_tools.frames import message, query, stream
from tests.scanner.conftest import NOW, Bench, squid_line
from tests.scanner.conftest import bench as bench
from tests.scanner.conftest import matcher as matcher
from tests.scanner.conftest import squid_log as squid_log

Log = Callable[..., str]
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress,
}  # fmt: skip


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two files of one name
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("kind", PACK)
def test_a_cut_file_is_never_called_complete_and_is_exact_after_repair(
    bench: Bench, tmp_path: Path, squid_log: Log, kind: str
) -> None:
    packed = PACK[kind](squid_log(1000).encode())
    file = tmp_path / f"a.{kind}"
    for kept in (7, len(packed) // 2, len(packed) - 9, len(packed) - 1):
        file.write_bytes(packed[:kept])
        (outcome,) = bench.scan(file)
        assert outcome.status in {"unread", "partial"}
        assert "the compressed data end in the middle" in (outcome.message or "")
        assert outcome.ledger.balanced
    file.write_bytes(packed)
    assert [outcome.status for outcome in bench.scan(file)] == ["ok"] or bench.events() == 200
    assert bench.events() == 200


@pytest.mark.parametrize("kind", PACK)
def test_bit_flips_in_compressed_files_stop_nothing(
    bench: Bench, tmp_path: Path, squid_log: Log, kind: str
) -> None:
    packed = PACK[kind](squid_log(500).encode())
    logs = tmp_path / "logs"
    logs.mkdir()
    for place in range(8, len(packed), len(packed) // 12):
        damaged = bytearray(packed)
        damaged[place] ^= 0x41
        (logs / f"damaged-{place:06}").write_bytes(damaged)
    (logs / "good.log").write_text(squid_log(10, start=5000))
    outcomes = bench.scan(logs)
    assert outcomes[-1].status == "ok"
    assert outcomes[-1].ledger.lines == 10
    assert all(outcome.ledger.balanced for outcome in outcomes)


@pytest.mark.parametrize("kind", PACK)
def test_a_damaged_file_does_not_keep_those_from_being_read_that_are_sorted_with_it(
    bench: Bench, tmp_path: Path, squid_log: Log, kind: str
) -> None:
    packed = PACK[kind](squid_log(500).encode())
    (tmp_path / "a").write_bytes(packed[:20])
    (tmp_path / "b").write_bytes(packed[:30] + bytes(50) + packed[80:])
    (tmp_path / "c").write_text(squid_log(10, start=5000))
    with pytest.raises(SourceUnreadable, match="copy it again"):
        list(read_events(tmp_path / "a", None, TimeContext(reference=NOW)))
    outcomes = bench.scan(*(tmp_path / name for name in "abc"), observers=[FieldPresence()])
    assert outcomes[-1].status == "ok"
    assert not {"ok", "already_read"} & {outcome.status for outcome in outcomes[:-1]}


@pytest.mark.parametrize(
    "kind", ["gz", *(pytest.param(kind, marks=pytest.mark.full) for kind in ("plain", "bz2", "xz", "zst"))]
)
def test_a_cut_recording_is_read_to_the_damage_and_counts_once_after_repair(
    bench: Bench, tmp_path: Path, kind: str
) -> None:
    pack = PACK.get(kind, bytes)
    packets = [tcp_packet(hello(b"app.acme-ai.example"), 1, (50_000 + n, 443)) for n in range(300)]
    recordings = {
        "a.pcap": pcap(packets),
        "a.pcapng": pcapng([(0, packet) for packet in packets], [ETHERNET]),
        "a.tap": stream(*(message(5, asked=query("app.acme-ai.example", n), port=n) for n in range(300))),
    }
    for name, whole in recordings.items():
        before = bench.events()
        packed = pack(whole)
        for part in (0.5, 0.9) if kind != "gz" else (0.7,):
            (tmp_path / name).write_bytes(packed[: int(len(packed) * part)])
            (outcome,) = bench.scan(tmp_path / name)
            assert outcome.status in {"partial", "unread", "already_read"}, outcome
        (tmp_path / name).write_bytes(packed)
        assert [outcome.status for outcome in bench.scan(tmp_path / name)] == ["ok"]
        assert bench.events() == before + 300
        assert [outcome.status for outcome in bench.scan(tmp_path / name)] == ["already_read"]


def test_what_stands_behind_compressed_data_loses_none_of_it(
    bench: Bench, tmp_path: Path, squid_log: Log
) -> None:
    packed = gzip.compress(squid_log(100).encode())
    (tmp_path / "junk.gz").write_bytes(packed + b"junk" * 20)
    (outcome,) = bench.scan(tmp_path / "junk.gz")
    assert (outcome.status, outcome.ledger.lines) == ("partial", 100)
    assert "something else follows" in (outcome.message or "")
    more = gzip.compress(squid_log(50, start=900).encode())
    (tmp_path / "two.gz").write_bytes(more + bytes(512) + gzip.compress(squid_log(50, start=2000).encode()))
    (outcome,) = bench.scan(tmp_path / "two.gz")
    assert (outcome.status, outcome.ledger.lines) == ("ok", 100)


def test_every_file_of_an_archive_stands_for_itself(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    data = zipped(
        ("../../out.log", squid_log(10).encode()),
        ("same.log", squid_log(10, start=100).encode()),
        ("same.log", squid_log(10, start=200).encode()),
        ("inner.zip", zipped(("x.log", squid_log(10, start=300).encode()))),
        ("packed.log.gz", gzip.compress(squid_log(10, start=400).encode())),
    )
    (tmp_path / "a.zip").write_bytes(data)
    outcomes = {outcome.label.rpartition("!")[2]: outcome for outcome in bench.scan(tmp_path / "a.zip")}
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "../../out.log": "ok", "same.log": "ok", "same.log (2)": "ok", "inner.zip": "unread", "packed.log.gz": "ok",
    }  # fmt: skip
    assert "archive inside an archive" in (outcomes["inner.zip"].message or "")
    assert bench.events() == 8
    assert sorted(
        path.name for path in tmp_path.iterdir() if path.suffix != ".db" and "bench" not in path.name
    ) == ["a.zip"]


@pytest.mark.parametrize("harm", ["encrypted", "unknown method", "damaged"])
def test_the_files_behind_an_unreadable_one_are_read(
    bench: Bench, tmp_path: Path, squid_log: Log, harm: str
) -> None:
    data = bytearray(zipped(("a.log", squid_log(100).encode()), ("b.log", squid_log(10, start=900).encode())))
    directory = data.find(b"PK\x01\x02")
    if harm == "encrypted":
        data[6] |= 1
        data[directory + 8] |= 1
    elif harm == "unknown method":
        data[8] = data[directory + 10] = 9
    else:
        data[35:45] = b"\xff" * 10
    (tmp_path / "a.zip").write_bytes(data)
    first, second = bench.scan(tmp_path / "a.zip")
    assert first.status == "unread"
    assert "unpack it yourself" in (first.message or "")
    assert (second.status, second.ledger.lines) == ("ok", 10)


def test_archives_of_other_makers_are_named(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("x.log")
        entry.size = 5
        archive.addfile(entry, io.BytesIO(b"hello"))
    for name, data, words in (
        ("a.tar", packed.getvalue(), "tar archive"),
        ("a.tgz", gzip.compress(packed.getvalue()), "tar archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(90), "7-Zip"),
        ("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(90), "RAR"),
        ("a.zip", zipped(), "empty zip"),
    ):
        (tmp_path / name).write_bytes(data)
        (outcome,) = bench.scan(tmp_path / name)
        assert outcome.status == "unread"
        assert words in (outcome.message or "")


@pytest.mark.full
def test_a_bomb_stops_at_the_cap(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(64 << 20)) * 160)  # 10 MB for 10 GB
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (700 << 20,) * 2)\n"
        "from pathlib import Path; from scanner.inputs import BlockReader, open_members\n"
        "for member in open_members(Path(sys.argv[1])):\n"
        "    reader = BlockReader(member.stream); list(reader); print(reader.damage)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "bomb.gz")],
        capture_output=True, text=True, timeout=100, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "expands more than 1000 times" in printed.stdout, printed.stderr


def test_odd_names_and_loops_of_links(bench: Bench, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    names = [b"-rf.log", b"a\xff\xfe.log", b"a\nb.log", b"\x1b[31m.log", "\u202e.log".encode(), b"x" * 255]
    for number, name in enumerate(names):
        path = os.fsencode(logs) + b"/" + name
        with open(path, "w") as file:
            file.write(squid_line(number, "app.acme-ai.example"))
    for number in range(3):
        (logs / f"loop{number}").symlink_to(logs)
    assert [outcome.status for outcome in bench.scan(str(logs / "**" / "*"))] == ["ok"] * len(names)
    assert bench.events() == len(names)


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b", "/dev/zero", "/dev/null", "no/such/*.log"])
def test_names_that_lead_nowhere_are_told(bench: Bench, name: str) -> None:
    (outcome,) = bench.scan(name)
    assert outcome.status == "unread"
    assert outcome.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything; run as another user")
def test_closed_files_and_folders_are_told(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    logs = tmp_path / "logs"
    for folder in ("closed", "half", "open"):
        (logs / folder).mkdir(parents=True)
        (logs / folder / "a.log").write_text(squid_log(5))
    (logs / "open" / "closed.log").write_text("x")
    (logs / "open" / "closed.log").chmod(0)
    (logs / "closed").chmod(0)
    (logs / "half").chmod(0o400)
    try:
        outcomes = bench.scan(logs)
    finally:
        (logs / "closed").chmod(0o700)
        (logs / "half").chmod(0o700)
    assert sorted(outcome.status for outcome in outcomes) == ["ok", "unread", "unread", "unread"]


def test_a_log_truncated_under_its_writer_is_read(bench: Bench, tmp_path: Path, squid_log: Log) -> None:
    for hole in (1001, 300_000):
        (tmp_path / f"{hole}.log").write_bytes(bytes(hole) + squid_log(50, start=hole).encode())
        (outcome,) = bench.scan(tmp_path / f"{hole}.log")
        assert (outcome.status, outcome.ledger.lines, outcome.ledger.events) == ("ok", 50, 50)


def test_a_hole_of_any_size_in_front_is_passed_over(tmp_path: Path) -> None:
    with (tmp_path / "a.log").open("w+b") as file:
        file.truncate(300 << 20)
        file.seek(300 << 20)
        file.write(b"a line\n")
        file.seek(0)
        assert begin(file).head == b"a line\n"


def records(number: int) -> list[dict[str, str]]:
    return [
        {
            "time": f"2026-11-02T08:00:{n % 60:02}Z",
            "client_ip": "10.1.1.1",
            "user": f"u{n}",
            "host": "app.acme-ai.example",
            "note": "x" * 900,
        }
        for n in range(number)
    ]


@pytest.mark.parametrize("number", [40, 1_500])
def test_a_document_on_one_line_loses_no_record(bench: Bench, tmp_path: Path, number: int) -> None:
    (tmp_path / "array.json").write_text(json.dumps(records(number)))
    (outcome,) = bench.scan(tmp_path / "array.json")
    assert (outcome.status, outcome.ledger.events) == ("ok", number)
    (tmp_path / "wrapped.json").write_text(json.dumps({"Records": records(number)}))
    assert [outcome.status for outcome in bench.scan(tmp_path / "wrapped.json")] == ["already_read"]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_document_that_was_cut_is_read_on_when_it_is_whole(
    bench: Bench, tmp_path: Path, indent: int | None
) -> None:
    text = json.dumps(records(300), indent=indent)
    for part in (0.3, 0.7):
        (tmp_path / "a.json").write_text(text[: int(len(text) * part)])
        (outcome,) = bench.scan(tmp_path / "a.json")
        assert outcome.status == "partial"
        assert "cut off" in (outcome.message or "")
    (tmp_path / "a.json").write_text(text)
    assert [outcome.status for outcome in bench.scan(tmp_path / "a.json")] == ["ok"]
    assert bench.events() == 300


def test_half_a_line_before_the_damage_is_whole_after_repair(bench: Bench, tmp_path: Path) -> None:
    lines = "".join(squid_line(number, "app.acme-ai.example") for number in range(400)).encode()
    packed = gzip.compress(lines, 1)
    for kept in (len(packed) // 3, len(packed) * 2 // 3, len(packed)):
        (tmp_path / "a.gz").write_bytes(packed[:kept])
        bench.scan(tmp_path / "a.gz")
    assert bench.events() == 400


def test_members_can_be_closed_early(tmp_path: Path, squid_log: Log) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("a", squid_log(5).encode()), ("b", squid_log(5).encode())))
    members = open_members(tmp_path / "a.zip")
    assert next(members).label.endswith("!a")
    members.close()
