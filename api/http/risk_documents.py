"""Define the JSON documents about risk: what a score was made of, what to find out, and the estimate of loss."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from api.http.documents import Document


class SideDocument(Document):
    """One group of factors alone, 0 (best) to 100 (worst)."""

    score: int = Field(ge=0, le=100)
    low: int = Field(ge=0, le=100)
    high: int = Field(ge=0, le=100)


class QuestionDocument(Document):
    """Something nobody knows yet that widens the range of the score."""

    factor: str = Field(examples=["agreement"])
    ask: str
    whom: str
    low: int
    high: int


class PastPartDocument(Document):
    """One summand of an earlier score."""

    factor: str
    points: int
    low: int
    high: int
    known: bool
    reason: str
    citation: str


class PastDocument(Document):
    """An assessment as it was kept; a new one is kept whenever a scan changed it."""

    assessed_at: datetime
    score: int
    low: int
    high: int
    band: str
    exposure: SideDocument | None = Field(description="null: kept by an older version.")
    posture: SideDocument | None
    weights_version: str
    catalogue_version: str
    parts: list[PastPartDocument]
    inputs: dict[str, Any] | None = Field(description="Facts it was made of: keys of `skiagram risk score`.")
    evidence: dict[str, Any] | None = Field(description="Counts and numbers of the rows it rests on.")


class ToolRisk(Document):
    """What a score is made of."""

    tool_id: str
    exposure: SideDocument | None = Field(description="What happens here; null: the tool was never seen.")
    posture: SideDocument | None = Field(description="What the vendor promises.")
    to_find_out: list[QuestionDocument]
    inputs: dict[str, Any] | None = Field(description="Facts: one line for `skiagram risk score`.")
    history: list[PastDocument] = Field(description="Newest first.")


class SpreadDocument(Document):
    """Percentiles and mean over the simulated years."""

    p10: float
    p50: float
    p90: float
    expected: float


class LossOfTool(Document):
    """Estimated loss through one tool, or through all."""

    tool_id: str | None = Field(description="null: all tools together.")
    name: str
    chance: float = Field(ge=0, le=1, description="Share of simulated years with a loss.")
    yearly: SpreadDocument = Field(description="Loss in a year, most often none.")
    if_it_happens: SpreadDocument | None
    records: SpreadDocument = Field(description="Patients' records disclosed in a year.")


class Quantified(Document):
    """An estimate of yearly loss by simulation; not a forecast."""

    label: str
    estimate: bool = True
    currency: str
    runs: int
    seed: int
    penalties: str
    tools: list[LossOfTool]
    organisation: LossOfTool = Field(description="Added up year by year: percentiles of tools do not add up.")
