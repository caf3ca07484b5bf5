"""Opens a capture, compressed or not, as one plain stream of bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from scanner.compressed import decompressed


class StreamDamaged(Exception):
    """The compressed stream ends early or is damaged; what came before is good."""


class CaptureStream:
    """A stream of the decompressed bytes that names damage with one kind of error."""

    def __init__(self, raw: BinaryIO) -> None:
        """Look at the first bytes of `raw` and choose how to decompress it."""
        self._wrapper: io.BufferedReader | None = None
        if isinstance(raw, io.BufferedReader):
            self._plain = raw
        else:
            self._plain = self._wrapper = io.BufferedReader(cast(io.RawIOBase, raw))
        self._inner, self._compressed = decompressed(self._plain, self._plain.peek(8)[:8])

    def readinto(self, buffer: memoryview) -> int:
        """Fill some of `buffer` from its beginning; return the bytes read, 0 at the end.

        Raises:
            StreamDamaged: the data is cut or damaged here, or cannot be read.
        """
        try:
            if not self._compressed:
                return self._plain.readinto1(buffer) or 0
            # In small pieces: what was decompressed before the damage is not lost with it.
            data = self._inner.read(len(buffer))
        except Exception as error:  # every decompressor has error types of its own
            raise StreamDamaged(str(error) or type(error).__name__) from error
        buffer[: len(data)] = data
        return len(data)

    def detach(self) -> None:
        """Let go of the caller's stream without closing it."""
        if self._wrapper is not None:
            self._wrapper.detach()


@contextmanager
def opened(source: Path | str | BinaryIO) -> Iterator[CaptureStream]:
    """Open a path, or wrap a binary stream that stays the caller's."""
    if isinstance(source, str | Path):
        with open(source, "rb") as raw:
            yield CaptureStream(raw)
        return
    stream = CaptureStream(source)
    try:
        yield stream
    finally:
        stream.detach()
