"""Answer the pages and their static files with HTML and CSS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.http.deciding_views import known_about
from api.http.query import Band, FindingKind, ScanQuery, Status, ToolQuery
from api.http.reading import Reader
from api.http.risk_routes import read_risk
from api.http.views import ToolRow
from api.pages.assets import PREFIX, Assets
from api.pages.charts import chart
from api.pages.render import Pages
from api.pages.text import words
from api.pages.wording import category, finding, status
from governance.declared import declarations
from governance.loss import RUNS, SEED

_INVENTORY_ORDER = {
    Status.APPROVED: 0,
    Status.APPROVED_WITH_CONDITIONS: 1,
    Status.IN_REVIEW: 2,
    Status.UNREVIEWED: 3,
    Status.PROHIBITED: 4,
    Status.RETIRED: 5,
}
_ONE_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class FilterField:
    """One drop-down of the filter form."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


def router(reader: Reader, pages: Pages, assets: Assets) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/")
    def exposure(query: Annotated[ToolQuery, Query()]) -> Response:
        tools, coverage = reader.tools()
        open_tools = [row for row in tools if row.in_feed]
        kept = [row for row in open_tools if query.keeps(row)]
        used = [row for row in kept if row.finding_kind == FindingKind.USE]
        feed = query.page(used)
        others = [row for row in kept if row.finding_kind != FindingKind.USE]
        return pages.page(
            "feed.html",
            here="/",
            feed=feed,
            others=others,
            coverage=coverage,
            filters=_filters(query, open_tools),
            filtered=query.filtered,
            last_day=_last_day(feed.tools),
            now=reader.clock(),
            pager=_neighbours("/", query, feed.total),
        )

    @routes.get("/inventory")
    def inventory(query: Annotated[ToolQuery, Query()]) -> Response:
        tools, coverage = reader.tools()
        kept = [row for row in tools if query.keeps(row)]
        kept.sort(key=lambda row: _INVENTORY_ORDER[Status(row.status)])
        feed = query.page(kept)
        return pages.page(
            "inventory.html",
            here="/inventory",
            feed=feed,
            coverage=coverage,
            filters=_filters(query, tools),
            filtered=query.filtered,
            now=reader.clock(),
            pager=_neighbours("/inventory", query, feed.total),
        )

    @routes.get("/tools/{tool_id}")
    def tool(tool_id: Annotated[str, Path(max_length=100)]) -> Response:
        found = reader.tool(tool_id)
        with reader.database.read() as conn:
            estimate = reader.judging.estimate(conn, reader.clock(), SEED, RUNS)
            declared = declarations(conn, tool_id)
            known = known_about(conn, reader.catalogue, tool_id, reader.clock())
        return pages.page(
            "tool.html",
            tool=found,
            declared=declared,
            known=known,
            chart=chart(found.row.days),
            risk=read_risk(reader, tool_id),
            loss=next((one for one in estimate.tools if one.tool_id == tool_id), None),
            estimate=estimate,
            now=reader.clock(),
        )

    @routes.get("/scans")
    def scans(query: Annotated[ScanQuery, Query()]) -> Response:
        found = reader.scans(query.limit + 1, query.before)
        shown = found[: query.limit]
        older = f"/scans?{urlencode({'before': shown[-1].scan_id})}" if len(found) > query.limit else None
        return pages.page(
            "scans.html",
            here="/scans",
            scans=shown,
            older=older,
            newest=query.before is None,
            now=reader.clock(),
        )

    @routes.get("/scans/{scan_id}")
    def scan(scan_id: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
        return pages.page("scan.html", here="/scans", scan=reader.scan(scan_id), now=reader.clock())

    @routes.get("/coverage")
    def coverage() -> Response:
        return pages.page(
            "coverage.html",
            here="/coverage",
            coverage=reader.coverage(),
            health=reader.sources(),
            now=reader.clock(),
        )

    @routes.get(PREFIX + "{name}")
    def static(name: str) -> Response:
        asset = assets.by_address.get(PREFIX + name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers={"cache-control": _ONE_YEAR})

    return routes


def _filters(query: ToolQuery, rows: Iterable[ToolRow]) -> list[FilterField]:
    """Offer only values that occur, so that no choice leads to an empty list by itself."""
    vendors: dict[str, str] = {}
    seen: dict[str, set[str]] = {"status": set(), "band": set(), "category": set(), "finding_kind": set()}
    for row in rows:
        vendors[row.vendor_id] = row.vendor_name
        seen["status"].add(row.status)
        if row.category:
            seen["category"].add(row.category)
        seen["finding_kind"].add(row.finding_kind)
        if row.score:
            seen["band"].add(row.score.band)

    def chosen(values: Sequence[str]) -> str:
        return str(values[0]) if values else ""

    return [
        FilterField("band", "Band", _named(Band, seen["band"], words), chosen(query.band)),
        FilterField("status", "Status", _named(Status, seen["status"], status), chosen(query.status)),
        FilterField("vendor", "Vendor", _by_text(vendors.items()), chosen(query.vendor)),
        FilterField(
            "category",
            "Category",
            _by_text((value, category(value)) for value in seen["category"]),
            chosen(query.category),
        ),
        FilterField(
            "finding_kind",
            "Kind of finding",
            _named(FindingKind, seen["finding_kind"], finding),
            chosen(query.finding_kind),
        ),
    ]


def _named(kinds: Iterable[str], seen: set[str], name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(kind), name(kind)) for kind in kinds if kind in seen)


def _by_text(choices: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(choices, key=lambda choice: choice[1].casefold()))


def _last_day(rows: Sequence[ToolRow]) -> date | None:
    """Return the last day any of the tools was seen: old logs must not show empty sparklines."""
    return max((use.day for row in rows for use in row.days), default=None)


def _neighbours(address: str, query: ToolQuery, total: int) -> dict[str, str | None]:
    """Return the addresses of the previous and the next page, with the same filters."""
    filters = [
        (name, value)
        for name in ("status", "band", "vendor", "category", "finding_kind")
        for value in getattr(query, name)
    ]

    def at(offset: int) -> str:
        return f"{address}?{urlencode([*filters, ('limit', query.limit), ('offset', offset)])}"

    before, after = query.offset - query.limit, query.offset + query.limit
    return {
        "previous": at(max(before, 0)) if query.offset > 0 else None,
        "next": at(after) if after < total else None,
    }
