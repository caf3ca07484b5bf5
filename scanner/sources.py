"""Find the files under what was named, and open each as readable records."""

import errno
import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Final

from scanner.compressed import Readable
from scanner.dnstap import is_frame_stream
from scanner.documents import LARGEST_DOCUMENT, documents, is_document, unwrapped
from scanner.errors import SourceUnreadable
from scanner.inputs import BlockReader, Oversized, as_utf8, encoding_of, peek
from scanner.sampling import spread
from scanner.syslog.lines import SPOOL_MARK

HEAD_BYTES: Final = 256 << 10
_SAMPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """Something named that cannot be read, and why."""

    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Link(Missing):
    """A link in a folder, which is not followed; not missing where its target is read anyway."""

    target: str

    def is_read(self, roots: set[str]) -> bool:
        """Say whether it leads to one of the places named, into one, or to what holds no log."""
        if os.path.exists(self.target) and not os.path.isfile(self.target) and not os.path.isdir(self.target):
            return True
        return any(str(place) in roots for place in (self.target, *Path(self.target).parents))


def find_files(names: Iterable[str]) -> Iterator[Path | Missing]:
    """Yield the files under the given files, folders and globs, sorted, each once.

    Links are followed only where they are named themselves, so that a loop or a link out of the folder
    cannot lead astray. One that leads to what is not read otherwise is told.
    """
    seen: set[tuple[int, int]] = set()
    roots: set[str] = set()
    links: list[Link] = []
    for name in names:
        for item in _named(name):
            if isinstance(item, Path) and "\0" not in name:
                roots.add(os.path.realpath(item))
            for file in (item,) if isinstance(item, Missing) else _files_of(item):
                if isinstance(file, Link):
                    links.append(file)
                    continue
                if isinstance(file, Missing):
                    yield file
                    continue
                try:
                    status = file.stat()
                except OSError as problem:
                    yield Missing(
                        str(file), f"{file}: {problem.strerror}; it may have been moved while scanning"
                    )
                    continue
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    yield file
    yield from (link for link in links if not link.is_read(roots))


def _link(link: Path) -> Link:
    target = os.path.realpath(link)
    if os.path.exists(target):
        said = "a link out of what was named, which is not followed; name it, or what it leads to"
    else:
        said = "a link that leads nowhere; remove it, or see what has become of its target"
    return Link(str(link), f"{link}: {said}", target)


def _named(name: str) -> list[Path | Missing]:
    """Return what a name stands for: itself, or what a pattern matches."""
    if not name:
        return [Missing(name, "an empty name; name a file, a folder or a pattern")]
    path = Path(name)
    try:
        if "\0" in name or path.exists() or not glob.has_magic(name):
            return [path]
        first = next(at for at, part in enumerate(path.parts) if glob.has_magic(part))
        if "**" in path.parts:
            # Path.glob goes down into no linked folder, so that a loop of links comes to an end.
            found = sorted(Path(*path.parts[:first]).glob(str(Path(*path.parts[first:]))))
        else:
            found = [Path(item) for item in sorted(glob.glob(name))]
    except OSError as problem:
        return [_closed(path, problem)]
    return [*found] or [
        Missing(name, f"{name}: no file matches; check the pattern, and quote it from the shell")
    ]


def _closed(path: Path, problem: OSError) -> Missing:
    known = {errno.EACCES: "run as a user who may read it", errno.EPERM: "run as a user who may read it"}
    advice = known.get(problem.errno or 0, "check the path")
    return Missing(str(path), f"{path}: {problem.strerror}; {advice}")


def _files_of(path: Path) -> Iterator[Path | Missing]:
    try:
        mode = None if "\0" in str(path) else path.stat().st_mode
    except FileNotFoundError:
        mode = None
    except OSError as problem:
        yield _closed(path, problem)
        return
    if mode is None:
        yield Missing(str(path), f"{path}: no such file or folder; check the path")
        return
    if not stat.S_ISDIR(mode):
        yield path
        return
    problems: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=problems.append):
        folders.sort()
        for name in sorted(
            [*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]
        ):
            file = Path(folder) / name
            try:
                mode = file.lstat().st_mode
            except FileNotFoundError:
                continue  # moved since the folder was listed
            except OSError as problem:
                yield _closed(file, problem)
                continue
            if stat.S_ISREG(mode):
                yield file
            elif stat.S_ISLNK(mode):
                yield _link(file)
    for closed in problems:
        yield _closed(Path(closed.filename), closed)


@dataclass(frozen=True, slots=True)
class Content:
    """The beginning of a stream, and the stream still whole."""

    head: bytes
    stream: Readable

    @property
    def sample(self) -> list[str]:
        """Some lines of the beginning, decoded, the last and possibly cut one left out."""
        text = self.head.decode(encoding_of(self.head), "backslashreplace")
        lines = text.splitlines() if "\r" in text and "\n" not in text else text.split("\n")
        if len(self.head) >= HEAD_BYTES and len(lines) > 1:
            lines.pop()
        return [line.rstrip("\r") for line in lines if line.strip() and not line.startswith(SPOOL_MARK)]

    @property
    def decoded_head(self) -> bytes:
        """The beginning as UTF-8 without a byte order mark, whatever it was written in."""
        return as_utf8(BytesIO(self.head)).read(HEAD_BYTES)

    @property
    def document(self) -> bool:
        """Whether the content is JSON in another layout than one record a line."""
        return is_document(self.head.decode(encoding_of(self.head), "replace"))


def begin(stream: Readable) -> Content:
    """Take the beginning of a stream for recognition.

    NULs in front of it are left out: a log that was truncated under its writer begins with a hole as large
    as what stood there before. (A dnstap file begins with NULs that mean something.)
    """
    head, whole = peek(stream, HEAD_BYTES)
    while head and not is_frame_stream(head) and (hole := _nuls(head) & ~1):
        whole.read(hole)
        head, whole = peek(whole, HEAD_BYTES)
    return Content(head, whole)


def _nuls(head: bytes) -> int:
    """Return how many NULs stand in front."""
    if head == bytes(len(head)):  # a look at all of it at once: holes may be large
        return len(head)
    return len(head) - len(head.lstrip(b"\0"))


def document_records(content: Content, notes: list[str] | None = None) -> Sequence[tuple[int, str]]:
    """Return the records of a JSON document as (line number, one-line text).

    `notes` is told of damage. Raises SourceUnreadable above 64 MiB, which must be exported one record a line.
    """
    reader = BlockReader(content.stream)
    data = reader.whole(LARGEST_DOCUMENT)
    if len(data) > LARGEST_DOCUMENT:
        raise SourceUnreadable("JSON document larger than 64 MiB; export it as one record a line (NDJSON)")
    if reader.damage is not None and notes is not None:
        notes.append(reader.damage)
    return list(documents(data.decode("utf-8", "backslashreplace")))


def text_lines(content: Content, notes: list[str] | None = None) -> Iterator[tuple[int, str]]:
    """Yield (line number, text) of text content; `notes` is told of damage."""
    reader = BlockReader(content.stream)
    for block in reader:
        data = block.data[:-1] if block.data.endswith(b"\n") else block.data
        for number, line in enumerate(data.split(b"\n"), block.line):
            if number in block.too_long:
                yield number, Oversized()
            else:
                yield number, line.decode("utf-8", "backslashreplace")
    if reader.damage is not None and notes is not None:
        notes.append(reader.damage)


def sample_of(content: Content) -> list[str]:
    """Return the lines recognition should see, of text or of a JSON document."""
    if content.document:
        text = content.head.decode(encoding_of(content.head), "backslashreplace")
        return [record for _, record in islice(documents(unwrapped(text)), _SAMPLE)]
    return spread(content.sample, _SAMPLE)
