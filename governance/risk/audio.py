"""Score uploads shaped like the sound of a visit: sustained, even, as long as a visit takes."""

from __future__ import annotations

from dataclasses import replace

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the number of such sessions; their share of all sessions is told but cannot dilute them."""
    shaped, sessions = inputs.audio_sessions, inputs.sessions
    if shaped is None and sessions == 0:
        shaped = 0
    reading = climb(weights, shaped)
    if not shaped or sessions is None:
        return reading
    return replace(reading, reason=f"{shaped:,} of {max(sessions, shaped):,} sessions. {reading.reason}")
