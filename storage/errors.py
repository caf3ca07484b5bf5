"""Name everything that can go wrong with storage.

StorageError
├── StorageUnavailable   the database cannot be reached, opened, read or written
├── ScanRunning          another scan holds the lock
├── BatchOutOfOrder      a batch does not continue where its content ended
├── BatchInvalid         a batch contradicts itself
├── KeyUnusable          the pseudonym key file cannot be read, written or trusted
└── NotRecorded          a row that should exist does not
"""

from __future__ import annotations


class StorageError(Exception):
    """Say what went wrong, where, and what to do next."""


class StorageUnavailable(StorageError):
    """The database cannot be reached, opened, read or written."""


class ScanRunning(StorageError):
    """Another scan holds the lock of this database."""


class BatchOutOfOrder(StorageError):
    """A batch does not begin where the recorded part of its content ends."""


class BatchInvalid(StorageError):
    """A batch contradicts itself: ranges, counts or times that cannot be."""


class KeyUnusable(StorageError):
    """The pseudonym key file cannot be read, written or trusted."""


class NotRecorded(StorageError):
    """A row that was asked for by its id does not exist."""
