"""Find the files under what was named, and open each as readable records."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from scanner.documents import LARGEST_DOCUMENT, documents, is_document
from scanner.errors import SourceUnreadable
from scanner.inputs import BlockReader, Readable, encoding_of, peek
from scanner.sampling import spread

HEAD_BYTES: Final = 256 << 10
_SAMPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """Something named that cannot be read, and why."""

    label: str
    message: str


def find_files(names: Iterable[str]) -> Iterator[Path | Missing]:
    """Yield the files under the given files, folders and globs, sorted, each once.

    Links are followed only where they are named themselves, so that a loop or a link out of the folder
    cannot lead astray.
    """
    seen: set[tuple[int, int]] = set()
    for name in names:
        path = Path(name)
        if not path.exists() and glob.has_magic(name):
            found = [Path(item) for item in sorted(glob.glob(name, recursive=True))]
            if not found:
                yield Missing(
                    name, f"{name}: no file matches; check the pattern, and quote it from the shell"
                )
        else:
            found = [path]
        for item in found:
            for file in _files_of(item):
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


def _files_of(path: Path) -> Iterator[Path | Missing]:
    if not path.exists():
        yield Missing(str(path), f"{path}: no such file or folder; check the path")
        return
    if not path.is_dir():
        yield path
        return
    problems: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=problems.append):
        folders.sort()
        for name in sorted(names):
            file = Path(folder) / name
            if not file.is_symlink() and file.is_file():
                yield file
    for problem in problems:
        yield Missing(
            str(problem.filename), f"{problem.filename}: {problem.strerror}; run as a user who may read it"
        )


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
        return [line.rstrip("\r") for line in lines if line.strip()]

    @property
    def decoded_head(self) -> bytes:
        """The beginning as UTF-8 without a byte order mark, whatever it was written in."""
        encoding = encoding_of(self.head)
        return self.head if encoding == "utf-8" else self.head.decode(encoding, "ignore").encode("utf-8")

    @property
    def document(self) -> bool:
        """Whether the content is JSON in another layout than one record a line."""
        return is_document(self.head.decode(encoding_of(self.head), "replace"))


def begin(stream: Readable) -> Content:
    """Take the beginning of a stream for recognition."""
    head, whole = peek(stream, HEAD_BYTES)
    return Content(head, whole)


def document_records(content: Content) -> Sequence[tuple[int, str]]:
    """Return the records of a JSON document as (line number, one-line text).

    Raises SourceUnreadable above 64 MiB, which must be exported one record a line.
    """
    reader = BlockReader(content.stream)
    parts: list[bytes] = []
    size = 0
    for block in reader:
        size += len(block.data)
        if size > LARGEST_DOCUMENT:
            raise SourceUnreadable(
                "JSON document larger than 64 MiB; export it as one record a line (NDJSON)"
            )
        parts.append(block.data)
    return list(documents(b"".join(parts).decode("utf-8", "backslashreplace")))


def text_lines(content: Content) -> Iterator[tuple[int, str]]:
    """Yield (line number, text) of text content."""
    for block in BlockReader(content.stream):
        data = block.data[:-1] if block.data.endswith(b"\n") else block.data
        if data:
            yield from enumerate(
                (line.decode("utf-8", "backslashreplace") for line in data.split(b"\n")), block.line
            )


def sample_of(content: Content) -> list[str]:
    """Return the lines recognition should see, of text or of a JSON document."""
    if content.document:
        text = content.head.decode(encoding_of(content.head), "backslashreplace")
        return [record for _, record in islice(documents(text), _SAMPLE)]
    return spread(content.sample, _SAMPLE)
