"""Score how soon after use of the record the same person sends something to the tool."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the minutes since use of the record; fewer weigh more."""
    return climb(weights, inputs.minutes_after_ehr)
