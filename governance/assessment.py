"""Add the factors up to one score whose parts sum to it exactly."""

from __future__ import annotations

from dataclasses import dataclass

from governance.exposure import ExposureInputs
from governance.weights import Weights


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

    Factors that add come first; then each that takes off removes its percentage of what is left, rounded
    down. A percentage of a larger sum leaves a larger rest, so more of any factor never lowers the score.
    """
    score = low = high = 0
    parts: list[Part] = []
    for factor, read in weights.factors:
        reading = read(inputs, factor)
        if factor.takes_off:
            points = -(score * reading.points // 100)
            least = -(low * reading.safest // 100)
            most = -(high * reading.worst // 100)
        else:
            points, least, most = reading.points, reading.safest, reading.worst
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
