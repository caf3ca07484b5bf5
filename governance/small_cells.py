"""Keep small counts of people out of reports whose readers may not see individuals."""

from __future__ import annotations

THRESHOLD = 5
"""Counts below this are not told, unless the settings say otherwise."""


def told(count: int, threshold: int = THRESHOLD) -> int | str:
    """Return a count of people, or "<5" for one from 1 to 4 (threshold 5); 0 tells of nobody and is told."""
    return f"<{threshold}" if 0 < count < threshold else count
