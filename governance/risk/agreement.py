"""Score whether the organisation itself has an agreement in force for this tool and tier."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the organisation's register of agreements."""
    return choose(weights, inputs.agreement)
