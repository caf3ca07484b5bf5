"""Add the factors up to one score whose parts sum to it exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading
from governance.weights import SCALE, Factor, Weights


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor contributed to a score; points below 0 were taken off."""

    factor: str
    title: str
    points: int
    low: int
    """Points if everything unknown turns out best."""
    high: int
    """Points if everything unknown turns out worst."""
    known: bool
    reason: str
    citation: str
    group: str = "exposure"
    """exposure, or posture: what the vendor promises."""
    ask: str = ""
    """What to find out if it is unknown."""
    whom: str = ""
    """Whom to ask."""


@dataclass(frozen=True, slots=True)
class Side:
    """One group of factors by itself: 0 (best) to 100 (worst), and its range."""

    score: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """Exposure of patient data through one tool: 0 to 100, its range, band and parts."""

    score: int
    low: int
    high: int
    band: str
    parts: tuple[Part, ...]
    """In the order of the weights; their points sum to score, their lows to low, their highs to high."""
    exposure: Side
    """What happens here, whatever the vendor promises."""
    posture: Side
    """What the vendor promises, whatever happens here."""

    @property
    def to_find_out(self) -> tuple[Part, ...]:
        """Return the parts nobody knows, the ones that widen the range most first; each says whom to ask."""
        open_parts = [part for part in self.parts if not part.known]
        return tuple(sorted(open_parts, key=lambda part: part.low - part.high))

    @property
    def unknowns(self) -> tuple[str, ...]:
        """Return the titles of the parts nobody knows, the ones that widen the range most first."""
        return tuple(part.title for part in self.to_find_out)


def assess(inputs: ExposureInputs, weights: Weights) -> Assessment:
    """Score one tool.

    Factors that add come first. Each that takes up then adds its percentage of what is missing to 100,
    rounded up; each that takes off removes its percentage of what there is, rounded down: both roundings go
    against the tool. More before such a step means no less after it, so more of any factor never lowers the
    score, and no score leaves its scale.
    """
    score = low = high = 0
    parts: list[Part] = []
    readings = [(factor, _read(inputs, factor, read)) for factor, read in weights.factors]
    for factor, reading in readings:
        points = _points(factor, reading.points, score)
        least = _points(factor, reading.safest, low)
        most = _points(factor, reading.worst, high)
        score, low, high = score + points, low + least, high + most
        parts.append(
            Part(
                factor.name,
                factor.title,
                points,
                least,
                most,
                reading.known,
                reading.reason,
                reading.citation,
                factor.group,
                factor.ask,
                factor.whom,
            )
        )
    return Assessment(
        score,
        low,
        high,
        weights.band(score),
        tuple(parts),
        _side(readings, "exposure"),
        _side(readings, "posture"),
    )


def _side(readings: Sequence[tuple[FactorWeights, Reading]], group: str) -> Side:
    """Score one group alone, on a scale of its own that its worst values fill."""
    own = [(factor, reading) for factor, reading in readings if factor.group == group]
    most = sum(factor.most for factor, _ in own if not factor.takes_off and not factor.takes_up)

    def total(value: Callable[[Reading], int]) -> int:
        added = sum(value(reading) for factor, reading in own if not factor.takes_off and not factor.takes_up)
        score = -(-added * SCALE // most) if most else 0
        for factor, reading in own:
            if factor.takes_off or factor.takes_up:
                score += _points(factor, value(reading), score)
        return score

    return Side(
        total(lambda reading: reading.points),
        total(lambda reading: reading.safest),
        total(lambda reading: reading.worst),
    )


def _read(inputs: ExposureInputs, factor: FactorWeights, read: Factor) -> Reading:
    reading = read(inputs, factor)
    return _under_agreement(reading, inputs, factor) if factor.permitted_under_agreement else reading


def _points(factor: FactorWeights, value: int, before: int) -> int:
    if factor.takes_off:
        return -(before * value // 100)
    if factor.takes_up:
        return -((before - SCALE) * value // 100)  # a negative number floors away from zero
    return value


def _under_agreement(reading: Reading, inputs: ExposureInputs, factor: FactorWeights) -> Reading:
    """Count nothing for what an agreement in force permits; if nobody knows of one, it may still exist."""
    if inputs.agreement == "in_force":
        return Reading(0, 0, 0, True, "Our agreement in force permits it.", "45 CFR 164.502(e)(1)(i)")
    return replace(reading, safest=0) if inputs.agreement is None else reading
