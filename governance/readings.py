"""Read one value against its weights: the points it gives, and the range it could be in if unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """Points for one value, why, and where that comes from."""

    value: int
    reason: str
    citation: str


@dataclass(frozen=True, slots=True)
class Step:
    """Points from a number on."""

    at_least: float
    weight: Weight


@dataclass(frozen=True, slots=True)
class FactorWeights:
    """The weights of one factor: by name, or by steps of a number, and for unknown."""

    name: str
    title: str
    group: str
    """exposure, or posture: what the vendor promises."""
    ask: str
    """What to find out where it is unknown."""
    whom: str
    """Whom to ask."""
    takes_off: bool
    """True if the values are percentages taken off the sum of the other factors."""
    takes_up: bool
    """True if the values are percentages of what the sum of the other factors still lacks to the scale."""
    permitted_under_agreement: bool
    """True if the factor counts nothing while an agreement of our own is in force."""
    values: Mapping[str, Weight]
    steps: tuple[Step, ...]
    """Ascending; below the first step, the first step counts."""
    unknown: Weight

    @property
    def least(self) -> int:
        """Return the smallest value of the factor."""
        return min(weight.value for weight in self.all_weights())

    @property
    def most(self) -> int:
        """Return the greatest value of the factor."""
        return max(weight.value for weight in self.all_weights())

    def all_weights(self) -> tuple[Weight, ...]:
        """Return every weight of the factor."""
        return (*self.values.values(), *(step.weight for step in self.steps), self.unknown)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one factor says: points, or per cent to take off; the range is one value if it is known."""

    points: int
    safest: int
    worst: int
    known: bool
    reason: str
    citation: str


def choose(weights: FactorWeights, name: str | None) -> Reading:
    """Read a named value; None, "unknown", and a name the weights do not know are unknown."""
    weight = weights.values.get(name) if name is not None else None
    return unknown(weights) if weight is None else known(weight)


def climb(weights: FactorWeights, number: float | None) -> Reading:
    """Read a number against the steps; None is unknown."""
    if number is None:
        return unknown(weights)
    reached = [step for step in weights.steps if number >= step.at_least]
    return known((reached[-1] if reached else weights.steps[0]).weight)


def known(weight: Weight, reason: str | None = None) -> Reading:
    """Read a weight that certainly applies, for another reason than its own if one is given."""
    value = weight.value
    return Reading(value, value, value, True, reason or weight.reason, weight.citation)


def climb_share(weights: FactorWeights, amount: float | None, greatest: float | None) -> Reading:
    """Read an amount as its share of the greatest there is: a ratio, which has no unit; None is unknown."""
    if amount is None or greatest is None:
        return unknown(weights)
    if amount <= 0 or greatest <= 0:
        return climb(weights, 0)
    return climb(weights, amount / max(amount, greatest))


def unknown(weights: FactorWeights) -> Reading:
    """Read the weight for unknown; the truth may be any other value of the factor."""
    safest, worst = weights.least, weights.most
    if weights.takes_off:
        safest, worst = worst, safest
    chosen = weights.unknown
    return Reading(chosen.value, safest, worst, False, chosen.reason, chosen.citation)
