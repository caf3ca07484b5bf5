"""Reads the packet records of pcap and pcapng files in batches, trusting no length in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from scanner.captures.errors import NotACapture
from scanner.captures.ledger import Incomplete
from scanner.captures.magic import PCAPNG_MAGIC, is_capture
from scanner.captures.opening import CaptureStream, StreamDamaged

Ints = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

READ_SIZE = 8 << 20
MAX_PACKET = 262_144
"""Longest packet Wireshark's own formats allow; a longer length field is damage."""
PADDING = 64
"""Zero bytes behind every buffer, so that a header cut by the end of its packet can be read safely."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some packets in a row and the bytes they lie in, `PADDING` zero bytes at the end of these."""

    data: bytes
    octets: Octets
    frame: Ints
    """Packet numbers from 1."""
    offset: Ints
    end: Ints
    """First byte behind the captured part."""
    original: Ints
    """Length on the wire."""
    time: Ints
    """Nanoseconds since 1970 UTC."""
    link: Ints
    """LINKTYPE_ values."""


class Framing(Protocol):
    """One file format: how records follow one another."""

    dropped: int
    """Packets the recording program itself reports as lost."""

    def walk(self, data: bytes, first_frame: int) -> tuple[int, Batch | None, str | None]:
        """Return the bytes consumed, the whole packets among them, and what is damaged behind them."""
        ...


def padded(data: bytes) -> tuple[bytes, Octets]:
    """Return `data` with padding, and the same as an array."""
    whole = data + bytes(PADDING)
    return whole, np.frombuffer(whole, dtype=np.uint8)


class RecordReader:
    """The packets of one capture file, batch by batch; `incomplete` tells where it broke off."""

    def __init__(self, stream: CaptureStream, *, read_size: int = READ_SIZE) -> None:
        self._stream = stream
        self._read_size = read_size
        self.packets = 0
        self.incomplete: Incomplete | None = None
        self.dropped = 0

    def __iter__(self) -> Iterator[Batch]:
        from scanner.captures.pcap import PcapFraming
        from scanner.captures.pcapng import PcapngFraming

        pending, reason = self._more(b"", 24)
        if not is_capture(pending):
            raise NotACapture(
                f"the data begins with {pending[:4].hex() or 'nothing'}, which is no pcap or pcapng file; "
                "export the capture as pcap or pcapng and scan it again"
            )
        framing: Framing
        if pending[:4] == PCAPNG_MAGIC:
            framing = PcapngFraming()
        else:
            if len(pending) < 24:
                self.incomplete = Incomplete(1, "the file ends inside its own header")
                return
            framing = PcapFraming(pending[:24])
            pending = pending[24:]
        while True:
            used, batch, damage = framing.walk(pending, self.packets + 1)
            if batch is not None:
                self.packets += len(batch.frame)
                yield batch
            self.dropped = framing.dropped
            if damage is not None:
                self.incomplete = Incomplete(self.packets + 1, damage)
                return
            pending = pending[used:]
            if reason is not None:
                break
            before = len(pending)
            pending, reason = self._more(pending, before + self._read_size)
            if len(pending) == before:
                break
        if reason is not None:
            self.incomplete = Incomplete(self.packets + 1, f"the compressed file is damaged here ({reason})")
        elif pending:
            self.incomplete = Incomplete(
                self.packets + 1, "the file is cut short in the middle of this packet"
            )

    def _more(self, pending: bytes, size: int) -> tuple[bytes, str | None]:
        """Read until `size` bytes are at hand or the stream ends; say so when it ends in damage."""
        parts, have = [pending], len(pending)
        try:
            while have < size:
                part = self._stream.read(size - have)
                if not part:
                    break
                parts.append(part)
                have += len(part)
        except StreamDamaged as error:
            return b"".join(parts), str(error)
        return b"".join(parts), None
