"""Open what was named on the command line: files, archives, compressed and UTF-16 text, as bounded blocks."""

import codecs
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from scanner.compressed import Guarded, Readable, decompressed
from scanner.errors import SourceRefused, SourceUnreadable

BLOCK_BYTES: Final = 4 << 20
LONGEST_LINE: Final = 1 << 20
MOST_MEMBERS: Final = 10_000
_HEAD: Final = 8
_ARCHIVES: Final = (
    (b"PK\x03\x04", "an archive inside an archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "LZ4, which is not read"),
    (b"\x1f\x9d", "compressed by compress(1), which is not read"),
)


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
        try:
            head = handle.read(_HEAD)
        except OSError as problem:
            raise SourceUnreadable(f"{path}: {problem.strerror}; copy it again") from problem
        handle.seek(0)
        if head[:4] == b"PK\x03\x04":
            yield from _zip_members(path, handle)
        else:
            stream, compressed = decompressed(handle, head)
            yield Member(str(path), _refused_or(stream, head, str(path)), closed=compressed)


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


class _Broken:
    """A stream that nothing can be read from, and why."""

    def __init__(self, problem: str) -> None:
        self._problem = problem

    def read(self, size: int = -1, /) -> bytes:
        raise SourceUnreadable(self._problem)


def _zip_members(path: Path, handle: IO[bytes]) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(handle)
        members = [info for info in archive.infolist() if not info.is_dir()]
    except Exception as problem:  # a damaged directory fails in as many ways as it has fields
        raise SourceUnreadable(f"{path}: damaged zip archive ({problem}); copy it again") from problem
    if len(members) > MOST_MEMBERS:
        raise SourceRefused(f"{path}: {len(members)} files in one archive; unpack it and scan the folder")
    seen: Counter[str] = Counter()
    for info in members:
        seen[info.filename] += 1
        again = f" ({seen[info.filename]})" if seen[info.filename] > 1 else ""
        label = f"{path}!{info.filename}{again}"
        try:
            if info.flag_bits & 1:
                raise SourceUnreadable("encrypted")
            raw = archive.open(info)
            head = raw.read(_HEAD)
            raw.seek(0)
        except Exception as problem:  # the other files of the archive are read all the same
            broken = _Broken(f"{label}: {problem}; unpack it yourself and scan the result")
            yield Member(label, broken, closed=True)
            continue
        with raw:
            stream, _ = decompressed(raw, head)
            yield Member(label, Guarded(_refused_or(stream, head, label), handle), closed=True)


def _refused_or(stream: Readable, head: bytes, label: str) -> Readable:
    """Return the stream, or one that says what to do where its first bytes are those of an archive."""
    for magic, name in _ARCHIVES:
        if head.startswith(magic):
            return _Broken(f"{label}: {name}; unpack it and scan the folder")
    whole: Readable
    start, whole = peek(stream, 512)
    if start[257:262] == b"ustar":
        return _Broken(f"{label}: a tar archive; unpack it and scan the folder")
    return whole


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
    too_long: tuple[int, ...] = ()
    """Numbers of lines emptied because they are longer than LONGEST_LINE."""
    closed: bool = True
    """False for a last line without a newline."""

    @property
    def oversized(self) -> int:
        """Return the number of lines that are too long."""
        return len(self.too_long)


class Oversized(str):
    """Stands in for a line that was left out because it is too long."""

    __slots__ = ()


class BlockReader:
    """Cuts a stream into blocks of whole lines, in bounded memory.

    Blocks end at the last newline before a multiple of `size`, so that a reader that starts at the end of
    any block cuts the same blocks as one that starts at the beginning. After the last block, `damage` says
    why reading stopped early, or is None.
    """

    def __init__(self, stream: Readable, *, size: int = BLOCK_BYTES) -> None:
        self._stream = as_utf8(stream)
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

    @property
    def reached(self) -> tuple[int, str]:
        """Return how many bytes were skipped, and their digest."""
        return self._at, self._hash.hexdigest()

    def __iter__(self) -> Iterator[Block]:
        rest = b""
        chunk = self._fill()
        while chunk:
            data = rest + chunk
            end = chunk.rfind(b"\n") + 1
            if end:
                end += len(rest)
                rest = data[end:]
                yield self._cut(data[:end])
            elif len(data) > LONGEST_LINE + self._size:
                size, chunk, closed = self._skip_line(data)
                yield self._block(b"\n", size, (self._line,), closed=closed)
                self._line += 1
                rest = b""
                if chunk:
                    continue
            else:
                rest = data
            chunk = self._fill()
        if rest:
            yield self._cut(rest, closed=False)

    def whole(self, limit: int) -> bytes:
        """Return everything that is left, or a little more than `limit` bytes of it."""
        pieces: list[bytes] = []
        size = 0
        while size <= limit and (piece := self._next(self._size)):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def _cut(self, data: bytes, *, closed: bool = True) -> Block:
        self._hash.update(data)
        kept, too_long = _without_oversized(data, self._line)
        block = self._block(kept, len(data), too_long, closed=closed)
        self._line += data.count(b"\n")
        return block

    def _block(self, data: bytes, size: int, too_long: tuple[int, ...], *, closed: bool) -> Block:
        start = self._start
        self._start = start + size
        return Block(start, self._start, self._line, self._hash.hexdigest(), data, too_long, closed)

    def _skip_line(self, data: bytes) -> tuple[int, bytes, bool]:
        """Take the rest of a line; return its size, what follows it, and whether it ended."""
        self._hash.update(data)
        size = len(data)
        while chunk := self._fill():
            end = chunk.find(b"\n") + 1
            self._hash.update(chunk[:end] if end else chunk)
            size += end or len(chunk)
            if end:
                return size, chunk[end:], True
        return size, b"", False

    def _fill(self) -> bytes:
        """Return the bytes up to the next multiple of the block size."""
        size = self._size - self._at % self._size
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
        except SourceUnreadable as problem:
            self.damage = str(problem)
        except Exception as problem:  # every decompressor has error types of its own
            self.damage = f"damaged or cut short: {problem}"
        return b""


def _without_oversized(data: bytes, number: int) -> tuple[bytes, tuple[int, ...]]:
    """Empty the lines that are too long; `number` is that of the first line."""
    at = 0
    while len(data) - at > LONGEST_LINE:
        # Jump ahead: no line before the last newline within reach can be too long.
        reach = data.rfind(b"\n", at, at + LONGEST_LINE) + 1
        if not reach:
            break
        at = reach
    else:
        return data, ()
    lines = data.split(b"\n")
    too_long = tuple(place for place, line in enumerate(lines) if len(line) >= LONGEST_LINE)
    for place in too_long:
        lines[place] = b""
    return b"\n".join(lines), tuple(number + place for place in too_long)


class _NewLines:
    """Text whose lines end in carriage returns alone, with newlines in their place."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read(size).replace(b"\r", b"\n")


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
        if isinstance(stream, _Rewound) and not stream._head and stream._fault is None:
            stream = stream._stream  # looking ahead again and again makes no tower of these
        self._head: bytes = head
        self._stream: Readable = stream
        self._fault: Exception | None = fault

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
    if len(sample) >= 8:
        even, odd, half = sample[0::2].count(0), sample[1::2].count(0), len(sample) // 2
        if odd >= half * 0.8 and even <= half * 0.1:
            return "utf-16-le"
        if even >= half * 0.8 and odd <= half * 0.1:
            return "utf-16-be"
    return "utf-8"


_RETURN: Final = re.compile(rb"\r[^\r\n]")


def as_utf8(stream: Readable) -> Readable:
    """Return a stream as UTF-8 without a byte order mark and with newlines."""
    head, stream = peek(stream, 4096)
    encoding = encoding_of(head)
    if encoding == "utf-8-sig":
        mark, stream = peek(stream, len(codecs.BOM_UTF8))
        stream.read(len(mark))
    elif encoding != "utf-8":
        stream = _Transcoded(stream, encoding)
        head, stream = peek(stream, 4096)
    # A return at the very end may be the first half of a line break still being written.
    return _NewLines(stream) if b"\n" not in head and _RETURN.search(head) else stream
