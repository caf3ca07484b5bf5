"""Answer /candidates and /api/v1/candidates: the review queue, promotion and dismissal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import Field, ValidationError
from starlette.responses import Response

from api.cli.candidates import candidate_document
from api.http.document_routes import failures
from api.http.documents import Document
from api.http.forms import back_to, handed_over, in_words, invalid, refuse_other_sites
from api.http.reading import Reader
from api.pages.render import Pages
from governance.candidates.queue import KINDS, all_candidates, candidate, queue
from governance.candidates.review import Promotion, dismiss, dismissed_examples
from governance.candidates.vendor_entry import NewTool
from governance.errors import CandidateInvalid
from signatures.kinds import Baa, Category

Promote = Callable[[str, NewTool, str], Promotion]
"""Promotes the candidate of a name, as a tool, decided by somebody."""

_TOP: Final = 200
Name = Annotated[
    str, Query(min_length=1, max_length=300, description="Id of a candidate, or one of its hosts.")
]


class ReasonDocument(Document):
    """One reason for or against a candidate."""

    reason: str = Field(examples=["path"])
    points: float
    text: str
    count: int = Field(description="How many things the reason rests on.")


class ReviewDocument(Document):
    """What a person decided."""

    status: str = Field(examples=["dismissed"])
    by: str
    reason: str
    at: datetime


class CandidateDocument(Document):
    """A host or an application that may be an AI tool; nobody claims that it is one."""

    id: str
    name: str
    kind: str = Field(description="host, application or self_hosted.")
    score: int = Field(ge=0, description="Sum of the points; sorts the queue and means nothing else.")
    reasons: list[ReasonDocument]
    hosts: list[str]
    events: int
    blocked: int
    people: int
    departments: list[str]
    sources: list[str]
    bytes_up: int | None = Field(description="null: no log says.")
    bytes_down: int | None
    first_seen: datetime
    last_seen: datetime
    days: int
    classes: dict[str, int] = Field(description="Classes of behaviour and how often each was seen.")
    changed_since_dismissed: list[str]
    review: ReviewDocument | None


class CandidateList(Document):
    """Candidates, the highest score first."""

    items: list[CandidateDocument]
    total: int = Field(ge=0)


class PromotionRequest(Document):
    """What a person says a candidate is."""

    candidate: str = Field(min_length=1, max_length=300)
    name: str = Field(min_length=1, max_length=200)
    vendor: str = Field(min_length=1, max_length=200)
    category: Category
    baa: Baa = Baa.UNKNOWN
    by: str = Field(min_length=1, max_length=200, description="Who decides; kept in the audit log.")


class PromotionDocument(Document):
    """What became of a promoted candidate."""

    tool_id: str
    vendor_id: str
    sightings: int = Field(description="Rows of evidence that are sightings of the tool now.")


class DismissalRequest(Document):
    """Why a candidate is no AI tool."""

    candidate: str = Field(min_length=1, max_length=300)
    reason: str = Field(min_length=1, max_length=10_000)
    by: str = Field(min_length=1, max_length=200)


class DismissalDocument(Document):
    """What is remembered of a dismissed candidate."""

    id: str
    classes: list[str] = Field(description="It comes back if it behaves in any other class of ways.")


def document_router(reader: Reader, promote: Promote | None) -> APIRouter:
    """Return the routes of the JSON documents; without `promote` the service cannot write vendor files."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/candidates",
        tags=["candidates"],
        summary="List candidates",
        responses=failures(422, 500, 503),
    )
    def list_candidates(
        view: Annotated[
            Literal["queue", "all"], Query(description="all: also few points and dismissed.")
        ] = "queue",
        limit: Annotated[int, Query(ge=1, le=1_000, description="Most rows to return.")] = _TOP,
    ) -> CandidateList:
        """List hosts and applications that no signature knows and that look like AI tools."""
        with reader.database.read() as conn:
            found = all_candidates(conn) if view == "all" else queue(conn)
        documents = [CandidateDocument.model_validate(candidate_document(one)) for one in found[:limit]]
        return CandidateList(items=documents, total=len(found))

    @routes.get(
        "/api/v1/candidates/one",
        tags=["candidates"],
        summary="One candidate",
        responses=failures(404, 422, 500, 503),
    )
    def show_candidate(name: Name) -> CandidateDocument:
        """Show every reason for and against one candidate."""
        with reader.database.read() as conn:
            return CandidateDocument.model_validate(candidate_document(*candidate(conn, name)))

    @routes.get(
        "/api/v1/candidates/dismissed",
        tags=["candidates"],
        summary="Dismissed candidates as negative examples",
        responses=failures(500, 503),
    )
    def list_dismissed() -> list[dict[str, Any]]:
        """List dismissed candidates with their reasons: no people, no counts, no servers of one's own."""
        with reader.database.read() as conn:
            return dismissed_examples(conn)

    @routes.post(
        "/api/v1/candidates/promote",
        tags=["candidates"],
        summary="Promote a candidate",
        responses=failures(404, 422, 500, 503),
    )
    def promote_one(request: Request, asked: PromotionRequest) -> PromotionDocument:
        """Write a vendor file of the organisation's own, and turn the evidence into sightings."""
        refuse_other_sites(request)
        done = _promoted(promote, asked)
        return PromotionDocument.model_validate(done)

    @routes.post(
        "/api/v1/candidates/dismiss",
        tags=["candidates"],
        summary="Dismiss a candidate",
        responses=failures(404, 422, 500, 503),
    )
    def dismiss_one(request: Request, asked: DismissalRequest) -> DismissalDocument:
        """Take a candidate off the queue until it behaves in a new class of ways."""
        refuse_other_sites(request)
        return _dismissed(reader, asked)

    return routes


def page_router(reader: Reader, pages: Pages, promote: Promote | None) -> APIRouter:
    """Return the routes of the pages and their forms."""
    routes = APIRouter(default_response_class=HTMLResponse)

    def page_of(
        name: str, fault: str = "", given: dict[str, str] | None = None, status: int = 200
    ) -> Response:
        with reader.database.read() as conn:
            found, decided = candidate(conn, name)
        return pages.page(
            "candidate.html",
            status=status,
            here="/candidates",
            one=found,
            decided=decided,
            kinds=KINDS,
            categories=sorted((kind.label, kind.value) for kind in Category),
            promotable=promote is not None,
            fault=fault,
            given={"name": "", "vendor": "", "category": "", "by": "", "reason": "", **(given or {})},
            now=reader.clock(),
        )

    @routes.get("/candidates")
    def review_queue(done: Annotated[str, Query(max_length=300)] = "") -> Response:
        with reader.database.read() as conn:
            found = queue(conn)
        return pages.page(
            "candidates.html",
            here="/candidates",
            servers=[one for one in found if one.kind == "self_hosted"],
            others=[one for one in found if one.kind != "self_hosted"][:_TOP],
            total=len(found),
            kinds=KINDS,
            done=done,
            now=reader.clock(),
        )

    @routes.get("/candidates/one")
    def one(name: Name) -> Response:
        return page_of(name)

    def take(given: dict[str, str], work: Callable[[dict[str, str]], str]) -> Response:
        given = {name: value for name, value in given.items() if value}
        if not given.get("candidate"):
            raise HTTPException(400)
        try:
            return back_to("/candidates", work(given))
        except (CandidateInvalid, ValidationError, RequestValidationError) as problem:
            return page_of(given["candidate"], in_words(problem), given, 422)

    @routes.post("/candidates/promote")
    async def promote_form(request: Request) -> Response:
        return await handed_over(request, partial(take, work=promotion))

    def promotion(given: dict[str, str]) -> str:
        done = _promoted(promote, PromotionRequest.model_validate(given))
        return f"{given['name']} is a tool now, with {done.sightings} sightings: {done.tool_id}"

    @routes.post("/candidates/dismiss")
    async def dismiss_form(request: Request) -> Response:
        return await handed_over(request, partial(take, work=dismissal))

    def dismissal(given: dict[str, str]) -> str:
        done = _dismissed(reader, DismissalRequest.model_validate(given))
        return f"{done.id.removeprefix('app:')} is dismissed"

    return routes


def _promoted(promote: Promote | None, asked: PromotionRequest) -> Promotion:
    if promote is None:
        raise HTTPException(405)
    tool = NewTool(asked.name, asked.vendor, asked.category.value, asked.baa.value)
    try:
        return promote(asked.candidate, tool, asked.by)
    except CandidateInvalid as problem:
        raise invalid("candidate", str(problem)) from problem


def _dismissed(reader: Reader, asked: DismissalRequest) -> DismissalDocument:
    try:
        with reader.database.write() as conn:
            review = dismiss(conn, asked.candidate, asked.by, asked.reason, reader.clock())
    except CandidateInvalid as problem:
        raise invalid("candidate", str(problem)) from problem
    return DismissalDocument(id=review.site, classes=list(review.classes))
