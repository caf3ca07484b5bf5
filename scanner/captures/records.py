"""Reads the packets of a pcap or pcapng file in batches, trusting no length in it."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.captures.batch import PADDING, Batch, Framing
from scanner.captures.errors import NotACapture
from scanner.captures.ledger import Incomplete
from scanner.captures.magic import PCAPNG_MAGIC, is_capture
from scanner.captures.opening import CaptureStream, StreamDamaged
from scanner.captures.pcap import HEADER_SIZE, PcapFraming
from scanner.captures.pcapng import PcapngFraming

BUFFER_SIZE = 4 << 20


class RecordReader:
    """The packets of one capture file, batch by batch; `incomplete` tells where it broke off."""

    def __init__(self, stream: CaptureStream, *, buffer_size: int = BUFFER_SIZE) -> None:
        self._stream = stream
        self._buffer = memoryview(bytearray(buffer_size + PADDING))
        self._size = 0
        self._broken: str | None = None
        self.packets = 0
        self.incomplete: Incomplete | None = None
        self.dropped = 0
        self.filtered = False
        """Whether a filter chose what was recorded, so that bytes seen are not all there were."""

    def __iter__(self) -> Iterator[Batch]:
        self._fill()
        framing = self._framing()
        while framing is not None:
            used, batch, damage = framing.walk(self._buffer, self._size, self.packets + 1)
            self.dropped, self.filtered = framing.dropped, framing.filtered
            if batch is not None:
                self.packets += len(batch.frame)
                yield batch
            if damage is not None:
                self.incomplete = Incomplete(self.packets + 1, damage)
                return
            self._forget(used)
            if not self._fill() and not used:
                break
        if self.incomplete is not None:
            return
        if self._broken is not None:
            reason = f"the compressed file is damaged here ({self._broken})"
            self.incomplete = Incomplete(self.packets + 1, reason)
        elif self._size:
            self.incomplete = Incomplete(
                self.packets + 1, "the file is cut short in the middle of this packet"
            )

    def _framing(self) -> Framing | None:
        """Choose by the first bytes; None, with `incomplete` set, if not even a header is whole."""
        head = bytes(self._buffer[: min(self._size, HEADER_SIZE)])
        if self._broken is not None and len(head) < 4:
            return None
        if not is_capture(head):
            raise NotACapture(
                f"the data begins with {head[:4].hex() or 'nothing'}, which is no pcap or pcapng file; "
                "export the capture as pcap or pcapng and scan it again"
            )
        if head[:4] == PCAPNG_MAGIC:
            return PcapngFraming()
        if len(head) < HEADER_SIZE:
            self.incomplete = Incomplete(1, "the file ends inside its own header")
            return None
        self._forget(HEADER_SIZE)
        return PcapFraming(head)

    def _forget(self, used: int) -> None:
        """Move what follows the first `used` bytes to the beginning of the buffer."""
        if used:
            rest = bytes(self._buffer[used : self._size])
            self._buffer[: len(rest)] = rest
            self._size = len(rest)

    def _fill(self) -> bool:
        """Read until the buffer is full; grow it first if one record fills it; False at the end."""
        if self._broken is not None:
            return False
        room = len(self._buffer) - PADDING
        if self._size >= room:
            grown = memoryview(bytearray(2 * room + PADDING))
            grown[: self._size] = self._buffer[: self._size]
            self._buffer, room = grown, 2 * room
        before = self._size
        try:
            while self._size < room:
                got = self._stream.readinto(self._buffer[self._size : room])
                if not got:
                    break
                self._size += got
        except StreamDamaged as error:
            self._broken = str(error)
        return self._size > before
