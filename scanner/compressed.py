"""Decompress content found by its first bytes, in small pieces, to the last byte before any damage."""

import bz2
import lzma
from collections.abc import Callable
from typing import IO, Final, Protocol

from scanner.errors import SourceRefused

MOST_EXPANSION: Final = 1000
"""Decompressed bytes per compressed byte above which reading stops, once past a gigabyte."""
_EXPANSION_FLOOR: Final = 1 << 30
_TAKEN: Final = 4 << 10
"""Compressed bytes given to a decompressor at a time: what it unpacked before damage is lost with the call."""
_GIVEN: Final = 16 << 10
_DICTIONARY: Final = 256 << 20
"""Memory a file may ask for to be unpacked."""


class Readable(Protocol):
    """Anything bytes come out of."""

    def read(self, size: int = ..., /) -> bytes:
        """Return up to `size` bytes, empty at the end."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def decompressed(handle: IO[bytes], head: bytes) -> tuple[Readable, bool]:
    """Return a stream of the content, and whether it was compressed; by magic bytes, never by name."""
    if head[:2] == b"\x1f\x8b":
        return Guarded(_Unpacked(handle, _gzip, head[:2]), handle), True
    if head[:4] == _ZSTANDARD:
        return Guarded(_Zstandard(handle), handle), True
    if head[:6] == b"\xfd7zXZ\x00":
        return Guarded(_Unpacked(handle, _xz, head[:6]), handle), True
    if head[:3] == b"BZh":
        return Guarded(_Unpacked(handle, bz2.BZ2Decompressor, head[:3]), handle), True
    return handle, False


def _gzip() -> _Decompressor:
    from isal import igzip_lib

    unpacking: _Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    return unpacking


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(memlimit=_DICTIONARY)


class Guarded:
    """A decompressor that stops when the content expands beyond all reason."""

    def __init__(self, stream: Readable, compressed: IO[bytes]) -> None:
        self._stream = stream
        self._compressed = compressed
        self._given = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes. Raises SourceRefused above MOST_EXPANSION."""
        data = self._stream.read(min(size, _GIVEN) if size >= 0 else _GIVEN)
        self._given += len(data)
        taken = max(self._compressed.tell(), 1)
        if self._given > _EXPANSION_FLOOR and self._given > taken * MOST_EXPANSION:
            raise SourceRefused(
                f"expands more than {MOST_EXPANSION} times beyond a gigabyte; "
                "decompress it yourself and scan the result if you trust it"
            )
        return data


class _Unpacked:
    """The members of a compressed file one after another: gzip, bzip2 and xz may be concatenated."""

    def __init__(self, handle: IO[bytes], make: Callable[[], _Decompressor], magic: bytes) -> None:
        self._handle = handle
        self._make = make
        self._magic = magic
        self._member: _Decompressor | None = make()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes. Raises EOFError where the content is cut short, others for damage."""
        while self._member is not None:
            data = self._handle.read(_TAKEN) if self._member.needs_input else b""
            if not data and self._member.needs_input:
                raise EOFError("the compressed data end in the middle")
            unpacked = self._member.decompress(data, size)
            if self._member.eof:
                self._member = self._next(self._member.unused_data)
            if unpacked:
                return unpacked
        return b""

    def _next(self, rest: bytes) -> "_Decompressor | None":
        # Zeros between or behind members are padding of tapes and block devices.
        while len(rest := rest.lstrip(b"\0")) < len(self._magic):
            more = self._handle.read(_TAKEN)
            if not more:
                break
            rest += more
        if not rest:
            return None
        if not rest.startswith(self._magic):
            return _Trailing()
        member = self._make()
        return _Started(member, rest)


class _Trailing:
    """What stands behind the last member and is none."""

    eof = False
    needs_input = False
    unused_data = b""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        raise ValueError("something else follows the compressed data")


class _Started:
    """A decompressor with its first bytes already taken from the file."""

    def __init__(self, member: _Decompressor, first: bytes) -> None:
        self._member = member
        self._first = first

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def needs_input(self) -> bool:
        return not self._first and self._member.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._member.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        data, self._first = self._first + data, b""
        return self._member.decompress(data, max_length)


_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"


class _Zstandard:
    """Zstandard frames; its own reader takes a file cut short for the end, so the frames are counted."""

    def __init__(self, handle: IO[bytes]) -> None:
        import zstandard

        self._handle = handle
        self._stream = zstandard.ZstdDecompressor().stream_reader(
            handle, read_size=_TAKEN, read_across_frames=True, closefd=False
        )

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes. Raises EOFError where the content is cut short."""
        data: bytes = self._stream.read(size)
        if not data:
            _check_frames(self._handle)
        return data


def _check_frames(handle: IO[bytes]) -> None:
    # Source: RFC 8878 section 3.1.1, which gives the length of every header and block.
    handle.seek(0)
    while magic := handle.read(4):
        if magic[1:] == b"\x2a\x4d\x18" and magic[0] >> 4 == 5:
            _skip(handle, int.from_bytes(_exactly(handle, 4), "little"))
            continue
        if magic != _ZSTANDARD:
            raise ValueError("something else follows the compressed data")
        descriptor = _exactly(handle, 1)[0]
        single = descriptor >> 5 & 1
        sizes = (single, 2, 4, 8)[descriptor >> 6]
        _skip(handle, 1 - single + (0, 1, 2, 4)[descriptor & 3] + sizes)
        last = 0
        while not last:
            block = int.from_bytes(_exactly(handle, 3), "little")
            last = block & 1
            _skip(handle, 1 if block >> 1 & 3 == 1 else block >> 3)
        _skip(handle, 4 * (descriptor >> 2 & 1))


def _exactly(handle: IO[bytes], size: int) -> bytes:
    data = handle.read(size)
    if len(data) < size:
        raise EOFError("the compressed data end in the middle")
    return data


def _skip(handle: IO[bytes], size: int) -> None:
    if size:
        handle.seek(size - 1, 1)
        _exactly(handle, 1)
