"""Answer /data-map and /api/v1/datamap."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.http.document_routes import failures
from api.http.documents import Document
from api.http.reading import Reader
from api.pages.map_drawing import drawing
from api.pages.render import Pages
from governance.datamap import DataMap, draw_map
from governance.small_cells import THRESHOLD


class NearToolDocument(Document):
    """An AI tool that people of a system's departments use."""

    tool_id: str = Field(examples=["chatgpt"])
    name: str
    status: str = Field(description="Status in the inventory.")
    people: int | str = Field(description='Small counts read "<5".')
    departments: list[str]


class SystemDocument(Document):
    """One system of the organisation."""

    name: str
    kind: str = Field(examples=["ehr"])
    holds_phi: str = Field(description="yes, no or unknown.")
    data_classes: list[str] = Field(description="none, de_identified, limited_set, phi.")
    owner: str | None
    departments: list[str]
    hosts: list[str] = Field(description="Host and application names by which logs know it.")


class MappedDocument(Document):
    """One system with the AI tools that stand next to it."""

    system: SystemDocument
    tools: list[NearToolDocument]


class DataMapDocument(Document):
    """The data map."""

    systems: list[MappedDocument]
    departments_without_system: list[str] = Field(
        description="Departments that use AI tools and use no system on the map."
    )


def document_router(reader: Reader, threshold: int = THRESHOLD) -> APIRouter:
    """Return the route of the JSON document."""
    routes = APIRouter()

    @routes.get("/api/v1/datamap", tags=["data map"], summary="Data map", responses=failures(500, 503))
    def data_map() -> DataMapDocument:
        """Show which systems hold patient data, and which AI tools their departments use."""
        return DataMapDocument.model_validate(_map(reader, threshold))

    return routes


def page_router(reader: Reader, pages: Pages, threshold: int = THRESHOLD) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/data-map")
    def data_map() -> Response:
        found = _map(reader, threshold)
        return pages.page(
            "datamap.html", here="/governance", map=found, drawing=drawing(found), now=reader.clock()
        )

    return routes


def _map(reader: Reader, threshold: int) -> DataMap:
    with reader.database.read() as conn:
        return draw_map(conn, reader.catalogue, reader.clock(), threshold)
