"""Describe the file of weights as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

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
    group: Literal["exposure", "posture"]
    ask: Words
    whom: Words
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


class SessionEntry(_Entry):
    """What counts as a session and as the sound of a visit; minutes, and bytes a minute."""

    gap: Annotated[int, Field(ge=1, le=240)]
    days: Annotated[int, Field(ge=1, le=3650)]
    ehr_within: Annotated[int, Field(ge=1, le=1440)]
    ehr_forgotten: Annotated[int, Field(ge=1, le=1440)]
    audio_from: Annotated[int, Field(ge=1, le=240)]
    audio_until: Annotated[int, Field(ge=1, le=240)]
    audio_pause: Annotated[int, Field(ge=0, le=60)]
    audio_least: Annotated[int, Field(ge=1)]
    audio_most: Annotated[int, Field(ge=1)]
    audio_even: Annotated[float, Field(gt=0)]
    audio_one_way: Annotated[float, Field(gt=0)]
    reason: Words
    citation: Words

    @model_validator(mode="after")
    def _in_order(self) -> SessionEntry:
        if self.audio_from > self.audio_until or self.audio_least > self.audio_most:
            raise ValueError("the least is above the most")
        if self.ehr_within > self.ehr_forgotten:
            raise ValueError("ehr_within is above ehr_forgotten")
        return self


class AloneEntry(_Entry):
    """Bytes that are much where there is no second tool to compare with."""

    bytes_up: Annotated[int, Field(ge=1)]
    bytes_up_per_session: Annotated[int, Field(ge=1)]
    bytes_up_per_person: Annotated[int, Field(ge=1)]


class YardstickEntry(_Entry):
    """Which tools' volumes others are measured against."""

    category_from: Annotated[int, Field(ge=0, le=100)]
    alone: AloneEntry
    reason: Words
    citation: Words


class AccountEntry(_Entry):
    """Mail domains of private accounts."""

    private_domains: tuple[Words, ...]
    reason: Words
    citation: Words


class WeightsFile(_Entry):
    """The whole file."""

    version: str
    bands: dict[str, BandEntry]
    clinical_departments: DepartmentWords
    sessions: SessionEntry
    yardsticks: YardstickEntry
    accounts: AccountEntry
    factors: dict[str, FactorEntry]
