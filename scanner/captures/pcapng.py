"""Follows the blocks of a pcapng file: sections, interfaces of several link types, packets, drop counters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

import numpy as np

from scanner.captures.batch import MAX_PACKET, MAX_PACKETS, Batch

SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, STATISTICS, PACKET = 0x0A0D0D0A, 1, 2, 3, 5, 6
MAX_BLOCK = 16 << 20
TIME_RESOLUTION, FILTER, TIME_OFFSET, INTERFACE_DROPS = 9, 11, 14, 5


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface description: what its packets are and how their time counts."""

    link: int
    snaplen: int
    units_per_second: int
    offset_seconds: int


class PcapngFraming:
    """Blocks with their length before and behind."""

    def __init__(self) -> None:
        self._set_order("<")
        self._interfaces: list[Interface] = []
        self._dropped_before = 0
        self._dropped_here: dict[int, int] = {}
        self.dropped = 0
        self.filtered = False

    def _set_order(self, order: str) -> None:
        self._two = Struct(order + "II")
        self._packet = Struct(order + "IIIII")
        self._old_packet = Struct(order + "HHIIII")
        self._halves = Struct(order + "HH")
        self._interface = Struct(order + "HHI")
        self._long = Struct(order + "Q")
        self._signed_long = Struct(order + "q")

    def walk(self, data: memoryview, size: int, first_frame: int) -> tuple[int, Batch | None, str | None]:
        """See `Framing.walk`."""
        rows: list[tuple[int, int, int, int, int]] = []
        position, damage = 0, None
        while position + 12 <= size and len(rows) < MAX_PACKETS:
            # The type of a section header reads the same in both byte orders.
            if self._two.unpack_from(data, position)[0] == SECTION:
                damage = self._section(bytes(data[position + 8 : position + 12]))
                if damage is not None:
                    break
            kind, length = self._two.unpack_from(data, position)
            if length < 12 or length % 4 or length > MAX_BLOCK:
                damage = f"a block says it is {length} bytes long, so the file is damaged here"
                break
            following = position + length
            if following > size:
                break
            if self._two.unpack_from(data, following - 8)[1] != length:
                damage = "the two lengths of a block differ, so the file is damaged here"
                break
            damage = self._block(kind, data, position + 8, following - 4, rows)
            if damage is not None:
                break
            position = following
        return position, _batch(data, rows, first_frame) if rows else None, damage

    def _section(self, magic: bytes) -> str | None:
        if magic not in (b"\x4d\x3c\x2b\x1a", b"\x1a\x2b\x3c\x4d"):
            return "a section header has no valid byte order mark"
        self._set_order("<" if magic == b"\x4d\x3c\x2b\x1a" else ">")
        self._interfaces = []
        self._dropped_before, self._dropped_here = self.dropped, {}
        return None

    def _block(
        self, kind: int, data: memoryview, start: int, end: int, rows: list[tuple[int, int, int, int, int]]
    ) -> str | None:
        if kind == PACKET and end - start >= 20:
            interface, high, low, captured, original = self._packet.unpack_from(data, start)
            return self._row(interface, high, low, captured, original, start + 20, end, rows)
        if kind == INTERFACE and end - start >= 8:
            self._add_interface(data, start, end)
        elif kind == SIMPLE_PACKET and end - start >= 4:
            (original, _) = self._two.unpack_from(data, start) if end - start >= 8 else (0, 0)
            captured = min(original, end - start - 4)
            if self._interfaces and self._interfaces[0].snaplen:
                captured = min(captured, self._interfaces[0].snaplen)
            return self._row(0, 0, 0, captured, original, start + 4, end, rows)
        elif kind == OLD_PACKET and end - start >= 20:
            interface, _, high, low, captured, original = self._old_packet.unpack_from(data, start)
            return self._row(interface, high, low, captured, original, start + 20, end, rows)
        elif kind == STATISTICS and end - start >= 12:
            interface = self._two.unpack_from(data, start)[0]
            for code, value in self._options(data, start + 12, end):
                if code == INTERFACE_DROPS and len(value) == 8:
                    # The counter grows over the section; the last statistics of an interface count.
                    self._dropped_here[interface] = self._long.unpack(value)[0]
                    self.dropped = self._dropped_before + sum(self._dropped_here.values())
        return None

    def _row(
        self,
        interface: int,
        high: int,
        low: int,
        captured: int,
        original: int,
        start: int,
        end: int,
        rows: list[tuple[int, int, int, int, int]],
    ) -> str | None:
        if captured > MAX_PACKET or captured > end - start:
            return f"its length field says {captured} bytes, so the file is damaged here"
        if interface >= len(self._interfaces):
            return f"it belongs to interface {interface}, which the file does not describe"
        seen_on = self._interfaces[interface]
        units = high << 32 | low
        seconds, rest = divmod(units, seen_on.units_per_second)
        nanoseconds = (seconds + seen_on.offset_seconds) * 1_000_000_000
        nanoseconds += rest * 1_000_000_000 // seen_on.units_per_second
        if not 0 <= nanoseconds < 1 << 63:
            nanoseconds = 0
        rows.append((start, captured, max(captured, original), nanoseconds, seen_on.link))
        return None

    def _add_interface(self, data: memoryview, start: int, end: int) -> None:
        link, _, snaplen = self._interface.unpack_from(data, start)
        units, offset = 1_000_000, 0
        for code, value in self._options(data, start + 8, end):
            if code == TIME_RESOLUTION and len(value) == 1:
                exponent = value[0] & 0x7F
                # Finer than 10^-18 or 2^-63 cannot be held in the 64 bits of a time stamp.
                units = 1 << min(exponent, 63) if value[0] & 0x80 else 10 ** min(exponent, 18)
            elif code == FILTER and len(value) > 1:
                self.filtered = True
            elif code == TIME_OFFSET and len(value) == 8:
                offset = self._signed_long.unpack(value)[0]
        self._interfaces.append(Interface(link, snaplen, units, offset))

    def _options(self, data: memoryview, position: int, end: int) -> Iterator[tuple[int, bytes]]:
        while position + 4 <= end:
            code, length = self._halves.unpack_from(data, position)
            position += 4
            if code == 0 or position + length > end:
                return
            yield code, bytes(data[position : position + length])
            position += length + (-length) % 4


def _batch(data: memoryview, rows: list[tuple[int, int, int, int, int]], first_frame: int) -> Batch:
    table = np.array(rows, dtype=np.int64)
    return Batch(
        data=data,
        octets=np.frombuffer(data, dtype=np.uint8),
        frame=np.arange(first_frame, first_frame + len(rows), dtype=np.int64),
        offset=table[:, 0],
        end=table[:, 0] + table[:, 1],
        original=table[:, 2],
        time=table[:, 3],
        link=table[:, 4],
    )
