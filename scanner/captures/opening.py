"""Opens a capture, compressed or not, as one plain stream of bytes."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

GZIP = b"\x1f\x8b"
ZSTANDARD = b"\x28\xb5\x2f\xfd"
XZ = b"\xfd7zXZ\x00"
BZIP2 = b"BZh"
_STEP = 1 << 17


class StreamDamaged(Exception):
    """The compressed stream ends early or is damaged; what came before is good."""


class CaptureStream:
    """A stream of the decompressed bytes that names damage with one kind of error."""

    def __init__(self, raw: BinaryIO) -> None:
        """Look at the first bytes of `raw` and choose how to decompress it."""
        self._wrapper: io.BufferedReader | None = None
        if isinstance(raw, io.BufferedReader):
            peekable = raw
        else:
            peekable = self._wrapper = io.BufferedReader(cast(io.RawIOBase, raw))
        self._inner = _decompressed(peekable, peekable.peek(8)[:8])

    def readinto(self, buffer: memoryview) -> int:
        """Fill some of `buffer` from its beginning; return the bytes read, 0 at the end.

        Raises:
            StreamDamaged: the compressed data is cut or damaged here.
        """
        try:
            # One step at a time: what was decompressed before the damage is not lost with it.
            return self._inner.readinto1(buffer) or 0
        except (EOFError, OSError, zlib.error, lzma.LZMAError, ValueError) as error:
            raise StreamDamaged(str(error) or type(error).__name__) from error

    def detach(self) -> None:
        """Let go of the caller's stream without closing it."""
        if self._wrapper is not None:
            self._wrapper.detach()


class _ReadsInto(Protocol):
    def readinto1(self, buffer: memoryview, /) -> int | None: ...


class _Gzip:
    """Decompresses the members of a gzip file one after another, and gives all there is before damage."""

    def __init__(self, stream: io.BufferedReader) -> None:
        from isal import isal_zlib

        self._stream, self._new_member = stream, isal_zlib.decompressobj
        self._error = cast(type[Exception], isal_zlib.error)
        self._member = self._new_member(wbits=31)
        self._input = b""
        self._within = True

    def readinto1(self, buffer: memoryview, /) -> int:
        while True:
            if not self._input:
                self._input = self._stream.read1(_STEP)
            if not self._within:
                self._input = self._input.lstrip(b"\0")  # padding between members and at the end
                if not self._input:
                    return 0
                self._member, self._within = self._new_member(wbits=31), True
            if not self._input:
                raise EOFError("it ends before its end mark")
            try:
                data: bytes = self._member.decompress(self._input, min(len(buffer), _STEP))
            except self._error as error:
                raise OSError(str(error)) from error
            self._input = self._member.unconsumed_tail
            if self._member.eof:
                self._input, self._within = self._member.unused_data, False
            if data:
                buffer[: len(data)] = data
                return len(data)


class _Zstandard:
    """Turns zstandard's own error into the OSError the other formats raise."""

    def __init__(self, stream: io.BufferedReader) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._frames = zstandard.ZstdDecompressor().stream_reader(
            stream, read_across_frames=True, closefd=False
        )

    def readinto1(self, buffer: memoryview, /) -> int:
        try:
            return self._frames.readinto1(buffer)
        except self._error as error:
            raise OSError(str(error)) from error


def _decompressed(stream: io.BufferedReader, head: bytes) -> _ReadsInto:
    if head.startswith(GZIP):
        return _Gzip(stream)
    if head.startswith(ZSTANDARD):
        return _Zstandard(stream)
    if head.startswith(XZ):
        return lzma.LZMAFile(stream)
    if head.startswith(BZIP2):
        return bz2.BZ2File(stream)
    return stream


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
