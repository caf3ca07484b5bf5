"""Score whether the vendor's subcontractors are known and bound as the vendor is."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read what is known of subcontractors."""
    return choose(weights, inputs.subprocessors)
