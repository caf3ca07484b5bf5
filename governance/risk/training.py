"""Score whether the vendor trains models on what it is given."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the vendor's terms on training."""
    return choose(weights, inputs.training)
