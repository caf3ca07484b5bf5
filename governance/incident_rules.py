"""Read what the law asks after a possible breach: days, factors, notices, with their sources."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from governance.errors import RulesInvalid


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactorRule(_Model):
    """One of the four factors of the assessment."""

    id: str
    title: str
    question: str


class NoticeRule(_Model):
    """One notice: to whom, from how many people on, counted from what."""

    id: str
    title: str
    least: int = Field(ge=1)
    per: Literal["all", "state"] = "all"
    when: Literal["discovery"]
    otherwise: Literal["none", "year_end"] = "none"
    says: str
    citation: str
    source: str
    official: str
    """Address of the official text, to check against."""
    as_of: date


class StateNote(_Model):
    """A state law with a shorter time, as a note."""

    state: str
    says: str
    source: str
    as_of: date


class IncidentRules(_Model):
    """All of them."""

    days: int = Field(ge=1)
    presumption: str
    presumption_citation: str
    presumption_source: str
    discovery: str
    discovery_citation: str
    discovery_source: str
    as_of: date
    factors: tuple[FactorRule, ...] = Field(min_length=4, max_length=4)
    notices: tuple[NoticeRule, ...] = Field(min_length=1)
    states: tuple[StateNote, ...]


@cache
def load_incident_rules() -> IncidentRules:
    """Return the rules. Raises RulesInvalid."""
    path = Path(__file__).with_name("incident_rules.toml")
    try:
        return IncidentRules.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise RulesInvalid(f"{path}: {problem}") from problem
