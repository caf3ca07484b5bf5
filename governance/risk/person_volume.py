"""Score how much one person sends, measured against the largest sender to any tool here: an export, not a talk."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb_share


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the share of the largest sender."""
    return climb_share(weights, inputs.bytes_up_per_person, inputs.bytes_up_per_person_greatest)
