"""Answer /incidents and /api/v1/incidents: open, assess, decide, record notices, close."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field, ValidationError
from sqlalchemy import Connection
from starlette.responses import Response

from api.http.compliance_documents import IncidentDocument, IncidentList
from api.http.compliance_reading import tool_names
from api.http.document_routes import failures
from api.http.documents import Document
from api.http.forms import back_to, handed_over, in_words, invalid, refuse_other_sites
from api.http.reading import Reader
from api.pages.incident_steps import steps
from api.pages.render import Pages
from governance.errors import IncidentInvalid
from governance.incident_rules import load_incident_rules
from governance.incidents import (
    CONCERNS,
    DECISIONS,
    OpenIncident,
    Statement,
    all_incidents,
    assess_incident,
    close_incident,
    decide_incident,
    history,
    notice_sent,
    open_incident,
    reopen_incident,
    shown,
)
from governance.open_findings import Setting, open_findings
from storage.errors import NotRecorded

Number = Annotated[int, Path(ge=1, le=2**53, description="Number of the incident, as the list shows it.")]
By = Annotated[str, Field(max_length=200, description="Who does it; kept in the audit log.")]
Prose = Annotated[str, Field(max_length=10_000)]
Work = Callable[[Connection], OpenIncident]


class OpenRequest(Document):
    """About what an incident is opened."""

    subject: str = Field(max_length=300, description="Id of a tool, or key of a finding.")
    title: str | None = Field(None, max_length=200)
    by: By


class FactorFound(Document):
    """What a person found about one factor."""

    found: Prose
    concern: str = Field(examples=["high"], description="low, medium or high.")


class AssessRequest(Document):
    """What a person adds to the assessment; null leaves a value as it was."""

    factors: dict[str, FactorFound] = Field(default_factory=dict, max_length=4)
    individuals: int | None = Field(None, ge=0)
    residents: dict[str, int] | None = Field(None, max_length=100)
    discovered_on: date | None = None
    discovered_why: Prose | None = None
    by: By


class DecideRequest(Document):
    """What a named person decided."""

    decision: str = Field(examples=["breach"])
    reason: Prose
    by: By


class NoticeRequest(Document):
    """One notice that was sent."""

    kind: str = Field(examples=["individuals"])
    sent_on: date
    note: Prose | None = None
    by: By


class CloseRequest(Document):
    """How an incident ended."""

    closing: Prose
    by: By


class ReopenRequest(Document):
    """Why a closed incident is taken up again."""

    reason: Prose
    by: By


class StepDocument(Document):
    """One step of an incident, as the audit log has it."""

    at: datetime
    actor: str
    action: str = Field(examples=["incident.reopened"])
    detail: dict[str, Any] = Field(description="What was stated in this step.")


def document_router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])
    answers = failures(404, 422, 500, 503)

    def kept(request: Request, work: Work) -> IncidentDocument:
        refuse_other_sites(request)
        try:
            with reader.database.write() as conn:
                return IncidentDocument.model_validate(work(conn))
        except IncidentInvalid as problem:
            raise invalid("incident", str(problem)) from problem

    @routes.get("", summary="List incidents", responses=failures(500, 503))
    def list_incidents() -> IncidentList:
        """List incidents, the one with the least time left first, closed ones last."""
        with reader.database.read() as conn:
            found = all_incidents(conn)
        return IncidentList(items=[IncidentDocument.model_validate(one) for one in found], total=len(found))

    @routes.get("/{number}", summary="One incident", responses=answers)
    def show_incident(number: Number) -> IncidentDocument:
        """Show an incident with its three times, its clock, factors and notices."""
        with reader.database.read() as conn:
            return IncidentDocument.model_validate(shown(conn, number))

    @routes.post("", summary="Open an incident", responses=answers)
    def open_one(request: Request, asked: OpenRequest) -> IncidentDocument:
        """Open an incident from a tool or a finding, pre-filled from evidence."""
        return kept(request, _opening(reader, asked))

    @routes.post("/{number}/assess", summary="Assess", responses=answers)
    def assess(request: Request, number: Number, asked: AssessRequest) -> IncidentDocument:
        """Add to the four-factor assessment."""
        return kept(request, _assessing(reader, number, asked))

    @routes.post("/{number}/decide", summary="Decide", responses=answers)
    def decide(request: Request, number: Number, asked: DecideRequest) -> IncidentDocument:
        """Keep what a named person decided."""
        return kept(request, _deciding(reader, number, asked))

    @routes.post("/{number}/notices", summary="Record a notice", responses=answers)
    def notify(request: Request, number: Number, asked: NoticeRequest) -> IncidentDocument:
        """Keep that a notice was sent."""
        return kept(request, _notifying(reader, number, asked))

    @routes.post("/{number}/close", summary="Close", responses=answers)
    def close(request: Request, number: Number, asked: CloseRequest) -> IncidentDocument:
        """Close an incident that is decided and whose notices are sent."""
        return kept(request, _closing(reader, number, asked))

    @routes.post("/{number}/reopen", summary="Reopen", responses=answers)
    def reopen(request: Request, number: Number, asked: ReopenRequest) -> IncidentDocument:
        """Take up a closed incident again; how it had ended stays in its history."""
        return kept(request, _reopening(reader, number, asked))

    @routes.get("/{number}/history", summary="History of an incident", responses=answers)
    def show_history(number: Number) -> list[StepDocument]:
        """Show every step that was made, who made it and when, oldest first."""
        with reader.database.read() as conn:
            return [StepDocument.model_validate(one) for one in history(conn, number)]

    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the routes of the pages and their forms."""
    routes = APIRouter(default_response_class=HTMLResponse)

    def list_page(status: int = 200, **told: Any) -> Response:
        now = reader.clock()
        with reader.database.read() as conn:
            found = all_incidents(conn)
            findings = open_findings(Setting(conn, reader.catalogue, reader.weights, now))
            tools = [(one.tool_id, one.name) for one in reader.judging.judged(conn, now) if one.seen.count]
        values = {"done": "", "fault": "", "given": {}, **told}
        return pages.page(
            "incidents.html",
            status=status,
            here="/governance",
            incidents=found,
            tools=sorted(tools, key=lambda one: one[1].casefold()),
            findings=findings,
            rules=load_incident_rules(),
            today=now.date(),
            now=now,
            **values,
        )

    def one_page(number: int, status: int = 200, **told: Any) -> Response:
        now = reader.clock()
        with reader.database.read() as conn:
            found, made = shown(conn, number), history(conn, number)
        values = {"done": "", "fault": "", "given": {}, **told}
        return pages.page(
            "incident.html",
            status=status,
            here="/governance",
            one=found,
            made=steps(made),
            names=tool_names(reader),
            rules=load_incident_rules(),
            concerns=CONCERNS,
            decisions=DECISIONS,
            today=now.date(),
            now=now,
            **values,
        )

    @routes.get("/incidents")
    def incidents(
        done: Annotated[str, Query(max_length=300)] = "",
        subject: Annotated[str, Query(max_length=300)] = "",
    ) -> Response:
        return list_page(done=done, given={"subject": subject})

    @routes.get("/incidents/{number}")
    def incident(number: Number, done: Annotated[str, Query(max_length=300)] = "") -> Response:
        return one_page(number, done=done)

    @routes.post("/incidents/open")
    async def open_form(request: Request) -> Response:
        return await handed_over(request, take_opening)

    def take_opening(given: dict[str, str]) -> Response:
        try:
            asked = OpenRequest.model_validate({**given, "title": given.get("title") or None})
            with reader.database.write() as conn:
                found = _opening(reader, asked)(conn)
        except (IncidentInvalid, ValidationError, NotRecorded) as problem:
            return list_page(422, fault=in_words(problem), given=given)
        return back_to(f"/incidents/{found.incident.id}", "The incident is open.")

    def add(step: str, make: Callable[[int, dict[str, str]], Work], done: str) -> None:
        def take(number: int, given: dict[str, str]) -> Response:
            try:
                with reader.database.write() as conn:
                    make(number, given)(conn)
            except (IncidentInvalid, ValidationError) as problem:
                return one_page(number, 422, fault=in_words(problem), given=given)
            return back_to(f"/incidents/{number}", done)

        @routes.post(f"/incidents/{{number}}/{step}")
        async def form(request: Request, number: Number) -> Response:
            return await handed_over(request, partial(take, number))

    add("assess", lambda number, given: _assessing(reader, number, _assessment(given)), "Kept.")
    add(
        "decide",
        lambda number, given: _deciding(reader, number, DecideRequest.model_validate(given)),
        "The decision is kept.",
    )
    add(
        "notices",
        lambda number, given: _notifying(reader, number, NoticeRequest.model_validate(given)),
        "The notice is recorded.",
    )
    add(
        "close",
        lambda number, given: _closing(reader, number, CloseRequest.model_validate(given)),
        "The incident is closed.",
    )
    add(
        "reopen",
        lambda number, given: _reopening(reader, number, ReopenRequest.model_validate(given)),
        "The incident is open again.",
    )
    return routes


def _opening(reader: Reader, asked: OpenRequest) -> Work:
    return lambda conn: open_incident(
        Setting(conn, reader.catalogue, reader.weights, reader.clock()), asked.subject, asked.by, asked.title
    )


def _assessing(reader: Reader, number: int, asked: AssessRequest) -> Work:
    stated = Statement(
        {name: (one.found, one.concern) for name, one in asked.factors.items()},
        asked.individuals,
        asked.residents,
        asked.discovered_on,
        asked.discovered_why,
    )
    return lambda conn: assess_incident(conn, number, stated, asked.by, reader.clock())


def _deciding(reader: Reader, number: int, asked: DecideRequest) -> Work:
    return lambda conn: decide_incident(conn, number, asked.decision, asked.reason, asked.by, reader.clock())


def _notifying(reader: Reader, number: int, asked: NoticeRequest) -> Work:
    return lambda conn: notice_sent(
        conn, number, asked.kind, asked.sent_on, asked.note, asked.by, reader.clock()
    )


def _closing(reader: Reader, number: int, asked: CloseRequest) -> Work:
    return lambda conn: close_incident(conn, number, asked.closing, asked.by, reader.clock())


def _reopening(reader: Reader, number: int, asked: ReopenRequest) -> Work:
    return lambda conn: reopen_incident(conn, number, asked.reason, asked.by, reader.clock())


def _assessment(given: dict[str, str]) -> AssessRequest:
    """Return what the form states; factors nobody touched are left as they were."""
    factors = {
        factor.id: {"found": given.get(f"found-{factor.id}", ""), "concern": given[f"concern-{factor.id}"]}
        for factor in load_incident_rules().factors
        if given.get(f"concern-{factor.id}", "unknown") != "unknown"
    }
    living = [pair.partition("=") for pair in re.split(r"[;,\n]", given.get("residents", "")) if pair.strip()]
    return AssessRequest.model_validate(
        {
            "factors": factors,
            "individuals": given.get("individuals") or None,
            "residents": {state.strip(): count.strip() for state, _, count in living} or None,
            "discovered_on": given.get("discovered_on") or None,
            "discovered_why": given.get("discovered_why") or None,
            "by": given.get("by", ""),
        }
    )
