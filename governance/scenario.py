"""Read a scenario, one JSON object of facts about a tool, into the inputs of a score."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from governance.departments import is_clinical
from governance.errors import ScenarioInvalid
from governance.exposure import ExposureInputs
from governance.findings import KIND_OF_SURFACE, YARDSTICK_KINDS
from governance.weights import Weights
from signatures.kinds import Baa, Category, Grade, Training
from storage.inventory import STATUSES

NEVER = "never"
YARDSTICKS = {
    "bytes_up": "bytes_up_greatest",
    "bytes_up_per_session": "bytes_up_per_session_greatest",
    "bytes_up_per_person": "bytes_up_per_person_greatest",
}
"""Input -> the input that holds the greatest of its kind in the organisation."""

_ALIASES = {"account": {"corporate": "organisation"}, "baa_own": {"signed": "in_force"}}
_MOST = 2**63 - 1


def _known_word(value: object) -> object:
    return None if value == "unknown" else value


def _whole(value: object) -> object:
    # JSON has one kind of number; 3.0 is as whole as 3, but true is no number.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _words(*allowed: str) -> Any:
    return Annotated[Literal[allowed] | None, BeforeValidator(_known_word)]


Count = Annotated[int, Field(ge=0, le=_MOST), BeforeValidator(_whole)] | None
Amount = Annotated[float, Field(ge=0)] | None
Share = Annotated[float, Field(ge=0, le=1)] | None
Text = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_known_word)]
Departments = (
    Annotated[int, Field(ge=0, le=_MOST)]
    | Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=10_000)]
    | None
)


class Scenario(BaseModel):
    """Facts about one tool as a person or a program states them; a key left out or null is unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    id: str | None = Field(default=None, max_length=200, description="Name of the scenario; only repeated.")
    category: _words(*map(str, Category)) = Field(  # type: ignore[valid-type]
        default=None, description="What kind of tool it is, and so what it takes in."
    )
    surface: _words(*KIND_OF_SURFACE) = Field(  # type: ignore[valid-type]
        default=None, description="What was seen of it: `use`, or something less. Unknown counts as use."
    )
    clinical_tool: bool | None = Field(default=None, description="Made for care or its administration.")
    account: _words("personal", "organisation", "corporate", "one_plan") = Field(  # type: ignore[valid-type]
        default=None,
        description="Type of account; `corporate` is another word for `organisation`, "
        "`one_plan` is a tool whose terms are the same for every account.",
    )
    baa_offered: _words(*(str(one) for one in Baa if one is not Baa.UNKNOWN)) = Field(  # type: ignore[valid-type]
        default=None, description="Agreement (BAA) the vendor offers for the plans in use."
    )
    baa_grade: _words(*map(str, Grade)) = Field(  # type: ignore[valid-type]
        default=None,
        description="Whose word that is: `P` the vendor's page, `p` quoted, `S` others only, "
        "which makes an offer disputed.",
    )
    baa_own: _words("none", "ended", "other_scope", "in_force", "signed") = Field(  # type: ignore[valid-type]
        default=None,
        description="Our own agreement for this tool and plan; `signed` is another word for `in_force`, "
        "`other_scope` covers other tools or plans.",
    )
    uncovered_share: Share = Field(
        default=None,
        description="Share of use on days on which no agreement of ours for this tool and plan held, 0 to 1.",
    )
    training: _words(*(str(one) for one in Training if one is not Training.UNKNOWN)) = Field(  # type: ignore[valid-type]
        default=None, description="Whether the vendor trains on what is sent."
    )
    retention_days: Count = Field(default=None, description="Days the vendor keeps what is sent.")
    region: Text = Field(
        default=None, description="Where it is processed: `US`, or anything else, such as `EU` or `US, EU`."
    )
    subprocessors: _words("none", "covered", "listed", "hidden") = Field(  # type: ignore[valid-type]
        default=None,
        description="Subcontractors of the vendor: `covered` if each has signed the same agreement, `listed` "
        "if they are named only, `hidden` if the vendor does not say.",
    )
    people: Count = Field(default=None, description="Distinct people (or devices) that use it.")
    clinical_people: Count = Field(
        default=None, description="How many of them treat patients; `people` is at least this."
    )
    clinical_department: bool | None = Field(
        default=None,
        description="Whether a clinical department uses it; follows from `departments` or "
        "`clinical_people` if left out.",
    )
    departments: Departments = Field(
        default=None, description="Departments reached: how many, or a list of their names."
    )
    bytes_up: Count = Field(default=None, description="Bytes sent to the tool in all.")
    bytes_up_per_session: Count = Field(default=None, description="Bytes sent in the session that sent most.")
    bytes_up_per_person: Count = Field(default=None, description="Bytes sent by the person that sent most.")
    bytes_up_greatest: Count = Field(
        default=None, description="Yardstick: bytes of the tool here that got most in all."
    )
    bytes_up_per_session_greatest: Count = Field(
        default=None, description="Yardstick: bytes of the largest session to any tool here."
    )
    bytes_up_per_person_greatest: Count = Field(
        default=None, description="Yardstick: bytes of the largest sender to any tool here."
    )
    sessions: Count = Field(
        default=None, description="Sessions: uploads of one person without a longer pause."
    )
    audio_sessions: Count = Field(
        default=None,
        description="Sessions shaped like the sound of a visit: even upload for as long as a visit takes; "
        "`sessions` is at least this.",
    )
    minutes_after_ehr: Annotated[float, Field(ge=0)] | Literal["never"] | None = Field(
        default=None,
        description="Fewest minutes between a person's use of the record (EHR) and an upload of the "
        'same person; `"never"` if none follows.',
    )
    ehr_sessions: Count = Field(
        default=None,
        description="Sessions that sent something within 15 minutes of use of the record; told in the reason, "
        "not scored.",
    )
    trend: Amount = Field(
        default=None, description="Events of the last 7 days divided by those of the 7 days before."
    )
    days_since_seen: Count = Field(default=None, description="Whole days since it was last seen.")
    blocked_share: Share = Field(default=None, description="Share of the requests that were blocked, 0 to 1.")
    status: _words(*STATUSES) = Field(  # type: ignore[valid-type]
        default=None, description="Status in the inventory."
    )
    conditions_broken: Count = Field(
        default=None, description="Conditions of its approval that use breaks; 0 if none, or none are set."
    )


KEYS = tuple(Scenario.model_fields)


def parse_scenario(line: str) -> Scenario:
    """Read one line. Raises ScenarioInvalid, which names every key that is wrong and what it may hold."""
    try:
        given = json.loads(line, parse_constant=_no_number, object_pairs_hook=_each_once)
    except RecursionError:
        raise ScenarioInvalid("nested too deeply; write one flat object a line") from None
    except ValueError as fault:
        raise ScenarioInvalid(f"not valid JSON ({fault}); write one object a line") from fault
    if not isinstance(given, dict):
        raise ScenarioInvalid('not a JSON object; write one like {"category": "ambient_scribe", "people": 1}')
    return scenario_of(given)


def scenario_of(given: Mapping[str, Any]) -> Scenario:
    """Check keys and values. Raises ScenarioInvalid."""
    try:
        return Scenario.model_validate(given)
    except ValidationError as fault:
        said = dict.fromkeys(_explained(one) for one in fault.errors(include_url=False))
        raise ScenarioInvalid("; ".join(said)) from fault


def stated(scenario: Scenario, weights: Weights) -> dict[str, object]:
    """Return the inputs a scenario states as field -> value: what it says nothing about is not in it."""
    values = {key: getattr(scenario, key) for key in scenario.model_fields_set if key != "id"}
    for key, words in _ALIASES.items():
        if values.get(key) in words:
            values[key] = words[values[key]]
    if values.get("people") is not None and values.get("clinical_people") is not None:
        values["people"] = max(values["people"], values["clinical_people"])
    found: dict[str, object] = {}
    for key, field in _RENAMED.items():
        if key in values:
            found[field] = values.pop(key)
    if "surface" in values:
        surface = values.pop("surface")
        found["finding_kind"] = None if surface is None else KIND_OF_SURFACE[surface]
    if "minutes_after_ehr" in values:
        minutes = values["minutes_after_ehr"]
        values["minutes_after_ehr"] = float("inf") if minutes == NEVER else minutes
    if "departments" in values or "clinical_people" in values:
        names = values.get("departments")
        if isinstance(names, list):
            values["departments"] = len({name.strip().casefold() for name in names})
        if values.get("clinical_department") is None:
            found_clinical = _clinical(names, values.get("clinical_people"), weights)
            if found_clinical is not None or "clinical_department" in values:
                values["clinical_department"] = found_clinical
    return found | values


def inputs_of(scenario: Scenario, weights: Weights) -> ExposureInputs:
    """Return the inputs of the score, the object the pipeline makes for each tool it saw."""
    given: dict[str, Any] = stated(scenario, weights)
    return ExposureInputs(**given)


def measured(tools: Sequence[ExposureInputs], weights: Weights) -> list[ExposureInputs]:
    """Measure the volumes of tools of one organisation against the greatest among them.

    A yardstick that a scenario states itself stays. Only what is in use and takes in what may hold patient data
    is a yardstick: background traffic and a flood of spell checking must not make use look small. Where nothing
    such has a volume, all in use are. A volume that has no second beside it is measured against the weights' own.
    """
    used = [one for one in tools if one.finding_kind in (None, *YARDSTICK_KINDS)]
    category = weights.factor("category")
    serious = [
        one
        for one in used
        if category.values.get(one.category or "", category.unknown).value >= weights.yardsticks.category_from
    ]
    greatest: dict[str, int] = {}
    for amount, yardstick in YARDSTICKS.items():
        for among in (serious, used):
            known = [value for one in among if (value := getattr(one, amount)) is not None]
            if known:
                alone = getattr(weights.yardsticks.alone, amount)
                greatest[yardstick] = max(known) if len(known) > 1 else max(known[0], alone)
                break
    missing = [
        {name: value for name, value in greatest.items() if getattr(one, name) is None} for one in tools
    ]
    return [
        replace(one, **values) if values else one  # type: ignore[arg-type]
        for one, values in zip(tools, missing, strict=True)
    ]


def scenario_document(inputs: ExposureInputs) -> dict[str, object]:
    """Return the scenario that has the same score as these inputs, without what is unknown."""
    values: dict[str, object] = {
        _NAMED.get(field.name, field.name): value
        for field in fields(inputs)
        if (value := getattr(inputs, field.name)) is not None and value != "unknown"
    }
    if inputs.finding_kind is not None:
        del values["finding_kind"]
        values["surface"] = next(
            surface for surface, kind in KIND_OF_SURFACE.items() if kind == inputs.finding_kind
        )
    if inputs.minutes_after_ehr == float("inf"):
        values["minutes_after_ehr"] = NEVER
    if inputs.growth is not None:
        values["trend"] = min(inputs.growth, _STEEPEST)
    return {key: values[key] for key in KEYS if key in values}


_RENAMED = {"baa_offered": "baa", "baa_own": "agreement", "trend": "growth"}
_NAMED = {field: key for key, field in _RENAMED.items()}
_STEEPEST = 1e9
"""Stands for growth from nothing, which JSON has no number for."""


def _clinical(names: object, clinical_people: int | None, weights: Weights) -> bool | None:
    listed = names if isinstance(names, list) else []
    if clinical_people or any(is_clinical(name, weights.clinical_words) for name in listed):
        return True
    return False if listed or clinical_people == 0 else None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice[:80]!r} stands there twice")
    return given


def _explained(error: Any) -> str:
    key = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        near = get_close_matches(key, KEYS, 1)
        advice = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(KEYS)}"
        return f"unknown key {key[:80]!r}; {advice}"
    got = repr(error["input"])
    shown = got if len(got) <= 60 else got[:59] + "…"
    words = [word for one in _kinds(key) for word in one.get("enum", ())]
    near = get_close_matches(error["input"], words, 1) if isinstance(error["input"], str) else []
    return f"{key}: {f'did you mean {near[0]}?' if near else expected(key)} (got {shown})"


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    properties: dict[str, Any] = Scenario.model_json_schema()["properties"]
    return properties


def expected(key: str) -> str:
    """Say in words what a key may hold, as its schema has it."""
    return " or ".join(_kind(one) for one in _kinds(key))


def value_words(key: str) -> tuple[str, ...]:
    """Return the words a key may hold; none if it holds numbers or text."""
    return tuple(str(word) for one in _kinds(key) for word in one.get("enum", ()))


def value_kinds(key: str) -> frozenset[str]:
    """Return the JSON types a key may hold: boolean, integer, number, string, array."""
    return frozenset(str(one["type"]) for one in _kinds(key))


def _kinds(key: str) -> list[Mapping[str, Any]]:
    entry = _schema()[key]
    return [one for one in entry.get("anyOf", [entry]) if one.get("type") != "null"]


def _kind(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    kind = schema["type"]
    if kind == "array":
        return "a list of names"
    if kind == "boolean":
        return "true or false"
    if kind == "string":
        return f"text of up to {schema['maxLength']} characters"
    number = "a whole number" if kind == "integer" else "a number"
    most = schema.get("maximum")
    return f"{number} from 0 on" if most in (None, _MOST) else f"{number} from 0 to {most}"
