"""The way in: prepares the reading of one capture without loading the engine before it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from scanner.captures.program import Tshark

if TYPE_CHECKING:
    from scanner.captures.reading import CaptureReading


def read_capture(source: Path | str | BinaryIO, *, tshark: Tshark | None) -> CaptureReading:
    """Prepare to read a capture: pcap or pcapng, plain or compressed with gzip, zstd, xz or bzip2.

    Iterate over the result for canonical events as dicts, then look at its `ledger`. Iterating raises
    NotACapture if the data is something else; damage inside a capture ends the rows and is in the ledger.

    Args:
        source: a path, or a binary stream that is read from where it stands and not closed.
        tshark: reads what the built-in engine does not know; without it the ledger counts such packets.
    """
    from scanner.captures.reading import CaptureReading

    return CaptureReading(source, tshark)
