"""Take off what was stopped: a request that a firewall refused disclosed nothing."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose, known
from governance.readings import Weight as _Weight


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the per cent to take off: the weight of `all`, times the share that was blocked, rounded down."""
    share = inputs.blocked_share
    if share is None:
        return choose(weights, None)
    whole = weights.values["all"]
    per_cent = int(whole.value * min(max(share, 0.0), 1.0))
    reason = (
        weights.values["none"].reason if per_cent == 0 else f"{share:.0%} of it was blocked. {whole.reason}"
    )
    return known(_Weight(per_cent, reason, whole.citation))
