"""Score how long the vendor keeps what it is given."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the days of retention."""
    return climb(weights, inputs.retention_days)
