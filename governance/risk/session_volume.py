"""Score how much goes in one session, measured against the largest session to any tool here: files, not phrases."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb_share


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the share of the largest session."""
    return climb_share(weights, inputs.bytes_up_per_session, inputs.bytes_up_per_session_greatest)
