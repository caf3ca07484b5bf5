"""Read the rules that gaps are judged by: one file per framework, each rule with its source and date."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from governance.errors import RulesInvalid

STATUSES = ("in_force", "proposed", "guidance")
_Words = Annotated[str, Field(min_length=3, max_length=600)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _RuleEntry(_Model):
    id: str = Field(pattern=r"^[a-z0-9_]{3,60}$")
    title: _Words
    requirement: _Words
    citation: _Words
    source: str = Field(pattern=r"^(https://\S+|organisation)$")
    grade: Literal["P", "p", "S"] | None = None
    official: str | None = Field(default=None, pattern=r"^https://\S+$")
    as_of: date
    status: Literal["in_force", "proposed", "guidance"]
    check: str = Field(pattern=r"^[a-z_]+$")
    days: int | None = Field(default=None, ge=1, le=3660)
    review: str | None = Field(default=None, pattern=r"^[a-z_]+$")
    closes: _Words

    @model_validator(mode="after")
    def _source_is_graded(self) -> _RuleEntry:
        if (self.source == "organisation") != (self.grade is None):
            raise ValueError(
                f"rule {self.id}: give a grade (P, p or S) for an address, and none for our own rule"
            )
        return self


class _Framework(_Model):
    title: _Words
    note: str = ""
    rules: tuple[_RuleEntry, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement, in our own words, with what decides it and what closes a gap."""

    id: str
    framework: str
    """Name of the file it stands in, such as hipaa."""
    framework_title: str
    title: str
    requirement: str
    citation: str
    source: str
    """Address, or "organisation" for a rule of the organisation's own."""
    grade: str | None
    """P the publisher's own text was read, p a copy of it, S only what others say of it; None for our own."""
    official: str | None
    """Address of the official text, to check against, where there is one."""
    as_of: date
    status: str
    """in_force, proposed or guidance. A proposed rule binds nobody yet."""
    check: str
    """Name of the function that decides it."""
    days: int | None
    """The span the check measures by, where it measures one."""
    review: str | None
    """The review whose record is the evidence, where it is one."""
    closes: str


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return all rules, by framework and in the order of their files. Raises RulesInvalid."""
    found: list[Rule] = []
    for path in sorted(Path(__file__).with_name("rules").glob("*.toml")):
        try:
            framework = _Framework.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, ValidationError) as problem:
            raise RulesInvalid(f"{path}: {problem}") from problem
        found.extend(
            Rule(framework=path.stem, framework_title=framework.title, **dict(entry))
            for entry in framework.rules
        )
    seen: set[str] = set()
    for rule in found:
        if rule.id in seen:
            raise RulesInvalid(f"The rule {rule.id} stands in two files of governance/rules; rename one.")
        seen.add(rule.id)
    return tuple(found)
