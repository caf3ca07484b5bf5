"""Answer /api/v1 and /healthz with JSON documents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.http.documents import (
    CoverageReport,
    DayDocument,
    DoubtDocument,
    FileDocument,
    Health,
    LossDocument,
    ProblemDocument,
    ReasonDocument,
    ScanDocument,
    ScanList,
    ScanReport,
    SourceDocument,
    ToolDocument,
    ToolList,
    ToolReport,
)
from api.http.problems import PROBLEM_TYPE
from api.http.query import ScanQuery, ToolQuery
from api.http.reading import Reader
from api.http.views import Coverage, SourceCoverage, ToolDetail
from api.pages.wording import unread_lines

ScanId = Annotated[int, Path(ge=1, le=2**53, description="Id of a scan.")]
ToolId = Annotated[
    str, Path(max_length=100, description="Id of a tool in the catalogue.", examples=["chatgpt"])
]


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the schema says of answers that are problems."""
    said = {
        404: "There is no such thing.",
        422: "A parameter is not allowed as it is.",
        500: "Something failed inside.",
        501: "Libraries for this form are not installed.",
        503: "The stored data cannot be read now.",
    }
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    return {
        status: {"model": ProblemDocument, "description": said[status], "content": {PROBLEM_TYPE: schema}}
        for status in statuses
    }


def router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()

    @routes.get("/api/v1/tools", tags=["tools"], summary="List tools", responses=failures(422, 500, 503))
    def list_tools(query: Annotated[ToolQuery, Query()]) -> ToolList:
        """List the AI tools found, those that expose most patient data first."""
        tools, coverage = reader.tools()
        feed = query.page([row for row in tools if query.keeps(row)])
        return ToolList(
            items=[ToolDocument.model_validate(row) for row in feed.tools],
            total=feed.total,
            offset=feed.offset,
            limit=feed.limit,
            not_read=list(unread_lines(coverage)),
        )

    @routes.get(
        "/api/v1/tools/{tool_id}", tags=["tools"], summary="One tool", responses=failures(404, 500, 503)
    )
    def show_tool(tool_id: ToolId) -> ToolReport:
        """Show one tool: every part of its score, evidence, PHI terms, sightings per day, decisions."""
        return _tool_report(reader.tool(tool_id))

    @routes.get("/api/v1/scans", tags=["scans"], summary="List scans", responses=failures(422, 500, 503))
    def list_scans(query: Annotated[ScanQuery, Query()]) -> ScanList:
        """List scans, newest first."""
        found = reader.scans(query.limit + 1, query.before)
        shown = found[: query.limit]
        more = len(found) > query.limit
        return ScanList(
            items=[ScanDocument.model_validate(scan) for scan in shown],
            limit=query.limit,
            next_before=shown[-1].scan_id if more else None,
        )

    @routes.get(
        "/api/v1/scans/{scan_id}", tags=["scans"], summary="One scan", responses=failures(404, 500, 503)
    )
    def show_scan(scan_id: ScanId) -> ScanReport:
        """Show one scan with what became of every file."""
        found = reader.scan(scan_id)
        return ScanReport(
            scan=ScanDocument.model_validate(found.row),
            files=[FileDocument.model_validate(file) for file in found.files],
        )

    @routes.get("/api/v1/coverage", tags=["coverage"], summary="Show coverage", responses=failures(500, 503))
    def show_coverage() -> CoverageReport:
        """Show per source what was read, what was not, and what its logs cannot tell."""
        return _coverage_report(reader.coverage())

    @routes.get("/healthz", tags=["service"], summary="Health", responses=failures(500, 503))
    def health() -> Health:
        """Say whether the database answers and has the tables this version needs."""
        current = reader.database.is_current()
        return Health(
            status="ok" if current else "degraded",
            database="ok" if current else "outdated",
            catalogue=reader.catalogue.version,
        )

    return routes


def _tool_report(tool: ToolDetail) -> ToolReport:
    return ToolReport.model_validate(
        {name: getattr(tool, name) for name in ToolReport.model_fields if hasattr(tool, name)}
        | {
            "tool": ToolDocument.model_validate(tool.row),
            "also_seen": [{"finding_kind": kind, "amount": amount} for kind, amount in tool.also_seen],
            "days": [DayDocument.model_validate(day) for day in tool.row.days],
        }
    )


def _coverage_report(coverage: Coverage) -> CoverageReport:
    return CoverageReport(
        not_read=list(unread_lines(coverage)),
        sources=[_source_document(source) for source in coverage.sources],
        unread_files=[FileDocument.model_validate(file) for file in coverage.unread_files],
        last_scan=None if coverage.last_scan is None else ScanDocument.model_validate(coverage.last_scan),
    )


def _source_document(source: SourceCoverage) -> SourceDocument:
    own = {
        name: getattr(source, name)
        for name in SourceDocument.model_fields
        if name not in ("unreadable", "losses", "doubtful", "flows_refused")
    }
    reasons = [ReasonDocument(reason=reason, lines=lines) for reason, lines in source.unreadable]
    losses = [
        LossDocument(**{name: getattr(loss, name) for name in LossDocument.model_fields})
        for loss in source.losses
    ]
    refused = [DoubtDocument(reason=reason, events=events) for reason, events in source.flows_refused]
    doubtful = [DoubtDocument(reason=reason, events=events) for reason, events in source.doubtful]
    return SourceDocument(**own, unreadable=reasons, losses=losses, doubtful=doubtful, flows_refused=refused)
