"""Read what an estimate of loss assumes, and the penalty tiers in force, from files people can edit."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from governance.errors import LossInputsInvalid
from signatures.kinds import Category

Share = Annotated[float, Field(ge=0, le=1)]
_Model = TypeVar("_Model", bound=BaseModel)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Three(_Entry):
    """Least, most likely and greatest value."""

    least: Annotated[float, Field(ge=0)]
    likely: Annotated[float, Field(ge=0)]
    most: Annotated[float, Field(ge=0, le=1e12)]
    source: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Three:
        if not self.least <= self.likely <= self.most:
            raise ValueError("must rise from least over likely to most")
        return self


class Chance(Three):
    """A chance: never above 1."""

    most: Share


class ByScore(_Entry):
    """Chances at an exposure score of 0 and of 100."""

    at_zero: Chance
    at_hundred: Chance
    source: str

    @model_validator(mode="after")
    def _rises(self) -> ByScore:
        for name in ("least", "likely", "most"):
            if getattr(self.at_zero, name) > getattr(self.at_hundred, name):
                raise ValueError(f"{name} at_zero is above {name} at_hundred")
        return self


class RecordsPerSession(_Entry):
    """Patients one session may disclose, by what the tool takes in."""

    sound: Three
    documents: Three
    text: Three
    other: Three


class TakesIn(_Entry):
    """Which categories take in what."""

    sound: tuple[Category, ...]
    documents: tuple[Category, ...]
    text: tuple[Category, ...]


class Tiers(_Entry):
    """How likely each penalty tier is; they sum to 1."""

    unknowing: Share
    reasonable_cause: Share
    neglect_corrected: Share
    neglect: Share

    @model_validator(mode="after")
    def _whole(self) -> Tiers:
        if abs(sum(self.in_order()) - 1) > 1e-9:
            raise ValueError("the tiers must sum to 1")
        return self

    def in_order(self) -> tuple[float, ...]:
        """Return the chances in the order of the tiers."""
        return (self.unknowing, self.reasonable_cause, self.neglect_corrected, self.neglect)


class Penalty(_Entry):
    """When a civil money penalty follows a breach, and how it is counted."""

    chance: Chance
    violations: Three
    years: Annotated[int, Field(ge=1, le=20)]
    discretion: bool
    tiers: Tiers
    tiers_prohibited: Tiers
    source: str


class LossInputs(_Entry):
    """Everything the estimate assumes."""

    records_per_session: RecordsPerSession
    takes_in: TakesIn
    share_with_patient_data: ByScore
    sessions_per_person: Three
    chance_per_year: ByScore
    cost_per_record: Three
    cost_per_breach: Three
    penalty: Penalty

    def records_of(self, category: str | None) -> Three:
        """Return the patients one session of a tool may disclose; an unknown category counts as documents."""
        if category is None:
            return self.records_per_session.documents
        for kind in ("sound", "documents", "text"):
            if category in getattr(self.takes_in, kind):
                found: Three = getattr(self.records_per_session, kind)
                return found
        return self.records_per_session.other


class Tier(_Entry):
    """One penalty tier: amounts for each violation, and caps for a year of identical violations."""

    id: Literal["unknowing", "reasonable_cause", "neglect_corrected", "neglect"]
    title: str
    least: Annotated[int, Field(ge=0)]
    most: Annotated[int, Field(ge=0)]
    cap: Annotated[int, Field(ge=0)]
    cap_discretion: Annotated[int, Field(ge=0)]


class Penalties(_Entry):
    """The tiers of one year, with their source."""

    as_of: date
    currency: str
    citation: str
    source: str
    note: str
    tiers: tuple[Tier, Tier, Tier, Tier]

    @model_validator(mode="after")
    def _ordered(self) -> Penalties:
        if [tier.id for tier in self.tiers] != list(Tiers.model_fields):
            raise ValueError(f"the tiers must be {', '.join(Tiers.model_fields)}, in this order")
        return self


def shipped_inputs() -> Path:
    """Return the path of the packaged assumptions."""
    return Path(__file__).with_name("loss_inputs.toml")


def load_loss_inputs(path: Path | None = None) -> LossInputs:
    """Load assumptions, by default the packaged ones. Raises LossInputsInvalid."""
    return _load(path or shipped_inputs(), LossInputs)


def load_penalties(path: Path | None = None) -> Penalties:
    """Load penalty tiers, by default the packaged ones. Raises LossInputsInvalid."""
    return _load(path or Path(__file__).with_name("penalties.toml"), Penalties)


def _load(path: Path, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise LossInputsInvalid(f"{path}: cannot be read ({fault.strerror}); correct the path") from fault
    except ValidationError as fault:
        lines = [
            f"{path}: {'.'.join(map(str, one['loc']))}: {str(one['msg']).removeprefix('Value error, ')}"
            for one in fault.errors(include_url=False)
        ]
        raise LossInputsInvalid("\n".join(lines)) from fault
    except ValueError as fault:
        raise LossInputsInvalid(f"{path}: not valid TOML: {fault}") from fault
