"""Score whether the vendor would sign a business associate agreement for the tiers in use."""

from __future__ import annotations

from dataclasses import replace

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose

_FAVOURABLE = ("conditional", "yes_plan", "yes_contract", "yes_default")


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the vendor's offer; an agreement of our own in force settles the question.

    A favourable statement known from secondary texts only (grade S) reads as disputed: ask the vendor.
    """
    signed = choose(weights, "signed")
    if inputs.agreement == "in_force":
        return signed
    offer = "disputed" if inputs.baa_grade == "S" and inputs.baa in _FAVOURABLE else inputs.baa
    reading = choose(weights, offer)
    # As long as nobody knows whether we signed, it may still turn out that we did.
    return replace(reading, safest=signed.points) if inputs.agreement is None else reading
