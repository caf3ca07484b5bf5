"""Keep pulled records in private files until they are scanned: whole files only, gone as soon as recorded."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from api.pulling.streams import Record

_UNFINISHED = ".part"
_ENDING = ".ndjson"


class Spool:
    """The spool files of one source."""

    def __init__(self, data_directory: Path, source: str) -> None:
        readable = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:40]
        self.folder = data_directory / "pulled" / f"{readable}-{sha256(source.encode()).hexdigest()[:10]}"

    def open(self) -> None:
        """Make the folder, closed to others, and drop what a killed pull left half-written."""
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        for file in self.folder.glob(f"*{_UNFINISHED}"):
            file.unlink()

    def files(self, stream: str) -> list[Path]:
        """Return the finished files of a stream, oldest first."""
        return sorted(self.folder.glob(f"{stream}.*{_ENDING}"))

    def draft(self, stream: str) -> "Draft":
        """Return a new file to write to."""
        taken = [int(file.name.split(".")[1]) for file in self.files(stream)]
        path = self.folder / f"{stream}.{max(taken, default=0) + 1:08d}{_ENDING}"
        return Draft(path)


class Draft:
    """A spool file that is being written; it counts once it is finished."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self._unfinished = path.with_name(path.name + _UNFINISHED)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        self._stream = os.fdopen(os.open(self._unfinished, flags, 0o600), "w", encoding="ascii")

    def write(self, records: Iterable[Record]) -> None:
        """Add records, a line each."""
        for record in records:
            self._stream.write(json.dumps(record, separators=(",", ":")) + "\n")
            self.records += 1

    def finish(self) -> Path | None:
        """Make it count, on disk for good; None where it is empty."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        if not self.records:
            self._unfinished.unlink()
            return None
        self._unfinished.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self.path


def records_of(path: Path) -> Iterator[Record]:
    """Yield the records of a finished file."""
    with path.open(encoding="ascii") as stream:
        for line in stream:
            yield json.loads(line)
