"""Score what the tool takes in: a visit's speech and charts weigh more than text, text more than pictures."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the tool's category."""
    return choose(weights, inputs.category)
