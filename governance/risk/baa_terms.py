"""Score whether the vendor would sign a business associate agreement for the tiers in use."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the vendor's offer; an agreement of our own in force settles the question.

    A favourable statement known from secondary texts only (grade S) reads as disputed: ask the vendor.
    """
    if inputs.agreement == "in_force":
        return choose(weights, "signed")
    offer = inputs.baa
    if offer is not None and offer.startswith("yes") and inputs.baa_grade == "S":
        offer = "disputed"
    return choose(weights, offer)
