"""Say what several checks say, in the same words."""

from __future__ import annotations

from governance.gaps.evidence import Evidence
from governance.gaps.verdict import NOT_APPLICABLE, UNKNOWN, Verdict


def several(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def none_used(evidence: Evidence) -> Verdict:
    """Return what holds where no use was seen: not applicable only if anything was read at all."""
    if evidence.anything_read:
        return Verdict(NOT_APPLICABLE, ("No use of an AI tool was seen in the logs that were read.",))
    return Verdict(UNKNOWN, ("No log has been read yet.",))
