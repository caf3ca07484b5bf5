"""Print one tool so that a person can check its score on paper."""

from typing import Any

from api.cli.decision_report import decision_document, print_decision
from api.cli.output import table
from api.cli.report import tool_row
from api.cli.risk_report import assessment_document, print_sides
from api.pages.text import count, day, shown, size
from api.pages.wording import via
from governance.ranking import RankedTool, ToolReport
from signatures.catalogue import PhiTerms, Subprocessors
from storage.sightings import EvidenceRow

AGREEMENTS = {
    "in_force": "in force for this tool and the plans in use",
    "other_scope": "signed with this vendor, but not shown to cover this tool and the plans in use",
    "ended": "ended, or not begun",
    "none": "none with this vendor",
    None: "not known; no agreement at all is on record (skiagram agreements add)",
}
"""State of our own agreement -> words for people."""
_NUMBERS = frozenset({"events", "blocked", "who", "sent"})
_JOINED_SHOWN = 15


def print_report(report: ToolReport) -> None:
    """Print score, sum, evidence, terms and decisions."""
    entry, judged = report.entry, report.judged
    if judged is None:
        name = shown(entry.name or entry.tool_id)
        print(f"{name} [{entry.tool_id}]: {entry.status}; never seen in a log so far")
    else:
        _print_score(judged)
    if report.evidence:
        print("\nEvidence (signature, where, how often)")
        titles = "signature source surface events blocked who sent first last".split()
        columns = [(title, "right" if title in _NUMBERS else "left") for title in titles]
        table(columns, [_evidence_row(row) for row in report.evidence])
    joined = [row for row in report.principals if row.via]
    if joined:
        print("\nWho, where the log only names an address")
        for row in joined[:_JOINED_SHOWN]:
            print(f"- {row.principal} ({row.principal_kind}) {via(row)}: {count(row.count)} events")
        if len(joined) > _JOINED_SHOWN:
            print(f"... and {len(joined) - _JOINED_SHOWN:,} more: --json")
    if report.tiers:
        print(f"\nPlan in use: {shown(report.tiers.statement)}")
    if report.terms:
        print("\nWhat the vendor offers for patient data (a fact about the vendor, not about your contract)")
        for term in report.terms:
            tiers = ", ".join(term.tiers)
            print(f"- {shown(tiers)}: BAA {term.baa.value}{'; ' + shown(term.plan) if term.plan else ''}")
            if term.excluded:
                print(f"  excluded: {shown(term.excluded)}")
            print(f"  training on customer data: {term.training.value}; source: {shown(term.source)}, "
                  f"{day(term.as_of)}, grade {term.grade.value}")  # fmt: skip
    _print_agreements(report)
    if report.judged is not None and report.judged.alternative:
        print(f"\nApproved instead: {shown(report.judged.alternative.statement)}")
    for decision in report.decisions:
        print_decision(decision)


def _print_agreements(report: ToolReport) -> None:
    if report.judged is not None:
        print(f"\nOur own agreement (BAA): {AGREEMENTS[report.judged.agreement]}")
    for one in report.agreements:
        until = f"until {day(one.valid_until)}" if one.valid_until else "without end"
        tools = ", ".join(one.tool_ids) or "every tool of the vendor"
        plans = ", ".join(one.tiers) or "every plan"
        print(f"- {one.id}: {shown(one.document)}, from {day(one.valid_from)} {until}")
        print(f"  covers {shown(tools)}; {shown(plans)}")


def _evidence_row(row: EvidenceRow) -> list[str]:
    return [
        row.signature,
        row.source,
        row.surface,
        count(row.count),
        count(row.blocked),
        count(row.people),
        size(row.bytes_up),
        day(row.first_seen),
        day(row.last_seen),
    ]


def _print_score(tool: RankedTool) -> None:
    verdict = tool.assessment
    print(f"{shown(tool.name)} [{tool.tool_id}] by {shown(tool.vendor_name)}")
    print(f"status {tool.status}, {tool.finding_kind}, {count(tool.people)} people or devices, "
          f"{count(tool.seen.count)} events, sent {size(tool.seen.bytes_up)}")  # fmt: skip
    print(f"\nExposure of patient data: {verdict.score} of 100, {verdict.band}; "
          f"between {verdict.low} and {verdict.high} once the unknown is known\n")  # fmt: skip
    columns = (("points", "right"), ("from-to", "right"), ("part", "left"), ("reason", "left"))
    rows = [
        [
            f"{part.points:+d}",
            f"{part.low}..{part.high}",
            part.title,
            part.reason + ("" if part.known else " (unknown)"),
        ]
        for part in verdict.parts
    ]
    rows.append([f"{sum(part.points for part in verdict.parts)}", "", "sum", ""])
    table(columns, rows)
    print_sides(verdict)


def terms_document(terms: PhiTerms) -> dict[str, Any]:
    """Return what a vendor says about patient data, with its source, for programs."""
    return {
        "tiers": list(terms.tiers),
        "baa": terms.baa.value,
        "plan": terms.plan,
        "excluded": terms.excluded,
        "training": terms.training.value,
        "retention_days": terms.retention_days,
        "retention": terms.retention,
        "region": terms.region,
        "certificates": list(terms.certificates),
        "subprocessors": subprocessors_document(terms.subprocessors),
        "source": terms.source,
        "as_of": terms.as_of.isoformat(),
        "grade": terms.grade.value,
    }


def subprocessors_document(listed: Subprocessors | None) -> dict[str, Any] | None:
    """Return to whom a vendor passes what it gets, for programs; None if no list of it is known."""
    if listed is None:
        return None
    return {
        "count": listed.count,
        "named": list(listed.named),
        "bound": listed.bound,
        "source": listed.source,
        "as_of": listed.as_of.isoformat(),
    }


def report_document(report: ToolReport) -> dict[str, Any]:
    """Return a tool report for programs."""
    judged = report.judged
    return {
        "id": report.entry.tool_id,
        "status": report.entry.status,
        "tool": tool_row(judged) if judged else None,
        "assessment": assessment_document(judged.assessment) if judged else None,
        "parts": [
            {
                "factor": part.factor,
                "points": part.points,
                "low": part.low,
                "high": part.high,
                "known": part.known,
                "reason": part.reason,
                "citation": part.citation,
            }
            for part in (judged.assessment.parts if judged else ())
        ],
        "evidence": [
            {
                "signature": row.signature,
                "source": row.source,
                "surface": row.surface,
                "path_class": row.path_class,
                "tier": row.tier,
                "events": row.count,
                "blocked": row.blocked,
                "people": row.people,
                "bytes_up": row.bytes_up,
                "bytes_down": row.bytes_down,
                "first_seen": row.first_seen.isoformat(),
                "last_seen": row.last_seen.isoformat(),
            }
            for row in report.evidence
        ],
        "principals": [
            {
                "principal": row.principal,
                "kind": row.principal_kind,
                "via": list(row.via),
                "via_until": row.via_until.isoformat() if row.via_until else None,
                "events": row.count,
                "sources": list(row.sources),
            }
            for row in report.principals
        ],
        "plans": {
            "possible": list(report.tiers.possible),
            "people": report.tiers.people,
            "known": dict(report.tiers.known),
            "several": report.tiers.several,
            "statement": report.tiers.statement,
        }
        if report.tiers
        else None,
        "terms": [terms_document(term) for term in report.terms],
        "agreements": [
            {
                "number": one.id,
                "tools": list(one.tool_ids),
                "tiers": list(one.tiers),
                "from": one.valid_from.isoformat(),
                "until": one.valid_until.isoformat() if one.valid_until else None,
                "document": one.document,
            }
            for one in report.agreements
        ],
        "decisions": [decision_document(one) for one in report.decisions],
    }
