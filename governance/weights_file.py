"""Describe the file of weights as it is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Words = Annotated[str, Field(min_length=3)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WeightEntry(_Entry):
    """One weight: a value, its reason, its citation."""

    value: int
    reason: Words
    citation: Words


class StepEntry(WeightEntry):
    """A weight that applies from a number on."""

    at_least: float


class BandEntry(_Entry):
    """The score a band begins at."""

    start: int = Field(alias="from", ge=0, le=100)
    reason: Words
    citation: Words


class FactorEntry(_Entry):
    """The weights of one factor, by name or by steps, and always one for unknown."""

    title: Words
    takes_off: bool = False
    takes_up: bool = False
    permitted_under_agreement: bool = False
    unknown: WeightEntry
    values: dict[str, WeightEntry] = {}
    steps: tuple[StepEntry, ...] = ()

    @model_validator(mode="after")
    def _has_one_of_both(self) -> FactorEntry:
        if bool(self.values) == bool(self.steps):
            raise ValueError("a factor has either values or steps")
        if self.takes_off and self.takes_up:
            raise ValueError("a factor takes off or takes up, not both")
        if self.permitted_under_agreement and not self.takes_up:
            raise ValueError("only a factor that takes up can be permitted under an agreement")
        return self


class DepartmentWords(_Entry):
    """Beginnings of words that mark a department as clinical."""

    words: tuple[Words | Annotated[str, Field(min_length=2)], ...]
    reason: Words
    citation: Words


class WeightsFile(_Entry):
    """The whole file."""

    version: str
    bands: dict[str, BandEntry]
    clinical_departments: DepartmentWords
    factors: dict[str, FactorEntry]
