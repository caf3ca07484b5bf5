"""Recordings: binary files that a reader of their own reads as a whole, packet captures and dnstap files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from scanner.captures.beginning import first_packet
from scanner.captures.magic import is_capture
from scanner.clock import TimeContext
from scanner.compressed import Readable
from scanner.dnstap import STOP_FRAME, dnstap_events, first_frames, is_frame_stream
from scanner.errors import SourceUnreadable
from scanner.fields import Event
from scanner.ingest_captures import FORMAT_ID, capture_events
from scanner.inputs import BLOCK_BYTES, member_again
from scanner.ledger import Ledger

DNSTAP: Final = "dnstap"
REST: Final = {FORMAT_ID: "packets that name nothing", DNSTAP: "frames that name nothing"}
"""What is said of the parts of a recording that are neither events nor accounted for otherwise."""


def recording_of(head: bytes) -> str | None:
    """Return what recording a content is by its first bytes (packet_capture or dnstap), None for text."""
    if is_capture(head):
        return FORMAT_ID
    return DNSTAP if is_frame_stream(head) else None


def recorded_events(
    kind: str, stream: Readable, ledger: Ledger, context: TimeContext, notes: list[str]
) -> Iterator[Event]:
    """Yield the events of a recording; `ledger` and `notes` are complete at the end.

    Raises SourceUnreadable where the content is none after all.
    """
    sound = _Sound(stream)
    if kind == DNSTAP:
        yield from dnstap_events(sound, ledger, notes)
    else:
        yield from capture_events(sound, ledger, context, notes)
    if sound.damage is not None:
        notes.append(sound.damage)


class _Sound:
    """A stream that ends where it is damaged, and says why."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.damage: str | None = None

    def read(self, size: int = -1, /) -> bytes:
        if self.damage is None:
            try:
                return self._stream.read(size)
            except SourceUnreadable as problem:
                self.damage = str(problem)
            except Exception as problem:  # every decompressor has error types of its own
                self.damage = f"damaged or cut short: {problem}"
        return b""


@dataclass(frozen=True, slots=True)
class Extent:
    """SHA-256 and size of a recording's content, decompressed, and of its beginnings of certain sizes."""

    digest: str
    size: int
    reached: dict[int, str]
    complete: bool
    """It ends as a dnstap file does whose server has closed it."""
    damaged: bool
    """What was read is all that is sound; a better copy may hold more."""


def extent_of(path: Path, label: str, marks: Iterable[int]) -> Extent:
    """Read a recording through; `marks` are the sizes of the beginnings to identify."""
    digest, size, tail = sha256(), 0, b""
    reached: dict[int, str] = {}
    ahead = sorted(marks)
    with member_again(path, label) as member:
        sound = _Sound(member.stream)
        while piece := sound.read(min(BLOCK_BYTES, ahead[0] - size) if ahead else BLOCK_BYTES):
            digest.update(piece)
            size += len(piece)
            tail = (tail + piece[-len(STOP_FRAME) :])[-len(STOP_FRAME) :]
            while ahead and ahead[0] <= size:
                reached[ahead.pop(0)] = digest.hexdigest()
    return Extent(digest.hexdigest(), size, reached, tail == STOP_FRAME, sound.damage is not None)


def beginning_of(kind: str, head: bytes) -> bytes:
    """Return what identifies a recording that may still grow, by its beginning; empty where that holds no packet."""
    beginning = first_frames(head) if kind == DNSTAP else first_packet(head)
    return sha256(beginning).hexdigest().encode() if beginning else b""
