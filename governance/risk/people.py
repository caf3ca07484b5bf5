"""Score how many people use the tool; one is enough to count, and many never outweigh what the tool is."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the number of distinct principals; 0 counts as few, for somebody did use it."""
    return climb(weights, inputs.people)
