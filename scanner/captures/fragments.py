"""Puts IP fragments together again, within bounds that hostile traffic cannot widen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import Struct

import numpy as np

from scanner.captures.batch import PADDING, Batch

RAW_IP = 101
MAX_OPEN = 4096
MAX_PIECES = 128
MAX_HELD = 16 << 20
"""Bytes of unfinished datagrams kept at most."""
_HALVES = Struct(">HH")


@dataclass(slots=True)
class Datagram:
    """The pieces of one IP datagram seen so far."""

    header: bytes = b""
    """Header to put before the whole payload; that of the first fragment."""
    pieces: dict[int, bytes] = field(default_factory=dict)
    total: int | None = None
    size: int = 0

    def whole(self) -> bytes | None:
        """Return the payload if no piece is missing."""
        if self.total is None or not self.header:
            return None
        payload = bytearray()
        for start in sorted(self.pieces):
            if start > len(payload):
                return None
            payload[start : start + len(self.pieces[start])] = self.pieces[start]
        return bytes(payload[: self.total]) if len(payload) >= self.total else None


@dataclass(slots=True)
class Fragments:
    """The datagrams of a capture that are not complete yet."""

    dropped: int = 0
    _held: int = 0
    _open: OrderedDict[tuple[bytes, int], Datagram] = field(default_factory=OrderedDict)

    @property
    def pending(self) -> int:
        """Pieces that wait for the rest of their datagram."""
        return sum(len(datagram.pieces) for datagram in self._open.values())

    def take(self, batch: Batch, found: Iterable[tuple[int, int, int]]) -> Batch | None:
        """Add the fragments `found` (packet, offset of the IP header, end) and return whole datagrams.

        A whole datagram carries the packet number and time of the fragment that completed it.
        """
        done: list[tuple[int, bytes]] = []
        for row, offset, end in found:
            data = bytes(batch.data[offset:end])
            whole = self._four(data) if data[0] >> 4 == 4 else self._six(data)
            if whole is not None:
                done.append((row, whole))
        if not done:
            return None
        rows = np.array([row for row, _ in done], dtype=np.int64)
        lengths = np.array([len(datagram) for _, datagram in done], dtype=np.int64)
        ends = np.cumsum(lengths)
        buffer = memoryview(b"".join(datagram for _, datagram in done) + bytes(PADDING))
        links = np.full(len(rows), RAW_IP, dtype=np.int64)
        return Batch(
            buffer,
            np.frombuffer(buffer, dtype=np.uint8),
            batch.frame[rows],
            ends - lengths,
            ends,
            lengths,
            batch.time[rows],
            links,
        )

    def _four(self, data: bytes) -> bytes | None:
        header = (data[0] & 15) * 4
        total, _ = _HALVES.unpack_from(data, 2)
        flags = _HALVES.unpack_from(data, 6)[0]
        start, more = (flags & 0x1FFF) * 8, bool(flags & 0x2000)
        payload = data[header:total]
        if len(payload) != total - header or (more and len(payload) % 8):
            self.dropped += 1  # cut by the capture: the datagram can never be whole
            return None
        key = data[12:20] + data[4:6] + data[9:10], 4
        whole = self._add(key, start, payload, more, data[:header])
        if whole is None:
            return None
        first, body = whole
        length = _HALVES.pack(min(len(first) + len(body), 65535), 0)[:2]
        return first[:2] + length + first[4:6] + b"\0\0" + first[8:] + body

    def _six(self, data: bytes) -> bytes | None:
        length = _HALVES.unpack_from(data, 4)[0]
        if len(data) < 48 or len(data) < 40 + length:
            self.dropped += 1
            return None
        flags = _HALVES.unpack_from(data, 42)[0]
        start, more = flags & 0xFFF8, bool(flags & 1)
        payload = data[48 : 40 + length]
        whole = self._add(
            (data[8:40] + data[44:48], 6), start, payload, more, data[:6] + data[40:41] + data[7:40]
        )
        if whole is None:
            return None
        first, body = whole
        return first[:4] + _HALVES.pack(min(len(body), 65535), 0)[:2] + first[6:] + body

    def _add(
        self, key: tuple[bytes, int], start: int, payload: bytes, more: bool, header: bytes
    ) -> tuple[bytes, bytes] | None:
        if start + len(payload) > 65535:
            self.dropped += 1
            return None
        while len(self._open) >= MAX_OPEN or self._held > MAX_HELD:
            _, oldest = self._open.popitem(last=False)
            self._held -= oldest.size
            self.dropped += len(oldest.pieces)
        datagram = self._open.setdefault(key, Datagram())
        if len(datagram.pieces) >= MAX_PIECES or start in datagram.pieces:
            self.dropped += 1
            return None
        datagram.size += len(payload)
        self._held += len(payload)
        datagram.pieces[start] = payload
        if start == 0:
            datagram.header = header
        if not more:
            datagram.total = start + len(payload)
        body = datagram.whole()
        if body is None:
            return None
        del self._open[key]
        self._held -= datagram.size
        return datagram.header, body
