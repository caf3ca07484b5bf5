"""Check use of an approved tool against the conditions of its decision: broken, kept, or not to be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from governance.findings import APPROVED_STATUSES
from signatures.catalogue import Catalogue, Tool
from storage.approved_use import AccountRow, UseRow, account_rows, use_rows
from storage.decisions import Conditions, Decision
from storage.department_use import likely_people
from storage.surveys import StoredAnswer, stored_answers

DATA_CLASSES: Final = ("none", "de_identified", "limited_set", "phi")
"""What may be entered, from nothing about patients to everything (45 CFR 164.514)."""
ACCOUNTS: Final = ("organisation", "personal", "one_plan")
BROKEN, KEPT, UNTOLD = "broken", "kept", "cannot_tell"
SHOWN_PRINCIPALS: Final = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a judgement about one condition rests on."""

    events: int = 0
    people: int = 0
    """People that logs vouch for, or as a department says."""
    principals: tuple[str, ...] = ()
    """Pseudonyms, the first twenty."""
    departments: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one condition stands."""

    condition: str
    """tiers, departments, data_classes or accounts."""
    allowed: tuple[str, ...]
    state: str
    """broken, kept or cannot_tell; what nobody knows is never kept."""
    seen: tuple[str, ...]
    """What was seen beyond the condition."""
    evidence: Evidence
    basis: str = "observed"
    """observed in logs, or declared by a department in the survey."""
    since_decision: bool = True
    """False if no use is on record since the decision, so that use before it was looked at."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """What is known of the use of one tool."""

    rows: Sequence[UseRow]
    accounts: Sequence[AccountRow] = ()
    declared: Sequence[StoredAnswer] = ()
    one_plan: bool = False
    """The vendor has the same terms for everybody."""
    since_decision: bool = True


def standings(decision: Decision, use: ToolUse) -> list[Standing]:
    """Return how every condition of a decision stands; what departments declare comes after what logs show."""
    bound = decision.conditions
    found = []
    if bound.tiers:
        found.append(_by_row("tiers", bound.tiers, use, _resolved_tiers(use.rows)))
    if bound.departments:
        found.append(_by_row("departments", bound.departments, use, lambda row: row.department))
    if bound.accounts:
        found.append(_accounts(bound.accounts, use))
    if bound.data_classes:
        state = KEPT if "phi" in bound.data_classes else UNTOLD  # no log shows what was typed
        found.append(Standing("data_classes", bound.data_classes, state, (), Evidence()))
    found.extend(_declared(bound, use.declared))
    return [_dated(one, use) for one in found]


def breaches(decision: Decision, use: ToolUse) -> list[Standing]:
    """Return the conditions that use breaks, with what was seen and the evidence."""
    return [one for one in standings(decision, use) if one.state == BROKEN]


def conditions_broken(status: str, decision: Decision | None, found: Iterable[Standing] | None) -> int | None:
    """Return how many tiers, departments and accounts were seen beyond the conditions; None if it cannot be told.

    0 if the tool is not approved, for then there is no condition to break. What departments only declare is not
    counted; words that only people can check leave it open.
    """
    if status not in APPROVED_STATUSES:
        return 0
    if decision is None or found is None:
        return None
    observed = [one for one in found if one.basis == "observed"]
    broken = sum(len(one.seen) for one in observed if one.state == BROKEN)
    if broken:
        return broken
    unwritten = status == "approved_with_conditions" and not (decision.conditions or decision.until)
    open_words = decision.note or unwritten
    return None if open_words or any(one.state == UNTOLD for one in observed) else 0


def use_of(conn: Connection, tool: Tool | None, tool_id: str, decision: Decision) -> ToolUse:
    """Read what is known of the use of a tool since a decision, or before it where nothing newer was read."""
    rows = use_rows(conn, tool_id, decision.at)
    newer = bool(rows)
    since = decision.at if newer else None
    return ToolUse(
        rows if newer else use_rows(conn, tool_id),
        account_rows(conn, tool_id, since),
        stored_answers(conn, tool_id),
        tool is not None and not tool.tiers,
        newer,
    )


def standings_of(conn: Connection, catalogue: Catalogue, tool_id: str, decision: Decision) -> list[Standing]:
    """Return how every condition of a tool's decision stands."""
    if not decision.conditions:
        return []
    return standings(decision, use_of(conn, catalogue.tools.get(tool_id), tool_id, decision))


def in_words(conditions: Conditions) -> list[str]:
    """Return conditions as short phrases for people."""
    parts = (
        ("plans", conditions.tiers),
        ("departments", conditions.departments),
        ("data", tuple(one.replace("_", "-") if one != "phi" else "PHI" for one in conditions.data_classes)),
        ("accounts", tuple(one.replace("_", " ") for one in conditions.accounts)),
    )
    return [f"{name}: {', '.join(values)}" for name, values in parts if values]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _by_row(
    condition: str, allowed: tuple[str, ...], use: ToolUse, value: Callable[[UseRow], str | None]
) -> Standing:
    known = {_plain(name) for name in allowed}
    beyond: dict[str, str] = {}
    rows, unknown = [], False
    for row in use.rows:
        name = value(row)
        if name is None:
            unknown = True
        elif _plain(name) not in known:
            beyond.setdefault(_plain(name), name)
            rows.append(row)
    if rows:
        return Standing(condition, allowed, BROKEN, tuple(sorted(beyond.values())), _evidence(rows))
    state = UNTOLD if unknown or not use.rows else KEPT
    return Standing(condition, allowed, state, (), Evidence())


def _resolved_tiers(rows: Sequence[UseRow]) -> Callable[[UseRow], str | None]:
    """Lay traffic without a tier to the one tier its principal was seen on, if it was seen on one only."""
    tiers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.tier is not None and row.principal:
            tiers[row.principal].add(row.tier)

    def tier(row: UseRow) -> str | None:
        own = tiers.get(row.principal, set())
        return row.tier or (next(iter(own)) if len(own) == 1 else None)

    return tier


def _accounts(allowed: tuple[str, ...], use: ToolUse) -> Standing:
    beyond = [row for row in use.accounts if row.account not in allowed]
    if beyond:
        evidence = Evidence(
            events=sum(row.events for row in beyond),
            sources=tuple(sorted({row.source for row in beyond})),
            since=min((row.first_seen for row in beyond if row.first_seen), default=None),
            last_seen=max((row.last_seen for row in beyond if row.last_seen), default=None),
        )
        return Standing("accounts", allowed, BROKEN, tuple(sorted({row.account for row in beyond})), evidence)
    shown = sum(row.events for row in use.accounts)
    total = sum(row.events for row in use.rows)
    all_shown = bool(total) and (shown >= total or (use.one_plan and "one_plan" in allowed))
    return Standing("accounts", allowed, KEPT if all_shown else UNTOLD, (), Evidence())


def _evidence(rows: Sequence[UseRow]) -> Evidence:
    by_kind: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.principal:
            by_kind[row.kind].add(row.principal)
    principals = sorted({row.principal for row in rows if row.principal})
    return Evidence(
        events=sum(row.events for row in rows),
        people=likely_people({kind: len(found) for kind, found in by_kind.items()}),
        principals=tuple(principals[:SHOWN_PRINCIPALS]),
        departments=tuple(sorted({row.department for row in rows if row.department})),
        sources=tuple(sorted({row.source for row in rows})),
        since=min(row.first_seen for row in rows),
        last_seen=max(row.last_seen for row in rows),
    )


@dataclass(slots=True)
class _Saying:
    """What departments say that contradicts one condition."""

    seen: set[str] = field(default_factory=set)
    answers: list[StoredAnswer] = field(default_factory=list)


def _declared(bound: Conditions, answers: Sequence[StoredAnswer]) -> list[Standing]:
    said: dict[str, _Saying] = defaultdict(_Saying)
    departments = {_plain(name) for name in bound.departments}
    for stored in answers:
        one = stored.answer
        contradicted = []
        if departments and _plain(one.department) not in departments:
            contradicted.append(("departments", one.department))
        names = ("organisation", "personal") if one.account == "both" else (one.account,)
        if bound.accounts:
            contradicted += [
                ("accounts", name) for name in names if name in ACCOUNTS and name not in bound.accounts
            ]
        if (
            bound.data_classes
            and {"phi", "limited_set"}.isdisjoint(bound.data_classes)
            and one.patient_data == "yes"
        ):
            contradicted.append(("data_classes", "patient data"))
        for condition, name in contradicted:
            said[condition].seen.add(name)
            said[condition].answers.append(stored)
    return [
        Standing(
            condition,
            getattr(bound, condition),
            BROKEN,
            tuple(sorted(saying.seen)),
            Evidence(
                people=sum(stored.answer.people or 0 for stored in saying.answers),
                departments=tuple(sorted({stored.answer.department for stored in saying.answers})),
                sources=("survey",),
                since=min(stored.answered_at for stored in saying.answers),
                last_seen=max(stored.answered_at for stored in saying.answers),
            ),
            "declared",
        )
        for condition, saying in said.items()
    ]


def _dated(one: Standing, use: ToolUse) -> Standing:
    if use.since_decision or one.basis == "declared":
        return one
    return Standing(
        one.condition, one.allowed, one.state, one.seen, one.evidence, one.basis, since_decision=False
    )
