"""Answer /findings and /api/v1/findings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.http.document_routes import failures
from api.http.documents import Document
from api.http.reading import Reader
from api.pages.render import Pages
from governance.open_findings import Finding, Setting, finding_kinds, open_findings

KindName = Annotated[str | None, Query(max_length=40, pattern="^[a-z_]*$", description="Only this kind.")]


class OpenFindingDocument(Document):
    """One thing somebody has to act on."""

    kind: str = Field(examples=["leaver"])
    key: str = Field(description="The same finding has the same key on every day.")
    summary: str
    tool_id: str | None = Field(examples=["chatgpt"])
    principal: str | None = Field(description="Pseudonym.", examples=["p-1e37e5059f7b1df4d839"])
    department: str | None
    first_seen: datetime | None
    last_seen: datetime | None
    evidence: dict[str, Any] = Field(description="What it rests on; keys depend on the kind.")


class FindingList(Document):
    """All findings, the newest evidence first."""

    items: list[OpenFindingDocument]
    total: int = Field(ge=0)


def document_router(reader: Reader) -> APIRouter:
    """Return the route of the JSON document."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/findings", tags=["findings"], summary="List findings", responses=failures(422, 500, 503)
    )
    def list_findings(kind: KindName = None) -> FindingList:
        """List what somebody has to act on beside the ranked tools, with evidence."""
        found = _findings(reader, kind or None)
        return FindingList(items=[OpenFindingDocument.model_validate(one) for one in found], total=len(found))

    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/findings")
    def findings() -> Response:
        found = _findings(reader, None)
        groups = [(kind, [one for one in found if one.kind == kind.name]) for kind in finding_kinds()]
        names = {one.tool_id: _name(reader, one.tool_id) for one in found if one.tool_id}
        return pages.page(
            "findings.html",
            here="/findings",
            groups=groups,
            names=names,
            total=len(found),
            now=reader.clock(),
        )

    return routes


def _findings(reader: Reader, kind: str | None) -> list[Finding]:
    with reader.database.read() as conn:
        return open_findings(Setting(conn, reader.catalogue, reader.weights, reader.clock()), kind)


def _name(reader: Reader, tool_id: str) -> str:
    tool = reader.catalogue.tools.get(tool_id)
    return tool.name if tool else tool_id
