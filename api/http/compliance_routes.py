"""Answer the pages and documents of governance that only read: overview, gaps, measures; gather the others."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.cli.kpis import value_text
from api.http import alert_routes, incident_routes, policy_routes, review_routes
from api.http.compliance_documents import (
    GapDocument,
    GapList,
    KpisDocument,
)
from api.http.compliance_reading import (
    read_gaps,
    read_kpis,
    read_overview,
    tool_names,
)
from api.http.document_routes import failures
from api.http.policy_routes import Pseudonym
from api.http.reading import Reader
from api.pages.render import Pages
from api.pages.week_charts import week_charts
from governance.gaps.verdict import STATES

State = Annotated[
    str | None, Query(pattern="^(met|gap|unknown|not_applicable)?$", description="Only rules in this state.")
]
HERE = "/governance"


def document_router(reader: Reader, pseudonym: Pseudonym | None) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()
    routes.include_router(incident_routes.document_router(reader))
    routes.include_router(review_routes.document_router(reader))
    routes.include_router(policy_routes.document_router(reader, pseudonym))
    routes.include_router(alert_routes.document_router(reader))

    @routes.get("/api/v1/gaps", tags=["governance"], summary="Gaps", responses=failures(422, 500, 503))
    def list_gaps(state: State = None) -> GapList:
        """List rules with their state, gaps first, with the use that falls in each gap and what closes it."""
        with reader.database.read() as conn:
            found = [one for one in read_gaps(reader, conn) if not state or one.state == state]
        return GapList(items=[GapDocument.model_validate(one) for one in found], total=len(found))

    @routes.get("/api/v1/kpis", tags=["governance"], summary="Measures", responses=failures(500, 503))
    def show_kpis() -> KpisDocument:
        """Show measures of governance now and week by week, and the stage they come to."""
        return KpisDocument.model_validate(read_kpis(reader))

    return routes


def page_router(reader: Reader, pages: Pages, pseudonym: Pseudonym | None) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(default_response_class=HTMLResponse)
    routes.include_router(incident_routes.page_router(reader, pages))
    routes.include_router(review_routes.page_router(reader, pages))
    routes.include_router(policy_routes.page_router(reader, pages, pseudonym))
    routes.include_router(alert_routes.page_router(reader, pages))

    @routes.get("/governance")
    def overview() -> Response:
        found = read_overview(reader)
        return pages.page("governance.html", here=HERE, one=found, value_text=value_text, now=reader.clock())

    @routes.get("/gaps")
    def gaps(state: State = None) -> Response:
        with reader.database.read() as conn:
            found = read_gaps(reader, conn)
        counts = {name: sum(one.state == name for one in found) for name in STATES}
        kept = [one for one in found if not state or one.state == state]
        return pages.page(
            "gaps.html",
            here=HERE,
            gaps=kept,
            counts=counts,
            chosen=state or "",
            names=tool_names(reader),
            now=reader.clock(),
        )

    @routes.get("/kpis")
    def measures() -> Response:
        found = read_kpis(reader)
        return pages.page(
            "kpis.html",
            here=HERE,
            kpis=found,
            charts=week_charts(found.weeks),
            value_text=value_text,
            now=reader.clock(),
        )

    return routes
