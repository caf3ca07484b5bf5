"""Keep incidents: three times apart, what was stated about them, what was decided, which notices were sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.compliance_tables import incident, incident_notice
from storage.errors import NotRecorded
from storage.joining import joined_sightings
from storage.tables import alert, batch, decision, sighting
from storage.upserts import put


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that may be a breach of patient data, as it is on record."""

    id: int
    title: str
    tool_id: str | None
    finding: str | None
    """Key of the finding it was opened from."""
    principal: str | None
    opened_by: str
    opened_at: datetime
    first_event: datetime | None
    """First in a log."""
    first_read: datetime | None
    """First read by us: when the batch with the first of it was recorded."""
    first_person: datetime
    """First seen by a person, as far as the record shows."""
    first_person_by: str
    """What shows that."""
    evidence: Mapping[str, Any]
    discovered_on: date | None
    """Day of discovery as a person stated it; None: nobody has."""
    discovered_why: str | None
    individuals: int | None
    """Whose data it concerns; None: nobody knows yet."""
    residents: Mapping[str, int]
    """State or jurisdiction -> individuals who live there."""
    factors: Mapping[str, Mapping[str, str]]
    """Factor -> what the evidence tells, what a person found and how grave that is."""
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    closed_by: str | None
    closed_at: datetime | None
    closing: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that was sent."""

    incident_id: int
    kind: str
    sent_on: date
    note: str | None
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FirstTimes:
    """When something was first in a log, and first read by us; None without sightings."""

    first_event: datetime | None
    first_read: datetime | None


def first_times(
    conn: Connection,
    tool_id: str | None,
    principal: str | None,
    surfaces: Collection[str],
    since: datetime | None = None,
) -> FirstTimes:
    """Return the first times of a tool's use, of a principal's, or of both together, from a moment on."""
    read = joined_sightings(conn)
    query = (
        select(
            func.min(sighting.c.first_seen).label("first_event"),
            func.min(batch.c.recorded_at).label("first_read"),
        )
        .select_from(read.rows.join(batch, batch.c.id == sighting.c.batch_id))
        .where(sighting.c.surface.in_(sorted(surfaces)))
    )
    if tool_id is not None:
        query = query.where(sighting.c.tool_id == tool_id)
    if principal is not None:
        query = query.where(read.principal == principal)
    if since is not None:
        query = query.where(sighting.c.last_seen >= since)
    row = conn.execute(query).one()
    return FirstTimes(row.first_event, row.first_read)


def first_attention(conn: Connection, tool_id: str, since: datetime) -> tuple[datetime, str] | None:
    """Return when a person first acted on a tool from a moment on, and how, as the record shows; None if nobody has."""
    acknowledged = select(alert.c.id, alert.c.acknowledged_at, alert.c.payload, alert.c.tool_id).where(
        alert.c.acknowledged_at >= since
    )
    found = [
        (row.acknowledged_at, f"alert {row.id} acknowledged")
        for row in conn.execute(acknowledged)
        if row.tool_id == tool_id or tool_id in _tools_of(row.payload)
    ]
    decided = (
        select(decision.c.id, decision.c.at).where(decision.c.tool_id == tool_id).order_by(decision.c.at)
    )
    found += [(row.at, f"decision {row.id}") for row in conn.execute(decided.limit(1))]
    return min(found, default=None)


def add_incident(conn: Connection, **values: Any) -> int:
    """Keep a new incident and return its number; governance.incidents checks it first."""
    result = conn.execute(insert(incident).values(residents={}, factors={}, **values))
    return int((result.inserted_primary_key or (0,))[0])


def change_incident(conn: Connection, number: int, **values: Any) -> None:
    """Change what is on record. Raises NotRecorded."""
    changed = conn.execute(update(incident).where(incident.c.id == number).values(**values))
    if changed.rowcount != 1:
        raise NotRecorded(f"There is no incident {number}; see skiagram incidents list.")


def incident_of(conn: Connection, number: int, *, locked: bool = False) -> Incident:
    """Return one incident; `locked` keeps others from changing it meanwhile. Raises NotRecorded."""
    query = select(incident).where(incident.c.id == number)
    row = conn.execute(query.with_for_update() if locked else query).one_or_none()
    if row is None:
        raise NotRecorded(f"There is no incident {number}; see skiagram incidents list.")
    return _incident(row)


def incidents(conn: Connection) -> list[Incident]:
    """Return every incident, newest first."""
    return [_incident(row) for row in conn.execute(select(incident).order_by(incident.c.id.desc()))]


def record_notice(
    conn: Connection, number: int, kind: str, sent_on: date, note: str | None, by: str, now: datetime
) -> None:
    """Keep that a notice was sent; a second entry of the same kind replaces the first (the audit log has both)."""
    values = {"sent_on": sent_on, "note": note, "recorded_by": by, "recorded_at": now}
    put(conn, incident_notice, {"incident_id": number, "kind": kind}, values)


def notices(conn: Connection, number: int | None = None) -> list[Notice]:
    """Return notices sent, of one incident or all."""
    query = select(incident_notice).order_by(incident_notice.c.incident_id, incident_notice.c.kind)
    if number is not None:
        query = query.where(incident_notice.c.incident_id == number)
    return [Notice(**row._mapping) for row in conn.execute(query)]


def _incident(row: Row[Any]) -> Incident:
    return Incident(**row._mapping)


def _tools_of(payload: Mapping[str, Any]) -> Sequence[str]:
    return [str(tool.get("id")) for tool in payload.get("tools", ()) if isinstance(tool, dict)]
