"""Read the checklist by which vendors are evaluated, and score a tool by the answers to it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from governance.errors import ChecklistInvalid
from storage.evaluations import Answered

ANSWERS: Final = ("yes", "partly", "no", "not_applicable", "unknown")
_Text = Annotated[str, Field(min_length=1, max_length=500)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Model):
    """One question; "yes" speaks for the tool."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,40}$")]
    weight: int = Field(ge=1, le=100)
    ask: _Text


class Group(_Model):
    """Questions about one subject, with where they come from."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,40}$")]
    title: _Text
    source: _Text
    url: _Text
    as_of: date
    questions: tuple[Question, ...] = Field(min_length=1)


class Shares(_Model):
    """Share of its weight that an answer earns."""

    yes: float = Field(ge=0, le=1)
    partly: float = Field(ge=0, le=1)
    no: float = Field(ge=0, le=1)
    unknown: float = Field(ge=0, le=0, description="What nobody knows speaks for nothing.")


class Checklist(_Model):
    """All groups, and what answers are worth."""

    version: _Text
    answers: Shares
    groups: tuple[Group, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _differ(self) -> Checklist:
        ids = list(self.questions)
        total = sum(len(group.questions) for group in self.groups)
        if len(ids) != total:
            raise ValueError("two questions of one group have the same id")
        return self

    @property
    def questions(self) -> Mapping[str, Question]:
        """Return group.question -> the question."""
        return {f"{group.id}.{one.id}": one for group in self.groups for one in group.questions}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer."""

    id: str
    ask: str
    weight: int
    answered: Answered | None

    @property
    def answer(self) -> str:
        """Return the answer; a question nobody answered is unknown."""
        return self.answered.answer if self.answered else "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """What answers come to: of one group, or of all."""

    title: str
    score: int | None
    """0 to 100 of the weight that applies, unknown counting as nothing; None if nothing applies."""
    best: int | None
    """The score if everything unknown turned out well."""
    unanswered: int
    """Per cent of the weight that nobody answered or knows."""
    source: str = ""
    questions: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A tool against the checklist."""

    version: str
    whole: Result
    groups: tuple[Result, ...]


@cache
def load_checklist() -> Checklist:
    """Return the shipped checklist."""
    return parse_checklist(
        files("governance").joinpath("checklist.toml").read_text("utf-8"), "checklist.toml"
    )


def parse_checklist(text: str, name: str) -> Checklist:
    """Return a checklist. Raises ChecklistInvalid."""
    try:
        return Checklist.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise ChecklistInvalid(f"{name}: no valid TOML: {fault}") from fault
    except ValidationError as fault:
        where = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors()[:5]]
        raise ChecklistInvalid(f"{name}: {'; '.join(where)}") from fault


def evaluate(checklist: Checklist, answers: Mapping[str, Answered]) -> Evaluation:
    """Score answers by the shares they earn; unknown earns nothing, what does not apply is left out."""
    groups = []
    for group in checklist.groups:
        asked = tuple(
            Asked(f"{group.id}.{one.id}", one.ask, one.weight, answers.get(f"{group.id}.{one.id}"))
            for one in group.questions
        )
        source = f"{group.source} ({group.url}, {group.as_of})"
        groups.append(_result(checklist, group.title, asked, source))
    every = tuple(one for group in groups for one in group.questions)
    return Evaluation(checklist.version, _result(checklist, "All", every), tuple(groups))


def _result(checklist: Checklist, title: str, asked: tuple[Asked, ...], source: str = "") -> Result:
    applies = [one for one in asked if one.answer != "not_applicable"]
    total = sum(one.weight for one in applies)
    shares = checklist.answers.model_dump()
    earned = sum(one.weight * shares[one.answer] for one in applies)
    unknown = sum(one.weight for one in applies if one.answer == "unknown")
    return Result(
        title=title,
        score=round(100 * earned / total) if total else None,
        best=round(100 * (earned + unknown) / total) if total else None,
        unanswered=round(100 * unknown / total) if total else 0,
        source=source,
        questions=asked,
    )
