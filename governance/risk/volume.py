"""Score how much is sent to the tool, measured against the tool of this organisation that gets most.

A ratio has no unit, so a log that counts kilobytes where another counts bytes cannot change the order.
"""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the share of the greatest upload."""
    if inputs.bytes_up is None or inputs.bytes_up_greatest is None:
        return climb(weights, None)
    if inputs.bytes_up <= 0 or inputs.bytes_up_greatest <= 0:
        return climb(weights, 0)
    return climb(weights, inputs.bytes_up / max(inputs.bytes_up, inputs.bytes_up_greatest))
