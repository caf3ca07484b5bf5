"""Decide what may be used: check the decision, change the inventory and leave a trace, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from governance.errors import DecisionInvalid
from governance.findings import APPROVED_STATUSES, OPEN_STATUSES
from storage import audit
from storage.decisions import UNBOUND, UNNAMED, Conditions, Parties, decisions, record_decision
from storage.inventory import STATUSES, inventory, inventory_entry, set_status
from storage.outbox import alerts_of_vendor, cancel

LONGEST_REASON = 10_000

RULE_BREACH: Final = "breach"
"""Rule of alerts about use beyond an approval; see governance.breach_alerts."""

TRANSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "unreviewed": STATUSES,
    "in_review": STATUSES,
    "approved": STATUSES,
    "approved_with_conditions": STATUSES,
    "prohibited": ("unreviewed", "in_review", "prohibited", "retired"),
    "retired": ("unreviewed", "in_review", "prohibited", "retired"),
}
"""Status -> what it may become: what was prohibited or retired is looked at anew before it is approved."""


def decide(
    conn: Connection,
    tool_id: str,
    status: str,
    by: str,
    reason: str,
    now: datetime,
    *,
    note: str | None = None,
    departments: Sequence[str] = (),
    until: date | None = None,
    conditions: Conditions = UNBOUND,
    parties: Parties = UNNAMED,
    override: str | None = None,
    review_on: date | None = None,
) -> int:
    """Give a tool a status and return the decision's id.

    `conditions` say what an approval is bound to, `departments` are those of the conditions for short, `note`
    what only people can check; `until` is the last day, afterwards the tool is unreviewed again. Who approves
    is `by` unless `parties` name another, and never who asked for it. Whether names in the conditions exist and
    departments are ready is checked by governance.approval. Alerts about the tool that are still waiting are
    cancelled once no unapproved tool is left in them.
    Raises DecisionInvalid, storage.errors.NotRecorded.
    """
    by, reason = by.strip(), reason.strip()
    conditions = replace(conditions, departments=tuple(sorted({*departments, *conditions.departments})))
    if status not in STATUSES:
        raise DecisionInvalid(f"{status!r} is no status; use one of {', '.join(STATUSES)}.")
    if not by:
        raise DecisionInvalid("A decision needs the name of who takes it.")
    if not reason:
        raise DecisionInvalid(f"A decision about {tool_id} needs a reason; say in a sentence why.")
    if len(reason) > LONGEST_REASON:
        raise DecisionInvalid(f"The reason has {len(reason)} characters; keep it below {LONGEST_REASON}.")
    for name, day in (("last day", until), ("review day", review_on)):
        if day is not None and day < now.date():
            raise DecisionInvalid(f"The {name} {day} is over; name a day from {now.date()} on.")
    if until is not None and review_on is not None and review_on > until:
        raise DecisionInvalid(
            f"The review on {review_on} comes after the last day {until}; review it before."
        )
    parties = _parties(conn, tool_id, status, by, parties)
    before = inventory_entry(conn, tool_id)
    if status not in TRANSITIONS[_held(before.status, before.status_until, now)]:
        raise DecisionInvalid(
            f"{tool_id} is {before.status}, which does not become {status} at once; put it in_review first."
        )
    previous = set_status(conn, tool_id, status, by, now, until)
    decision_id = record_decision(
        conn,
        tool_id,
        status,
        previous,
        by,
        reason,
        now,
        note=note,
        until=until,
        conditions=conditions,
        parties=parties,
        override=override,
        review_on=review_on,
    )
    detail = {
        "decision": decision_id,
        "from": previous,
        "to": status,
        "reason": reason,
        "note": note,
        "tiers": sorted(conditions.tiers),
        "departments": sorted(conditions.departments),
        "data_classes": list(conditions.data_classes),
        "accounts": sorted(conditions.accounts),
        "owner": parties.owner,
        "approver": parties.approver,
        "requested_by": parties.requested_by,
        "override": override,
        "review_on": review_on.isoformat() if review_on else None,
        "until": until.isoformat() if until else None,
    }
    audit.append(conn, by, "tool.decided", tool_id, detail, now)
    if status not in OPEN_STATUSES:
        _cancel_waiting_alerts(conn, tool_id, now)
    return decision_id


def _held(status: str, until: date | None, now: datetime) -> str:
    return "unreviewed" if until is not None and until < now.date() else status


def _parties(conn: Connection, tool_id: str, status: str, by: str, given: Parties) -> Parties:
    """Return who stands for a decision: what is not said goes on from the decision before."""
    before = next(iter(decisions(conn, tool_id, 1)), None)
    found = Parties(
        *((name or "").strip() or None for name in (given.owner, given.approver, given.requested_by))
    )
    asked = before is not None and before.status == "in_review"
    found = replace(
        found,
        owner=found.owner or (before.owner if before else None),
        requested_by=found.requested_by or (before.requested_by if before and asked else None),
    )
    if status not in APPROVED_STATUSES:
        return replace(found, approver=None)
    approver = found.approver or by
    if found.requested_by is not None and _same(found.requested_by, approver):
        raise DecisionInvalid(
            f"{approver} asked for {tool_id}, so somebody else has to approve it; name who does as approver."
        )
    return replace(found, approver=approver)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _cancel_waiting_alerts(conn: Connection, tool_id: str, now: datetime) -> None:
    vendor_id = inventory_entry(conn, tool_id).vendor_id
    still_open = {entry.tool_id for entry in inventory(conn) if entry.status in OPEN_STATUSES}
    settled = [
        alert.id
        for alert in alerts_of_vendor(conn, vendor_id)
        if still_open.isdisjoint(tool["id"] for tool in alert.payload.get("tools", ()))
        and (alert.rule != RULE_BREACH or alert.tool_id == tool_id)
    ]
    if settled:
        cancel(conn, settled, now)
