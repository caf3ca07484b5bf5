"""Score how much is sent to the tool, measured against the tool of this organisation that gets most.

A ratio has no unit, so a log that counts kilobytes where another counts bytes cannot change the order.
"""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb_share


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the share of the greatest upload."""
    return climb_share(weights, inputs.bytes_up, inputs.bytes_up_greatest)
