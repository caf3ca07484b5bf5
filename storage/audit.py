"""Keep an audit trail in which every row holds the digest of the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from storage.columns import canonical_json
from storage.tables import audit
from storage.text import clean_json, clean_name

GENESIS = "0" * 64
_AUDIT_LOCK = 0x41554449  # "AUDI"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to which subject, and when."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the chain. Kept off this machine (in a mail, in a log server) it anchors the whole chain."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the chain holds; if not, which row is the first that does not fit, and why."""

    intact: bool
    rows: int
    head: str
    first_bad: int | None
    message: str


def append(
    conn: Connection, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> AuditHead:
    """Add a row in the caller's transaction, so that it exists exactly if the change does.

    `detail` is plain JSON and holds pseudonyms at most, never names from logs.
    """
    if conn.dialect.name == "postgresql":
        # Two transactions must not both follow the same row.
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _AUDIT_LOCK})
    last = head(conn)
    number = last.rows + 1
    actor, action, subject = clean_name(actor), clean_name(action), clean_name(subject)
    digest = _digest(last.digest, number, at, actor, action, subject, clean_json(detail))
    conn.execute(
        insert(audit).values(
            number=number,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=dict(detail),
            previous=last.digest,
            digest=digest,
        )
    )
    return AuditHead(number, digest)


def head(conn: Connection) -> AuditHead:
    """Return the number of rows and the digest of the last one."""
    row = conn.execute(
        select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc()).limit(1)
    ).one_or_none()
    return AuditHead(0, GENESIS) if row is None else AuditHead(row.number, row.digest)


def rows(conn: Connection, limit: int = 100, before: int | None = None) -> list[AuditRow]:
    """Return rows, newest first; `before` is a row number to continue from."""
    query = select(audit).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.number < before)
    return [AuditRow(**row._mapping) for row in conn.execute(query)]


def rows_about(conn: Connection, subject: str) -> list[AuditRow]:
    """Return every row about one subject, oldest first."""
    query = select(audit).where(audit.c.subject == clean_name(subject)).order_by(audit.c.number)
    return [AuditRow(**row._mapping) for row in conn.execute(query)]


def verify(conn: Connection, anchor: AuditHead | None = None) -> AuditVerdict:
    """Recompute the whole chain.

    Without an anchor, rows removed from the end (and a chain rewritten as a whole) cannot be noticed; with
    the AuditHead of an earlier day, kept elsewhere, they are.
    """
    previous, expected = GENESIS, 1
    at_anchor = GENESIS if anchor and anchor.rows == 0 else None
    for row in conn.execute(select(audit).order_by(audit.c.number)):
        fault = None
        if row.number != expected:
            fault = f"row {expected} is missing"
        elif row.previous != previous:
            fault = f"row {row.number} does not follow the row before it"
        elif row.digest != _digest(
            previous, row.number, row.at, row.actor, row.action, row.subject, row.detail
        ):
            fault = f"row {row.number} was changed"
        if fault:
            return AuditVerdict(
                False, expected - 1, previous, expected, f"The audit trail is broken: {fault}."
            )
        previous, expected = row.digest, expected + 1
        if anchor and row.number == anchor.rows:
            at_anchor = row.digest
    count = expected - 1
    if anchor and at_anchor is None:
        message = f"The audit trail is broken: it had {anchor.rows} rows and now has {count}."
        return AuditVerdict(False, count, previous, count + 1, message)
    if anchor and at_anchor != anchor.digest:
        message = f"The audit trail is broken: row {anchor.rows} is not the one it was."
        return AuditVerdict(False, count, previous, anchor.rows, message)
    note = "" if anchor else " Rows removed from the end can only be noticed with an anchor kept elsewhere."
    return AuditVerdict(True, count, previous, None, f"{count} rows, all in order.{note}")


def _digest(
    previous: str, number: int, at: datetime, actor: str, action: str, subject: str, detail: Any
) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    entry = canonical_json([number, moment, actor, action, subject, detail])
    return hashlib.sha256(f"{previous}\n{entry}".encode()).hexdigest()
