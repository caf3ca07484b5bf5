"""Read what pages and documents show, each in one consistent snapshot of the database."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from api.health import Expected, source_health
from api.http.coverage_views import read_coverage, read_scan, read_scans
from api.http.judging import Judging
from api.http.tool_views import read_tool, read_tools
from api.http.views import Coverage, ScanDetail, ScanRow, ToolDetail, ToolRow

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.catalogue_in_force import CatalogueInForce
    from governance.health import SourceHealth
    from governance.weights import Weights
    from signatures.catalogue import Catalogue
    from storage.database import Database


_ANSWERED_FROM: ContextVar[Catalogue | None] = ContextVar("answered_from", default=None)


class OneCatalogue:
    """Let a request be answered from one catalogue, whatever comes into force meanwhile."""

    def __init__(self, app: ASGIApp, in_force: CatalogueInForce) -> None:
        self._app = app
        self._in_force = in_force

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        token = _ANSWERED_FROM.set(self._in_force.loaded.catalogue)
        try:
            await self._app(scope, receive, send)
        finally:
            _ANSWERED_FROM.reset(token)


@dataclass(frozen=True, slots=True)
class Reader:
    """The one thing routes read from."""

    database: Database
    in_force: CatalogueInForce
    weights: Weights
    clock: Callable[[], datetime]
    expected: Expected | None = None
    """Sources the settings name; None where no settings are known."""
    judging: Judging = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "judging", Judging(lambda: self.catalogue, self.weights))

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue in force, one and the same while a request is answered."""
        return _ANSWERED_FROM.get() or self.in_force.loaded.catalogue

    def tools(self) -> tuple[list[ToolRow], Coverage]:
        """Return every tool, most exposed first, and the coverage they rest on."""
        now = self.clock()
        with self.database.read() as conn:
            judged = self.judging.judged(conn, now)
            return read_tools(conn, self.catalogue, judged, now), read_coverage(conn, now, self.expected)

    def tool(self, tool_id: str) -> ToolDetail:
        """Return everything about one tool. Raises NotRecorded."""
        now = self.clock()
        with self.database.read() as conn:
            every = self.judging.judged(conn, now)
            return read_tool(conn, self.catalogue, self.weights, now, tool_id, every)

    def coverage(self) -> Coverage:
        """Return what was read of every source and what was not."""
        with self.database.read() as conn:
            return read_coverage(conn, self.clock(), self.expected)

    def sources(self) -> tuple[SourceHealth, ...]:
        """Return the health of every source."""
        with self.database.read() as conn:
            return source_health(conn, self.expected, self.clock())

    def scans(self, limit: int, before: int | None) -> list[ScanRow]:
        """Return scans, newest first."""
        with self.database.read() as conn:
            return read_scans(conn, limit, before)

    def scan(self, scan_id: int) -> ScanDetail:
        """Return one scan with its files. Raises NotRecorded."""
        with self.database.read() as conn:
            return read_scan(conn, scan_id)
