"""Packets in a row with the bytes they lie in, and how a file format gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

MAX_PACKET = 262_144
"""Longest packet Wireshark's own formats allow; a longer length field is damage."""
MAX_PACKETS = 16_384
"""Packets in one batch at most, whatever their size: what is held at once stays small."""
PADDING = 64
"""Zero bytes behind every buffer, so that a header cut by the end of its packet can be read safely."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some packets in a row and the bytes they lie in, good until the next batch is asked for.

    At least `PADDING` bytes follow the last packet.
    """

    data: memoryview
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
    filtered: bool
    """The recording program says that a filter chose the packets."""

    def walk(self, data: memoryview, size: int, first_frame: int) -> tuple[int, Batch | None, str | None]:
        """Return the bytes consumed, the whole packets among them, and what is damaged behind them.

        Args:
            data: `size` bytes of the file, and at least `PADDING` more that mean nothing.
            size: see there.
            first_frame: number of the first packet.
        """
        ...
