"""Take uploaded files: each on disk under a private name while it is scanned, and gone afterwards."""

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from api.scanning import ScanResult, ScanTask, run_scan
from api.workplace import Workplace, now
from scanner.logformat import PREFIX
from storage.audit import append
from storage.errors import ScanRunning

_SUFFIX: Final = ".upload"
_LONGEST_NAME: Final = 120
_HOSTILE: Final = re.compile(r"[^\w .,+@=()\[\]-]+")
_OTHER_SCAN: Final = 60.0
"""Seconds to wait for a scan of another process to end."""
_AGAIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where uploads go while they are scanned; `largest` is in bytes."""

    place: Workplace
    folder: Path
    largest: int
    wait_seconds: float = _OTHER_SCAN

    def clean(self) -> None:
        """Make the folder private and remove what a process left there that was killed. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        for path in self.folder.glob(f"*{_SUFFIX}"):
            with path.open("rb") as left:
                try:
                    fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue  # another process is receiving it
                path.unlink(missing_ok=True)

    @contextmanager
    def file(self) -> Iterator[tuple[Path, BinaryIO]]:
        """Lend an empty file only this user may read, and remove it afterwards. Raises OSError."""
        path = self.folder / f"{secrets.token_hex(16)}{_SUFFIX}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield path, file
            finally:
                path.unlink(missing_ok=True)

    def knows(self, format_id: str) -> bool:
        """Say whether there is such a format."""
        return format_id.startswith(PREFIX) or any(spec.id == format_id for spec in self.place.formats)

    def scan(self, path: Path, name: str, format_id: str | None, source: str | None) -> ScanResult:
        """Scan an uploaded file as `skiagram scan` does, after scans that came before it.

        Raises ScanRunning where one of another process does not end, and what run_scan() raises.
        """
        label = label_of(name)
        with self.place.database.write() as conn:
            size = path.stat().st_size
            append(conn, "local user", "upload", label, {"bytes": size, "source": source}, now())
        task = ScanTask((str(path),), source, format_id, zone=self.place.settings.zone)
        give_up = time.monotonic() + self.wait_seconds
        with _ONE_AT_A_TIME:
            while True:
                try:
                    return run_scan(self.place, [task], started_by="upload", labels={str(path): label})
                except ScanRunning:
                    if time.monotonic() > give_up:
                        raise
                    time.sleep(_AGAIN)


_ONE_AT_A_TIME: Final = Lock()


def label_of(name: str) -> str:
    """Return what to call an upload: the last part of its name without anything but plain characters."""
    last = re.split(r"[/\\]", name)[-1]
    kept = _HOSTILE.sub("_", last).strip()[-_LONGEST_NAME:]
    return f"upload {kept}" if kept.strip("._ ") else "upload"
