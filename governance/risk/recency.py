"""Score how recently the tool was seen."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the days since the last sighting; a sighting in the future is as recent as can be."""
    days = inputs.days_since_seen
    return climb(weights, None if days is None else max(days, 0))
