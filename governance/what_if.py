"""Ask what a score would be if some facts were different."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from governance.assessment import Assessment, Part, assess
from governance.errors import ScenarioInvalid
from governance.exposure import ExposureInputs
from governance.scenario import KEYS, expected, scenario_of, stated, value_kinds
from governance.weights import Weights

SHORT_NAMES = {
    "baa": "baa_own",
    "department": "departments",
    "audio": "audio_sessions",
    "ehr": "minutes_after_ehr",
}
"""Short name of an assumption -> key of a scenario."""

_NEXT = re.compile(r",(?=\s*[a-z_]+\s*=)")
_FACTS = tuple(key for key in KEYS if key != "id")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One tool as it is and as it would be."""

    assumed: dict[str, object]
    """Input -> assumed value."""
    now: Assessment
    then: Assessment
    inputs: ExposureInputs
    """The inputs with the assumptions in place."""

    @property
    def parts(self) -> tuple[tuple[Part, Part], ...]:
        """Return each part as it is and as it would be."""
        return tuple(zip(self.now.parts, self.then.parts, strict=True))


def parse_assumptions(texts: Sequence[str], weights: Weights) -> dict[str, object]:
    """Read assumptions such as "baa=signed,department=radiology" into inputs and their values.

    Keys are those of a scenario, or short names; a list of departments is separated by semicolons.
    Raises ScenarioInvalid.
    """
    given: dict[str, Any] = {}
    for text in texts:
        for one in _NEXT.split(text):
            name, equals, value = (word.strip() for word in one.partition("="))
            if not equals or not name or not value:
                raise ScenarioInvalid(f"{one!r} is no assumption; write key=value, such as baa=signed")
            key = SHORT_NAMES.get(name, name)
            if key in given:
                raise ScenarioInvalid(f"{key} is assumed twice; say it once")
            if key not in _FACTS:
                near = get_close_matches(name, [*SHORT_NAMES, *_FACTS], 1)
                hint = f"did you mean {near[0]}?" if near else f"facts: {', '.join(_FACTS)}"
                raise ScenarioInvalid(f"{name[:80]!r} is no fact to assume; {hint}")
            given[key] = _value(key, value)
    return stated(scenario_of(given), weights)


def compare(inputs: ExposureInputs, assumed: dict[str, object], weights: Weights) -> Comparison:
    """Score the inputs as they are, and with the assumptions in place."""
    changed = replace(inputs, **assumed)  # type: ignore[arg-type]
    return Comparison(assumed, assess(inputs, weights), assess(changed, weights), changed)


def _value(key: str, text: str) -> object:
    if text == "unknown":
        return None
    kinds = value_kinds(key)
    if "boolean" in kinds:
        words = {"true": True, "yes": True, "false": False, "no": False}
        if text.casefold() not in words:
            raise ScenarioInvalid(f"{key}: {expected(key)} (got {text!r})")
        return words[text.casefold()]
    for kind, read in (("integer", int), ("number", float)):
        if kind in kinds:
            try:
                return read(text)
            except ValueError:
                continue
    if "array" in kinds:
        return [name.strip() for name in text.split(";") if name.strip()]
    return text
