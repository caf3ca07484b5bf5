"""See which fields the events of a batch carry, so that a source that stops telling something is noticed.

Looked at are the events that are read exactly: all of them where a format has no kernel, else the lines of
interest and a sample spread evenly over the block. Counting every line would cost the kernels their speed, and
a field that vanishes from a log vanishes from a sample of it.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from scanner.fields import Event
from scanner.observing import Observer, Watch
from scanner.table import Table
from signatures.evidence import Match
from storage.presence import FieldCounts, record_fields

SAMPLE: Final = 24
"""Lines of a block a kernel reads that are read exactly as well; a block is four megabytes."""


class _Counting(Watch):
    """Counts the events of one batch by the fields they carry."""

    def __init__(self) -> None:
        self._looked_at = 0
        self._user = self._upload = self._host = self._path = self._device = 0
        self._columns: tuple[str, ...] = ()

    def see(self, event: Event, match: Match | None) -> None:
        get = event.get
        self._looked_at += 1
        if get("user_name") or get("actor") or get("user_email"):
            self._user += 1
        if get("source_bytes") is not None:
            self._upload += 1
        if get("destination_domain") or get("dns_question"):
            self._host += 1
        if get("url_path"):
            self._path += 1
        if get("source_ip") or get("device_name") or get("source_domain"):
            self._device += 1

    def see_table(self, table: Table, lines: list[bytes], exact: set[int]) -> None:
        exact.update(range(0, len(lines), max(len(lines) // SAMPLE, 1)))

    def see_columns(self, names: Sequence[str]) -> None:
        self._columns = tuple(names)

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        if not self._looked_at:
            return
        names = "\n".join(self._columns).encode("utf-8", "backslashreplace")
        record_fields(
            conn,
            batch_id,
            FieldCounts(self._looked_at, self._user, self._upload, self._host, self._path, self._device),
            columns=len(self._columns) or None,
            columns_digest=sha256(names).hexdigest()[:16] if self._columns else None,
        )


class FieldPresence(Observer):
    """Counts in every batch which fields its events carry."""

    def watch(self) -> Watch:
        return _Counting()
