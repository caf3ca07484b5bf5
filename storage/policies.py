"""Keep every published version of the policy, and who attested to have read which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage.compliance_tables import policy_attestation, policy_version
from storage.errors import NotRecorded
from storage.upserts import insert_missing


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One published policy, as it was."""

    id: int
    sections: Sequence[Any]
    digest: str
    """SHA-256 of the sections as canonical JSON."""
    added: tuple[str, ...]
    """Lines the version before did not have."""
    removed: tuple[str, ...]
    owner: str
    contact: str
    published_by: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Attestation:
    """One principal's statement to have read one version."""

    policy_id: int
    principal: str
    attested_on: date
    recorded_by: str
    recorded_at: datetime


def add_policy(
    conn: Connection,
    *,
    sections: Sequence[Any],
    digest: str,
    added: Sequence[str],
    removed: Sequence[str],
    owner: str,
    contact: str,
    by: str,
    now: datetime,
) -> int:
    """Keep a version and return its number."""
    result = conn.execute(
        insert(policy_version).values(
            sections=list(sections),
            digest=digest,
            added=list(added),
            removed=list(removed),
            owner=owner,
            contact=contact,
            published_by=by,
            published_at=now,
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def policies(conn: Connection) -> list[PolicyVersion]:
    """Return every version, newest first."""
    return [
        _version(row) for row in conn.execute(select(policy_version).order_by(policy_version.c.id.desc()))
    ]


def newest_policy(conn: Connection) -> PolicyVersion | None:
    """Return the newest version, None before the first."""
    row = conn.execute(select(policy_version).order_by(policy_version.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _version(row)


def policy_of(conn: Connection, number: int) -> PolicyVersion:
    """Return one version. Raises NotRecorded."""
    row = conn.execute(select(policy_version).where(policy_version.c.id == number)).one_or_none()
    if row is None:
        raise NotRecorded(f"There is no version {number} of the policy; see skiagram policy list.")
    return _version(row)


def add_attestation(
    conn: Connection, number: int, principal: str, attested_on: date, by: str, now: datetime
) -> bool:
    """Keep an attestation; return False if the principal attested this version before."""
    row = {
        "policy_id": number,
        "principal": principal,
        "attested_on": attested_on,
        "recorded_by": by,
        "recorded_at": now,
    }
    return insert_missing(conn, policy_attestation, [row]) == 1


def attestations(conn: Connection, number: int | None = None) -> list[Attestation]:
    """Return attestations of one version or all, by principal."""
    query = select(policy_attestation).order_by(
        policy_attestation.c.principal, policy_attestation.c.policy_id
    )
    if number is not None:
        query = query.where(policy_attestation.c.policy_id == number)
    return [Attestation(**row._mapping) for row in conn.execute(query)]


def attested_counts(conn: Connection) -> dict[int, int]:
    """Return version -> number of attestations."""
    given = policy_attestation.c
    query = select(given.policy_id, func.count()).group_by(given.policy_id)
    return {number: int(count) for number, count in conn.execute(query)}


def _version(row: Row[Any]) -> PolicyVersion:
    return PolicyVersion(**{**row._mapping, "added": tuple(row.added), "removed": tuple(row.removed)})
