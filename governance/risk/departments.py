"""Score how many departments the tool has reached."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the number of departments."""
    return climb(weights, inputs.departments)
