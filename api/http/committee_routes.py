"""Answer /committee and /api/v1/committee: the queue, what is known about the tools, votes and closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.http.deciding_views import known_about
from api.http.document_routes import failures
from api.http.documents import Document
from api.http.forms import back_to, handed_over
from api.http.reading import Reader
from api.pages.render import Pages
from governance.approval import Proposal
from governance.committee import Rules, Tally, cast, close, propose, queue
from governance.errors import CommitteeInvalid, DecisionInvalid
from storage.errors import NotRecorded

_FIELDS: Final = ("case", "member", "vote", "reason", "by", "override", "tool", "status")
_LARGEST_CASE: Final = 2**53


class BoundTo(Document):
    """What an approval is bound to; empty lists bind nothing."""

    tiers: list[str]
    departments: list[str]
    data_classes: list[str] = Field(description="Of none, de_identified, limited_set, phi.")
    accounts: list[str] = Field(description="Of organisation, personal, one_plan.")


class VoteDocument(Document):
    """The newest vote of one member."""

    member: str
    vote: str = Field(description="yes, no or abstain.")
    reason: str
    at: datetime


class CaseDocument(Document):
    """A proposal before the committee."""

    number: int
    tool_id: str
    status: str = Field(description="The status that is proposed.")
    conditions: BoundTo
    reason: str
    until: date | None
    requested_by: str
    opened_at: datetime
    votes: list[VoteDocument]
    missing: int = Field(description="Votes that are missing to the quorum.")
    outcome: str | None = Field(description="carried, rejected or withdrawn; null: it is open.")
    decision: int | None = Field(description="Number of the decision it became.")


class CaseList(Document):
    """Cases, those that wait longest first."""

    items: list[CaseDocument]
    quorum: int
    majority: float = Field(description="Share of yes among yes and no that has to be exceeded.")


def document_router(reader: Reader, rules: Rules) -> APIRouter:
    """Return the route of the JSON document."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/committee", tags=["committee"], summary="List cases", responses=failures(422, 500, 503)
    )
    def list_cases(
        closed: Annotated[bool, Query(description="true: closed cases too.")] = False,
    ) -> CaseList:
        """List what waits for the committee, with the votes so far."""
        with reader.database.read() as conn:
            found = queue(conn, rules, open_only=not closed)
        return CaseList(items=[_document(one) for one in found], quorum=rules.quorum, majority=rules.majority)

    return routes


def page_router(reader: Reader, pages: Pages, rules: Rules) -> APIRouter:
    """Return the routes of the page and its forms."""
    routes = APIRouter(default_response_class=HTMLResponse)

    def shown(
        done: str = "", fault: str = "", given: dict[str, str] | None = None, status: int = 200
    ) -> Response:
        now = reader.clock()
        with reader.database.read() as conn:
            found = queue(conn, rules, open_only=False)
            waiting = [one for one in found if one.case.outcome is None]
            judged = {one.tool_id: one for one in reader.judging.judged(conn, now)}
            known = {
                one.case.tool_id: known_about(conn, reader.catalogue, one.case.tool_id, now)
                for one in waiting
            }
        return pages.page(
            "committee.html",
            status=status,
            here="/governance",
            waiting=waiting,
            closed=[one for one in reversed(found) if one.case.outcome][:20],
            judged=judged,
            tools=sorted(
                ((one.tool_id, one.name) for one in judged.values()), key=lambda one: one[1].casefold()
            ),
            known=known,
            names={name: tool.name for name, tool in reader.catalogue.tools.items()},
            rules=rules,
            done=done,
            fault=fault,
            given={name: (given or {}).get(name, "") for name in _FIELDS},
            blank=dict.fromkeys(_FIELDS, ""),
            now=now,
        )

    @routes.get("/committee")
    def committee(
        done: Annotated[str, Query(max_length=300)] = "", tool: Annotated[str, Query(max_length=100)] = ""
    ) -> Response:
        return shown(done, given={"tool": tool})

    @routes.post("/committee/propose")
    async def propose_form(request: Request) -> Response:
        return await handed_over(request, take_proposal)

    def take_proposal(given: dict[str, str]) -> Response:
        asked = Proposal(given.get("tool", ""), given.get("status", ""), given.get("reason", ""))
        try:
            with reader.database.write() as conn:
                number = propose(conn, asked, reader.catalogue, given.get("by", ""), reader.clock())
        except (CommitteeInvalid, DecisionInvalid, NotRecorded) as problem:
            return shown(fault=str(problem), given=given, status=422)
        return back_to("/committee", f"Case {number} is before the committee")

    @routes.post("/committee/vote")
    async def vote_form(request: Request) -> Response:
        return await handed_over(request, partial(taken, work=take_vote))

    @routes.post("/committee/close")
    async def close_form(request: Request) -> Response:
        return await handed_over(request, partial(taken, work=take_close))

    def taken(given: dict[str, str], work: Callable[[int, dict[str, str]], str]) -> Response:
        try:
            number = int(given.get("case", ""))
        except ValueError:
            raise HTTPException(400) from None
        if not 0 < number <= _LARGEST_CASE:
            raise NotRecorded(f"There is no case {number}.")
        try:
            done = work(number, given)
        except (CommitteeInvalid, DecisionInvalid) as problem:
            return shown(fault=str(problem), given=given, status=422)
        return back_to("/committee", done)

    def take_vote(number: int, given: dict[str, str]) -> str:
        names = ("member", "vote", "reason")
        member, vote, reason = (given.get(name, "") for name in names)
        with reader.database.write() as conn:
            found = cast(conn, number, member, vote, reason, rules, reader.clock())
        return (
            f"The vote in case {number} is taken: {found.yes} yes, {found.no} no, {found.abstained} abstained"
        )

    def take_close(number: int, given: dict[str, str]) -> str:
        by, override = given.get("by", ""), given.get("override") or None
        with reader.database.write() as conn:
            found = close(conn, number, by, rules, reader.catalogue, reader.clock(), override=override)
        return f"Case {number} is closed: {found.case.outcome}"

    return routes


def _document(one: Tally) -> CaseDocument:
    case = one.case
    return CaseDocument(
        number=case.id,
        tool_id=case.tool_id,
        status=case.status,
        conditions=BoundTo.model_validate(case.conditions),
        reason=case.reason,
        until=case.until,
        requested_by=case.requested_by,
        opened_at=case.opened_at,
        votes=[VoteDocument.model_validate(vote) for vote in one.votes],
        missing=one.missing,
        outcome=case.outcome,
        decision=case.decision_id,
    )
