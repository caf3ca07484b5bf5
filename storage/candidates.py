"""Remember what hosts and applications that no signature knows did, and what people decided about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, insert, select

from signatures.evidence import Match
from storage.batches import SightingPart
from storage.candidate_tables import candidate_activity, candidate_review, candidate_trait
from storage.tables import batch, sighting
from storage.upserts import put

_a, _t, _r = candidate_activity.c, candidate_trait.c, candidate_review.c
_CARRIED = (
    "batch_id principal principal_kind department source day action count bytes_up bytes_down first_seen last_seen"
).split()


@dataclass(frozen=True, slots=True)
class CandidatePart:
    """What one batch adds to a candidate: one principal on one day."""

    site: str
    host: str
    kind: str
    principal: str
    principal_kind: str
    department: str | None
    day: date
    action: str
    count: int
    bytes_up: int | None
    bytes_down: int | None
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class CandidateEvidence:
    """Everything stored about one candidate, added up over batches."""

    site: str
    kind: str
    hosts: tuple[str, ...]
    count: int
    blocked: int
    people: frozenset[str]
    """Pseudonyms."""
    departments: tuple[str, ...]
    sources: tuple[str, ...]
    days: Mapping[date, int]
    """Events per day."""
    bytes_up: int | None
    bytes_down: int | None
    first_seen: datetime
    last_seen: datetime
    traits: Mapping[str, int]
    """Class of behaviour -> how often it was seen."""


@dataclass(frozen=True, slots=True)
class CandidateReview:
    """What a person decided about a candidate."""

    site: str
    status: str
    kind: str
    hosts: tuple[str, ...]
    tool_id: str | None
    vendor_id: str | None
    classes: tuple[str, ...]
    by: str
    reason: str
    at: datetime


def record_candidates(
    conn: Connection,
    batch_id: int,
    source: str,
    parts: Sequence[CandidatePart],
    traits: Mapping[tuple[str, str], int],
) -> None:
    """Add what a batch shows, in the transaction that records the batch."""
    if parts:
        names = CandidatePart.__slots__
        conn.execute(
            insert(candidate_activity),
            [
                {"batch_id": batch_id, "source": source, **{name: getattr(part, name) for name in names}}
                for part in parts
            ],
        )
    if traits:
        conn.execute(
            insert(candidate_trait),
            [
                {"batch_id": batch_id, "site": site, "trait": trait, "count": count}
                for (site, trait), count in traits.items()
            ],
        )


def known_hosts(conn: Connection, limit: int) -> frozenset[str]:
    """Return the hosts with evidence, so that a scan goes on watching them."""
    query = select(_a.host).where(_a.kind != "application").distinct().limit(limit)
    return frozenset(conn.execute(query).scalars())


def candidate_evidence(conn: Connection, site: str | None = None) -> list[CandidateEvidence]:
    """Return everything stored about one candidate or about all."""
    where = [] if site is None else [_a.site == site]
    people: dict[str, set[str]] = defaultdict(set)
    for name, principal in conn.execute(
        select(_a.site, _a.principal).where(_a.principal != "", *where).distinct()
    ):
        people[name].add(principal)
    days: dict[str, dict[date, int]] = defaultdict(dict)
    for name, day, count in conn.execute(
        select(_a.site, _a.day, func.sum(_a.count))
        .where(*where)
        .group_by(_a.site, _a.day)
        .order_by(_a.site, _a.day)
    ):
        days[name][day] = int(count)
    traits: dict[str, dict[str, int]] = defaultdict(dict)
    only = [] if site is None else [_t.site == site]
    for name, trait, count in conn.execute(
        select(_t.site, _t.trait, func.sum(_t.count)).where(*only).group_by(_t.site, _t.trait)
    ):
        traits[name][trait] = int(count)
    facets: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, host, source, department in conn.execute(
        select(_a.site, _a.host, _a.source, _a.department).where(*where).distinct()
    ):
        facets[name]["hosts"].add(host)
        facets[name]["sources"].add(source)
        if department:
            facets[name]["departments"].add(department)
    blocked = {
        name: int(count)
        for name, count in conn.execute(
            select(_a.site, func.sum(_a.count)).where(_a.action == "blocked", *where).group_by(_a.site)
        )
    }
    rows = conn.execute(
        select(
            _a.site,
            _a.kind,
            func.sum(_a.count).label("total"),
            func.sum(_a.bytes_up).label("up"),
            func.sum(_a.bytes_down).label("down"),
            func.min(_a.first_seen).label("first_seen"),
            func.max(_a.last_seen).label("last_seen"),
        )
        .where(*where)
        .group_by(_a.site, _a.kind)
        .order_by(_a.site)
    )
    return [
        CandidateEvidence(
            site=row.site,
            kind=row.kind,
            hosts=tuple(sorted(facets[row.site]["hosts"])),
            count=int(row.total),
            blocked=blocked.get(row.site, 0),
            people=frozenset(people[row.site]),
            departments=tuple(sorted(facets[row.site]["departments"])),
            sources=tuple(sorted(facets[row.site]["sources"])),
            days=days[row.site],
            bytes_up=None if row.up is None else int(row.up),
            bytes_down=None if row.down is None else int(row.down),
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            traits=traits[row.site],
        )
        for row in rows
    ]


def people_of_tools(conn: Connection) -> frozenset[str]:
    """Return the pseudonyms of everybody who was seen using a known tool."""
    used = select(sighting.c.principal).where(sighting.c.surface == "use", sighting.c.principal != "")
    return frozenset(conn.execute(used.distinct()).scalars())


def first_day(conn: Connection) -> date | None:
    """Return the first day of which any log was read: what is older cannot be told from what is new."""
    first = conn.execute(select(func.min(batch.c.first_event))).scalar_one()
    return None if first is None else first.date()


def reviews(conn: Connection, site: str | None = None) -> dict[str, CandidateReview]:
    """Return what was decided, by candidate."""
    query = select(candidate_review) if site is None else select(candidate_review).where(_r.site == site)
    return {
        row.site: CandidateReview(
            row.site,
            row.status,
            row.kind,
            tuple(row.hosts),
            row.tool_id,
            row.vendor_id,
            tuple(row.classes),
            row.by,
            row.reason,
            row.at,
        )
        for row in conn.execute(query)
    }


def record_review(conn: Connection, review: CandidateReview) -> None:
    """Keep a decision; an earlier one about the same candidate is replaced (the audit log has both)."""
    values = {name: getattr(review, name) for name in CandidateReview.__slots__ if name != "site"}
    values |= {"hosts": list(review.hosts), "classes": list(review.classes)}
    put(conn, candidate_review, {"site": review.site}, values)


def carry_over(conn: Connection, review: CandidateReview, kind: str) -> int:
    """Turn the evidence of a promoted candidate into sightings of its tool; return how many rows.

    Sightings keep the batch of the evidence, so they still vanish with it. `kind` is that of the signature,
    whose value is the site, or the host where the site is no name.
    """
    rows = conn.execute(select(_a.host, *(_a[name] for name in _CARRIED)).where(_a.site == review.site)).all()
    if rows:
        conn.execute(
            insert(sighting),
            [
                {name: getattr(row, name) for name in _CARRIED}
                | {
                    "tool_id": review.tool_id,
                    "vendor_id": review.vendor_id,
                    "signature": f"{review.tool_id}:{kind}:{_value(review, row.host, kind)}",
                    "surface": "use",
                    "path_class": None,
                    "tier": None,
                }
                for row in rows
            ],
        )
        conn.execute(delete(candidate_activity).where(_a.site == review.site))
        conn.execute(delete(candidate_trait).where(_t.site == review.site))
    return len(rows)


def candidate_hosts(conn: Connection) -> list[tuple[str, str, str]]:
    """Return site, host and kind of everything with evidence."""
    rows = conn.execute(select(_a.site, _a.host, _a.kind).distinct().order_by(_a.site, _a.host))
    return [(row.site, row.host, row.kind) for row in rows]


def carry_over_host(conn: Connection, site: str, host: str, match: Match) -> list[SightingPart]:
    """Turn the evidence of one host into sightings of the tool it turned out to be; return them.

    When nothing is left of the site, its classes of behaviour go as well.
    """
    mine = (_a.site == site, _a.host == host)
    told = {
        "tool_id": match.tool_id,
        "vendor_id": match.vendor_id,
        "signature": match.signature,
        "surface": match.surface,
        "path_class": match.path_class,
        "tier": match.tier,
    }
    rows = conn.execute(select(*(_a[name] for name in _CARRIED)).where(*mine)).all()
    values = [{name: getattr(row, name) for name in _CARRIED} | told for row in rows]
    if values:
        conn.execute(insert(sighting), values)
        conn.execute(delete(candidate_activity).where(*mine))
        if conn.execute(select(_a.id).where(_a.site == site).limit(1)).first() is None:
            conn.execute(delete(candidate_trait).where(_t.site == site))
    return [
        SightingPart(**{name: content for name, content in one.items() if name != "batch_id"})
        for one in values
    ]


def _value(review: CandidateReview, host: str, kind: str) -> str:
    if kind == "domain":
        return review.site
    return host.removeprefix("app:") if kind == "sso_app_name" else host
