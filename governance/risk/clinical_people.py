"""Score how many clinicians use the tool; their number counts, not their share, so nobody dilutes it."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the number of clinicians."""
    return climb(weights, inputs.clinical_people)
