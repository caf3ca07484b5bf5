"""Read the weights of candidates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from governance.errors import WeightsInvalid

_SECTIONS = frozenset("name path agent content shape answer scope port co_use together time ordinary".split())


@dataclass(frozen=True, slots=True)
class CandidateWeights:
    """The weights by section and key, and the score from which a candidate is shown."""

    version: str
    show_from: float
    sections: Mapping[str, Mapping[str, float]]

    def of(self, section: str, key: str) -> float:
        """Return one weight."""
        return self.sections[section][key]


@cache
def candidate_weights() -> CandidateWeights:
    """Return the shipped weights. Raises WeightsInvalid."""
    path = Path(__file__).with_name("weights.toml")
    data = tomllib.loads(path.read_text("utf-8"))
    sections = {name: table for name, table in data.items() if isinstance(table, dict)}
    if set(sections) != _SECTIONS:
        wrong = sorted(set(sections) ^ _SECTIONS)
        raise WeightsInvalid(f"{path}: sections {', '.join(wrong)} are missing or unknown.")
    return CandidateWeights(str(data["version"]), float(data["show_from"]), sections)
