"""Answer /report and /api/v1/report.json, .html, .pdf and .xlsx."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.http.document_routes import failures
from api.http.documents import Document
from api.http.reading import Reader
from api.pages.render import Pages
from api.reporting.errors import ReportExtraMissing
from api.reporting.making import FORMS, make_report
from api.reporting.paper import PAPERS
from api.reporting.writing import document, figures_document
from governance.report.figures import Report


class FigureDocument(Document):
    """One figure of the report."""

    id: str = Field(examples=["tool.chatgpt.people"])
    title: str
    value: int | float | str | date | None = Field(description="Null if unknown or withheld.")
    written: str = Field(description="As the report prints it.", examples=["<5"])
    unit: str
    withheld: bool = Field(description="True for a small count of people.")
    computed: str = Field(description="How it follows from rows or other figures.")
    of: list[str] = Field(description="Ids of figures it is made of.")


class ReportDocument(Document):
    """The report for management."""

    title: str
    at: datetime
    sections: list[dict[str, Any]] = Field(
        description="Each with id, title and blocks; text comes in pieces, numbers with the id of their figure."
    )
    figures: list[FigureDocument]


def document_router(reader: Reader, threshold: int) -> APIRouter:
    """Return the routes of the report in its forms."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/report.json", tags=["report"], summary="Report as data", responses=failures(500, 503)
    )
    def report_json() -> ReportDocument:
        """Return the report for management with every figure, its id and its computation."""
        made = read_report(reader, threshold)
        return ReportDocument(
            title=made.title,
            at=made.at,
            sections=document(made)["sections"],
            figures=[FigureDocument.model_validate(one) for one in figures_document(made)],
        )

    def add(form: str) -> None:
        media, write = FORMS[form]

        @routes.get(
            f"/api/v1/report.{form}",
            tags=["report"],
            summary=f"Report as {form.upper()}",
            description=f"Return the report for management as a file of type {media}.",
            response_class=Response,
            responses={
                200: {"content": {media: {}}},
                **failures(500, *(() if form == "html" else (501,)), 503),
            },
            operation_id=f"report_{form}",
        )
        def report_file() -> Response:
            made = read_report(reader, threshold)
            try:
                content = write(made, PAPERS[0])
            except ReportExtraMissing as missing:
                raise HTTPException(501) from missing
            name = f"skiagram-report-{made.at:%Y-%m-%d}.{form}"
            return Response(
                content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'}
            )

    for form in FORMS:
        add(form)
    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the route of the page with the downloads."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/report")
    def report() -> Response:
        return pages.page("report.html", here="/report", now=reader.clock())

    return routes


def read_report(reader: Reader, threshold: int) -> Report:
    """Return the report as of now, in one snapshot."""
    now = reader.clock()
    with reader.database.read() as conn:
        judged = reader.judging.judged(conn, now)
        return make_report(
            conn,
            reader.catalogue,
            reader.weights,
            now,
            reader.expected,
            threshold=threshold,
            judged=judged,
        )
