"""Say which plan of a tool is in use, as far as evidence tells: hosts rarely do, sign-ins often."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from signatures.catalogue import Tool


@dataclass(frozen=True, slots=True)
class TierStanding:
    """State for how many principals the plan is known."""

    possible: tuple[str, ...]
    """Every tier the catalogue names."""
    people: int
    known: Mapping[str, int]
    """Tier -> principals whose sign-ins show this tier and no other."""
    several: int
    """Principals whose sign-ins show more than one tier: which one their traffic belongs to is unknown."""
    unnamed: bool
    """True if some sightings name nobody, whose plan stays unknown."""

    @property
    def resolved(self) -> int:
        """Return for how many principals the plan is known."""
        return sum(self.known.values())

    @property
    def statement(self) -> str:
        """Return this in a sentence for people."""
        plans = _either(self.possible)
        if not self.resolved:
            told = f"{plans}: unknown from this evidence"
        elif self.resolved == self.people and not self.unnamed:
            told = f"known for all {self.people} by their sign-ins"
        else:
            told = (
                f"{plans}: resolved for {self.resolved} of {self.people} by sign-ins, unknown for the others"
            )
        shown = ", ".join(f"{tier} {count}" for tier, count in self.known.items())
        told += f" ({shown})" if shown else ""
        if self.several:
            told += f"; {self.several} signed in to more than one"
        return told


def tier_standing(
    tool: Tool, principals: Set[str], by_tier: Mapping[str, Set[str]], *, unnamed: bool = False
) -> TierStanding | None:
    """Return what sign-ins tell about the plans of a tool, or None where the tool has no plans to tell apart.

    A sign-in to a plan's own application resolves the plan for that principal's traffic, not for anybody else's:
    a hospital with an enterprise contract still has people on free accounts at the same host.
    """
    if len(tool.tiers) < 2 or not (principals or unnamed):
        return None
    tiers_of: dict[str, set[str]] = {}
    for tier, people in by_tier.items():
        for principal in people & principals:
            tiers_of.setdefault(principal, set()).add(tier)
    alone = [next(iter(tiers)) for tiers in tiers_of.values() if len(tiers) == 1]
    known = {tier: alone.count(tier) for tier in tool.tiers if tier in alone}
    return TierStanding(tool.tiers, len(principals), known, len(tiers_of) - len(alone), unnamed)


def _either(tiers: tuple[str, ...]) -> str:
    return " or ".join([", ".join(tiers[:-1]), tiers[-1]]) if len(tiers) > 1 else "".join(tiers)
