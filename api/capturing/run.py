"""Record in sessions, scan each closed ring file, delete it once recorded, and account for every lost packet."""

import fcntl
import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event

from api.capturing.dumpcap import Recording, Rings, find_dumpcap, refusal, start, usable_filter
from api.capturing.errors import CaptureRefused
from api.scanning import ScanTask, run_scan
from api.workplace import Workplace, now
from scanner.ingest_captures import PACKETS_LOST
from storage.errors import ScanRunning
from storage.losses import record_loss
from storage.sources import ensure_source

KIND = "packet capture"
NOT_RECORDED = "packets not recorded while waiting files filled their space"
_SESSION = "session.json"
_PAUSE = 1.0
_TRIES = 30
"""How often a scan that is in the way is waited for at the end."""


@dataclass(frozen=True, slots=True)
class CapturePlan:
    """What to record and how."""

    interface: str
    source: str
    rings: Rings
    session_seconds: int
    """Only at its end tells dumpcap how many packets were lost, so it is ended and begun anew this often."""
    disk_mib: int
    """Space for ring files that wait to be read."""
    seconds: float | None = None
    extra: str = ""


@dataclass(slots=True)
class CaptureResult:
    """What a capture came to."""

    files: int = 0
    lines: int = 0
    events: int = 0
    lost: int = 0
    uncounted: int = 0
    """Sessions that ended without telling what they lost."""
    unread: list[str] = field(default_factory=list)


class Capture:
    """Records one interface under one source name."""

    def __init__(
        self,
        place: Workplace,
        plan: CapturePlan,
        *,
        clock: Callable[[], datetime] = now,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._place = place
        self._plan = plan
        self._clock = clock
        self._tell = tell
        self.result = CaptureResult()
        readable = re.sub(r"[^a-z0-9]+", "-", plan.source.lower()).strip("-")[:40]
        name = f"{readable}-{sha256(plan.source.encode()).hexdigest()[:10]}"
        self.folder = place.settings.data_directory / "captures" / name

    def run(self, stop: Event) -> CaptureResult:
        """Record until `stop` is set or the time is over; what was left by an earlier run is read first.

        Raises DumpcapMissing, CaptureRefused, StorageError.
        """
        with self._folder():
            self._take_over()
            dumpcap = find_dumpcap()
            expression = usable_filter(dumpcap, self._plan.interface, self._plan.extra)
            began = self._clock()
            while not stop.is_set():
                left = self._plan.session_seconds
                if self._plan.seconds is not None:
                    passed = (self._clock() - began).total_seconds()
                    if passed >= self._plan.seconds:
                        break
                    left = min(left, round(self._plan.seconds - passed) or 1)
                self._session(dumpcap, expression, left, stop)
            self._drain()
        return self.result

    def _session(self, dumpcap: str, expression: str, seconds: float, stop: Event) -> None:
        plan = self._plan
        began = self._clock()
        name = f"ring-{began.astimezone(UTC):%Y%m%d%H%M%S%f}"
        target = self.folder / f"{name}.pcapng"
        recording = start(dumpcap, plan.interface, expression, target, plan.rings, seconds)
        marker = self.folder / _SESSION
        marker.write_text(
            json.dumps({"began": began.isoformat(), "pid": recording.pid, "target": str(target)})
        )
        full = False
        try:
            while not recording.ended(_PAUSE) and not stop.is_set() and not full:
                writing = [file for file in self._ring_files() if file.name.startswith(name)][-1:]
                self._read([file for file in self._ring_files() if file not in writing])
                full = self._waiting_bytes() > plan.disk_mib << 20
        finally:
            recording.stop()
            self._close_session(recording, began)
        if full:
            self._make_space(began, stop)
        if recording.failed and not stop.is_set():
            said = recording.said
            recording.close()
            raise refusal(dumpcap, plan.interface, said)
        recording.close()
        self._read(self._ring_files())

    def _close_session(self, recording: Recording, began: datetime) -> None:
        lost = recording.dropped
        with self._place.database.write() as conn:
            record_loss(
                conn, self._plan.source, PACKETS_LOST, lost, self._clock(), f"session {began.isoformat()}"
            )
        if lost is None:
            self.result.uncounted += 1
        else:
            self.result.lost += lost
        (self.folder / _SESSION).unlink(missing_ok=True)

    def _make_space(self, began: datetime, stop: Event) -> None:
        self._tell("the space for waiting files is full; recording goes on when they are read")
        with self._place.database.write() as conn:
            record_loss(
                conn, self._plan.source, NOT_RECORDED, None, self._clock(), f"full {began.isoformat()}"
            )
        while self._ring_files() and not stop.is_set():
            self._read(self._ring_files())
            stop.wait(_PAUSE)

    def _take_over(self) -> None:
        """End what a killed run left running, read its files, and say that its losses are unknown."""
        marker = self.folder / _SESSION
        if marker.exists():
            began = None
            with suppress(ValueError, KeyError, TypeError, OSError):
                told = json.loads(marker.read_text())
                _end_orphan(int(told["pid"]), str(told["target"]))
                began = str(told["began"])
            with self._place.database.write() as conn:
                record_loss(
                    conn,
                    self._plan.source,
                    PACKETS_LOST,
                    None,
                    self._clock(),
                    f"session {began or 'unknown'}",
                )
            self.result.uncounted += 1
            marker.unlink()
        if self._ring_files():
            self._tell("files of an earlier capture are read first")
            self._drain()

    def _drain(self) -> None:
        for _ in range(_TRIES):
            self._read(self._ring_files())
            if not self._ring_files():
                return
            Event().wait(_PAUSE)
        self._tell("another scan is in the way; the next capture reads what is left")

    def _read(self, files: list[Path]) -> None:
        for empty in [file for file in files if file.stat().st_size == 0]:
            empty.unlink()
        files = [file for file in files if file.exists()]
        if not files:
            return
        labels = {str(file): f"{self._plan.source}: {file.name}" for file in files}
        task = ScanTask(
            tuple(map(str, files)), self._plan.source, kind=KIND, location=self._plan.interface, losses=False
        )
        try:
            result = run_scan(self._place, [task], started_by="capture", labels=labels, clock=self._clock)
        except ScanRunning:
            return  # they wait; nothing is lost
        outcomes = {outcome.label: outcome for outcome in result.outcomes}
        for file in files:
            outcome = outcomes.get(labels[str(file)])
            if outcome is None:
                continue
            self.result.files += 1
            self.result.lines += outcome.ledger.lines
            self.result.events += outcome.ledger.events
            if outcome.status == "unread":
                kept = file.with_suffix(".unread")
                file.rename(kept)
                self.result.unread.append(f"{kept}: {outcome.message or ''}")
            else:
                file.unlink()

    def _ring_files(self) -> list[Path]:
        return sorted(self.folder.glob("ring-*_*.pcapng"), key=_number)

    def _waiting_bytes(self) -> int:
        return sum(file.stat().st_size for file in self._ring_files())

    @contextmanager
    def _folder(self) -> Iterator[None]:
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        with self._place.database.write() as conn:
            ensure_source(conn, self._plan.source, self._clock(), kind=KIND, location=self._plan.interface)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CaptureRefused(
                    f"{self._plan.source}: another capture of this name is running; stop it, or give this one "
                    "a name of its own with --source"
                ) from None
            yield
        finally:
            os.close(descriptor)


def _number(file: Path) -> tuple[str, int, str]:
    # dumpcap adds its number and the time of day; the latter runs backwards once a year.
    session, _, rest = file.stem.partition("_")
    number = rest.partition("_")[0]
    return session, int(number) if number.isdigit() else 0, rest


def _end_orphan(pid: int, target: str) -> None:
    # Only if it is the dumpcap that writes here: the number may belong to another process by now.
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if target.encode() in command:
            os.kill(pid, signal.SIGTERM)
            for _ in range(100):
                os.kill(pid, 0)
                Event().wait(0.1)
