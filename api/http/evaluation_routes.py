"""Answer /api/v1/tools/{tool_id}/evaluation and /conditions, and /api/v1/readiness."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field

from api.http.deciding_views import known_about
from api.http.document_routes import ToolId, failures
from api.http.documents import Document
from api.http.reading import Reader
from governance.checklist import Result
from governance.readiness import readiness
from storage.inventory import inventory_entry


class AnswerDocument(Document):
    """One question of the checklist with its answer."""

    id: str = Field(examples=["regulatory.device_cleared"])
    ask: str
    weight: int
    answer: str = Field(description="yes, partly, no, not_applicable or unknown.")
    evidence: str | None
    by: str | None
    at: datetime | None


class GroupDocument(Document):
    """Questions about one subject."""

    title: str
    score: int | None = Field(description="0 to 100, unknown counting as nothing; null: does not apply.")
    best: int | None = Field(description="The score if everything unknown turned out well.")
    unanswered: int = Field(description="Per cent of the weight that nobody answered.")
    source: str
    questions: list[AnswerDocument]


class EvaluationDocument(Document):
    """A tool against the checklist for vendors."""

    tool_id: str
    checklist: str = Field(description="Version of the checklist.")
    score: int | None
    best: int | None
    unanswered: int
    groups: list[GroupDocument]


class StandingDocument(Document):
    """How use keeps to one condition of an approval."""

    condition: str = Field(description="tiers, departments, data_classes or accounts.")
    allowed: list[str]
    state: str = Field(description="broken, kept or cannot_tell; what is unknown is never kept.")
    seen: list[str] = Field(description="What was seen beyond the condition.")
    basis: str = Field(description="observed in logs, or declared in the survey.")
    since_decision: bool = Field(
        description="false: no use is on record since the decision, so use before it was looked at."
    )
    events: int
    people: int
    since: datetime | None


class ConditionList(Document):
    """How use keeps to the conditions of a tool's approval."""

    tool_id: str
    decision: int | None = Field(description="Number of the newest decision; null: there is none.")
    items: list[StandingDocument]
    alternative: str | None = Field(description="Tool to use instead, if this one is prohibited.")


class ReadinessDocument(Document):
    """What somebody said about one item of a department."""

    item: str = Field(description="governance, training or review.")
    met: bool | None = Field(description="null: nobody said anything, which is not ready.")
    day: date | None
    said_by: str | None


class DepartmentDocument(Document):
    """How ready one department is for an approval."""

    department: str
    ready: bool
    items: list[ReadinessDocument]


class ReadinessList(Document):
    """All departments somebody spoke about."""

    items: list[DepartmentDocument]


def document_router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/tools/{tool_id}/evaluation",
        tags=["tools"],
        summary="Evaluation of a tool",
        responses=failures(404, 500, 503),
    )
    def evaluation(tool_id: ToolId) -> EvaluationDocument:
        """Show a tool against the checklist for vendors."""
        with reader.database.read() as conn:
            inventory_entry(conn, tool_id)
            found = known_about(conn, reader.catalogue, tool_id, reader.clock()).evaluation
        return EvaluationDocument(
            tool_id=tool_id,
            checklist=found.version,
            score=found.whole.score,
            best=found.whole.best,
            unanswered=found.whole.unanswered,
            groups=[_group(group) for group in found.groups],
        )

    @routes.get(
        "/api/v1/tools/{tool_id}/conditions",
        tags=["tools"],
        summary="Conditions of a tool's approval",
        responses=failures(404, 500, 503),
    )
    def conditions(tool_id: ToolId) -> ConditionList:
        """Show how use keeps to each condition of the approval."""
        with reader.database.read() as conn:
            inventory_entry(conn, tool_id)
            known = known_about(conn, reader.catalogue, tool_id, reader.clock())
        items = [
            StandingDocument(
                condition=one.condition,
                allowed=list(one.allowed),
                state=one.state,
                seen=list(one.seen),
                basis=one.basis,
                since_decision=one.since_decision,
                events=one.evidence.events,
                people=one.evidence.people,
                since=one.evidence.since,
            )
            for one in known.standings
        ]
        return ConditionList(
            tool_id=tool_id,
            decision=known.decision.id if known.decision else None,
            items=items,
            alternative=known.alternative.tool_id if known.alternative else None,
        )

    @routes.get(
        "/api/v1/readiness", tags=["readiness"], summary="List departments", responses=failures(500, 503)
    )
    def departments() -> ReadinessList:
        """List which departments are ready for an approval, and who says so."""
        with reader.database.read() as conn:
            found = readiness(conn)
        return ReadinessList(
            items=[
                DepartmentDocument(
                    department=one.department,
                    ready=one.ready,
                    items=[
                        ReadinessDocument(
                            item=item,
                            met=said.met if said else None,
                            day=said.day if said else None,
                            said_by=said.said_by if said else None,
                        )
                        for item, said in one.items.items()
                    ],
                )
                for one in found
            ]
        )

    return routes


def _group(group: Result) -> GroupDocument:
    return GroupDocument(
        title=group.title,
        score=group.score,
        best=group.best,
        unanswered=group.unanswered,
        source=group.source,
        questions=[
            AnswerDocument(
                id=one.id,
                ask=one.ask,
                weight=one.weight,
                answer=one.answer,
                evidence=one.answered.evidence if one.answered else None,
                by=one.answered.by if one.answered else None,
                at=one.answered.at if one.answered else None,
            )
            for one in group.questions
        ],
    )
