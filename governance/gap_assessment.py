"""Assess gaps: what rules ask, what was seen, signed and decided, and how much use falls between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import Connection

from governance.declared import USE_SURFACES
from governance.errors import RulesInvalid
from governance.gap_rules import Rule, load_rules
from governance.gaps.evidence import Evidence, gather
from governance.gaps.verdict import GAP, STATES, UNKNOWN, Verdict
from governance.ranking import RankedTool, judged_tools
from governance.weights import Weights
from signatures.catalogue import Catalogue
from storage.gap_states import GapState, gap_states, keep_gap_states
from storage.use_periods import use_within

Check = Callable[[Evidence, Rule], Verdict]


@dataclass(frozen=True, slots=True)
class Gap:
    """One rule and how it stands; most are gaps, some are met, unknown or not applicable."""

    rule: Rule
    state: str
    """met, gap, unknown or not_applicable. Unknown is never met."""
    since: date | None
    """Since when, as far as it can be told."""
    tools: tuple[str, ...]
    """Ids of tools whose use falls in the gap; of unknown ones, may fall in it."""
    people: int | None
    """Distinct people of that use; None if no log names any."""
    events: int
    bytes_up: int | None
    """Bytes sent in that use; None if no log says."""
    evidence: tuple[str, ...]
    """Sentences that say what it rests on."""
    closes: str
    """What closes the gap."""


def assess_gaps(
    conn: Connection,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    judged: Sequence[RankedTool] | None = None,
    evidence: Evidence | None = None,
) -> tuple[Gap, ...]:
    """Return every rule with its state, gaps first, those in force before guidance.

    `judged` spares judging again, `evidence` gathering again.
    """
    if evidence is None:
        known = judged_tools(conn, catalogue, weights, now) if judged is None else judged
        evidence = gather(conn, catalogue, known, now)
    found = [_gap(conn, rule, checks()[rule.check](evidence, rule)) for rule in load_rules()]
    order = ("in_force", "proposed", "guidance")
    return tuple(sorted(found, key=lambda one: (STATES.index(one.state), order.index(one.rule.status))))


@cache
def checks() -> Mapping[str, Check]:
    """Return every check by name, and see that each rule has one and each serves a rule. Raises RulesInvalid."""
    package = import_module("governance.gaps")
    found: dict[str, Check] = {}
    for module in iter_modules(package.__path__):
        found |= getattr(import_module(f"{package.__name__}.{module.name}"), "CHECKS", {})
    asked = {rule.check for rule in load_rules()}
    if asked != found.keys():
        raise RulesInvalid(f"Rules and checks do not fit: {', '.join(sorted(asked ^ found.keys()))}.")
    return found


def keep_gaps(conn: Connection, gaps: Sequence[Gap], now: datetime) -> None:
    """Keep the states of this day; a later assessment of the same day replaces them."""
    states = [
        GapState(
            now.date(), one.rule.id, one.state, one.since, one.tools, one.people, one.events, one.bytes_up
        )
        for one in gaps
    ]
    keep_gap_states(conn, now.date(), states, now)


def gap_since(conn: Connection) -> dict[str, date]:
    """Return rule -> the first day of the unbroken run of days on which it was kept as a gap."""
    begun: dict[str, date] = {}
    for day, states in gap_states(conn).items():
        for one in states:
            if one.state == GAP:
                begun.setdefault(one.rule, day)
            else:
                begun.pop(one.rule, None)
    return begun


def _gap(conn: Connection, rule: Rule, verdict: Verdict) -> Gap:
    in_question = verdict.tools if verdict.state in (GAP, UNKNOWN) else {}
    use = use_within(
        conn, {tool_id: (days.start, days.end) for tool_id, days in in_question.items()}, USE_SURFACES
    )
    counted = verdict.use or use
    since = verdict.since or (use.first_day if verdict.state == GAP else None)
    return Gap(
        rule=rule,
        state=verdict.state,
        since=since if verdict.state == GAP else None,
        tools=tuple(sorted(in_question)),
        people=counted.people,
        events=counted.events,
        bytes_up=counted.bytes_up,
        evidence=verdict.evidence,
        closes=rule.closes,
    )
