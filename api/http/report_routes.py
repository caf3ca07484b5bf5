"""Answer /report and /api/v1/report.json, .html, .pdf and .xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
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

Paper = Literal["letter", "a4"]


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


@dataclass(frozen=True, slots=True)
class Manner:
    """How reports are made here unless somebody asks for something else."""

    threshold: int
    """Counts of people below it are withheld."""
    paper: str = PAPERS[0]
    organisation: str = ""
    """Name printed at the top."""


def document_router(reader: Reader, manner: Manner) -> APIRouter:
    """Return the routes of the report in its forms."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/report.json", tags=["report"], summary="Report as data", responses=failures(500, 503)
    )
    def report_json() -> ReportDocument:
        """Return the report for management with every figure, its id and its computation."""
        made = read_report(reader, manner)
        return ReportDocument(
            title=made.title,
            at=made.at,
            sections=document(made)["sections"],
            figures=[FigureDocument.model_validate(one) for one in figures_document(made)],
        )

    def add(form: str) -> None:
        media, write = FORMS[form]

        def answer(paper: str) -> Response:
            made = read_report(reader, manner)
            try:
                content = write(made, paper)
            except ReportExtraMissing as missing:
                raise HTTPException(501) from missing
            name = f"skiagram-report-{made.at:%Y-%m-%d}.{form}"
            return Response(
                content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'}
            )

        def on_paper(
            paper: Annotated[
                Paper | None, Query(description="letter or a4; as the settings say if left out.")
            ] = None,
        ) -> Response:
            return answer(paper or manner.paper)

        def without_paper() -> Response:
            return answer(manner.paper)

        extra = () if form == "html" else (501,)
        asked = (422,) if form == "pdf" else ()
        routes.add_api_route(
            f"/api/v1/report.{form}",
            on_paper if form == "pdf" else without_paper,
            methods=["GET"],
            tags=["report"],
            summary=f"Report as {form.upper()}",
            description=f"Return the report for management as a file of type {media}.",
            response_class=Response,
            responses={200: {"content": {media: {}}}, **failures(*asked, 500, *extra, 503)},
            operation_id=f"report_{form}",
        )

    for form in FORMS:
        add(form)
    return routes


def page_router(reader: Reader, pages: Pages, manner: Manner) -> APIRouter:
    """Return the route of the page with the downloads."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/report")
    def report() -> Response:
        return pages.page(
            "report.html", here="/report", paper=manner.paper, papers=PAPERS, now=reader.clock()
        )

    return routes


def read_report(reader: Reader, manner: Manner) -> Report:
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
            threshold=manner.threshold,
            organisation=manner.organisation,
            judged=judged,
        )
