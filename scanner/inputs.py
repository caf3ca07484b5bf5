"""Open what was named on the command line: files, archives, compressed and UTF-16 text, as bounded blocks."""

import bz2
import codecs
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final, Protocol

from scanner.errors import SourceRefused, SourceUnreadable

BLOCK_BYTES: Final = 4 << 20
LONGEST_LINE: Final = 1 << 20
MOST_EXPANSION: Final = 1000
"""Decompressed bytes per compressed byte above which reading stops, once past a gigabyte."""
_PIECE: Final = 32 << 10
_EXPANSION_FLOOR: Final = 1 << 30
MOST_MEMBERS: Final = 10_000


class Readable(Protocol):
    """Anything bytes come out of."""

    def read(self, size: int = ..., /) -> bytes:
        """Return up to `size` bytes, empty at the end."""


@dataclass(frozen=True, slots=True)
class Member:
    """One stream of bytes to read: a file, or one file of an archive."""

    label: str
    stream: Readable
    closed: bool
    """True where nothing will be appended: compressed generations and archive members."""


def open_members(path: Path) -> Generator[Member, None, None]:
    """Yield the streams of a file, decompressed.

    Raises SourceUnreadable where it cannot be opened, SourceRefused where it is no regular file.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise SourceRefused(f"{path}: not a regular file; name a file or a folder of files")
        handle = path.open("rb")
    except PermissionError as problem:
        raise SourceUnreadable(f"{path}: permission denied; run as a user who may read it") from problem
    except OSError as problem:
        raise SourceUnreadable(f"{path}: {problem.strerror or problem}; check the path") from problem
    with handle:
        head = handle.read(6)
        handle.seek(0)
        if head[:4] == b"PK\x03\x04":
            yield from _zip_members(path, handle)
        else:
            stream, compressed = decompressed(handle, head)
            yield Member(str(path), stream, closed=compressed)


@contextmanager
def member_again(path: Path, label: str) -> Iterator[Member]:
    """Open one stream of a file once more, from its beginning."""
    members = open_members(path)
    try:
        yield next(member for member in members if member.label == label)
    except StopIteration as problem:
        raise SourceUnreadable(f"{label}: gone while it was being read; scan again") from problem
    finally:
        members.close()


def decompressed(handle: IO[bytes], head: bytes) -> tuple[Readable, bool]:
    """Return a stream of the content, and whether it was compressed; by magic bytes, never by name."""
    if head[:2] == b"\x1f\x8b":
        from isal import igzip

        return _Guarded(igzip.open(handle, "rb"), handle), True
    if head[:4] == b"\x28\xb5\x2f\xfd":
        import zstandard

        return _Guarded(
            zstandard.ZstdDecompressor().stream_reader(handle, read_across_frames=True), handle
        ), True
    if head[:6] == b"\xfd7zXZ\x00":
        return _Guarded(lzma.LZMAFile(handle), handle), True
    if head[:3] == b"BZh":
        return _Guarded(bz2.BZ2File(handle), handle), True
    return handle, False


class _Guarded:
    """A decompressor that stops when the content expands beyond all reason."""

    def __init__(self, stream: Readable, compressed: IO[bytes]) -> None:
        self._stream = stream
        self._compressed = compressed
        self._given = 0

    def read(self, size: int = -1, /) -> bytes:
        # Small pieces: a decompressor that meets damage throws away what the same call had unpacked before it.
        data = self._stream.read(min(size, _PIECE) if size >= 0 else _PIECE)
        self._given += len(data)
        taken = max(self._compressed.tell(), 1)
        if self._given > _EXPANSION_FLOOR and self._given > taken * MOST_EXPANSION:
            raise SourceRefused(
                f"expands more than {MOST_EXPANSION} times beyond a gigabyte; "
                "decompress it yourself and scan the result if you trust it"
            )
        return data


def _zip_members(path: Path, handle: IO[bytes]) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(handle)
        members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise SourceUnreadable(f"{path}: damaged zip archive ({problem}); copy it again") from problem
    if len(members) > MOST_MEMBERS:
        raise SourceRefused(f"{path}: {len(members)} files in one archive; unpack it and scan the folder")
    for info in members:
        try:
            with archive.open(info) as raw:
                head = raw.read(6)
                raw.seek(0)
                stream, _ = decompressed(raw, head)
                yield Member(f"{path}!{info.filename}", _Guarded(stream, handle), closed=True)
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as problem:
            raise SourceUnreadable(
                f"{path}!{info.filename}: {problem}; unpack it and scan the result"
            ) from problem


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a source, from offset `start` to `end` of the decoded content.

    `line` is the number of the first line and `digest` the SHA-256 of the decoded bytes [0, end).
    """

    start: int
    end: int
    line: int
    digest: str
    data: bytes
    oversized: int = 0
    """Lines left out because they are longer than LONGEST_LINE."""
    closed: bool = True
    """False for a last line without a newline."""


class BlockReader:
    """Cuts a stream into blocks of whole lines, in bounded memory.

    Blocks end at the last newline before a multiple of `size`, so that a reader that starts at the end of
    any block cuts the same blocks as one that starts at the beginning. After the last block, `damage` says
    why reading stopped early, or is None.
    """

    def __init__(self, stream: Readable, *, size: int = BLOCK_BYTES) -> None:
        self._stream = _utf8(stream)
        self._size = size
        self._at = 0
        self._start = 0
        self._line = 1
        self._hash = sha256()
        self.damage: str | None = None

    def skip_to(self, marks: Iterable[int], seen: Callable[[bytes], object] | None = None) -> dict[int, str]:
        """Read on to the greatest of the offsets; return the digest of the bytes before each one reached.

        The next block starts there. `seen` is given the skipped bytes, piece by piece.
        """
        digests: dict[int, str] = {}
        for mark in sorted(set(marks)):
            while self._at < mark:
                piece = self._next(min(self._size, mark - self._at))
                if not piece:
                    return digests
                self._hash.update(piece)
                self._line += piece.count(b"\n")
                if seen is not None:
                    seen(piece)
            digests[mark] = self._hash.hexdigest()
        self._start = self._at
        return digests

    def __iter__(self) -> Iterator[Block]:
        rest = b""
        while True:
            chunk = self._fill(self._size - self._at % self._size)
            if not chunk:
                break
            data = rest + chunk
            end = data.rfind(b"\n") + 1
            if not end:
                if len(data) > LONGEST_LINE + self._size:
                    rest = self._skip_line(data)
                    yield self._block(b"", 1)
                    self._line += 1
                else:
                    rest = data
                continue
            rest = data[end:]
            yield self._cut(data[:end])
        if rest:
            yield self._cut(rest, closed=False)

    def _cut(self, data: bytes, *, closed: bool = True) -> Block:
        self._hash.update(data)
        kept, oversized = _without_oversized(data)
        block = self._block(kept, oversized, len(data), closed=closed)
        self._line += data.count(b"\n")
        return block

    def _block(self, data: bytes, oversized: int, size: int | None = None, *, closed: bool = True) -> Block:
        start = self._start
        self._start = self._at - self._held if size is None else start + size
        return Block(start, self._start, self._line, self._hash.hexdigest(), data, oversized, closed)

    def _fill(self, size: int) -> bytes:
        pieces: list[bytes] = []
        while size > 0 and (piece := self._next(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _next(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
            self._at += len(piece)
            return piece
        except SourceRefused as problem:
            self.damage = str(problem)
        except (EOFError, OSError, zlib.error, lzma.LZMAError, ValueError, zipfile.BadZipFile) as problem:
            self.damage = f"damaged or cut short: {problem}"
        except Exception as problem:  # zstandard's own error type is not a subclass of any of these
            if type(problem).__name__ != "ZstdError":
                raise
            self.damage = f"damaged or cut short: {problem}"
        return b""

    _held = 0
    """Bytes taken from the stream that belong to the next block."""

    def _skip_line(self, data: bytes) -> bytes:
        self._hash.update(data)
        self._held = 0
        while chunk := self._fill(self._size - self._at % self._size):
            end = chunk.find(b"\n") + 1
            if end:
                self._hash.update(chunk[:end])
                self._held = len(chunk) - end
                return chunk[end:]
            self._hash.update(chunk)
        return b""


def _without_oversized(data: bytes) -> tuple[bytes, int]:
    if len(data) <= LONGEST_LINE:
        return data, 0
    at = 0
    lines: list[bytes] | None = None
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        if end - at > LONGEST_LINE:
            lines = data.splitlines(keepends=True) if lines is None else lines
            break
        # Jump ahead: no line between here and the last newline within reach can be too long.
        reach = data.rfind(b"\n", at, at + LONGEST_LINE) + 1
        at = reach if reach > at else end
    if lines is None:
        return data, 0
    kept = [piece for piece in data.split(b"\n") if len(piece) <= LONGEST_LINE]
    return b"\n".join(kept), data.count(b"\n") + 1 - len(kept)


class _Transcoded:
    """A UTF-16 stream as UTF-8."""

    def __init__(self, stream: Readable, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def read(self, size: int = -1, /) -> bytes:
        while not self._ready:
            data = self._stream.read(BLOCK_BYTES)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "backslashreplace")
            if not data:
                break
        piece, self._ready = (self._ready[:size], self._ready[size:]) if size >= 0 else (self._ready, b"")
        return piece


class _Rewound:
    """A stream with bytes already taken put back in front."""

    def __init__(self, head: bytes, stream: Readable, fault: Exception | None = None) -> None:
        self._head = head
        self._stream = stream
        self._fault = fault

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            piece, self._head = (self._head[:size], self._head[size:]) if size >= 0 else (self._head, b"")
            return piece
        if self._fault is not None:
            raise self._fault  # a decompressor that failed once may answer "end" the second time
        return self._stream.read(size)


def peek(stream: Readable, size: int) -> tuple[bytes, Readable]:
    """Return the first bytes of a stream and a stream that still holds them; damage shows later."""
    head = b""
    try:
        while len(head) < size and (chunk := stream.read(size - len(head))):
            head += chunk
    except Exception as fault:  # reported where the bytes before it have been read
        return head, _Rewound(head, stream, fault)
    return head, _Rewound(head, stream)


def encoding_of(head: bytes) -> str:
    """Return the encoding the first bytes show: a byte order mark, or the NULs of plain UTF-16 text."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    sample = head[:512]
    if len(sample) >= 8 and sample.count(0) >= len(sample) * 0.4:
        if sample[1::2].count(0) >= len(sample) * 0.4:
            return "utf-16-le"
        if sample[0::2].count(0) >= len(sample) * 0.4 and sample[1::2].count(0) == 0:
            return "utf-16-be"
    return "utf-8"


def _utf8(stream: Readable) -> Readable:
    head, stream = peek(stream, 4096)
    encoding = encoding_of(head)
    if encoding == "utf-8":
        return stream
    if encoding == "utf-8-sig":
        mark, stream = peek(stream, len(codecs.BOM_UTF8))
        stream.read(len(mark))
        return stream
    return _Transcoded(stream, encoding)
