"""The folder of received messages stays within its limit, survives kills, and tells what it lost."""

from __future__ import annotations

import errno
import os
from collections import Counter
from pathlib import Path

import pytest

from api.listening import segments
from api.listening import spool as spool_module
from api.listening.errors import SpoolFull
from api.listening.losses import LossBook
from api.listening.spool import CUT_BY_CRASH, NOT_RECOGNISED, OTHERS, Spool
from api.listening.worker import Work


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1793606400.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, clock: Clock, limit: int = 1 << 20) -> Spool:
    made = Spool(folder, limit, clock)
    made.start()
    return made


def contents(folder: Path) -> list[bytes]:
    """Return the messages of all files, in order."""
    lines: list[bytes] = []
    for path in sorted(folder.glob("*.log")):
        first, *rest = path.read_bytes().splitlines()
        assert first.startswith(b"#skiagram-spool ")
        lines += rest
    return lines


def test_senders_have_files_of_their_own(tmp_path: Path, clock: Clock) -> None:
    made = opened(tmp_path / "spool", clock)
    made.write("192.0.2.7", [b"<14>a", b"<14>b"])
    made.write("2001:db8::7", [b"<14>c"])
    made.write("192.0.2.7", [b"<14>d"])
    made.stop()
    assert sorted(contents(tmp_path / "spool")) == [b"<14>a", b"<14>b", b"<14>c", b"<14>d"]
    assert made.received == 4
    again = opened(tmp_path / "spool", clock)
    assert sorted(segment.sender for segment in again.waiting) == ["192.0.2.7", "2001:db8::7"]
    again.write("192.0.2.7", [b"<14>e"])  # never into a file of an earlier run
    again.rotate()
    again.sync()
    assert len(again.waiting) == 3
    again.stop()


def test_limit_holds_and_what_was_read_makes_room(tmp_path: Path, clock: Clock) -> None:
    made = opened(tmp_path / "spool", clock, limit=64 << 10)
    message = b"<14>" + b"x" * 1000
    written = 0
    while made.used + 8192 < 64 << 10:
        made.write("192.0.2.7", [message])
        written += 1
    with pytest.raises(SpoolFull, match="at its limit"):
        made.write("192.0.2.7", [message] * 14)
    assert 30 < written <= 64
    assert sum(path.stat().st_size for path in made.folder.glob("*.log")) <= 64 << 10
    made.rotate()
    made.sync()
    made.make_room(86400.0, full=True)
    assert len(contents(made.folder)) == written  # nothing of it was read yet
    made.finished([(segment, "ok") for segment in made.waiting])
    made.make_room(86400.0)
    assert len(contents(made.folder)) == written  # read, and not old
    made.make_room(86400.0, full=True)
    assert contents(made.folder) == []
    assert made.used == 0
    made.write("192.0.2.7", [message])
    made.rotate()
    made.sync()
    made.finished([(segment, "ok") for segment in made.waiting])
    clock.now += 86401
    made.make_room(86400.0)
    assert list(made.folder.glob("*.log")) == []
    assert made.take_losses() == {}
    made.stop()


def test_what_no_format_reads_may_take_half_and_is_then_counted(tmp_path: Path, clock: Clock) -> None:
    made = opened(tmp_path / "spool", clock, limit=128 << 10)
    for number in range(5):
        made.write("192.0.2.7", [b"%d" % number + b"?" * 20_000])
        made.rotate()
        made.sync()
        clock.now += 1
    made.finished([(segment, "unread") for segment in made.waiting])
    made.make_room(0.0)
    assert [line[:1] for line in contents(made.folder)] == [b"2", b"3", b"4"]
    assert made.take_losses() == {("192.0.2.7", NOT_RECOGNISED): 2}
    made.stop()


@pytest.mark.parametrize("tail", [b"<14>half", b"\0" * 5000, b"<14>" + b"x" * (3 << 20)])
def test_line_cut_off_by_a_crash_is_taken_away_and_counted(tmp_path: Path, clock: Clock, tail: bytes) -> None:
    made = opened(tmp_path / "spool", clock, limit=64 << 20)
    made.write("192.0.2.7", [b"<14>whole"])
    made.stop()
    (path,) = made.folder.glob("*.log")
    with path.open("ab") as file:
        file.write(tail)
    (made.folder / "192.0.2.8_20261122T140357Z_0011223344556677.log").write_bytes(b"#skia")
    again = opened(tmp_path / "spool", clock, limit=64 << 20)
    assert contents(again.folder) == [b"<14>whole"]
    assert again.take_losses() == {("192.0.2.7", CUT_BY_CRASH): 1, ("192.0.2.8", CUT_BY_CRASH): 1}
    assert len(again.waiting) == 1
    again.stop()


def test_forged_senders_share_a_file(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "MOST_SENDERS", 3)
    made = opened(tmp_path / "spool", clock)
    for number in range(50):
        made.write(f"203.0.113.{number}", [b"<14>x"])
    made.stop()
    names = sorted(path.name.split("_")[0] for path in made.folder.glob("*.log"))
    assert names == ["203.0.113.0", "203.0.113.1", "203.0.113.2", OTHERS]
    assert len(contents(made.folder)) == 50


def test_full_disk_leaves_no_half_line(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    made = opened(tmp_path / "spool", clock)
    made.write("192.0.2.7", [b"<14>one"])
    really = os.write
    calls = 0

    def write(descriptor: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        if calls % 2 == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return really(descriptor, data[:4])

    monkeypatch.setattr(segments.os, "write", write)
    for sender in ("192.0.2.7", "192.0.2.9"):
        with pytest.raises(SpoolFull, match="No space left"):
            made.write(sender, [b"<14>two"])
    monkeypatch.undo()
    assert made.received == 1
    made.write("192.0.2.7", [b"<14>two"])
    made.stop()
    assert contents(made.folder) == [b"<14>one", b"<14>two"]


def test_losses_are_reported_once_however_often_it_is_tried(tmp_path: Path) -> None:
    book = LossBook(tmp_path / "losses.json")
    book.load()
    book.add(Counter({("syslog 192.0.2.7", "datagrams"): 3}))
    origin, report = book.report()
    book.add(Counter({("syslog 192.0.2.7", "datagrams"): 2}))
    assert book.report() == (origin, report)
    book.save()
    after = LossBook(tmp_path / "losses.json")  # killed before the answer came
    after.load()
    assert after.report() == (origin, report)
    request = {"database": f"sqlite:///{tmp_path / 'x.db'}", "origin": origin, "losses": report}
    work = Work()
    for _ in range(2):
        assert work.answer(request)["acknowledged"] == origin
    after.acknowledge("another")
    after.acknowledge(origin)
    second, rest = after.report()
    assert second != origin
    assert rest == [("syslog 192.0.2.7", "datagrams", 2)]
    work.answer(request | {"origin": second, "losses": rest})
    after.acknowledge(second)
    after.save()
    from storage.database import open_database
    from storage.losses import losses

    database = open_database(request["database"])
    with database.read() as conn:
        assert [(loss.source, loss.count) for loss in losses(conn)] == [("syslog 192.0.2.7", 5)]
    database.close()
    (tmp_path / "losses.json").write_text("{damaged")
    damaged = LossBook(tmp_path / "losses.json")
    damaged.load()
    assert damaged.report()[1] == [("syslog", "reports of losses that were damaged", 1)]
