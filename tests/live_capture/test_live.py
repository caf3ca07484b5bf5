"""Live capture reads every ring file once, tells what was lost, and says what to do where it may not record."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from threading import Event

import pytest

from api.capturing.dumpcap import Rings, interfaces
from api.capturing.errors import CaptureRefused, DumpcapMissing
from api.capturing.run import Capture, CapturePlan
from api.cli.app import exit_code_of
from api.scanning import ScanTask, run_scan
from api.workplace import Workplace
from storage.coverage import coverage
from storage.scanlock import scan_lock
from tests.captures.capture_packets import block, dns, pcapng, udp_packet

PLAN = CapturePlan("tap0", "mirror port", Rings(300, 64), 3600, 4096, seconds=3600)

STAND_IN = """#!{python}
import json, signal, sys, time, pathlib
here = pathlib.Path(__file__).parent
told = json.loads((here / "told.json").read_text())
if "-d" in sys.argv:
    print(told["program"]); sys.stderr.write(told.get("refusal", "")); sys.exit(0)
if "refusal" in told:
    sys.stderr.write(told["refusal"]); sys.exit(1)
target = pathlib.Path(sys.argv[sys.argv.index("-w") + 1])
assert "-f" in sys.argv and "udp port 53" in sys.argv[sys.argv.index("-f") + 1]
for number, name in enumerate(told["files"], 1):
    ring = target.with_name(f"{{target.stem}}_{{number:05d}}_20261122120000.pcapng")
    ring.write_bytes((here / name).read_bytes())
def end(*_):
    if told["dropped"] is not None:
        sys.stderr.write(f"Packets received/dropped on interface 'tap0': 9/{{told['dropped']}} (pcap:1)\\n")
        sys.stderr.flush()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
(here / "recording").touch()
if told.get("ends"):
    end()
time.sleep(600)
"""


class Machine:
    """A machine whose dumpcap is a stand-in that writes prepared ring files."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        self.told: dict[str, object] = {"program": "(000) ret", "files": [], "dropped": 0}
        program = folder / "dumpcap"
        program.write_text(STAND_IN.format(python=sys.executable))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def records(self, *files: bytes, **more: object) -> None:
        for number, data in enumerate(files):
            (self.folder / f"{number}.ring").write_bytes(data)
        self.told |= {"files": [f"{number}.ring" for number in range(len(files))], **more}
        (self.folder / "told.json").write_text(json.dumps(self.told))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path / "bin", monkeypatch)
    made.records()
    return made


def ring(*numbers: int) -> bytes:
    packets = [udp_packet(dns(f"chat{number}.openai.com", number)) for number in numbers]
    return pcapng([(0, packet) for packet in packets], [1])


def events_and_losses(place: Workplace) -> tuple[int, list[tuple[str, int, int]]]:
    from api.workplace import now

    with place.database.read() as conn:
        found = coverage(conn, now())
    told = [(loss.what, loss.count, loss.uncounted) for source in found for loss in source.losses]
    return sum(source.lines for source in found), told


def until_stopped(place: Workplace, plan: CapturePlan, when: Path) -> Capture:
    """Run a capture until a file appears, then stop it as SIGTERM does."""
    capture, stop = Capture(place, plan), Event()

    def watch() -> None:
        for _ in range(1000):
            if when.exists():
                break
            time.sleep(0.05)
        stop.set()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        capture.run(stop)
    finally:
        thread.join()
    return capture


@pytest.mark.full
def test_ring_files_are_read_and_deleted(place: Workplace, machine: Machine) -> None:
    machine.records(ring(1, 2), ring(3), ring(4), dropped=7)
    capture = until_stopped(place, PLAN, machine.folder / "recording")
    assert events_and_losses(place) == (4, [("packets lost while recording", 7, 0)])
    assert (capture.result.files, capture.result.lost, capture.result.unread) == (3, 7, [])
    assert [path.name for path in capture.folder.iterdir()] == ["lock"]
    assert capture.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.full
def test_sessions_follow_one_another(place: Workplace, machine: Machine) -> None:
    from dataclasses import replace

    machine.records(ring(1), dropped=2, ends=True)
    capture = Capture(place, replace(PLAN, seconds=2))
    capture.run(Event())
    lines, told = events_and_losses(place)
    assert lines == 1  # the same file again and again is one content
    assert told[0][1] >= 2
    assert told[0][1] % 2 == 0


@pytest.mark.full
def test_a_dumpcap_that_was_killed_leaves_an_unknown_loss(place: Workplace, machine: Machine) -> None:
    machine.records(ring(1), dropped=None)
    until_stopped(place, PLAN, machine.folder / "recording")
    assert events_and_losses(place) == (1, [("packets lost while recording", 0, 1)])


@pytest.mark.full
def test_what_a_killed_capture_left_is_read_at_the_next_start(place: Workplace, machine: Machine) -> None:
    folder = Capture(place, PLAN).folder
    folder.mkdir(parents=True)
    target = folder / "ring-20261122000000000000.pcapng"
    whole, torn = ring(1, 2), ring(3, 4)[:-20]
    (folder / f"{target.stem}_00001_20261122000000.pcapng").write_bytes(whole)
    (folder / f"{target.stem}_00002_20261122000100.pcapng").write_bytes(torn)
    (folder / f"{target.stem}_00003_20261122000200.pcapng").write_bytes(b"")
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", str(target)])
    try:
        session = {"began": "2026-11-22T00:00:00+00:00", "pid": orphan.pid, "target": str(target)}
        (folder / "session.json").write_text(json.dumps(session))
        machine.records(ring(9))
        threading.Thread(target=orphan.wait).start()  # so that it does not stay a zombie
        until_stopped(place, PLAN, machine.folder / "recording")
        assert orphan.wait(60) == -signal.SIGTERM
    finally:
        orphan.kill()
    assert events_and_losses(place) == (4, [("packets lost while recording", 0, 1)])


@pytest.mark.full
def test_another_process_with_that_number_is_left_alone(place: Workplace, machine: Machine) -> None:
    folder = Capture(place, PLAN).folder
    folder.mkdir(parents=True)
    (folder / "session.json").write_text(json.dumps({"began": "x", "pid": os.getpid(), "target": "/no/such"}))
    machine.records(ring(9))
    until_stopped(place, PLAN, machine.folder / "recording")
    assert events_and_losses(place)[0] == 1


@pytest.mark.full
def test_files_wait_while_another_scan_runs(place: Workplace, machine: Machine) -> None:
    machine.records(ring(1), ring(2))
    capture, stop = Capture(place, PLAN), Event()
    with scan_lock(place.database):
        thread = threading.Thread(target=capture.run, args=(stop,))
        thread.start()
        for _ in range(1000):
            if (machine.folder / "recording").exists():
                break
            time.sleep(0.05)
        assert len(list(capture.folder.glob("ring-*"))) == 2
    stop.set()
    thread.join(100)
    assert events_and_losses(place)[0] == 2


@pytest.mark.full
def test_a_full_space_pauses_recording_and_says_so(place: Workplace, machine: Machine) -> None:
    from dataclasses import replace

    machine.records(ring(1))
    capture = Capture(place, replace(PLAN, disk_mib=-1, seconds=3))
    capture.run(Event())
    lines, losses = events_and_losses(place)
    ((what, counted, uncounted),) = losses
    assert (lines, what) == (1, "packets not recorded while waiting files filled their space")
    assert counted == 0
    assert uncounted >= 1


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ("dumpcap: You do not have permission to capture on device", "setcap cap_net_raw,cap_net_admin+eip"),
        ('dumpcap: There is no device named "tap0".', "there is no interface 'tap0'"),
        ("dumpcap: something else", "something else"),
    ],
)
def test_a_refusal_says_what_to_do(place: Workplace, machine: Machine, refusal: str, said: str) -> None:
    machine.records(program="", refusal=refusal)
    with pytest.raises(CaptureRefused) as caught:
        Capture(place, PLAN).run(Event())
    assert said in str(caught.value)
    machine.records(program="(000) ret", refusal=refusal)  # only the start fails
    with pytest.raises(CaptureRefused) as caught:
        Capture(place, PLAN).run(Event())
    assert said in str(caught.value)
    assert exit_code_of(caught.value) == 2


def test_a_second_capture_of_the_name_is_refused(place: Workplace, machine: Machine) -> None:
    import fcntl

    capture = Capture(place, PLAN)
    capture.folder.mkdir(parents=True)
    with (capture.folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CaptureRefused, match="another capture of this name"):
            capture.run(Event())


def test_without_dumpcap_it_says_how_to_install(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DumpcapMissing, match="apt-get install wireshark-common"):
        Capture(place, PLAN).run(Event())


def test_losses_a_capture_file_tells_are_stored_once(place: Workplace, tmp_path: Path) -> None:
    statistics = block(5, b"\0" * 12 + b"\x05\0\x08\0" + (42).to_bytes(8, "little") + b"\0\0\0\0")
    path = tmp_path / "mirror.pcapng"
    path.write_bytes(ring(1) + statistics)
    result = run_scan(place, [ScanTask((str(path),), "mirror")])
    assert result.status == "ok"
    copy = tmp_path / "copy.pcapng"
    shutil.copy(path, copy)
    run_scan(place, [ScanTask((str(path), str(copy)), "mirror")])
    assert events_and_losses(place)[1] == [("packets lost while recording", 42, 0)]


@pytest.mark.full
@pytest.mark.tshark
@pytest.mark.network
def test_names_on_the_loopback_interface_are_recorded(place: Workplace) -> None:
    """A true recording, where this user may record."""
    from dataclasses import replace

    stop = Event()
    capture = Capture(place, replace(PLAN, interface="lo", seconds=None))
    query = dns("chat.openai.com", 4711)
    done: list[BaseException | None] = []

    def record() -> None:
        try:
            capture.run(stop)
            done.append(None)
        except Exception as problem:
            done.append(problem)

    thread = threading.Thread(target=record)
    thread.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(600):
            if done or any(file.stat().st_size > 20_000 for file in capture.folder.glob("ring-*")):
                break
            sender.sendto(query + b"\0" * 400, ("127.0.0.1", 53))
            sender.sendto(b"not a name", ("127.0.0.1", 40053))
            time.sleep(0.05)
    stop.set()
    thread.join(100)
    if done and isinstance(done[0], CaptureRefused):
        pytest.skip(f"this user may not record: {str(done[0]).splitlines()[0]}")
    assert done == [None]
    assert capture.result.events > 0
    with place.database.read() as conn:
        from api.workplace import now

        (source,) = coverage(conn, now())
    assert (source.source.name, source.source.kind) == ("mirror port", "packet capture")
    assert source.events > 0
    assert "lo" in interfaces()
