"""Read what sightings tell about the plan of a tool: who signed in to which, and who used it at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.joining import joined_sightings
from storage.tables import sighting


@dataclass(frozen=True, slots=True)
class TiersSeen:
    """Principals of one tool: all of them, and by the tiers that a signature by itself decided."""

    principals: frozenset[str]
    by_tier: dict[str, frozenset[str]]
    unnamed: bool
    """True if some sightings name nobody."""


def tiers_seen(conn: Connection, tool_id: str) -> TiersSeen:
    """Return who was seen with a tool, and on which tiers."""
    read, given = joined_sightings(conn), sighting.c
    rows = conn.execute(
        select(read.principal, given.tier)
        .select_from(read.rows)
        .where(given.tool_id == tool_id, given.surface.in_(("use", "presence", "cname")))
        .distinct()
    ).all()
    by_tier: dict[str, set[str]] = defaultdict(set)
    for principal, tier in rows:
        if tier is not None and principal:
            by_tier[tier].add(principal)
    return TiersSeen(
        frozenset(principal for principal, _ in rows if principal),
        {tier: frozenset(people) for tier, people in sorted(by_tier.items())},
        any(not principal for principal, _ in rows),
    )
