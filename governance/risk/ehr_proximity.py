"""Score how soon after use of the record the same person sends something to the tool."""

from __future__ import annotations

from dataclasses import replace

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the minutes since use of the record; fewer weigh more. How many sessions is told, not scored."""
    reading = climb(weights, inputs.minutes_after_ehr)
    near, sessions = inputs.ehr_sessions, inputs.sessions
    if not near or sessions is None or not reading.known:
        return reading
    counted = f"{near:,} of {max(near, sessions):,} sessions sent something soon after use of the record."
    return replace(reading, reason=f"{counted} {reading.reason}")
