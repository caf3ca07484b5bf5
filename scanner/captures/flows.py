"""One conversation: who opened it, payload bytes each way without retransmissions, what is read in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from scanner.captures.addresses import address
from scanner.captures.layers import TCP
from scanner.captures.quic import Connection
from scanner.captures.segments import Segments, ahead_of

FIN, SYN, RST, ACK = 1, 2, 4, 16
MASK = 0xFFFFFFFF
MAX_HOLES = 64
MAX_GAP = 65_536


class Fate(IntEnum):
    """What is known about the application protocol of a flow."""

    UNDECIDED = 0
    KNOWN = 1
    TO_TSHARK = 2
    """Nothing known here matched: the first payloads go to tshark."""
    WHOLLY_TO_TSHARK = 3
    """A protocol only tshark reads over many packets, as clear HTTP/2."""


@dataclass(slots=True)
class Side:
    """One direction of a flow."""

    packets: int = 0
    size: int = 0
    first: int | None = None
    """Sequence number of the first payload byte, if the SYN was seen."""
    reached: int | None = None
    """Sequence number behind the last byte seen."""
    closed: bool = False
    """Its FIN was seen, so `reached` is its end."""
    holes: tuple[tuple[int, int], ...] = ()
    """Stretches before `reached` that were not seen."""
    payloads: int = 0
    """Payload packets the dissectors looked at."""
    segments: Segments | None = None
    """A message that is not complete yet."""
    consumed: int | None = None
    """Sequence number behind the last message read, its body included."""
    missing: tuple[int, int] | None = None
    """Where bytes may still come late, before a message that came ahead of them."""
    awaits_next: bool = False
    """Another request may begin at `consumed`, be it with a single byte."""

    def behind_gap(self, sequence: int) -> int | None:
        """Return where the bytes that lack before `sequence` begin; None if none lack or too many."""
        expected = self.consumed
        if expected is None and self.payloads == 1:
            expected = self.first
        if expected is not None and 0 < ahead_of(sequence, expected) < MAX_GAP:
            return expected
        return None

    def comes_late(self, sequence: int) -> bool:
        """Tell whether this is what was missing before a message that is read already."""
        if self.missing is None or ahead_of(sequence, self.missing[0]) < 0:
            return False
        return ahead_of(sequence, self.missing[1]) < 0

    def account(self, sequence: int, length: int, flags: int, packets: int = 1) -> None:
        """Count TCP packets that follow one another; payload bytes seen before do not count again."""
        self.packets += packets
        if flags & FIN:
            self.closed = True
        if flags & SYN:
            sequence = (sequence + 1) & MASK
            if sequence != self.first:
                self.first = self.reached = sequence
                self.holes = ()
        if self.reached is None:
            self.reached = sequence
        if sequence == self.reached and not self.holes:
            self.size += length
            self.reached = (sequence + length) & MASK
            return
        ahead = ahead_of(sequence, self.reached)
        if length == 0 and not flags & FIN:
            return
        if ahead > 0:
            if len(self.holes) < MAX_HOLES:
                self.holes = (*self.holes, (self.reached, sequence))
            self.size += length
        else:
            new = max(0, length + ahead)
            self.size += new + (self._fill(sequence, (sequence + length) & MASK) if self.holes else 0)
        if ahead + length >= 0:
            self.reached = (sequence + length) & MASK

    @property
    def sent(self) -> int | None:
        """Return the bytes from SYN to FIN by their numbers, whether seen or not; None where one is missing."""
        if self.first is None or self.reached is None or not self.closed:
            return None
        sent = (self.reached - self.first) & MASK
        return sent if sent <= MASK >> 1 else None

    def _fill(self, start: int, end: int) -> int:
        """Close holes that [start, end) covers; return the bytes that were missing."""
        filled = 0
        left: list[tuple[int, int]] = []
        for hole_start, hole_end in self.holes:
            low = start if ahead_of(start, hole_start) > 0 else hole_start
            high = end if ahead_of(end, hole_end) < 0 else hole_end
            if ahead_of(high, low) <= 0:
                left.append((hole_start, hole_end))
                continue
            filled += ahead_of(high, low)
            if low != hole_start:
                left.append((hole_start, low))
            if high != hole_end:
                left.append((high, hole_end))
        self.holes = tuple(left)
        return filled


class Ends(NamedTuple):
    """Who sent to whom."""

    source_ip: str
    source_port: int
    destination_ip: str
    destination_port: int
    protocol: str


def _two_sides() -> tuple[Side, Side]:
    return Side(), Side()


def _no_labels() -> list[Ends | None]:
    return [None, None]


@dataclass(slots=True)
class Flow:
    """One conversation; side 0 is the one whose packets sort first."""

    protocol: int
    version: int
    ends: tuple[tuple[int, int, int], tuple[int, int, int]]
    """Address (two halves) and port of the sender of each side."""
    started: int
    """Nanoseconds since 1970 UTC."""
    first_side: int
    client: int | None = None
    """The side that opened the flow, if its SYN or the answer to it was seen."""
    sides: tuple[Side, Side] = field(default_factory=_two_sides)
    fate: Fate = Fate.UNDECIDED
    quic: Connection | None = None
    _labels: list[Ends | None] = field(default_factory=_no_labels)

    def labels(self, side: int) -> Ends:
        """Return addresses and ports as text, the sender of this side first."""
        labels = self._labels[side]
        if labels is None:
            high, low, port = self.ends[side]
            its_high, its_low, its_port = self.ends[1 - side]
            version, carrier = self.version, "tcp" if self.protocol == TCP else "udp"
            near, far = address(version, high, low), address(version, its_high, its_low)
            labels = self._labels[side] = Ends(near, port, far, its_port, carrier)
        return labels

    def has_port(self, port: int) -> bool:
        """Tell whether one of the two ports is this."""
        return self.ends[0][2] == port or self.ends[1][2] == port

    @property
    def server_port(self) -> int:
        """Return the port that was called."""
        return self.ends[1 - self.client_side][2]

    @property
    def client_side(self) -> int:
        """Return the opening side; without a SYN the one with the port that is less of a server's."""
        if self.client is not None:
            return self.client
        first, second = self.ends[0][2], self.ends[1][2]
        if (first < 1024) != (second < 1024):
            return 1 if first < 1024 else 0
        if (first in SERVER_PORTS) != (second in SERVER_PORTS):
            return 1 if first in SERVER_PORTS else 0
        return self.first_side


SERVER_PORTS = frozenset(
    {53, 80, 443, 853, 1080, 3128, 4433, 4443, 5353, 8008, 8080, 8443, 8888, 9443, 11434}
)
