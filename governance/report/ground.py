"""Gather once what every section of the report is written from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from governance.declared import USE_SURFACES
from governance.findings import YARDSTICK_KINDS
from governance.health import SourceHealth
from governance.loss import LossEstimate
from governance.ranking import RankedTool
from governance.report.figures import Book, Mark
from governance.weights import Weights
from signatures.catalogue import Catalogue
from storage.coverage import SourceCoverage
from storage.tracing import Condition, Rows

STATUS_TONES = {
    "approved": "good",
    "approved_with_conditions": "good",
    "prohibited": "bad",
    "in_review": "open",
    "unreviewed": "open",
    "retired": "plain",
}

_COMMAND = re.compile(r" \(skiagram [^()]*\)")


@dataclass(frozen=True, slots=True)
class Ground:
    """One snapshot: the database, what was judged of it, and the figures entered so far."""

    conn: Connection
    catalogue: Catalogue
    weights: Weights
    now: datetime
    judged: Sequence[RankedTool]
    covered: Sequence[SourceCoverage]
    health: Sequence[SourceHealth]
    loss: LossEstimate
    book: Book

    @property
    def unapproved(self) -> list[RankedTool]:
        """Return tools that are used and that nobody approved, the most exposed first."""
        return [one for one in self.judged if one.in_feed and one.finding_kind in YARDSTICK_KINDS]

    @property
    def approved(self) -> list[RankedTool]:
        """Return tools that are used under a decision that lets them be used, or did."""
        return [one for one in self.judged if not one.in_feed and one.finding_kind in YARDSTICK_KINDS]

    @property
    def traces(self) -> list[RankedTool]:
        """Return tools of which logs show something less than use."""
        return [one for one in self.judged if one.finding_kind not in YARDSTICK_KINDS]


def sightings_of(tools: Sequence[RankedTool], measure: str) -> Rows:
    """Return the sightings that count as what these tools were seen as."""
    surfaces = sorted({surface for one in tools for surface in one.seen.surfaces})
    return Rows(
        "sighting",
        (
            Condition("tool_id", tuple(sorted(one.tool_id for one in tools))),
            Condition("surface", tuple(surfaces)),
        ),
        measure,
    )


def use_of_tools(tools: Sequence[str], measure: str) -> Rows:
    """Return the sightings that say somebody used one of some tools."""
    return Rows(
        "sighting",
        (Condition("tool_id", tuple(sorted(tools))), Condition("surface", tuple(sorted(USE_SURFACES)))),
        measure,
    )


def rests_of(one: RankedTool) -> tuple[Rows, ...]:
    """Return what the judgement of a tool rests on: sightings, agreements with its vendor, decisions about it."""
    return (
        sightings_of((one,), "rows"),
        Rows("agreement", (Condition("vendor_id", (one.vendor_id,)),)),
        Rows("decision", (Condition("tool_id", (one.tool_id,)),)),
    )


def band(one: RankedTool) -> Mark:
    """Return the band of a tool."""
    return Mark(one.assessment.band, one.assessment.band)


def status_mark(status: str) -> Mark:
    """Return a status in words."""
    return Mark(status.replace("_", " "), STATUS_TONES.get(status, "plain"))


def several(number: int, singular: str, plural: str | None = None) -> str:
    """Return the noun that goes with a number."""
    return singular if number == 1 else plural or f"{singular}s"


def listed(names: Sequence[str], at_most: int = 8) -> str:
    """Return names as a list in a sentence, and how many more there are."""
    shown = ", ".join(names[:at_most])
    return f"{shown} and {len(names) - at_most} more" if len(names) > at_most else shown


def without_commands(sentence: str) -> str:
    """Return a sentence without the commands it names in brackets: who reads the report types none."""
    return _COMMAND.sub("", sentence)
