"""Score whether content leaves the United States, where HIPAA can be enforced."""

from __future__ import annotations

from governance.exposure import ExposureInputs
from governance.readings import FactorWeights, Reading, choose


def points(inputs: ExposureInputs, weights: FactorWeights) -> Reading:
    """Read the region the catalogue states; anything but the United States alone counts as elsewhere."""
    region = inputs.region
    if region is None or not region.strip():
        return choose(weights, None)
    return choose(weights, "us" if region.strip().upper() in ("US", "USA") else "elsewhere")
