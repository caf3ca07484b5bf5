"""Score whether the tool is made for care, where patient data is not an accident but the purpose."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read whether the product is a healthcare product."""
    made_for_care = inputs.clinical_tool
    return choose(weights, None if made_for_care is None else ("yes" if made_for_care else "no"))
