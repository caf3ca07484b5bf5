"""Answer what a score is made of, the estimate of loss, and the page that asks "what if?"."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.http.documents import ProblemDocument
from api.http.problems import PROBLEM_TYPE
from api.http.reading import Reader
from api.http.risk_documents import PastDocument, Quantified, ToolRisk
from api.pages.render import Pages
from governance.errors import ScenarioInvalid
from governance.exposure import ExposureInputs
from governance.ranking import judged_with
from governance.scenario import scenario_document, value_words
from governance.what_if import compare, parse_assumptions
from storage.assessments import StoredAssessment, assessment_history
from storage.inventory import inventory_entry

ToolId = Annotated[str, Path(max_length=100, description="Id of a tool in the catalogue.")]
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form."""

    key: str
    label: str
    hint: str
    choices: tuple[str, ...] = ()
    """Words to choose from; none: text."""


QUESTIONS = (
    Question(
        "baa_own", "Our agreement (BAA)", "in_force: signed for this tool and plan", value_words("baa_own")
    ),
    Question("baa_offered", "Agreement the vendor offers", "", value_words("baa_offered")),
    Question("account", "Accounts", "whose accounts are used", value_words("account")),
    Question("departments", "Departments", "names, separated by semicolons"),
    Question("people", "People", "a number"),
    Question("clinical_people", "Clinicians among them", "a number"),
    Question("training", "Training on what is sent", "", value_words("training")),
    Question("retention_days", "Days it is kept", "a number"),
    Question("audio_sessions", "Sessions like the sound of a visit", "a number"),
    Question("minutes_after_ehr", "Minutes after use of the record", "a number, or never"),
    Question("status", "Decision", "", value_words("status")),
    Question("conditions_broken", "Conditions broken", "a number"),
)


def document_router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/tools/{tool_id}/risk",
        tags=["risk"],
        summary="What a score is made of",
        responses=_problems(404, 500, 503),
    )
    def show_risk(tool_id: ToolId) -> ToolRisk:
        """Show exposure and posture apart, what to find out from whom, the facts, and the past."""
        return ToolRisk.model_validate(read_risk(reader, tool_id))

    @routes.get(
        "/api/v1/risk/quantified",
        tags=["risk"],
        summary="Estimate of yearly loss",
        responses=_problems(422, 500, 503),
    )
    def show_quantified(
        seed: Annotated[int, Query(ge=0, le=2**31, description="The same seed gives the same figures.")] = 1,
        runs: Annotated[int, Query(ge=100, le=50_000, description="Simulated years.")] = 10_000,
    ) -> Quantified:
        """Estimate the yearly loss through the tools of the feed, by simulation from packaged assumptions."""
        with reader.database.read() as conn:
            found = reader.judging.estimate(conn, reader.clock(), seed, runs)
        return Quantified.model_validate(asdict(found))

    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/tools/{tool_id}/what-if")
    def what_if(tool_id: ToolId, request: Request) -> Response:
        now = reader.clock()
        with reader.database.read() as conn:
            inventory_entry(conn, tool_id)
            judged = reader.judging.judged(conn, now)
        tool = next((one for one in judged if one.tool_id == tool_id), None)
        if tool is None:
            raise HTTPException(404)
        given = {
            one.key: text
            for one in QUESTIONS
            if (text := request.query_params.get(one.key, "").strip()[:_LONGEST])
        }
        fault, comparison, would_be = "", None, None
        try:
            assumed = parse_assumptions([f"{key}={text}" for key, text in given.items()], reader.weights)
            comparison = compare(tool.inputs, assumed, reader.weights)
            moved = judged_with(judged, tool_id, comparison.inputs, reader.weights)
            would_be = next(one for one in moved if one.tool_id == tool_id)
        except ScenarioInvalid as problem:
            fault = str(problem)
        return pages.page(
            "what_if.html",
            status=422 if fault else 200,
            tool=tool,
            would_be=would_be,
            comparison=comparison,
            questions=QUESTIONS,
            given=given,
            facts=scenario_document(tool.inputs),
            fault=fault,
            now=now,
        )

    return routes


def read_risk(reader: Reader, tool_id: str) -> dict[str, Any]:
    """Return what a tool's score is made of. Raises NotRecorded."""
    with reader.database.read() as conn:
        inventory_entry(conn, tool_id)
        judged = reader.judging.judged(conn, reader.clock())
        past = assessment_history(conn, tool_id)
    tool = next((one for one in judged if one.tool_id == tool_id), None)
    given = tool.assessment if tool else None
    inputs: ExposureInputs | None = tool.inputs if tool else None
    return {
        "tool_id": tool_id,
        "exposure": asdict(given.exposure) if given else None,
        "posture": asdict(given.posture) if given else None,
        "to_find_out": [
            {"factor": one.factor, "ask": one.ask, "whom": one.whom, "low": one.low, "high": one.high}
            for one in (given.to_find_out if given else ())
        ],
        "inputs": scenario_document(inputs) if inputs else None,
        "history": [_past(one) for one in past],
    }


def _past(one: StoredAssessment) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in PastDocument.model_fields if name != "parts"}
    for side in ("exposure", "posture"):
        numbers = values[side]
        values[side] = dict(zip(("score", "low", "high"), numbers, strict=True)) if numbers else None
    return values | {"parts": [asdict(part) for part in one.parts]}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    said = {
        404: "There is no such thing.",
        422: "A parameter is not allowed as it is.",
        500: "Something failed inside.",
        503: "The stored data cannot be read now.",
    }
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    return {
        status: {"model": ProblemDocument, "description": said[status], "content": {PROBLEM_TYPE: schema}}
        for status in statuses
    }
