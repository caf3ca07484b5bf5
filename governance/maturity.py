"""Say at which stage the organisation governs AI, and what is missing for the next one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from governance.errors import RulesInvalid


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Model):
    """One condition of a stage."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None
    says: str
    reason: str

    def met_by(self, value: float | None) -> bool:
        """Say whether a value meets it; a value nobody knows does not."""
        if value is None:
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


class Stage(_Model):
    """One stage."""

    id: str
    title: str
    meaning: str
    criteria: tuple[Criterion, ...] = ()


class _Stages(_Model):
    as_of: date
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """One criterion of the next stage that does not hold."""

    criterion: Criterion
    value: float | None
    """None: it cannot be measured."""


@dataclass(frozen=True, slots=True)
class Maturity:
    """The stage reached, the next one, and what is missing for it."""

    stage: Stage
    next: Stage | None
    missing: tuple[Missing, ...]


@cache
def load_stages() -> tuple[Stage, ...]:
    """Return the stages, the lowest first. Raises RulesInvalid."""
    path = Path(__file__).with_name("maturity.toml")
    try:
        stages = _Stages.model_validate(tomllib.loads(path.read_text("utf-8"))).stages
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise RulesInvalid(f"{path}: {problem}") from problem
    if not stages or stages[0].criteria:
        raise RulesInvalid(f"{path}: the first stage is where everybody begins, so it has no criteria.")
    return stages


def maturity(values: Mapping[str, float | None]) -> Maturity:
    """Return the stage that measured values reach. Raises RulesInvalid for a measure nobody computes."""
    stages = load_stages()
    unknown = {one.measure for stage in stages for one in stage.criteria} - values.keys()
    if unknown:
        raise RulesInvalid(f"maturity.toml asks for {', '.join(sorted(unknown))}, which no KPI is.")
    reached = stages[0]
    for stage in stages[1:]:
        missing = tuple(
            Missing(one, values[one.measure]) for one in stage.criteria if not one.met_by(values[one.measure])
        )
        if missing:
            return Maturity(reached, stage, missing)
        reached = stage
    return Maturity(reached, None, ())
