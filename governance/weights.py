"""Load the weights of all factors from a commented file, and refuse one that could mislead."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Protocol, cast

from pydantic import ValidationError

from governance.errors import WeightsInvalid
from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, Step, Weight
from governance.weights_file import FactorEntry, SessionEntry, WeightEntry, WeightsFile, YardstickEntry

SCALE = 100
BANDS = ("critical", "high", "moderate", "low", "minimal")


class Factor(Protocol):
    """Read one factor of the inputs with its weights."""

    def __call__(self, inputs: ExposureInputs, weights: FactorWeights) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights, and the factor functions they belong to, in the order of the file."""

    version: str
    """Version of the file and a digest of its content."""
    factors: tuple[tuple[FactorWeights, Factor], ...]
    """Factors that add points first, then those that take up, then those that take off."""
    bands: tuple[tuple[str, int], ...]
    """Band and the score it begins at, highest first."""
    band_reasons: Mapping[str, tuple[str, str]]
    """Band -> what it means, and its citation."""
    clinical_words: tuple[str, ...]
    sessions: SessionEntry
    """What counts as a session and as the sound of a visit."""
    yardsticks: YardstickEntry
    """Whose volume is a yardstick for others, and what is much where there are no others."""
    private_domains: frozenset[str]
    """Mail domains whose accounts are private."""

    def factor(self, name: str) -> FactorWeights:
        """Return the weights of one factor."""
        return next(weights for weights, _ in self.factors if weights.name == name)

    def band(self, score: int) -> str:
        """Return the band of a score."""
        return next(band for band, start in self.bands if score >= start)


def default_path() -> Path:
    """Return the path of the packaged weights."""
    return Path(__file__).with_name("weights.toml")


def load_weights(path: Path | None = None) -> Weights:
    """Load weights from a file, by default the packaged one.

    Raises WeightsInvalid with every problem found.
    """
    place = path or default_path()
    try:
        content = place.read_bytes()
        given = WeightsFile.model_validate(tomllib.loads(content.decode()))
    except OSError as fault:
        raise WeightsInvalid(
            f"{place}: cannot be read ({fault.strerror}). Correct the path of the weights."
        ) from fault
    except ValidationError as fault:
        raise WeightsInvalid("\n".join(f"{place}: {one}" for one in _described(fault))) from fault
    except ValueError as fault:
        raise WeightsInvalid(f"{place}: {fault}. Correct the file at that place.") from fault
    functions = factor_functions()
    problems = _problems(given, functions)
    if problems:
        raise WeightsInvalid("\n".join(f"{place}: {problem}" for problem in problems))
    ordered = sorted(given.factors.items(), key=lambda item: (item[1].takes_off, item[1].takes_up))
    return Weights(
        version=f"{given.version}+{sha256(content).hexdigest()[:8]}",
        factors=tuple((_factor_weights(name, entry), functions[name]) for name, entry in ordered),
        bands=tuple((band, given.bands[band].start) for band in BANDS),
        band_reasons=MappingProxyType(
            {band: (given.bands[band].reason, given.bands[band].citation) for band in BANDS}
        ),
        clinical_words=tuple(word.casefold() for word in given.clinical_departments.words),
        sessions=given.sessions,
        yardsticks=given.yardsticks,
        private_domains=frozenset(name.casefold() for name in given.accounts.private_domains),
    )


def factor_functions() -> Mapping[str, Factor]:
    """Return every factor of governance/risk by name: a module there is a factor, there is no other list."""
    import governance.risk as package

    found: dict[str, Factor] = {}
    for module in iter_modules(package.__path__):
        found[module.name] = cast(Factor, import_module(f"{package.__name__}.{module.name}").points)
    return MappingProxyType(found)


def _described(fault: ValidationError) -> list[str]:
    # Pydantic's own text repeats the input and points to its web site.
    return [f"{'.'.join(str(word) for word in one['loc'])}: {one['msg']}." for one in fault.errors()]


def _problems(given: WeightsFile, functions: Mapping[str, Factor]) -> list[str]:
    found = [
        f"[factors.{name}] has no module governance/risk/{name}.py; write it or remove the block."
        for name in sorted(given.factors.keys() - functions.keys())
    ]
    found += [
        f"governance/risk/{name}.py has no block [factors.{name}]; write one."
        for name in sorted(functions.keys() - given.factors.keys())
    ]
    most = 0
    for name, entry in given.factors.items():
        weights = _factor_weights(name, entry)
        if weights.least < 0:
            found.append(f"[factors.{name}] has a value below 0; use takes_off for what lowers a score.")
        if entry.takes_off:
            if weights.most > 100:
                found.append(f"[factors.{name}] takes off more than 100 per cent.")
            if weights.unknown.value > weights.least:
                found.append(f"[factors.{name}] takes off something for unknown; unknown is never safe.")
            continue
        if entry.takes_up:
            # Evidence that few logs hold: not having looked adds nothing to the score, and all to the range.
            if weights.most > 100:
                found.append(f"[factors.{name}] takes up more than 100 per cent.")
        else:
            most += weights.most
            if weights.unknown.value <= weights.least < weights.most:
                found.append(f"[factors.{name}] counts unknown as the safest value; unknown is never safe.")
        starts = [step.at_least for step in entry.steps]
        if starts != sorted(set(starts)):
            found.append(f"[factors.{name}] has steps out of order; sort them by at_least.")
    if most > SCALE:
        found.append(f"the greatest values sum to {most}, above {SCALE}; lower some.")
    if set(given.bands) != set(BANDS):
        found.append(f"[bands] must hold exactly {', '.join(BANDS)}.")
    else:
        starts_of = [given.bands[band].start for band in BANDS]
        if starts_of != sorted(set(starts_of), reverse=True) or starts_of[-1] != 0:
            found.append("[bands] must begin at falling scores, and minimal at 0.")
    return found


def _factor_weights(name: str, entry: FactorEntry) -> FactorWeights:
    return FactorWeights(
        name=name,
        title=entry.title,
        group=entry.group,
        ask=entry.ask,
        whom=entry.whom,
        takes_off=entry.takes_off,
        takes_up=entry.takes_up,
        permitted_under_agreement=entry.permitted_under_agreement,
        values=MappingProxyType({key: _weight(value) for key, value in entry.values.items()}),
        steps=tuple(Step(step.at_least, _weight(step)) for step in entry.steps),
        unknown=_weight(entry.unknown),
    )


def _weight(entry: WeightEntry) -> Weight:
    return Weight(entry.value, entry.reason, entry.citation)
