"""Score use against a decision: of a tool that is prohibited, or out of service."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the status in the inventory."""
    return choose(weights, inputs.status)
