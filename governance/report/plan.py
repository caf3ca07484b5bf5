"""Say what to do in the next 30, 60 and 90 days: every step follows from something that was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from governance.alternatives import alternatives
from governance.gap_assessment import Gap
from governance.open_findings import Finding, FindingKind
from governance.ranking import RankedTool
from governance.report.figures import Block, Column, Section, Tabled, Words, paragraph
from governance.report.ground import Ground, listed, without_commands
from signatures.kinds import Baa
from storage.agreements import agreements
from storage.inventory import inventory

_OFFERED = (Baa.YES_CONTRACT, Baa.YES_PLAN, Baa.YES_DEFAULT, Baa.CONDITIONAL)
_QUESTIONS = 5
_ASKED_ELSEWHERE = frozenset(
    (
        "tools_decided",
        "only_approved_use",
        "prohibited_use",
        "conditions_kept",
        "agreement_in_force",
        "sources_read",
        "former_staff",
    )
)
"""Checks whose gaps other steps close: decide, sign, read, look into."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    within: int
    """30, 60 or 90 days."""
    what: str
    why: str
    who: str


def steps(
    ground: Ground,
    gaps: Sequence[Gap],
    found: Sequence[tuple[FindingKind, Sequence[Finding]]],
) -> list[Step]:
    """Return all steps, the most urgent first."""
    used = ground.unapproved
    steps = [
        *_stop(ground, used),
        *_decide(used),
        *_findings(found),
        *_reading(ground),
        *_close(gaps),
        *_sign(used),
        *_ask(used),
        *_ending(ground),
    ]
    return sorted(steps, key=lambda step: step.within)


def plan_section(planned: Sequence[Step]) -> Section:
    """Return one table per span of time."""
    columns = (Column("What", width=46), Column("Why", width=34), Column("Who", width=20))
    intro = paragraph(
        "Each step follows from something in this report. Whether a step is right, and what the law asks, "
        "is for people to decide.",
    )
    blocks: list[Block] = [intro]
    for within, title in (
        (30, "In the next 30 days"),
        (60, "By day 60"),
        (90, "By day 90"),
    ):
        rows = tuple((step.what, step.why, step.who) for step in planned if step.within == within)
        blocks.append(Tabled(title, columns, rows, "Nothing that follows from what was found."))
    return Section("plan", "What to do in the next 30, 60 and 90 days", tuple(blocks))


def first_steps(planned: Sequence[Step], number: int = 4) -> tuple[Words, ...]:
    """Return the first steps as sentences."""
    return tuple((f"{step.what} ({step.who})",) for step in planned[:number])


def _names(tools: Sequence[RankedTool]) -> str:
    return listed([one.name for one in tools], 6)


def _stop(ground: Ground, used: Sequence[RankedTool]) -> list[Step]:
    still = [one for one in used if one.status == "prohibited" and one.seen.blocked < one.seen.count]
    if not still:
        return []
    approved = alternatives(ground.conn, ground.catalogue, ground.now.date())
    instead = sorted({approved[kind].name for one in still if (kind := one.category or "") in approved})
    offer = f"offer {listed(instead)} instead" if instead else "name what to use instead"
    return [
        Step(
            30,
            f"Stop {_names(still)}: block it, tell those who use it, and {offer}.",
            "Prohibited, and logs still show use.",
            "Information security",
        )
    ]


def _decide(used: Sequence[RankedTool]) -> list[Step]:
    by_span: dict[int, list[RankedTool]] = defaultdict(list)
    for one in used:
        if one.status != "prohibited":
            by_span[{"critical": 30, "high": 30, "moderate": 60}.get(one.assessment.band, 90)].append(one)
    why = {
        30: "Exposure of patient data is critical or high, and nobody has decided.",
        60: "Exposure of patient data is moderate, and nobody has decided.",
        90: "Exposure of patient data is low, and nobody has decided.",
    }
    return [
        Step(
            span, f"Decide on {_names(tools)}: approve on conditions, or prohibit.", why[span], "AI committee"
        )
        for span, tools in sorted(by_span.items())
    ]


def _findings(found: Sequence[tuple[FindingKind, Sequence[Finding]]]) -> list[Step]:
    return [
        Step(30, f"Look into: {kind.title.lower()}.", kind.meaning, "Privacy and security officers")
        for kind, findings in found
        if findings
    ]


def _reading(ground: Ground) -> list[Step]:
    ill = [one.source for one in ground.health if one.state not in ("healthy", "new")]
    if not ill:
        return []
    return [
        Step(
            30,
            f"Have these logs read in full: {listed(ill)}.",
            "What was not read may hold tools that are in no list.",
            "Owners of the logs",
        )
    ]


def _close(gaps: Sequence[Gap]) -> list[Step]:
    """Return one step for each check that found a gap; what other steps ask for is not asked twice."""
    by_check: dict[tuple[str, str | None], list[Gap]] = defaultdict(list)
    for gap in gaps:
        if gap.state == "gap" and gap.rule.check not in _ASKED_ELSEWHERE:
            by_check[gap.rule.check, gap.rule.review].append(gap)
    steps = []
    for same in by_check.values():
        first = same[0]  # rules in force come first
        binding = first.rule.status == "in_force"
        span = 90 if not binding else 30 if first.events else 60
        asked = listed([f"{one.rule.title} ({one.rule.citation})" for one in same], 4)
        steps.append(Step(span, without_commands(first.closes), f"{asked}.", "Compliance"))
    return steps


def _sign(used: Sequence[RankedTool]) -> list[Step]:
    without = [one for one in used if one.agreement != "in_force" and one.status != "prohibited"]
    offered = [one for one in without if one.inputs.baa in _OFFERED]
    refused = [one for one in without if one.inputs.baa == Baa.NO]
    steps = []
    if offered:
        steps.append(
            Step(
                60,
                f"Before any approval, sign the agreement (BAA) with {_names(offered)}.",
                "The vendor offers one on some plan; none of ours covers the use seen (45 CFR 164.502(e)).",
                "Legal and purchasing",
            )
        )
    if refused:
        steps.append(
            Step(
                60,
                f"Find another way for those who use {_names(refused)}.",
                "The vendor signs no agreement (BAA) for the plan in use.",
                "AI committee",
            )
        )
    return steps


def _ask(used: Sequence[RankedTool]) -> list[Step]:
    open_points: dict[tuple[str, str], list[RankedTool]] = defaultdict(list)
    width: dict[tuple[str, str], int] = defaultdict(int)
    for one in used:
        for part in one.assessment.to_find_out:
            if part.ask and part.whom:
                open_points[part.ask, part.whom].append(one)
                width[part.ask, part.whom] += part.high - part.low
    order = sorted(open_points, key=lambda key: (-width[key], key))[:_QUESTIONS]
    return [
        Step(60, ask, f"Unknown for {_names(open_points[ask, whom])}; it widens the range.", whom)
        for ask, whom in order
    ]


def _ending(ground: Ground) -> list[Step]:
    today = ground.now.date()
    found: list[tuple[date, str, str]] = []
    for one in agreements(ground.conn):
        if one.valid_until is not None:
            vendor = ground.catalogue.vendors.get(one.vendor_id)
            name = vendor.name if vendor else one.vendor_id
            found.append((one.valid_until, f"Renew or end the agreement (BAA) with {name}.", "agreement"))
    for entry in inventory(ground.conn):
        if entry.status_until is not None:
            tool = ground.catalogue.tools.get(entry.tool_id)
            found.append(
                (
                    entry.status_until,
                    f"Decide again on {tool.name if tool else entry.tool_id}.",
                    "decision",
                )
            )
    steps = []
    for last, what, kind in sorted(found):
        left = last - today
        if timedelta(0) <= left <= timedelta(days=90):
            span = 30 if left <= timedelta(days=30) else 60 if left <= timedelta(days=60) else 90
            steps.append(Step(span, what, f"The {kind} ends on {last.isoformat()}.", "Privacy officer"))
    return steps
