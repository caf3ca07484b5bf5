"""Take off what is not use: background traffic, features inside other products, visits to a vendor's site."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the kind of finding."""
    return choose(weights, inputs.finding_kind)
