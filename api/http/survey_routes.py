"""Answer the survey: the form behind a link, the report as page and as document."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http.document_routes import failures
from api.http.documents import Document
from api.http.rate import RateLimit
from api.http.reading import Reader
from api.pages.render import Pages
from governance.declared import DepartmentComparison, compare_declared
from governance.small_cells import THRESHOLD
from governance.survey import (
    ACCOUNTS,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    PATIENT_DATA,
    SurveyInvalid,
    open_survey,
    take_answer,
)
from storage.surveys import Survey

_FIELDS = ("tool", "purpose", "people", "patient_data", "account")
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20
_LONGEST_TOKEN = 100
_OF_ONE, _OF_ALL = 60, 600


class DeclaredDocument(Document):
    """One tool as a department declared it."""

    tool_id: str | None = Field(description="null: no tool of the catalogue has the name.")
    name: str
    purpose: str | None
    people: int | str | None = Field(description='Small counts read "<5"; null: not said.')
    patient_data: str = Field(description="yes, no or unknown, as declared.")
    account: str = Field(description="organisation, personal, both or unknown, as declared.")
    seen: str = Field(description="here, elsewhere, nowhere, or unknown for a name of no tool.")


class UndeclaredDocument(Document):
    """One tool that logs show in a department which did not declare it."""

    tool_id: str
    name: str
    people: int | str = Field(description='Small counts read "<5".')
    last_seen: datetime


class ComparisonDocument(Document):
    """What one department declared and what was seen of it."""

    department: str
    asked: bool
    answered: bool
    says_none: bool = Field(description="It answered that it uses no AI tool.")
    declared: list[DeclaredDocument]
    undeclared: list[UndeclaredDocument]


class SurveyReport(Document):
    """The difference between what departments declare and what logs show."""

    items: list[ComparisonDocument]


def document_router(reader: Reader, threshold: int = THRESHOLD) -> APIRouter:
    """Return the route of the JSON document."""
    routes = APIRouter()

    @routes.get("/api/v1/survey", tags=["survey"], summary="Declared and seen", responses=failures(500, 503))
    def survey_report() -> SurveyReport:
        """Compare what departments declare with what logs show; counts of few people are not told."""
        return SurveyReport(
            items=[ComparisonDocument.model_validate(one) for one in _comparison(reader, threshold)]
        )

    return routes


def page_router(reader: Reader, pages: Pages, threshold: int = THRESHOLD) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(default_response_class=HTMLResponse)
    limit = RateLimit(_OF_ONE, _OF_ALL)
    tools = sorted({tool.name for tool in reader.catalogue.tools.values()}, key=str.casefold)

    def asked(request: Request, token: str) -> Survey:
        """Return the survey of a link; whatever is wrong with a link, the answer is the same."""
        client = request.client.host if request.client else ""
        if not limit.allows(client):
            raise HTTPException(429)
        if len(token) <= _LONGEST_TOKEN:
            with reader.database.read() as conn:
                found = open_survey(conn, token, reader.clock().date())
            if found is not None:
                return found
        raise HTTPException(404)

    def form(survey: Survey, given: dict[str, str], fault: SurveyInvalid | None = None) -> Response:
        return pages.page(
            "survey_form.html",
            status=200 if fault is None else 422,
            survey=survey,
            given={name: given.get(name, "") for name in _FIELDS},
            fault=fault,
            tools=tools,
            accounts=ACCOUNTS,
            patient_data=PATIENT_DATA,
            longest_name=LONGEST_NAME,
            longest_purpose=LONGEST_PURPOSE,
        )

    @routes.get("/survey")
    def report() -> Response:
        found = sorted(_comparison(reader, threshold), key=lambda one: (not one.answered, not one.asked))
        return pages.page(
            "survey.html", here="/governance", departments=found, threshold=threshold, now=reader.clock()
        )

    @routes.get("/survey/{token}")
    def show_form(request: Request, token: str) -> Response:
        return form(asked(request, token), {})

    @routes.post("/survey/{token}")
    async def answer(request: Request, token: str) -> Response:
        survey = await run_in_threadpool(asked, request, token)
        if not same_origin(request):
            raise HTTPException(403)
        given = _form_fields(await request.body(), request.headers.get("content-type", ""))
        return await run_in_threadpool(take, survey, given)

    def take(survey: Survey, given: dict[str, str]) -> Response:
        if "none" in given:
            given = {"tool": "none"}
        elif not given.get("tool", "").strip():
            return form(
                survey, given, SurveyInvalid("tool", "Please name the tool, or say below that you use none.")
            )
        try:
            with reader.database.write() as conn:
                take_answer(conn, survey, given, reader.catalogue, reader.clock())
        except SurveyInvalid as fault:
            return form(survey, given, fault)
        return pages.page("survey_done.html", none="none" in given.values())

    return routes


def same_origin(request: Request) -> bool:
    """Say whether a form was sent by a page of this service, as far as the browser tells."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    # Under our Referrer-Policy browsers send "null" with a form of our own; another site's name is refused.
    return origin in (None, "null") or origin.partition("://")[2] == request.headers.get("host")


def _form_fields(body: bytes, content_type: str) -> dict[str, str]:
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise HTTPException(400) from None
    given: dict[str, str] = {}
    for name, text in pairs:
        if name in given:
            raise HTTPException(400)
        given[name] = text
    return {name: given[name] for name in (*_FIELDS, "none") if name in given}


def _comparison(reader: Reader, threshold: int) -> list[DepartmentComparison]:
    with reader.database.read() as conn:
        return compare_declared(conn, reader.catalogue, threshold)
