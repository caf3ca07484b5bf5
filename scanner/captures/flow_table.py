"""Follows the conversations of a capture: gives each packet to its own, closes those whose ports are reused."""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scanner.captures.batch import Batch, Ints
from scanner.captures.flows import ACK, MASK, SYN, Flow
from scanner.captures.layers import TCP, Flags, Table, Words
from scanner.captures.stretches import sort_out

MAX_FLOWS = 30_000
"""Conversations kept open at once; beyond it the longest silent ones are closed and reported as they are."""


class Group(NamedTuple):
    """The packets of one flow in one batch that hold unread payload or open it, in the order of the file."""

    flow: Flow
    rows: list[int]
    sides: list[int]
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

    def take(self, batch: Batch, table: Table, hits: Flags, unread: Flags) -> Iterator[Group]:
        """Count the packets of a batch and yield those to read flow by flow."""
        rows = np.flatnonzero(table.protocol)
        if not len(rows):
            return
        found, stretches, held = sort_out(batch, table, rows, self._keys(table, rows), hits, unread)
        for number, key in enumerate(found.key):
            first, since, high = found.first[number], held.low[number], held.high[number]
            protocol, interesting = found.protocol[number], held.interesting[number]
            flow = self._flows.pop(key, None)
            if flow is None:
                side = stretches.side[first]
                ends = found.source[number], found.destination[number]
                ends = ends[::-1] if side else ends
                flow = Flow(protocol, found.version[number], ends, found.time[number], side)
            self._flows[key] = flow  # last in the order: least likely to be closed
            for at in range(first, found.behind[number]):
                side, flags, sequence = stretches.side[at], stretches.flags[at], stretches.sequence[at]
                if protocol != TCP:
                    flow.sides[side].packets += stretches.packets[at]
                    flow.sides[side].size += stretches.length[at]
                    continue
                if flags & (SYN | ACK) == SYN and _reuses(flow, side, sequence):
                    row = stretches.row[at]
                    behind = bisect_left(held.row, row, since, high)
                    if behind > since:
                        yield Group(flow, held.row[since:behind], held.side[since:behind], interesting)
                    self.finished.append(flow)
                    since, started = behind, int(batch.time[row])
                    flow = self._flows[key] = Flow(protocol, flow.version, flow.ends, started, side)
                if flags & SYN and flow.client is None:
                    flow.client = 1 - side if flags & ACK else side
                flow.sides[side].account(sequence, stretches.length[at], flags, stretches.packets[at])
            if high > since:
                yield Group(flow, held.row[since:high], held.side[since:high], interesting)
        if len(self._flows) > MAX_FLOWS:
            self._evict()

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
