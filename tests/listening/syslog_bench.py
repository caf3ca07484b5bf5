"""A receiver at work, what is sent to it, and what became of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from api.listening.addresses import Address
from api.listening.service import ListenService
from storage.coverage import SourceCoverage, coverage
from storage.database import open_database
from storage.tables import batch, sighting

PATIENCE = 90.0
SQUID = (
    "<134>Nov 22 10:00:{second:02d} proxy squid[7]: {time}.{number:03d}     84 10.20.4.17 TCP_TUNNEL/200 5120 "
    "CONNECT {host}:443 user{number} HIER_DIRECT/203.0.113.9 -"
)


def squid(number: int, host: str = "chatgpt.com") -> bytes:
    """Return a message in which somebody uses a tool."""
    return SQUID.format(
        second=number % 60, time=1793606400 + number, number=number % 1000, host=host
    ).encode()


@dataclass
class Run:
    """A receiver at work."""

    service: ListenService
    folder: Path
    url: str
    told: list[str] = field(default_factory=list)
    taken: list[Address] = field(default_factory=list)

    def port(self, transport: str) -> int:
        return next(address.port for address in self.taken if address.transport == transport)

    def kept(self) -> int:
        """Return the number of messages in the folder."""
        return sum(path.read_bytes().count(b"\n<") for path in self.folder.glob("*.log"))

    def events(self) -> int:
        """Return the number of sightings in the database."""
        database = open_database(self.url)
        try:
            with database.read() as conn:
                return int(conn.execute(select(func.coalesce(func.sum(sighting.c.count), 0))).scalar_one())
        finally:
            database.close()

    def lines(self) -> int:
        """Return the number of lines read, first lines of files left out."""
        database = open_database(self.url)
        try:
            with database.read() as conn:
                lines, files = conn.execute(
                    select(
                        func.coalesce(func.sum(batch.c.lines), 0), func.count(batch.c.content_id.distinct())
                    )
                ).one()
            return int(lines) - int(files)
        finally:
            database.close()

    def coverage(self) -> dict[str, SourceCoverage]:
        database = open_database(self.url)
        try:
            with database.read() as conn:
                return {one.source.name: one for one in coverage(conn, datetime.now(UTC))}
        finally:
            database.close()

    def unreported(self) -> dict[str, int]:
        """Return what was lost and is not in the database yet."""
        path = self.folder / "losses.json"
        kept = json.loads(path.read_text()) if path.exists() else {"new": [], "reported": []}
        lost: Counter[str] = Counter()
        for _, what, number in [*kept["new"], *kept["reported"]]:
            lost[what] += number
        return dict(lost)

    def lost(self) -> dict[str, int]:
        """Return everything that was lost, reported or not."""
        lost = Counter(self.unreported())
        for one in self.coverage().values():
            for loss in one.losses:
                lost[loss.what] += loss.count
        return dict(lost)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to come true."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"waited in vain; told: {self.told}"
            await asyncio.sleep(0.1)


Scenario = Callable[[Run], Awaitable[None]]


@dataclass(frozen=True)
class Certificates:
    """PEM files: an authority, a server's certificate and a client's, both of it."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path
