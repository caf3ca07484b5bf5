"""Score whose account is used, where one host serves covered and uncovered accounts alike."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the type of account."""
    return choose(weights, inputs.account)
