"""Puts the TCP segments of one short message in order."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_SIZE = 98_304
MAX_SEGMENTS = 96
MASK = 0xFFFFFFFF


def ahead_of(sequence: int, other: int) -> int:
    """Return by how much one sequence number is ahead of another, negative if behind (RFC 9293, 3.4)."""
    return ((sequence - other + 0x80000000) & MASK) - 0x80000000


@dataclass(slots=True)
class Segments:
    """Bytes of one direction from `start` on, as far as they are there without a gap."""

    start: int
    """Sequence number of the first byte."""
    kind: str
    """What is being read: hello, http, dns, socks, or "" as long as nothing of the beginning is there."""
    data: bytearray = field(default_factory=bytearray)
    _waiting: dict[int, bytes] = field(default_factory=dict)
    _held: int = 0
    _count: int = 0

    @property
    def end(self) -> int:
        """Sequence number behind the bytes that are there."""
        return (self.start + len(self.data)) & MASK

    @property
    def exhausted(self) -> bool:
        """Tell whether more was taken than any message that is read here needs."""
        return self._count > MAX_SEGMENTS or len(self.data) + self._held > MAX_SIZE

    @property
    def has_gap(self) -> bool:
        """Tell whether bytes wait behind a gap."""
        return bool(self._waiting)

    def add(self, sequence: int, payload: bytes) -> None:
        """Take one segment; the first copy of a byte counts."""
        self._count += 1
        if payload:
            kept = self._waiting.get(sequence, b"")
            if len(payload) > len(kept):
                self._waiting[sequence] = payload
                self._held += len(payload) - len(kept)
        grown = True
        while grown and self._waiting:
            grown = False
            for at in list(self._waiting):
                gap = ahead_of(at, self.end)
                if gap > 0:
                    continue
                piece = self._waiting.pop(at)
                self._held -= len(piece)
                if -gap < len(piece):
                    self.data += piece[-gap:]
                    grown = True

    def drop(self, size: int) -> None:
        """Forget the first `size` bytes."""
        del self.data[:size]
        self.start = (self.start + size) & MASK
        self._count = 0
