"""Follows conversations: who opened them, payload bytes each way without retransmissions, port reuse."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from scanner.captures.addresses import address
from scanner.captures.batch import Batch, Ints
from scanner.captures.layers import TCP, Flags, Table, Words
from scanner.captures.quic import Connection
from scanner.captures.segments import Segments, ahead_of

FIN, SYN, RST, ACK = 1, 2, 4, 16
MASK = 0xFFFFFFFF
MAX_FLOWS = 30_000
"""Conversations kept open at once; beyond it the longest silent ones are closed and reported as they are."""
MAX_HOLES = 64


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
    awaits_next: bool = False
    """Another request may begin at `consumed`, be it with a single byte."""

    def account(self, sequence: int, length: int, flags: int) -> None:
        """Count one TCP packet; payload bytes seen before do not count again."""
        self.packets += 1
        self.closed = self.closed or bool(flags & FIN)
        if flags & SYN:
            self.first = (sequence + 1) & MASK
            sequence = self.first
        if self.reached is None:
            self.reached = sequence
        ahead = ahead_of(sequence, self.reached)
        if length == 0 and not flags & FIN:
            if flags & SYN:
                self.reached, self.holes = sequence, ()
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
    sides: tuple[Side, Side] = field(default_factory=lambda: (Side(), Side()))
    fate: Fate = Fate.UNDECIDED
    quic: Connection | None = None
    _labels: tuple[Ends, Ends] | None = None

    def labels(self, side: int) -> Ends:
        """Return addresses and ports as text, the sender of this side first."""
        if self._labels is None:
            carrier = "tcp" if self.protocol == TCP else "udp"
            one, two = ((address(self.version, high, low), port) for high, low, port in self.ends)
            self._labels = Ends(*one, *two, carrier), Ends(*two, *one, carrier)
        return self._labels[side]

    def has_port(self, port: int) -> bool:
        """Tell whether one of the two ports is this."""
        return self.ends[0][2] == port or self.ends[1][2] == port

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


class Group(NamedTuple):
    """The packets of one flow in one batch, in the order of the file."""

    flow: Flow
    rows: list[int]
    sides: list[int]
    interesting: bool
    """Some packet begins like a message that is read here."""


class Run(NamedTuple):
    """The packets of one side of a flow in one batch."""

    side: int
    rows: list[int]
    size: int
    """Sum of their payloads."""
    sequence: int
    """Of the first packet, as are the flags."""
    flags: int
    reached: int
    """Sequence number behind the last packet."""
    closes: bool


class FlowTable:
    """The open flows of a capture."""

    def __init__(self) -> None:
        self._flows: dict[int, Flow] = {}
        self.finished: list[Flow] = []
        """Flows that ended since this list was last emptied by its reader."""
        # Odd random factors: crafted addresses cannot be made to share a key.
        self._factors = [np.uint64(secrets.randbits(64) | 1) for _ in range(5)]

    def close(self) -> Iterator[Flow]:
        """Yield what is still open and forget it."""
        yield from self._flows.values()
        self._flows = {}

    def take(self, batch: Batch, table: Table, hits: Flags) -> Iterator[Group]:
        """Count the packets of a batch and yield them flow by flow."""
        rows = np.flatnonzero(table.protocol)
        if not len(rows):
            return
        keys = self._keys(table, rows)
        order = np.argsort(keys, kind="stable")
        rows, keys = rows[order], keys[order]
        new = np.ones(len(rows), dtype=np.bool_)
        new[1:] = keys[1:] != keys[:-1]
        starts = np.flatnonzero(new)
        sequence, flags, length = table.sequence[rows], table.flags[rows], table.length[rows]
        opening = (flags & SYN) != 0
        following = (sequence + length + opening + (flags & FIN)) & MASK
        irregular = opening & ~new
        irregular[1:] |= ~new[1:] & (sequence[1:] != following[:-1]) & (table.protocol[rows[1:]] == TCP)
        sums = np.add.reduceat(length, starts).tolist()
        odd = np.logical_or.reduceat(irregular, starts).tolist()
        hit = np.logical_or.reduceat(hits[rows], starts).tolist()
        bounds = [*starts.tolist(), len(rows)]
        names = keys[starts].tolist()
        reached = ((sequence + length + opening) & MASK)[np.array(bounds[1:]) - 1].tolist()
        closes = np.logical_or.reduceat((flags & FIN) != 0, starts).tolist()
        first_sequence, first_flags = sequence[starts].tolist(), flags[starts].tolist()
        indexes: list[int] = rows.tolist()
        stop = 0
        while stop < len(names):
            at, key = stop, names[stop] >> 1
            stop += 2 if at + 1 < len(names) and names[at + 1] >> 1 == key else 1
            runs = [
                Run(
                    names[i] & 1, indexes[bounds[i] : bounds[i + 1]], sums[i], first_sequence[i], first_flags[i],
                    reached[i], closes[i],
                )
                for i in range(at, stop)
            ]  # fmt: skip
            flow = self._flows.pop(key, None)
            if flow is not None:
                self._flows[key] = flow  # last in the order: least likely to be closed
            interesting = any(hit[at:stop])
            if any(odd[at:stop]) or not _continues(flow, runs):
                yield from self._one_by_one(key, batch, table, runs, interesting)
                continue
            if flow is None:
                run = min(runs, key=_first_row)
                flow = self._new_flow(key, batch, table, run.rows[0], run.side)
            for run in runs:
                side = flow.sides[run.side]
                side.packets += len(run.rows)
                side.size += run.size
                if run.flags & SYN:
                    side.first = (run.sequence + 1) & MASK
                    self._opened(flow, run.side, run.flags)
                side.reached = run.reached
                side.closed = side.closed or run.closes
            yield Group(flow, *_in_order(runs), interesting)
        if len(self._flows) > MAX_FLOWS:
            self._evict()

    def _one_by_one(
        self, key: int, batch: Batch, table: Table, runs: list[Run], interesting: bool
    ) -> Iterator[Group]:
        """Count packets singly, and start a new flow where a SYN reuses the ports."""
        rows, sides = _in_order(runs)
        all_flags, sequences = table.flags[rows].tolist(), table.sequence[rows].tolist()
        lengths = table.length[rows].tolist()
        flow, since = self._flows.get(key), 0
        for index, (row, side) in enumerate(zip(rows, sides, strict=True)):
            flags, sequence = all_flags[index], sequences[index]
            if flow is not None and flags & (SYN | ACK) == SYN and _reuses(flow, side, sequence):
                if index > since:
                    yield Group(flow, rows[since:index], sides[since:index], interesting)
                self.finished.append(flow)
                del self._flows[key]
                flow, since = None, index
            if flow is None:
                flow = self._new_flow(key, batch, table, row, side)
            if flags & SYN:
                self._opened(flow, side, flags)
            flow.sides[side].account(sequence, lengths[index], flags)
        if flow is not None:
            yield Group(flow, rows[since:], sides[since:], interesting)

    def _opened(self, flow: Flow, side: int, flags: int) -> None:
        if flow.client is None:
            flow.client = 1 - side if flags & ACK else side

    def _new_flow(self, key: int, batch: Batch, table: Table, row: int, side: int) -> Flow:
        source = *table.source[row].tolist(), int(table.source_port[row])
        destination = *table.destination[row].tolist(), int(table.destination_port[row])
        ends = (destination, source) if side else (source, destination)
        flow = self._flows[key] = Flow(
            int(table.protocol[row]), int(table.version[row]), ends, int(batch.time[row]), side
        )
        return flow

    def _evict(self) -> None:
        keep = MAX_FLOWS * 3 // 4
        for key in list(self._flows)[: len(self._flows) - keep]:
            self.finished.append(self._flows.pop(key))

    def _keys(self, table: Table, rows: Ints) -> Words:
        """Return 63 bits for the flow of each packet, and one for its direction."""
        one, _, three, four, five = self._factors
        source = self._mixed(table.source[rows], table.source_port[rows])
        destination = self._mixed(table.destination[rows], table.destination_port[rows])
        side = source > destination
        low, high = np.minimum(source, destination), np.maximum(source, destination)
        key = low * three ^ high * four ^ table.protocol[rows].astype(np.uint64) * five
        key ^= key >> np.uint64(31)
        key *= one
        key ^= key >> np.uint64(29)
        result: Words = (key & ~np.uint64(1)) | side.astype(np.uint64)
        return result

    def _mixed(self, address: Words, port: Ints) -> Words:
        one, two, three, *_ = self._factors
        mixed: Words = address[:, 0] * one ^ address[:, 1] * two ^ port.astype(np.uint64) * three
        mixed ^= mixed >> np.uint64(32)
        mixed *= two
        mixed ^= mixed >> np.uint64(29)
        return mixed


def _reuses(flow: Flow, side: int, sequence: int) -> bool:
    """Tell whether a SYN opens a new conversation rather than repeating the one that opened this flow."""
    own = flow.sides[side]
    if own.first is not None:
        return own.first != (sequence + 1) & MASK
    return own.packets > 0 or flow.sides[1 - side].packets > 0


def _continues(flow: Flow | None, runs: list[Run]) -> bool:
    """Tell whether each side goes on exactly where it stopped, so that sums are all there is to count."""
    for run in runs:
        if run.flags & SYN and not run.flags & ACK and any(other.rows[0] < run.rows[0] for other in runs):
            return False
        if flow is not None and flow.protocol == TCP:
            side = flow.sides[run.side]
            if run.flags & SYN and (side.packets or not run.flags & ACK):
                return False
            if side.holes or (side.reached is not None and side.reached != run.sequence):
                return False
    return True


def _in_order(runs: list[Run]) -> tuple[list[int], list[int]]:
    """Return rows and sides of both directions in the order of the file."""
    if len(runs) == 1:
        return runs[0].rows, [runs[0].side] * len(runs[0].rows)
    both = sorted([(row, run.side) for run in runs for row in run.rows])
    return [row for row, _ in both], [side for _, side in both]


def _first_row(run: Run) -> int:
    return run.rows[0]
