"""Follows the records of a classic pcap file in either byte order, with micro- or nanoseconds."""

from __future__ import annotations

from struct import Struct

import numpy as np

from scanner.captures.batch import MAX_PACKET, MAX_PACKETS, Batch

LITTLE = (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1", b"\x34\xcd\xb2\xa1")
NANOSECONDS = (b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1")
HEADER_SIZE = 24
MODIFIED = (b"\xa1\xb2\xcd\x34", b"\x34\xcd\xb2\xa1")


class PcapFraming:
    """Records of 16 bytes (24 in the modified format) and the packet behind each."""

    def __init__(self, header: bytes) -> None:
        """Read the 24 bytes at the beginning of the file."""
        magic = header[:4]
        self._order = "<" if magic in LITTLE else ">"
        self._scale = 1 if magic in NANOSECONDS else 1000
        self._header = 24 if magic in MODIFIED else 16
        # The upper bits say whether a frame check sequence follows each packet.
        self._link: int = Struct(self._order + "I").unpack_from(header, 20)[0] & 0xFFFF
        self._length = Struct(self._order + "I")
        self.dropped = 0
        self.filtered = False

    def walk(self, data: memoryview, size: int, first_frame: int) -> tuple[int, Batch | None, str | None]:
        """See `Framing.walk`."""
        starts: list[int] = []
        position, header = 0, self._header
        length_at, damage = self._length.unpack_from, None
        add, last = starts.append, size - header
        for _ in range(MAX_PACKETS):
            if position > last:
                break
            captured: int = length_at(data, position + 8)[0]
            if captured > MAX_PACKET:
                damage = f"its length field says {captured} bytes, so the file is damaged here"
                break
            following = position + header + captured
            if following > size:
                break
            add(position)
            position = following
        if not starts:
            return position, None, damage
        return position, self._batch(data, starts, first_frame), damage

    def _batch(self, data: memoryview, starts: list[int], first_frame: int) -> Batch:
        octets = np.frombuffer(data, dtype=np.uint8)
        start = np.array(starts, dtype=np.int64)
        fields = octets[start[:, None] + np.arange(16)].view(self._order + "u4").astype(np.int64)
        count = len(starts)
        offset = start + self._header
        return Batch(
            data=data,
            octets=octets,
            frame=np.arange(first_frame, first_frame + count, dtype=np.int64),
            offset=offset,
            end=offset + fields[:, 2],
            original=np.maximum(fields[:, 2], fields[:, 3]),
            time=fields[:, 0] * 1_000_000_000 + fields[:, 1] * self._scale,
            link=np.full(count, self._link, dtype=np.int64),
        )
