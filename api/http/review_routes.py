"""Answer /reviews and /api/v1/reviews: the calendar, and what is marked done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.http.compliance_documents import DoneDocument, ReviewDocument, ReviewList
from api.http.compliance_reading import read_reviews
from api.http.document_routes import failures
from api.http.documents import Document
from api.http.forms import back_to, handed_over, invalid, refuse_other_sites
from api.http.reading import Reader
from api.pages.render import Pages
from governance.errors import ReviewInvalid
from governance.reviews import mark_done


class DoneRequest(Document):
    """A review that somebody did."""

    review: str = Field(max_length=60, examples=["watch"])
    by: str = Field(max_length=200, description="Who did it; kept in the audit log.")
    note: str = Field(max_length=10_000, description="What came of it.")


def document_router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()

    @routes.get("/api/v1/reviews", tags=["governance"], summary="Reviews", responses=failures(500, 503))
    def list_reviews() -> ReviewList:
        """List the reviews with what each has to look at, the most urgent first."""
        found = read_reviews(reader)
        return ReviewList(items=[ReviewDocument.model_validate(one) for one in found], total=len(found))

    @routes.post(
        "/api/v1/reviews/done", tags=["governance"], summary="Mark done", responses=failures(422, 500, 503)
    )
    def done(request: Request, asked: DoneRequest) -> DoneDocument:
        """Mark a review done for the period that runs."""
        refuse_other_sites(request)
        try:
            with reader.database.write() as conn:
                kept = mark_done(conn, asked.review, asked.note, asked.by, reader.clock())
        except ReviewInvalid as problem:
            raise invalid("review", str(problem)) from problem
        return DoneDocument.model_validate(kept)

    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the routes of the page and its form."""
    routes = APIRouter(default_response_class=HTMLResponse)

    def page(status: int = 200, **told: object) -> Response:
        values = {"done": "", "fault": "", "given": {}, **told}
        return pages.page(
            "reviews.html",
            status=status,
            here="/governance",
            reviews=read_reviews(reader),
            now=reader.clock(),
            **values,
        )

    @routes.get("/reviews")
    def reviews(done: Annotated[str, Query(max_length=300)] = "") -> Response:
        return page(done=done)

    @routes.post("/reviews/done")
    async def done_form(request: Request) -> Response:
        return await handed_over(request, take)

    def take(given: dict[str, str]) -> Response:
        review = given.get("review", "")[:60]
        try:
            with reader.database.write() as conn:
                kept = mark_done(
                    conn, review, given.get("note", ""), given.get("by", "")[:200], reader.clock()
                )
        except ReviewInvalid as problem:
            return page(422, fault=str(problem), given=given)
        return back_to("/reviews", f"{kept.review} is done for the period until {kept.period_end}")

    return routes
