"""Attribute what an address did to who had it then, where what logs said leaves exactly one holder.

An assignment says that a device or a user had an address from one moment until another. A log may state the end (a
lease); where it does not, the next assignment of that address ends it, and a limit of ours at the latest. What two
holders of one kind claim at the same time is nobody's. A sighting is attributed only if all of its time lies in
what one holder had alone; otherwise it stays an address. A user comes before a device.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, union

from storage.assignment_tables import assignment, attribution
from storage.settings import read_setting, write_setting
from storage.tables import batch, sighting

LONGEST_UNSTATED = timedelta(hours=24)
"""How long an assignment counts at most whose log does not say how long it lasts."""
_DONE = "attributed_scan"
_KINDS = ("user", "device")
_AT_ONCE = 5000
_LONGEST_USE = timedelta(days=1)
"""Sightings that name only an address are kept by the hour; those of earlier versions by the day."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a log said about one address; all names are pseudonyms."""

    subject: str
    holder: str
    """"" if the address was given back."""
    holder_kind: str
    """user or device; "" if the log does not say who gave it back."""
    hardware: str
    """The holder's network card, which logs name also where they leave out the name; "" if unknown."""
    valid_from: datetime
    valid_until: datetime
    """For an address given back: the same moment as valid_from."""
    stated: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Tenure:
    """A stretch of time in which exactly one holder of a kind had an address."""

    since: datetime
    until: datetime
    holder: str
    basis: str
    stated: bool


@dataclass(frozen=True, slots=True)
class AddressUse:
    """How many events named only an address, and how many of these were laid to somebody."""

    source: str
    only_address: int
    attributed: int


def record_assignments(conn: Connection, batch_id: int, found: Sequence[Assignment]) -> None:
    """Store what one batch said, in the transaction that records it."""
    if found:
        rows = [
            {"batch_id": batch_id, **{name: getattr(one, name) for name in Assignment.__slots__}}
            for one in found
        ]
        conn.execute(insert(assignment), rows)


def attribute(conn: Connection, scan_id: int, now: datetime, also: Collection[int] = ()) -> int:
    """Attribute the sightings of all addresses that scans since the last call said something about.

    `also` are batches of earlier scans whose sightings have changed since.
    Returns how many sightings are attributed among them. A call that was missed is made up for by the next.
    """
    after = int(read_setting(conn, _DONE, 0))
    recent = select(batch.c.id).where(or_(batch.c.scan_id > after, batch.c.id.in_(sorted(also))))
    subjects = union(
        select(assignment.c.subject).where(assignment.c.batch_id.in_(recent)),
        select(sighting.c.principal).where(
            sighting.c.batch_id.in_(recent), sighting.c.principal_kind == "address"
        ),
    ).subquery()
    touched = select(subjects.c[0])
    seen = sighting.c
    since = _earliest_news(conn, recent)
    affected = (seen.principal_kind == "address", seen.principal.in_(touched), seen.last_seen >= since)
    conn.execute(delete(attribution).where(attribution.c.sighting_id.in_(select(seen.id).where(*affected))))
    count = 0
    found: list[dict[str, Any]] = []
    for subject, rows in groupby(_sayings(conn, touched, since), key=lambda row: row.subject):
        tenures = tenures_of([_assignment(row) for row in rows])
        uses = conn.execute(
            select(seen.id, seen.first_seen, seen.last_seen).where(
                seen.principal_kind == "address", seen.principal == subject, seen.last_seen >= since
            )
        )
        for use in uses:
            held = holder_during(tenures, use.first_seen, use.last_seen)
            if held is not None:
                found.append(_row(use.id, *held))
                count += 1
        if len(found) >= _AT_ONCE:
            conn.execute(insert(attribution), found)
            found = []
    if found:
        conn.execute(insert(attribution), found)
    write_setting(conn, _DONE, scan_id, now)
    return count


def _earliest_news(conn: Connection, recent: Any) -> datetime:
    """Return the moment before which nothing was said or seen anew."""
    said = select(func.min(assignment.c.valid_from)).where(assignment.c.batch_id.in_(recent))
    seen = select(func.min(sighting.c.first_seen)).where(
        sighting.c.batch_id.in_(recent), sighting.c.principal_kind == "address"
    )
    moments = (conn.execute(said).scalar(), conn.execute(seen).scalar())
    return min((moment for moment in moments if moment), default=datetime.max.replace(tzinfo=UTC))


def _sayings(conn: Connection, touched: Any, since: datetime) -> Iterable[Any]:
    """Return what was said of addresses and may tell who had them after a moment, by address and time."""
    mine = assignment.c.subject.in_(touched)
    if since.year == datetime.max.year:
        return ()
    # All that was said since the oldest claim that was open then: an address may have been given back meanwhile.
    open_then = select(func.min(assignment.c.valid_from)).where(
        mine, assignment.c.valid_until >= since - _LONGEST_USE
    )
    oldest = conn.execute(open_then).scalar()
    if oldest is None:
        return ()
    query = select(assignment).where(mine, assignment.c.valid_from >= oldest)
    return conn.execute(query.order_by(assignment.c.subject, assignment.c.valid_from, assignment.c.id)).all()


def address_use(conn: Connection) -> list[AddressUse]:
    """Return per source how many events name only an address, and how many of them were attributed."""
    seen = sighting.c
    rows = conn.execute(
        select(
            seen.source,
            func.sum(seen.count),
            func.sum(seen.count).filter(attribution.c.sighting_id.is_not(None)),
        )
        .outerjoin_from(sighting, attribution, attribution.c.sighting_id == seen.id)
        .where(seen.principal_kind == "address")
        .group_by(seen.source)
        .order_by(seen.source)
    )
    return [AddressUse(source, int(total), int(done or 0)) for source, total, done in rows]


def tenures_of(sayings: Iterable[Assignment]) -> dict[str, list[Tenure]]:
    """Return kind of holder -> stretches in order, of what logs said about one address, in order of time."""
    sayings = list(sayings)
    names = {one.hardware: one.holder for one in sayings if one.hardware and one.holder != one.hardware}
    return {kind: list(_alone(_ended(sayings, kind, names))) for kind in _KINDS}


def holder_during(
    tenures: dict[str, list[Tenure]], first: datetime, last: datetime
) -> tuple[str, Tenure] | None:
    """Return the kind and the tenure that holds all of an interval, users first; None where there is none."""
    for kind, stretches in tenures.items():
        at = bisect_right(stretches, first, key=lambda one: one.since)
        if at and stretches[at - 1].until >= last:
            return kind, stretches[at - 1]
    return None


def _ended(sayings: list[Assignment], kind: str, names: dict[str, str]) -> list[Tenure]:
    """Return what each holder of a kind claims, ended where the address was given back or given away."""
    claims: list[Tenure] = []
    open_from = 0
    for one in sayings:
        if one.holder_kind not in {kind, ""}:
            continue
        holder = names.get(one.holder, one.holder) or names.get(one.hardware, one.hardware)
        back = one.valid_until <= one.valid_from
        for at in range(open_from, len(claims)):
            claim = claims[at]
            if claim.until > one.valid_from and (
                holder in {claim.holder, ""} if back else holder != claim.holder and not claim.stated
            ):
                claims[at] = Tenure(claim.since, one.valid_from, claim.holder, claim.basis, claim.stated)
        if not back and holder:
            claims.append(Tenure(one.valid_from, one.valid_until, holder, one.basis, one.stated))
        while open_from < len(claims) and claims[open_from].until <= one.valid_from:
            open_from += 1
    return claims


def _alone(claims: list[Tenure]) -> Iterator[Tenure]:
    """Yield the stretches in which one holder claims an address alone, neighbours of one holder joined."""
    edges = sorted({edge for claim in claims for edge in (claim.since, claim.until)})
    waiting = sorted(claims, key=lambda claim: claim.since, reverse=True)
    active: list[Tenure] = []
    held: Tenure | None = None
    for since, until in pairwise(edges):
        active = [claim for claim in active if claim.until > since]
        while waiting and waiting[-1].since <= since:
            if (claim := waiting.pop()).until > since:
                active.append(claim)
        if len({claim.holder for claim in active}) != 1:
            if held:
                yield held
            held = None
            continue
        latest = active[-1]
        if held and held.holder == latest.holder:
            held = Tenure(held.since, until, held.holder, latest.basis, latest.stated)
        else:
            if held:
                yield held
            held = Tenure(since, until, latest.holder, latest.basis, latest.stated)
    if held:
        yield held


def _assignment(row: Any) -> Assignment:
    return Assignment(**{name: getattr(row, name) for name in Assignment.__slots__})


def _row(sighting_id: int, kind: str, tenure: Tenure) -> dict[str, Any]:
    return {
        "sighting_id": sighting_id,
        "principal": tenure.holder,
        "principal_kind": kind,
        "basis": tenure.basis,
        "stated": tenure.stated,
        "valid_until": tenure.until,
    }
