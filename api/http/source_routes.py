"""Answer /api/v1/sources: the health of every source as a JSON document."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.health import health_document
from api.http.document_routes import failures
from api.http.reading import Reader


class FindingDocument(BaseModel):
    """One thing that is wrong with a source, or not known about it."""

    model_config = ConfigDict(extra="forbid")

    state: str = Field(description="What is wrong.", examples=["silent"])
    since: datetime | None = Field(description="Since when; null: not known.")
    evidence: str = Field(description="The figures it rests on.")
    advice: str = Field(description="What to do.")


class SourceHealthDocument(BaseModel):
    """What is to be thought of one source."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(description="Name of the source.")
    state: str = Field(description="The gravest finding, or healthy.")
    words: str = Field(description="The same in words.")
    expected: str = Field(description="configured, learned or unknown.")
    usual_gap_hours: float | None = Field(description="Time between its news; null: not known.")
    last_event: datetime | None = Field(description="Time of its newest event.")
    last_read: datetime | None = Field(description="Start of the newest scan that added something.")
    findings: list[FindingDocument] = Field(description="What is wrong or not known.")


class SourceList(BaseModel):
    """The health of every source."""

    model_config = ConfigDict(extra="forbid")

    items: list[SourceHealthDocument] = Field(description="Sources by name.")


def router(reader: Reader) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/sources", tags=["coverage"], summary="Health of sources", responses=failures(500, 503)
    )
    def list_sources() -> SourceList:
        """Show for every source whether it still speaks, and still tells what it used to."""
        return SourceList(
            items=[
                SourceHealthDocument.model_validate(health_document(health)) for health in reader.sources()
            ]
        )

    return routes
