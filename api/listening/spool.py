"""The folder received messages wait in: one series of files per sender, bounded, synced in groups."""

import errno
import fcntl
import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from api.listening.errors import SpoolFull, SpoolUnusable
from api.listening.segments import (
    MARK_BYTES,
    SUFFIX,
    Segment,
    found_segment,
    messages_in,
    new_segment,
    on_disk,
)
from api.pages.text import size

MOST_SENDERS: Final = 400
"""Senders with a file of their own at one time; the addresses of UDP can be forged without number."""
OTHERS: Final = "others"
LARGEST_SEGMENT: Final = 16 << 20
FINISHED: Final = frozenset({"ok", "already_read"})
CUT_BY_CRASH: Final = "messages cut off when the receiver was killed"
NOT_RECOGNISED: Final = "messages no format reads, deleted to make room"


class Spool:
    """The files of one folder. `clock` gives seconds since 1970; `limit` is in bytes.

    `losses` counts what was lost, by (sender, what), until somebody takes it.
    """

    def __init__(self, folder: Path, limit: int, clock: Callable[[], float]) -> None:
        self.folder = folder
        self.limit = limit
        self.losses: Counter[tuple[str, str]] = Counter()
        self.received = 0
        self._clock = clock
        self._largest = max(1 << 14, min(LARGEST_SEGMENT, limit // 8))
        self._open: dict[str, Segment] = {}
        self._closing: list[Segment] = []
        self._closed: list[Segment] = []
        self._used = 0
        self._lock: int | None = None

    def start(self) -> None:
        """Make the folder private, take it for this process, and find what an earlier run left.

        Raises SpoolUnusable.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            self._lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in sorted(self.folder.glob(f"*{SUFFIX}")):
                segment, cut = found_segment(path)
                if cut:
                    self.losses[segment.sender, CUT_BY_CRASH] += 1
                if segment.size <= MARK_BYTES:
                    path.unlink()
                else:
                    self._closed.append(segment)
        except BlockingIOError as problem:
            raise SpoolUnusable(
                f"{self.folder}: another `skiagram listen` uses this folder; stop it, or name another folder "
                "with --spool"
            ) from problem
        except OSError as problem:
            raise SpoolUnusable(
                f"{self.folder}: received messages cannot be kept here ({problem.strerror}); give this user "
                "the right to write there, or name another folder with --spool"
            ) from problem
        self._closed.sort(key=lambda segment: segment.began)
        self._used = sum(segment.room for segment in self._closed)

    @property
    def used(self) -> int:
        """Return the bytes of all files."""
        return self._used

    @property
    def waiting(self) -> list[Segment]:
        """Return the closed segments no scan has read, the oldest first."""
        return [segment for segment in self._closed if segment.outcome is None]

    @property
    def writing(self) -> bool:
        """Say whether any segment is open."""
        return bool(self._open)

    def write(self, sender: str, lines: list[bytes]) -> None:
        """Append messages of one sender, all or none. Raises SpoolFull."""
        data = b"\n".join(lines) + b"\n"
        segment = self._open.get(sender)
        if segment is None and len(self._open) >= MOST_SENDERS:
            sender = OTHERS
            segment = self._open.get(sender)
        if segment is not None and segment.size + len(data) > self._largest and segment.messages:
            self._retire(sender)
            segment = None
        before, already = (segment.room, segment.size) if segment else (0, MARK_BYTES)
        if self._used - before + on_disk(already + len(data)) > self.limit:
            raise SpoolFull(f"{self.folder} is at its limit of {size(self.limit)}")
        try:
            if segment is None:
                segment = self._open[sender] = new_segment(self.folder, sender, self._clock())
            segment.append(data, len(lines))
        except OSError as problem:
            raise SpoolFull(f"{self.folder}: {problem.strerror or problem}") from problem
        finally:
            if segment is not None:
                self._used += segment.room - before
        self.received += len(lines)

    def rotate(self, older_than: float = 0.0) -> None:
        """Begin new files where the present ones are older than so many seconds."""
        for sender, segment in list(self._open.items()):
            if self._clock() - segment.began >= older_than:
                self._retire(sender)

    def _retire(self, sender: str) -> None:
        self._closing.append(self._open.pop(sender))

    def sync(self) -> None:
        """Bring everything written so far to the disk. May run in a thread beside write().

        Raises OSError where the disk refuses.
        """
        closing = list(self._closing)
        for segment in [*self._open.values(), *closing]:
            if segment.dirty and segment.descriptor is not None:
                segment.dirty = False
                try:
                    os.fsync(segment.descriptor)
                except OSError:
                    segment.dirty = True
                    raise
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        for segment in closing:
            segment.close()
            self._closing.remove(segment)
            self._closed.append(segment)

    def finished(self, outcomes: Iterable[tuple[Segment, str]]) -> None:
        """Take note of what a scan made of closed segments."""
        for segment, outcome in outcomes:
            segment.outcome = outcome

    def make_room(self, keep_seconds: float, *, full: bool = False) -> None:
        """Delete what was read and is old enough, or everything that was read where the folder is full.

        Files no format reads may take half of the limit; beyond it the oldest is deleted and counted as lost.
        """
        for segment in [one for one in self._closed if one.outcome in FINISHED]:
            if full or self._clock() - segment.began >= keep_seconds:
                self._delete(segment)
        unread = [one for one in self._closed if one.outcome is not None and one.outcome not in FINISHED]
        room = sum(segment.room for segment in unread)
        for segment in unread:
            if room <= self.limit // 2:
                break
            room -= segment.room
            self.losses[segment.sender, NOT_RECOGNISED] += messages_in(segment.path)
            self._delete(segment)

    def _delete(self, segment: Segment) -> None:
        try:
            segment.path.unlink(missing_ok=True)
        except OSError as problem:
            if problem.errno not in {errno.EACCES, errno.EROFS, errno.EIO}:
                raise
            return
        self._closed.remove(segment)
        self._used -= segment.room

    def take_losses(self) -> Counter[tuple[str, str]]:
        """Return what was lost since the last call."""
        taken, self.losses = self.losses, Counter()
        return taken

    def stop(self) -> None:
        """Bring everything to the disk and let go of the folder."""
        self.rotate()
        try:
            self.sync()
        finally:
            for segment in [*self._open.values(), *self._closing]:
                segment.close()
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None
