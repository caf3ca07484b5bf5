"""Score whether use grows."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the events of the last week over those of the week before."""
    return climb(weights, inputs.growth)
