"""Keep small counts of people out of reports whose readers may not see individuals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

THRESHOLD = 5
"""Counts below this are not told, unless the settings say otherwise."""

_Key = TypeVar("_Key", bound=Hashable)


def told(count: int, threshold: int = THRESHOLD) -> int | str:
    """Return a count of people, or "<5" for one from 1 to 4 (threshold 5); 0 tells of nobody and is told."""
    return f"<{threshold}" if 0 < count < threshold else count


def hidden_cells(counts: Mapping[_Key, int], threshold: int = THRESHOLD) -> tuple[frozenset[_Key], bool]:
    """Return which cells of a column must not be told beside its total, and whether the total must go too.

    A small cell alone could be had back by taking the others from the total, and small cells that leave little
    room between them likewise. So the next greater cells go with them until each could hold `threshold` people.
    """
    hidden = {key for key, count in counts.items() if 0 < count < threshold}
    if not hidden:
        return frozenset(), False
    others = sorted((count, str(key), key) for key, count in counts.items() if count and key not in hidden)
    for _, _, key in others:
        if _room(counts, hidden, threshold):
            break
        hidden.add(key)
    return frozenset(hidden), not _room(counts, hidden, threshold)


def _room(counts: Mapping[_Key, int], hidden: set[_Key], threshold: int) -> bool:
    return len(hidden) > 1 and sum(counts[key] for key in hidden) >= len(hidden) + threshold - 1
