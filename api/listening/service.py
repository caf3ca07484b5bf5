"""Run the receiver: sockets, spool, scans and losses, from start to a clean end."""

import asyncio
import signal
import ssl
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from api.listen_settings import SenderSettings
from api.listening.addresses import Address
from api.listening.errors import SpoolUnusable
from api.listening.losses import LossBook
from api.listening.receiver import Receiver
from api.listening.scanner_process import ScannerProcess
from api.listening.segments import Segment
from api.listening.spool import FINISHED, Spool

_TICK: Final = 1.0
_IDLE_ROTATION: Final = 3600.0
_AT_ONCE: Final = 400
_LAST_SCAN: Final = 20.0


@dataclass(frozen=True, slots=True)
class ListenPlan:
    """What to receive, where to keep it, and who reads it."""

    addresses: tuple[Address, ...]
    spool: Path
    limit: int
    every: float = 60.0
    scan: bool = True
    keep_seconds: float = 86400.0
    connections: int = 1000
    context: ssl.SSLContext | None = None
    database: str = ""
    source: str | None = None
    """Name of the one source of all messages; each sender is one of its own where it is None."""
    time_zone: str = "UTC"
    senders: dict[str, SenderSettings] = field(default_factory=dict)

    def source_of(self, sender: str) -> str:
        """Return the name of the source a sender's messages belong to."""
        known = self.senders.get(sender)
        if known is not None and known.source is not None:
            return known.source
        return self.source or f"syslog {sender}"


class ListenService:
    """One run of the receiver; `tell` takes sentences for people, `ready` the addresses taken."""

    def __init__(
        self,
        plan: ListenPlan,
        tell: Callable[[str], None],
        ready: Callable[[Sequence[Address]], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._plan = plan
        self._tell = tell
        self._ready = ready
        self._spool = Spool(plan.spool, plan.limit, clock)
        self._book = LossBook(plan.spool / "losses.json")
        self._receiver = Receiver(self._spool.write, most_connections=plan.connections)
        self._scanner = ScannerProcess()
        self._stopping = asyncio.Event()
        self._due = asyncio.Event()
        self._syncing = asyncio.Lock()
        self._told: str | None = None

    @property
    def received(self) -> int:
        """Return the number of messages written."""
        return self._spool.received

    @property
    def blocked(self) -> str | None:
        """Return why senders have to wait, None where they need not."""
        return self._receiver.blocked

    @property
    def connections(self) -> int:
        """Return the number of open connections."""
        return len(self._receiver.connections)

    def stop(self) -> None:
        """Ask the run to end."""
        self._stopping.set()
        self._due.set()

    async def run(self) -> None:
        """Receive until stop() or a signal. Raises ListenRefused."""
        loop = asyncio.get_running_loop()
        self._spool.start()
        try:
            self._book.load()
            taken = await self._receiver.open(self._plan.addresses, self._plan.context)
        except OSError as problem:
            self._spool.stop()
            raise SpoolUnusable(f"{self._plan.spool}: {problem}; check space and permissions") from problem
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        self._ready(taken)
        rounds = asyncio.create_task(self._rounds())
        try:
            while not self._stopping.is_set():
                await self._sleep(self._stopping, _TICK)
                await self._tick()
        finally:
            await self._receiver.close()
            await self._tick()
            self._spool.rotate()
            await self._tick()
            done, _ = await asyncio.wait({rounds}, timeout=_LAST_SCAN)
            if not done:
                rounds.cancel()
                await asyncio.gather(rounds, return_exceptions=True)
            elif (fault := rounds.exception()) is not None:
                raise fault
            await self._scanner.stop(_TICK)
            self._note_losses()
            self._book.save()
            self._spool.stop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def _tick(self) -> None:
        """Bring what was written to the disk, and note what was lost."""
        self._receiver.note_drops()
        self._note_losses()
        try:
            await self._sync()
            await asyncio.to_thread(self._book.save)
        except OSError as problem:
            self._say(f"{self._plan.spool}: {problem.strerror}; check the disk")
        if self._receiver.blocked is not None:
            self._say(f"senders have to wait: {self._receiver.blocked}")
            self._due.set()
        elif not self._plan.scan:
            self._spool.rotate(_IDLE_ROTATION)

    async def _sync(self) -> None:
        async with self._syncing:
            await asyncio.to_thread(self._spool.sync)

    def _note_losses(self) -> None:
        lost: Counter[tuple[str, str]] = Counter()
        for found in (self._spool.take_losses(), self._receiver.take_losses()):
            for (place, what), number in found.items():
                source = place if place.startswith("syslog ") else self._plan.source_of(place)
                lost[source, what] += number
        self._book.add(lost)

    async def _rounds(self) -> None:
        """Have scanned what was received, again and again, a last time at the end."""
        while not self._stopping.is_set():
            await self._sleep(self._due, self._plan.every)
            self._due.clear()
            await self._round()
            if self._receiver.blocked is not None and not self._stopping.is_set():
                await self._sleep(self._stopping, _TICK)  # full, and nothing could be deleted: not in a hurry

    async def _round(self) -> None:
        blocked = self._receiver.blocked is not None
        if self._plan.scan or blocked:
            self._spool.rotate()
            try:
                await self._sync()
            except OSError as problem:
                self._say(f"{self._plan.spool}: {problem.strerror}; check the disk")
        waiting = self._spool.waiting[:_AT_ONCE]
        origin, losses = self._book.report()
        request: dict[str, Any] = {"database": self._plan.database, "origin": origin, "losses": losses}
        if waiting and self._plan.scan:
            request["scan"] = self._tasks(waiting)
        elif waiting:
            request["ask"] = {
                "since": min(segment.path.stat().st_mtime for segment in waiting),
                "files": [(str(segment.path), segment.path.stat().st_mtime) for segment in waiting],
            }
        if waiting or losses:
            answer = await self._scanner.ask(request)
            if "error" in answer:
                self._say(f"received messages could not be scanned now, tried again: {answer['error']}")
            else:
                self._told = None
            if "acknowledged" in answer:
                self._book.acknowledge(answer["acknowledged"])
            for note in answer.get("notes", ()):
                self._tell(note)
            outcomes = answer.get("outcomes", {})
            self._spool.finished((s, outcomes[str(s.path)]) for s in waiting if str(s.path) in outcomes)
            unread = [s for s in waiting if s.outcome is not None and s.outcome not in FINISHED]
            for sender in sorted({segment.sender for segment in unread}):
                self._tell(
                    f"messages of {sender} could not be read: skiagram formats detect {unread[-1].path.parent}"
                )
        self._spool.make_room(self._plan.keep_seconds, full=blocked)
        if blocked:
            self._receiver.blocked = None
            self._receiver.room()

    def _tasks(self, waiting: Sequence[Segment]) -> list[dict[str, Any]]:
        senders: dict[str, list[str]] = {}
        for segment in waiting:
            senders.setdefault(segment.sender, []).append(str(segment.path))
        return [
            {
                "paths": paths,
                "source": self._plan.source_of(sender),
                "format": known.format if known else None,
                "time_zone": (known.time_zone if known else None) or self._plan.time_zone,
                "location": ", ".join(str(address) for address in self._plan.addresses),
            }
            for sender, paths in senders.items()
            for known in (self._plan.senders.get(sender),)
        ]

    def _say(self, text: str) -> None:
        """Tell a lasting trouble once."""
        if text != self._told:
            self._told = text
            self._tell(text)

    @staticmethod
    async def _sleep(event: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return
