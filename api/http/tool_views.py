"""Read tools from governance and the catalogue as views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from api.http.views import (
    AgreementRow,
    Amount,
    DayUse,
    DecisionRow,
    EvidenceRow,
    PastScore,
    PrincipalUse,
    Score,
    ScorePart,
    TermsRow,
    ToolDetail,
    ToolRow,
    Who,
)
from api.pages.wording import via
from governance.conditions import in_words
from governance.inputs import terms_in_use
from governance.ranking import RankedTool, ToolReport, current_status, tool_report
from governance.weights import Weights
from signatures.catalogue import Catalogue, PhiTerms
from signatures.kinds import Baa
from storage.inventory import InventoryEntry, inventory
from storage.sightings import Sightings

SHOWN_PRINCIPALS = 100

_AGREEMENTS: Mapping[str | None, str] = {
    "in_force": "Signed here, in force",
    "other_scope": "Signed here, but not for this use",
    "ended": "Signed here, but ended",
    "none": "None signed here",
    None: "Not known whether one is signed: no agreement is on record",
}
_NOBODY = Who(0, 0, 0, 0)
_NOTHING = Amount(0, 0, None, None, 0)


def read_tools(
    conn: Connection, catalogue: Catalogue, judged: Sequence[RankedTool], now: datetime
) -> list[ToolRow]:
    """Return every tool of the inventory: those seen, as they were judged, then the others."""
    seen = {one.tool_id for one in judged}
    unseen = [entry for entry in inventory(conn) if entry.tool_id not in seen]
    return [
        *(_seen_row(one, catalogue) for one in judged),
        *(_unseen_row(entry, catalogue, now.date()) for entry in unseen),
    ]


def read_tool(
    conn: Connection,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    tool_id: str,
    every: Sequence[RankedTool],
) -> ToolDetail:
    """Return everything about one tool; `every` is how all were judged. Raises NotRecorded."""
    report = tool_report(conn, tool_id, catalogue, weights, now, every)
    judged = report.judged
    known = catalogue.tools.get(tool_id)
    vendor = catalogue.vendors.get(report.entry.vendor_id)
    return ToolDetail(
        row=_seen_row(judged, catalogue) if judged else _unseen_row(report.entry, catalogue, now.date()),
        also_seen=_also_seen(judged),
        description=known.description if known else "",
        homepage=vendor.homepage if vendor else "",
        parts=_parts(judged),
        unknown=_unknown(judged),
        evidence=_evidence(report),
        principals=_principals(report),
        principals_in_all=len(report.principals),
        terms=tuple(_terms(terms, now.date()) for terms in report.terms),
        decisions=_decisions(report),
        agreements=_agreements(report, now.date()),
        history=tuple(
            PastScore(past.assessed_at, Score(past.score, past.low, past.high, past.band))
            for past in report.history
        ),
        plan_in_use=report.tiers.statement if report.tiers else "",
    )


def _seen_row(one: RankedTool, catalogue: Catalogue) -> ToolRow:
    given = one.assessment
    terms = terms_in_use(catalogue.tools.get(one.tool_id), one.seen)
    return ToolRow(
        rank=one.rank,
        tool_id=one.tool_id,
        name=one.name,
        vendor_id=one.vendor_id,
        vendor_name=one.vendor_name,
        category=one.category,
        clinical=bool(one.clinical),
        finding_kind=one.finding_kind,
        status=one.status,
        status_until=one.entry.status_until if one.status == one.entry.status else None,
        in_feed=one.in_feed,
        score=Score(given.score, given.low, given.high, given.band),
        baa=_least_protective(terms),
        agreement=_AGREEMENTS.get(one.agreement, str(one.agreement)),
        who=_who(one.seen),
        departments=one.seen.departments,
        sources=one.seen.sources,
        tiers=one.seen.tiers,
        amount=_amount(one.seen),
        first_seen=one.seen.first_seen,
        last_seen=one.seen.last_seen,
        days=tuple(DayUse(day.day, day.count, day.people, day.bytes_up) for day in one.seen.days),
        alternative=one.alternative.statement if one.alternative else None,
    )


def _unseen_row(entry: InventoryEntry, catalogue: Catalogue, today: date) -> ToolRow:
    tool = catalogue.tools.get(entry.tool_id)
    vendor = catalogue.vendors.get(entry.vendor_id)
    status = current_status(entry, today)
    return ToolRow(
        rank=0,
        tool_id=entry.tool_id,
        name=tool.name if tool else entry.name or entry.tool_id,
        vendor_id=entry.vendor_id,
        vendor_name=vendor.name if vendor else entry.vendor_name or entry.vendor_id,
        category=str(tool.category) if tool else None,
        clinical=bool(tool and tool.clinical),
        finding_kind="unseen",
        status=status,
        status_until=entry.status_until if status == entry.status else None,
        in_feed=False,
        score=None,
        baa=_least_protective(tool.phi_terms if tool else ()),
        agreement="Not asked: the tool was not seen",
        who=_NOBODY,
        departments=(),
        sources=(),
        tiers=(),
        amount=_NOTHING,
        first_seen=None,
        last_seen=None,
        days=(),
    )


def _least_protective(terms: list[PhiTerms] | tuple[PhiTerms, ...]) -> str:
    order = list(Baa)
    return str(min((one.baa for one in terms), key=order.index, default=Baa.UNKNOWN))


def _who(seen: Sightings) -> Who:
    kinds = seen.people_by_kind
    # A principal whose kind no log tells is at least an address.
    addresses = kinds.get("address", 0) + kinds.get("unknown", 0)
    return Who(kinds.get("user", 0), kinds.get("device", 0), addresses, seen.count_without_principal)


def _amount(seen: Sightings) -> Amount:
    return Amount(seen.count, seen.blocked, seen.bytes_up, seen.bytes_down, seen.count_without_bytes)


def _also_seen(judged: RankedTool | None) -> tuple[tuple[str, Amount], ...]:
    weaker = judged.also_seen if judged else {}
    return tuple((kind, _amount(seen)) for kind, seen in weaker.items())


def _parts(judged: RankedTool | None) -> tuple[ScorePart, ...]:
    return tuple(
        ScorePart(
            factor=part.factor,
            label=part.title,
            points=part.points,
            low=part.low,
            high=part.high,
            reason=part.reason,
            source=part.citation,
            known=part.known,
        )
        for part in (judged.assessment.parts if judged else ())
    )


def _unknown(judged: RankedTool | None) -> tuple[str, ...]:
    """Name the unknown parts, the one that widens the range most first."""
    parts = [part for part in _parts(judged) if not part.known]
    return tuple(
        f"{part.label}: {part.reason}" for part in sorted(parts, key=lambda part: part.low - part.high)
    )


def _evidence(report: ToolReport) -> tuple[EvidenceRow, ...]:
    return tuple(
        EvidenceRow(
            source=row.source,
            signature=row.signature,
            surface=row.surface,
            path_class=row.path_class,
            tier=row.tier,
            amount=Amount(row.count, row.blocked, row.bytes_up, row.bytes_down, 0),
            people=row.people,
            files=row.files,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
        )
        for row in report.evidence
    )


def _principals(report: ToolReport) -> tuple[PrincipalUse, ...]:
    return tuple(
        PrincipalUse(
            principal=row.principal,
            kind=row.principal_kind,
            departments=row.departments,
            sources=row.sources,
            events=row.count,
            blocked=row.blocked,
            bytes_up=row.bytes_up,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            via=via(row),
        )
        for row in report.principals[:SHOWN_PRINCIPALS]
    )


def _terms(terms: PhiTerms, today: date) -> TermsRow:
    return TermsRow(
        tiers=terms.tiers,
        baa=str(terms.baa),
        plan=terms.plan or None,
        excluded=terms.excluded or None,
        training=str(terms.training),
        retention=terms.retention or (_days(terms.retention_days)),
        region=terms.region,
        certificates=terms.certificates,
        subprocessors=terms.subprocessors,
        source=terms.source,
        as_of=terms.as_of,
        grade=str(terms.grade),
        age_days=(today - terms.as_of).days,
    )


def _days(number: int | None) -> str | None:
    return None if number is None else f"{number:,} day{'' if number == 1 else 's'}"


def _decisions(report: ToolReport) -> tuple[DecisionRow, ...]:
    return tuple(
        DecisionRow(
            status=one.status,
            previous_status=one.previous_status,
            by=one.by,
            reason=one.reason,
            conditions="; ".join(words for words in (*in_words(one.conditions), one.note or "") if words)
            or None,
            departments=one.departments,
            until=one.until,
            at=one.at,
        )
        for one in report.decisions
    )


def _agreements(report: ToolReport, today: date) -> tuple[AgreementRow, ...]:
    return tuple(
        AgreementRow(
            document=one.document,
            covers_tool=one.names(report.entry.tool_id),
            tiers=one.tiers,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            in_force=one.in_force(today),
        )
        for one in report.agreements
    )
