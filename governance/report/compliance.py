"""Write what rules ask and how it stands, what was found beside the tools, and the policy in force."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from governance.gap_assessment import Gap
from governance.open_findings import Finding, FindingKind, Setting, finding_kinds, open_findings
from governance.policy import Policy
from governance.report.figures import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    KeyFigures,
    Mark,
    Section,
    Tabled,
    paragraph,
    phrase,
)
from governance.report.ground import Ground, listed, several, use_of_tools, without_commands
from storage.tracing import Rows

_STATES = {
    "gap": ("gap", "bad"),
    "unknown": ("unknown", "open"),
    "met": ("met", "good"),
    "not_applicable": ("does not apply", "plain"),
}
_PSEUDONYM = re.compile(r"\bp-[0-9a-f]{12,}")
_PEOPLE = re.compile(r"\b(\d[\d,]*)(?: of (\d[\d,]*))? (?:person|people)\b")
_SENTENCES = 2
_EVIDENCE = tuple(
    map(Rows, "sighting agreement decision policy_version policy_attestation review_done incident".split())
)
"""What rules are checked against."""
_STANDING = {"in_force": "in force", "proposed": "proposed", "guidance": "guidance"}


def gaps_section(ground: Ground, gaps: Sequence[Gap]) -> Section:
    """Return the rules by state, gaps first, with the use that falls in each."""
    counts = Counter(gap.state for gap in gaps)
    figures = [
        (
            ground.book.add(
                Figure(
                    f"gaps.{state}",
                    f"Rules: {word}",
                    counts[state],
                    computed="rules in this state; skiagram gaps lists them with their evidence",
                    of=tuple(
                        f"gap.{gap.rule.id}.since"
                        for gap in gaps
                        if gap.state == state and state in ("gap", "unknown") and gap.since is not None
                    ),
                    rests=_EVIDENCE,
                    detail={"rules": [gap.rule.id for gap in gaps if gap.state == state]},
                )
            ),
            f"rules: {word}",
        )
        for state, (word, _) in _STATES.items()
    ]
    columns = (
        Column("Rule", width=44),
        Column("State", width=9),
        Column("Since", number=True, width=11),
        Column("Use in it", number=True, width=12),
        Column("What closes it", width=28),
    )
    blocks: list[Block] = [
        paragraph(
            "What rules ask, in our own words, and what the evidence says. Unknown is never counted as met. "
            "Proposed rules bind nobody yet. Nothing here is legal advice: it prepares what people decide.",
        ),
        KeyFigures(tuple(figures)),
    ]
    for state in ("gap", "unknown"):
        rows = tuple(_gap_row(ground, gap) for gap in gaps if gap.state == state)
        title = "Gaps" if state == "gap" else "Not known"
        blocks.append(Tabled(title, columns, rows, "None."))
    settled: list[tuple[Cell | tuple[Cell, ...], ...]] = [
        ((gap.rule.title, gap.rule.citation), Mark(*_STATES[gap.state]), " ".join(_evidence(ground, gap)))
        for gap in gaps
        if gap.state in ("met", "not_applicable")
    ]
    shorter = (Column("Rule", width=40), Column("State", width=14), Column("Evidence", width=46))
    blocks.append(Tabled("Met, or not applicable", shorter, tuple(settled), "None."))
    return Section("gaps", "Where rules and use part ways", tuple(blocks))


def _gap_row(ground: Ground, gap: Gap) -> tuple[Cell | tuple[Cell, ...], ...]:
    name, book = f"gap.{gap.rule.id}", ground.book
    detail = {"rule": gap.rule.id, "tools": list(gap.tools), "evidence": list(_evidence(ground, gap))}
    how = "use of these tools on the days the rule's check names"
    rests = (use_of_tools(gap.tools, "rows"),) if gap.tools else _EVIDENCE
    since: Cell = ""
    if gap.since is not None:
        title, first = f"{gap.rule.title}: since", "first day the check names"
        since = book.add(
            Figure(f"{name}.since", title, gap.since, "day", computed=first, rests=rests, detail=detail)
        )
    use: tuple[Cell, ...] = ("",)
    if gap.tools:
        tools = book.add(
            Figure(
                f"{name}.tools",
                f"{gap.rule.title}: tools",
                len(gap.tools),
                computed=how,
                rests=rests,
                detail=detail,
            )
        )
        use = (phrase(tools, f" {several(len(gap.tools), 'tool')}"),)
    if gap.tools and gap.events:
        people = book.people(
            f"{name}.people", f"{gap.rule.title}: people", gap.people, computed=how, rests=rests
        )
        events = book.add(
            Figure(
                f"{name}.events",
                f"{gap.rule.title}: events",
                gap.events,
                rows=(use_of_tools(gap.tools, "sum count"),) if _whole(ground, gap) else (),
                computed=how,
                rests=rests,
                detail=detail,
            )
        )
        use = (*use, phrase(people, " people"), phrase(events, " events"))
    return (
        (
            gap.rule.title,
            f"{gap.rule.citation} · {_STANDING.get(gap.rule.status, gap.rule.status)}",
            *_evidence(ground, gap),
        ),
        Mark(*_STATES[gap.state]),
        since,
        use,
        without_commands(gap.closes),
    )


def _evidence(ground: Ground, gap: Gap) -> tuple[str, ...]:
    """Return the first sentences of the evidence; what tells of few people stays with the security team."""
    told = tuple(one for one in gap.evidence if not _of_few(one, ground.book.threshold))[:_SENTENCES]
    return told if len(told) == len(gap.evidence) else (*told, "More evidence stands on the page Gaps.")


def _of_few(sentence: str, threshold: int) -> bool:
    if threshold > 1 and _PSEUDONYM.search(sentence):
        return True
    for found in _PEOPLE.finditer(sentence):
        some, total = (int(given.replace(",", "")) if given else None for given in found.groups())
        counts = [some, total, total - some if some is not None and total is not None else None]
        if any(count is not None and 0 < count < threshold for count in counts):
            return True
    return False


def _whole(ground: Ground, gap: Gap) -> bool:
    """Say whether all use of the tools falls in the gap, so that its rows can be named by tool alone."""
    known = {one.tool_id: one.seen.count for one in ground.judged if one.finding_kind == "use"}
    return all(tool in known for tool in gap.tools) and sum(known[tool] for tool in gap.tools) == gap.events


def found_by_kind(ground: Ground) -> list[tuple[FindingKind, list[Finding]]]:
    """Return every kind of finding with what was found."""
    setting = Setting(ground.conn, ground.catalogue, ground.weights, ground.now)
    every = open_findings(setting)
    return [(kind, [one for one in every if one.kind == kind.name]) for kind in finding_kinds()]


def findings_section(ground: Ground, found: Sequence[tuple[FindingKind, Sequence[Finding]]]) -> Section:
    """Return how much was found of each kind; people are counted and not named."""
    rows = []
    for kind, findings in found:
        ids = sorted({one.tool_id for one in findings if one.tool_id})
        rests = (use_of_tools(ids, "rows"),) if ids else (Rows("sighting"),)
        how = f"skiagram findings --kind {kind.name} lists them with their evidence"
        name, title = f"finding.{kind.name}", kind.title
        concerned = len({person for one in findings for person in _people_of(one)})
        if 0 < concerned < ground.book.threshold:  # one finding tells of one person
            number = ground.book.people(name, title, len(findings), computed=how, rests=rests)
        else:
            number = ground.book.add(Figure(name, title, len(findings), computed=how, rests=rests))
        people = ground.book.people(
            f"finding.{kind.name}.people",
            f"{kind.title}: people",
            concerned if concerned or not findings else None,
            computed="distinct people these findings name",
            rests=rests,
        )
        tools = sorted(_name(ground, tool) for tool in ids)
        rows.append(((kind.title, kind.meaning), number, people, listed(tools) if tools else ""))
    columns = (
        Column("Finding", width=52),
        Column("How many", number=True, width=11),
        Column("People", number=True, width=11),
        Column("Tools", width=26),
    )
    return Section(
        "findings",
        "What else was found",
        (Tabled("Findings", columns, tuple(rows), "There is no kind of finding."),),
    )


def _people_of(one: Finding) -> list[str]:
    """Return the pseudonyms of people a finding names; addresses and devices are no people."""
    named = (one.principal, *one.evidence.get("people_pseudonyms", ()))
    return [name for name in named if name and name.startswith("p-")]


def policy_section(policy: Policy) -> Section:
    """Return the policy as the decisions in force say it today."""
    published = policy.published
    state = (
        "A draft: no version was published yet."
        if published is None
        else f"Published as version {published.id} on {published.published_at:%Y-%m-%d} by {published.published_by}"
        + ("; decisions since then have changed it." if policy.changed else "; nothing has changed since.")
    )
    blocks: list[Block] = [paragraph(state)]
    for part in policy.sections:
        blocks.append(Bullets(part.title, tuple((sentence,) for sentence in part.sentences)))
        if part.rows:
            blocks.append(Tabled("", tuple(Column(name) for name in part.columns), part.rows))
    title = "The policy, a draft" if published is None else "The policy in force"
    return Section("policy", title, tuple(blocks), own_page=True)


def _name(ground: Ground, tool_id: str) -> str:
    tool = ground.catalogue.tools.get(tool_id)
    return tool.name if tool else tool_id
