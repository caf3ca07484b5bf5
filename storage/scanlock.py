"""Let one scan at a time run on a database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from storage.database import Database
from storage.errors import ScanRunning, StorageUnavailable

_SCAN_LOCK = 0x5343414E  # "SCAN"


@contextmanager
def scan_lock(db: Database) -> Iterator[None]:
    """Hold the only right to scan into this database; raise ScanRunning at once if someone else has it.

    The operating system or the server takes the lock back when the process dies, so a killed scan never
    blocks the next one. Correct counts do not depend on the lock (a batch can be recorded once only); it
    saves work.
    """
    if db.path is not None:
        with _file_lock(db.path.with_name(db.path.name + ".scan-lock"), db.url_for_display):
            yield
    else:
        with _server_lock(db):
            yield


@contextmanager
def _file_lock(path: Path, display: str) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as fault:
        raise StorageUnavailable(
            f"{display}: the lock file {path} cannot be opened ({fault.strerror}). "
            f"Give this user write permission on {path.parent}."
        ) from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise ScanRunning(_running(display)) from fault
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _server_lock(db: Database) -> Iterator[None]:
    # A transaction-level lock: session locks are lost or shared behind a pooler in transaction mode. It
    # sees no rows, so it does not hold back VACUUM however long the scan takes.
    with db.write() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        held = connection.execute(
            text("SELECT pg_try_advisory_xact_lock(:scan, hashtext(current_schema()))"), {"scan": _SCAN_LOCK}
        ).scalar_one()
        if not held:
            raise ScanRunning(_running(db.url_for_display))
        yield


def _running(display: str) -> str:
    return f"{display}: another scan is running. Wait until it ends (see the list of scans), then try again."
