"""One file of received messages: appended to, synced, closed, and found again after a crash."""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.syslog.lines import mark_line

SUFFIX: Final = ".log"
_BLOCK: Final = 4096
_PIECE: Final = 1 << 20
MARK_BYTES: Final = len(mark_line("", "", ""))


def on_disk(size: int) -> int:
    """Return the bytes that so many take on disk: even one takes a block."""
    return -(-size // _BLOCK) * _BLOCK


@dataclass(slots=True)
class Segment:
    """Messages of one sender; `size` is in bytes. It is never appended to once it is closed."""

    path: Path
    sender: str
    size: int
    began: float
    messages: int = 0
    descriptor: int | None = None
    dirty: bool = False
    """Written to since it was last synced."""
    outcome: str | None = None
    """What a scan made of it after it was closed; None where none has read it."""

    @property
    def room(self) -> int:
        """Return the bytes it takes on disk."""
        return on_disk(self.size)

    def append(self, lines: bytes, messages: int) -> None:
        """Write whole lines, or none of them. Raises OSError."""
        if self.descriptor is None:
            raise OSError(f"{self.path} is closed")
        at = 0
        try:
            while at < len(lines):
                at += os.write(self.descriptor, lines[at:] if at else lines)
        except OSError:
            if at:
                os.ftruncate(self.descriptor, self.size)
            raise
        self.size += at
        self.messages += messages
        self.dirty = True

    def close(self) -> None:
        """Close the file."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def new_segment(folder: Path, sender: str, now: float) -> Segment:
    """Make a file for a sender. Raises OSError."""
    identity = secrets.token_hex(8)
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"{_name_of(sender)}_{moment}_{identity}{SUFFIX}"
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    segment = Segment(path, sender, 0, now, descriptor=os.open(path, flags, 0o600))
    try:
        segment.append(mark_line(identity, sender, moment), 0)
    except OSError:
        segment.close()
        path.unlink(missing_ok=True)
        raise
    return segment


def found_segment(path: Path) -> tuple[Segment, bool]:
    """Return a segment of an earlier run, and whether its last line had been cut off and was taken away.

    Half a line would be read as a message that nobody sent. Raises OSError.
    """
    status = path.stat()
    size = _end_of_lines(path, status.st_size)
    if size < status.st_size:
        os.truncate(path, size)
        os.utime(path, (status.st_atime, status.st_mtime))
    return Segment(path, _sender_of(path.name), size, status.st_mtime), size < status.st_size


def _name_of(sender: str) -> str:
    return sender.replace(":", "-")


def _sender_of(name: str) -> str:
    return name.rsplit("_", 2)[0].replace("-", ":")


def _end_of_lines(path: Path, size: int) -> int:
    with path.open("rb") as file:
        end = size
        while end:
            start = max(0, end - _PIECE)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0


def messages_in(path: Path) -> int:
    """Return how many messages a segment holds; the first line is none. Raises OSError."""
    lines = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            lines += piece.count(b"\n")
    return max(0, lines - 1)
