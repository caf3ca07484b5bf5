"""Add the factors up to one score whose parts sum to it exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading
from governance.weights import SCALE, Weights


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


@dataclass(frozen=True, slots=True)
class Assessment:
    """Exposure of patient data through one tool: 0 to 100, its range, band and parts."""

    score: int
    low: int
    high: int
    band: str
    parts: tuple[Part, ...]
    """In the order of the weights; their points sum to score, their lows to low, their highs to high."""

    @property
    def unknowns(self) -> tuple[str, ...]:
        """Return the titles of the parts nobody knows, the ones that widen the range most first."""
        open_parts = [part for part in self.parts if not part.known]
        return tuple(part.title for part in sorted(open_parts, key=lambda part: part.low - part.high))


def assess(inputs: ExposureInputs, weights: Weights) -> Assessment:
    """Score one tool.

    Factors that add come first. Each that takes up then adds its percentage of what is missing to 100,
    rounded up; each that takes off removes its percentage of what there is, rounded down: both roundings go
    against the tool. More before such a step means no less after it, so more of any factor never lowers the
    score, and no score leaves its scale.
    """
    score = low = high = 0
    parts: list[Part] = []
    for factor, read in weights.factors:
        reading = read(inputs, factor)
        if factor.permitted_under_agreement:
            reading = _under_agreement(reading, inputs, factor)
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
            )
        )
    return Assessment(score, low, high, weights.band(score), tuple(parts))


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
