"""Follows conversations: who opened them, payload bytes each way without retransmissions, port reuse."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from scanner.captures.batch import Batch, Ints
from scanner.captures.layers import TCP, Flags, Table, Words
from scanner.captures.quic import Connection
from scanner.captures.segments import Segments, ahead_of

FIN, SYN, RST, ACK = 1, 2, 4, 16
MASK = 0xFFFFFFFF
MAX_FLOWS = 60_000
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
    holes: list[tuple[int, int]] = field(default_factory=list)
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
        if flags & SYN:
            self.first = (sequence + 1) & MASK
            sequence = self.first
        if self.reached is None:
            self.reached = sequence
        ahead = ahead_of(sequence, self.reached)
        if length == 0 and not flags & FIN:
            if flags & SYN:
                self.reached, self.holes = sequence, []
            return
        if ahead > 0:
            if len(self.holes) < MAX_HOLES:
                self.holes.append((self.reached, sequence))
            self.size += length
        else:
            new = max(0, length + ahead)
            self.size += new + (self._fill(sequence, (sequence + length) & MASK) if self.holes else 0)
        if ahead + length >= 0:
            self.reached = (sequence + length) & MASK

    def _fill(self, start: int, end: int) -> int:
        """Close holes that [start, end) covers; return the bytes that were missing."""
        filled, left = 0, []
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
        self.holes = left
        return filled


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

    @property
    def client_side(self) -> int:
        """Return the opening side; without a SYN the one with the port that is less of a server's."""
        if self.client is not None:
            return self.client
        first, second = self.ends[0][2], self.ends[1][2]
        if (first in SERVER_PORTS) != (second in SERVER_PORTS):
            return 1 if first in SERVER_PORTS else 0
        if (first < 1024) != (second < 1024):
            return 1 if first < 1024 else 0
        return self.first_side


SERVER_PORTS = frozenset(
    {53, 80, 443, 853, 1080, 3128, 4433, 4443, 5353, 8008, 8080, 8443, 8888, 9443, 11434}
)


@dataclass(frozen=True, slots=True)
class Group:
    """The packets of one flow in one batch, in the order of the file."""

    flow: Flow
    rows: Ints
    sides: Ints
    interesting: bool
    """Some packet begins like a message that is read here."""


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

    def open_flows(self) -> Iterator[Flow]:
        """Yield what is still open."""
        return iter(self._flows.values())

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
        index = 0
        while index < len(names):
            pair = index + 1 < len(names) and names[index] >> 1 == names[index + 1] >> 1
            stop = index + 2 if pair else index + 1
            own = rows[bounds[index] : bounds[stop]]
            sides = np.repeat(
                np.array([name & 1 for name in names[index:stop]], dtype=np.int64),
                np.diff(bounds[index : stop + 1]),
            )
            if pair:
                in_order = np.argsort(own, kind="stable")
                own, sides = own[in_order], sides[in_order]
            flow = self._flows.pop(names[index] >> 1, None)
            if flow is not None:
                self._flows[names[index] >> 1] = flow  # last in the order: least likely to be closed
            interesting = any(hit[index:stop])
            if not any(odd[index:stop]) and self._continues(
                flow,
                table,
                [int(rows[bounds[i]]) for i in range(index, stop)],
                names[index:stop],
                int(own[0]),
            ):
                if flow is None:
                    flow = self._new_flow(names[index] >> 1, batch, table, int(own[0]), int(sides[0]))
                for i in range(index, stop):
                    side = flow.sides[names[i] & 1]
                    first = int(rows[bounds[i]])
                    side.packets += bounds[i + 1] - bounds[i]
                    side.size += sums[i]
                    if table.flags[first] & SYN:
                        side.first = (int(table.sequence[first]) + 1) & MASK
                        self._opened(flow, names[i] & 1, int(table.flags[first]))
                    side.reached = reached[i]
                yield Group(flow, own, sides, interesting)
            else:
                yield from self._one_by_one(names[index] >> 1, batch, table, own, sides, interesting)
            index = stop
        if len(self._flows) > MAX_FLOWS:
            self._evict()

    def _continues(
        self, flow: Flow | None, table: Table, firsts: list[int], names: list[int], earliest: int
    ) -> bool:
        """Tell whether each side goes on exactly where it stopped, so that sums are all there is to count."""
        for first, name in zip(firsts, names, strict=True):
            if table.protocol[first] != TCP:
                continue
            if table.flags[first] & SYN and (
                (flow is not None and flow.sides[name & 1].packets)
                or (not table.flags[first] & ACK and first != earliest)
            ):
                return False
            if flow is not None:
                side = flow.sides[name & 1]
                if side.holes or (side.reached is not None and side.reached != table.sequence[first]):
                    return False
        return True

    def _one_by_one(
        self, key: int, batch: Batch, table: Table, rows: Ints, sides: Ints, interesting: bool
    ) -> Iterator[Group]:
        """Count packets singly, and start a new flow where a SYN reuses the ports."""
        flow, since = self._flows.get(key), 0
        for index, (row, side_index) in enumerate(zip(rows.tolist(), sides.tolist(), strict=True)):
            flags, sequence = int(table.flags[row]), int(table.sequence[row])
            if flow is not None and flags & (SYN | ACK) == SYN and _reuses(flow, side_index, sequence):
                if index > since:
                    yield Group(flow, rows[since:index], sides[since:index], interesting)
                self.finished.append(flow)
                del self._flows[key]
                flow, since = None, index
            if flow is None:
                flow = self._new_flow(key, batch, table, row, side_index)
            if flags & SYN:
                self._opened(flow, side_index, flags)
            flow.sides[side_index].account(sequence, int(table.length[row]), flags)
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
        for key in list(self._flows)[: MAX_FLOWS // 4]:
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
