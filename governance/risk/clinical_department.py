"""Score whether people who handle patient data all day use the tool."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read whether a clinical department is among the users."""
    clinical = inputs.clinical_department
    return choose(weights, None if clinical is None else ("yes" if clinical else "no"))
