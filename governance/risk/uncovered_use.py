"""Score use on days on which no agreement held, although one is in force today."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, climb, known


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the share of use outside the agreement; where none is in force, its absence is counted already."""
    if inputs.agreement in (None, "in_force"):
        return climb(weights, inputs.uncovered_share)
    return known(weights.steps[0].weight, "Counted with the agreement we have.")
