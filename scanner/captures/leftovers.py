"""Keeps the packets that only tshark may know, as a small pcapng file that vanishes with the process."""

from __future__ import annotations

import tempfile
from array import array
from struct import Struct
from typing import IO

from scanner.captures.batch import Batch

MAX_BYTES = 256 << 20
_SECTION = Struct("<IIIHHqI")
_INTERFACE = Struct("<IIHHIHHBxxxHHI")
_PACKET = Struct("<IIIIIII")


class Leftovers:
    """Packets for tshark, with their own numbers and times."""

    def __init__(self) -> None:
        # Packets are patients' traffic: the file has no name and is gone when it is closed.
        self.file: IO[bytes] = tempfile.TemporaryFile(prefix="skiagram-")  # noqa: SIM115
        self.file.write(_SECTION.pack(0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
        self._interfaces: dict[int, int] = {}
        self._size = 0
        self.frames = array("Q")
        self.times = array("q")
        self.refused = 0
        """Packets beyond the size that is kept."""

    def add(self, batch: Batch, index: int) -> None:
        """Keep one packet of a batch; packets come in the order of the file."""
        start, end = int(batch.offset[index]), int(batch.end[index])
        if self._size + end - start > MAX_BYTES:
            self.refused += 1
            return
        interface = self._interface(int(batch.link[index]))
        time, original = int(batch.time[index]), int(batch.original[index])
        padding = (start - end) % 4
        size = 32 + end - start + padding
        self.file.write(
            _PACKET.pack(6, size, interface, time >> 32, time & 0xFFFFFFFF, end - start, original)
            + batch.data[start:end]
            + bytes(padding)
            + size.to_bytes(4, "little")
        )
        self._size += size
        self.frames.append(int(batch.frame[index]))
        self.times.append(time)

    def _interface(self, link: int) -> int:
        if link not in self._interfaces:
            self._interfaces[link] = len(self._interfaces)
            # Option 9: times are nanoseconds.
            self.file.write(_INTERFACE.pack(1, 32, link, 0, 0, 9, 1, 9, 0, 0, 32))
        return self._interfaces[link]

    def close(self) -> None:
        """Let the file vanish."""
        self.file.close()
