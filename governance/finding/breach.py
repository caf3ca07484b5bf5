"""Find use of approved tools beyond the conditions of their approval."""

from __future__ import annotations

from collections.abc import Sequence

from governance.conditions import BROKEN, Standing, standings_of
from governance.findings import APPROVED_STATUSES
from governance.open_findings import Finding, Setting
from governance.ranking import current_status
from storage.decisions import Decision, latest_decisions
from storage.inventory import inventory

TITLE = "Use beyond the conditions of an approval"
MEANING = (
    "An approved tool was used on another plan, by another department, under another account or for other data than "
    "its decision allows. Stop that use, or decide anew about it; so far nobody approved it (45 CFR 164.502(a), "
    "164.308(a)(1)(ii)(D))."
)
_WORDS = {"tiers": "on", "departments": "by", "accounts": "under accounts that are", "data_classes": "with"}
"""Condition -> what stands before what was seen."""


def find(setting: Setting) -> Sequence[Finding]:
    """Return one finding per tool and broken condition."""
    return [_finding(setting, decision, one) for decision, one in open_breaches(setting)]


def open_breaches(setting: Setting) -> list[tuple[Decision, Standing]]:
    """Return every broken condition of the approvals in force, with the decision it belongs to."""
    conn, today = setting.conn, setting.now.date()
    approved = [
        entry.tool_id for entry in inventory(conn) if current_status(entry, today) in APPROVED_STATUSES
    ]
    return [
        (decision, one)
        for tool_id, decision in sorted(latest_decisions(conn, approved).items())
        for one in standings_of(conn, setting.catalogue, tool_id, decision)
        if one.state == BROKEN
    ]


def _finding(setting: Setting, decision: Decision, one: Standing) -> Finding:
    tool_id, evidence = decision.tool_id, one.evidence
    declared = one.basis == "declared"
    return Finding(
        kind="breach",
        key=f"breach:{tool_id}:{one.condition}" + (":declared" if declared else ""),
        summary=sentence(setting.tool_name(tool_id), decision, one),
        tool_id=tool_id,
        principal=evidence.principals[0] if len(evidence.principals) == 1 else None,
        department=", ".join(evidence.departments) or None,
        first_seen=evidence.since,
        last_seen=evidence.last_seen,
        evidence={
            "condition": one.condition,
            "allowed": list(one.allowed),
            "seen": list(one.seen),
            "basis": one.basis,
            "decision": decision.id,
            "decided_on": decision.at.date().isoformat(),
            "after_the_decision": "yes" if one.since_decision else "no, before it: nothing newer was read",
            "events": evidence.events,
            "people": evidence.people or None,
            "people_pseudonyms": list(evidence.principals),
            "sources": list(evidence.sources),
        },
    )


def sentence(name: str, decision: Decision, one: Standing) -> str:
    """Say in a sentence what goes beyond which condition; names come from catalogue, directory and settings."""
    seen = f"{_WORDS[one.condition]} {', '.join(one.seen)}"
    allowed = ", ".join(one.allowed).replace("_", " ")
    if one.basis == "declared":
        return f"Departments say that {name} is used {seen}; it is approved for {allowed} only."
    when = "is used" if one.since_decision else f"was used, before it was approved on {decision.at:%Y-%m-%d},"
    return f"{name} {when} {seen}; it is approved for {allowed} only."
