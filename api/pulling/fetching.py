"""Fetch one stream window by window into spool files: late records are looked for, known ones left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from api.pulling.addresses import same_place
from api.pulling.client import Answer, Client, Refused
from api.pulling.credentials import Credentials
from api.pulling.errors import PullError, PullFailed
from api.pulling.settings import PullSettings
from api.pulling.spool import Draft, Spool, records_of
from api.pulling.streams import Record, Stream, Window
from storage.database import Database
from storage.pulls import (
    Cursor,
    ensure_cursor,
    forget_lost_spools,
    known_digests,
    move_spooled,
    note_attempt,
    note_spooled,
)

WINDOW = timedelta(hours=6)
"""What is fetched as one piece: a pull that stops repeats this much at most."""
FILE_RECORDS = 20_000
_MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """How the pull of one stream went."""

    stream: Stream
    cursor: Cursor
    records: int
    """New records, now in spool files."""
    repeated: int
    """Records that had come before."""
    through: datetime | None
    """How far it came."""
    message: str | None
    """Why it went no further; None: it came to its end."""


@dataclass(slots=True)
class Fetcher:
    """Fetches the streams of one pull, one after the other."""

    settings: PullSettings
    database: Database
    client: Client
    credentials: Credentials
    spool: Spool
    now: datetime
    _names: dict[str, str] = field(default_factory=dict)
    """Object id -> name of applications, which permission grants lack."""

    def fetch(self, stream: Stream) -> Fetched:
        """Fetch what is new in a stream; a failure of the vendor is part of the result."""
        cursor = self._begun(stream)
        counts = [0, 0]
        through = cursor.spooled_through
        message = None
        try:
            for window in self._windows(stream, cursor):
                self._fetch_window(stream, cursor, window, counts)
                through = window.end
        except PullError as problem:
            message = _explained(problem, stream)
        except RecursionError:
            message = f"{self.client.base}{stream.path}: a record is nested too deeply to be one"
        with self.database.write() as conn:
            note_attempt(conn, cursor.id, self.now, message)
        return Fetched(stream, cursor, counts[0], counts[1], through, message)

    def _begun(self, stream: Stream) -> Cursor:
        files = self.spool.files(stream.id)
        name = self.settings.name
        with self.database.write() as conn:
            cursor = ensure_cursor(conn, name, stream.id, self.now)
            forget_lost_spools(conn, cursor.id, [file.name for file in files])
            for file in files:  # a pull that was killed may not have noted them
                told = ((stream.digest(one), stream.moment(one, self.now)) for one in records_of(file))
                note_spooled(conn, cursor.id, file.name, told)
            return ensure_cursor(conn, name, stream.id, self.now)

    def _windows(self, stream: Stream, cursor: Cursor) -> Iterator[Window]:
        if stream.snapshot:
            yield Window(self.now, self.now)
            return
        start = self.now - timedelta(days=self.settings.first_days)
        if cursor.spooled_through is not None:
            start = cursor.spooled_through - timedelta(hours=self.settings.overlap_hours)
            if cursor.remembered_from is not None:
                start = max(start, cursor.remembered_from)
        while start < self.now:
            end = min(start + WINDOW, self.now)
            yield Window(start, end)
            start = end

    def _fetch_window(self, stream: Stream, cursor: Cursor, window: Window, counts: list[int]) -> None:
        draft: Draft | None = None
        noted: dict[str, datetime] = {}
        try:
            for page in self._pages(stream, window):
                told = {stream.digest(record): record for record in page}
                with self.database.read() as conn:
                    known = known_digests(conn, cursor.id, told) | noted.keys()
                new = {digest: record for digest, record in told.items() if digest not in known}
                counts[1] += len(page) - len(new)
                if not new:
                    continue
                draft = draft or self.spool.draft(stream.id)
                draft.write(new.values())
                noted.update((digest, stream.moment(one, window.end)) for digest, one in new.items())
                if draft.records >= FILE_RECORDS:
                    counts[0] += self._keep(cursor, draft, noted)
                    draft, noted = None, {}
        finally:
            # Also after a failure: what came is kept, and will be known when the window is fetched again.
            if draft is not None:
                counts[0] += self._keep(cursor, draft, noted)
        reached = max(window.end, cursor.spooled_through or window.end)
        with self.database.write() as conn:
            move_spooled(conn, cursor.id, reached)

    def _keep(self, cursor: Cursor, draft: Draft, noted: dict[str, datetime]) -> int:
        path = draft.finish()
        if path is None:
            return 0
        with self.database.write() as conn:
            note_spooled(conn, cursor.id, path.name, noted.items())
        return draft.records

    def _pages(self, stream: Stream, window: Window) -> Iterator[list[Record]]:
        first = stream.url(self.client.base, window)
        url: str | None = first
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) >= _MOST_PAGES:
                raise PullFailed(f"{self.client.base}{stream.path}: the pages lead in a circle")
            seen.add(url)
            answer = self.client.get(url, self.credentials.headers, self.credentials.renew)
            page = _records(answer.body, f"{self.client.base}{stream.path}")
            self._name_applications(stream, page)
            yield page
            url = self._following(answer, first)

    def _following(self, answer: Answer, first: str) -> str | None:
        if self.settings.vendor == "okta":
            return answer.following
        if self.settings.vendor == "graph":
            link = answer.body.get("@odata.nextLink")
            return None if link is None else same_place(self.client.base, str(link))
        token = answer.body.get("nextPageToken")
        return f"{first}&{urlencode({'pageToken': str(token)})}" if token else None

    def _name_applications(self, stream: Stream, page: list[Record]) -> None:
        for record in page:
            if stream.id == "service_principals":
                name = record.get("appDisplayName") or record.get("displayName")
                if name:
                    self._names[str(record.get("id"))] = str(name)
            elif stream.id == "permission_grants" and (name := self._names.get(str(record.get("clientId")))):
                record["clientDisplayName"] = name


def _records(body: Any, where: str) -> list[Record]:
    """Return the records of a page: Okta's is a list, Microsoft's has `value`, Google's `items` unless empty."""
    records = body
    if isinstance(body, dict):
        records = body.get("value", body.get("items", [] if body.get("kind") else None))
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise PullFailed(f"{where}: the answer is no list of records; check base_url")
    return records


def _explained(problem: PullError, stream: Stream) -> str:
    if isinstance(problem, Refused) and problem.status in (401, 403):
        return f"{problem}; the credential may not read this: it needs {stream.permission}"
    return str(problem)
