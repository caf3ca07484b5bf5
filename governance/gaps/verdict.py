"""Name what a check of a rule comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

MET, GAP, UNKNOWN, NOT_APPLICABLE = "met", "gap", "unknown", "not_applicable"
STATES: Final = (GAP, UNKNOWN, MET, NOT_APPLICABLE)
"""Every state of a rule, the one to act on first."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from and to which use counts, both inclusive; None for no end."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """How much use a gap is, where it is less than all use of its tools in its days."""

    people: int | None
    """None: no log names any, or nobody can tell whether they are the same people."""
    events: int
    bytes_up: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found."""

    state: str
    """met, gap, unknown or not_applicable; what nobody knows is never met."""
    evidence: tuple[str, ...]
    """Sentences with the rows they rest on; names in them come from the catalogue and from people, never from logs."""
    since: date | None = None
    """Since when there has been a gap, as far as it can be told."""
    tools: Mapping[str, Period] = field(default_factory=dict)
    """Tool id -> the days of its use that fall in the gap (or, if unknown, may fall in one)."""
    use: Use | None = None
    """None: all use of these tools in these days."""
