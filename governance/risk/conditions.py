"""Score use of an approved tool outside what was approved."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the number of conditions that use breaks."""
    return climb(weights, inputs.conditions_broken)
