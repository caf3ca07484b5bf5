"""Peels the headers of many packets at once: work items of equal kind, one array operation per field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from scanner.captures.batch import Batch, Ints

Flags: TypeAlias = npt.NDArray[np.bool_]
Words: TypeAlias = npt.NDArray[np.uint64]

TCP, UDP = 6, 17
MAX_ROUNDS = 24
"""Headers peeled off one packet at most; a deeper nesting is no real traffic."""


@dataclass(frozen=True, slots=True)
class Work:
    """Packets whose next header is of one kind."""

    rows: Ints
    """Index of the packet in the batch."""
    offset: Ints
    """Where the header begins."""
    end: Ints
    """Where the captured bytes of this layer end."""
    real_end: Ints
    """Where the layer ended on the wire; behind `end` if the capture cut the packet."""
    value: Ints | None = None
    """EtherType, IP protocol or PPP protocol where the kind asks for one."""

    def where(self, mask: Flags) -> Work:
        """Return the packets for which `mask` is true."""
        if mask.all():
            return self
        value = None if self.value is None else self.value[mask]
        return Work(self.rows[mask], self.offset[mask], self.end[mask], self.real_end[mask], value)

    def advanced(self, size: Ints | int, value: Ints | None = None) -> Work:
        """Return the same packets `size` bytes further on."""
        return Work(self.rows, self.offset + size, self.end, self.real_end, value)


@dataclass(slots=True)
class Table:
    """What the headers of each packet of a batch said; protocol 0 is neither TCP nor UDP."""

    protocol: Ints
    version: Ints
    source: Words
    """Two 64-bit halves per address; an IPv4 address is the second half."""
    destination: Words
    source_port: Ints
    destination_port: Ints
    payload: Ints
    """Where the payload begins."""
    captured_end: Ints
    """Where its captured part ends."""
    length: Ints
    """Its length on the wire."""
    sequence: Ints
    flags: Ints

    @classmethod
    def of(cls, count: int) -> Table:
        """Return a table of `count` packets about which nothing is known yet."""

        def zeros() -> Ints:
            return np.zeros(count, dtype=np.int64)

        source, destination = np.zeros((count, 2), np.uint64), np.zeros((count, 2), np.uint64)
        ports = zeros(), zeros()
        return cls(zeros(), zeros(), source, destination, *ports, zeros(), zeros(), zeros(), zeros(), zeros())


Handler: TypeAlias = "Callable[[Layers, Work], None]"


@dataclass(slots=True)
class Layers:
    """The headers of one batch, and the queue of those still to be peeled."""

    batch: Batch
    handlers: dict[str, Handler]
    table: Table = field(init=False)
    skipped: Counter[str] = field(default_factory=Counter)
    fragments: list[tuple[int, int, int]] = field(default_factory=list)
    """Packet, offset of its IP header, end of its captured bytes."""
    quoted: list[Ints] = field(default_factory=list)
    """Packets whose innermost headers are quoted by an ICMP error."""
    unknown: list[Ints] = field(default_factory=list)
    """Packets of link types and tunnels that only tshark may know."""
    _queue: list[tuple[str, Work]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = Table.of(len(self.batch.frame))

    def push(self, kind: str, work: Work) -> None:
        """Queue packets whose next header is of `kind`."""
        if len(work.rows):
            self._queue.append((kind, work))

    def peel(self) -> None:
        """Decode until nothing is left to decode."""
        for _ in range(MAX_ROUNDS):
            queue, self._queue = self._queue, []
            for kind, work in queue:
                self.handlers[kind](self, work)
            if not self._queue:
                return
        for _, work in self._queue:
            self.skip(work, f"more than {MAX_ROUNDS} headers inside one another")

    def skip(self, work: Work, reason: str) -> None:
        """Count packets that are not followed any further."""
        if len(work.rows):
            self.skipped[reason] += len(work.rows)

    def long_enough(self, work: Work, size: int, reason: str) -> Work:
        """Return the packets with `size` bytes left, and count the others."""
        fits = work.end - work.offset >= size
        if not fits.all():
            self.skip(work.where(~fits), reason)
            return work.where(fits)
        return work

    def one(self, at: Ints) -> Ints:
        """Return the byte at each place."""
        return self.batch.octets[at].astype(np.int64)

    def two(self, at: Ints) -> Ints:
        """Return the big-endian 16-bit number at each place."""
        octets = self.batch.octets
        return octets[at].astype(np.int64) << 8 | octets[at + 1]

    def four(self, at: Ints) -> Ints:
        """Return the big-endian 32-bit number at each place."""
        return self._at_any_place(">u4")[at].astype(np.int64)

    def eight(self, at: Ints) -> Words:
        """Return the big-endian 64-bit number at each place."""
        return self._at_any_place(">u8")[at].astype(np.uint64)

    def _at_any_place(self, kind: str) -> npt.NDArray[np.generic]:
        """Return the bytes of the batch as numbers that overlap: one begins at every byte."""
        octets, size = self.batch.octets, np.dtype(kind).itemsize
        return np.ndarray((len(octets) - size + 1,), kind, octets, 0, (1,))
