"""Decide what may be used: check the decision, change the inventory and leave a trace, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from governance.errors import DecisionInvalid
from governance.findings import OPEN_STATUSES
from storage import audit
from storage.decisions import record_decision
from storage.inventory import STATUSES, inventory, inventory_entry, set_status
from storage.outbox import alerts_of_vendor, cancel

LONGEST_REASON = 10_000


def decide(
    conn: Connection,
    tool_id: str,
    status: str,
    by: str,
    reason: str,
    now: datetime,
    *,
    conditions: str | None = None,
    departments: Sequence[str] = (),
    until: date | None = None,
) -> int:
    """Give a tool a status and return the decision's id.

    `conditions` say what an approval is bound to, `departments` whom it is meant for (all, if empty), `until`
    is its last day; afterwards the tool is unreviewed again. Alerts about the tool that are still waiting
    are cancelled once no unapproved tool is left in them.
    Raises DecisionInvalid, storage.errors.NotRecorded.
    """
    by, reason = by.strip(), reason.strip()
    if status not in STATUSES:
        raise DecisionInvalid(f"{status!r} is no status; use one of {', '.join(STATUSES)}.")
    if not by:
        raise DecisionInvalid("A decision needs the name of who takes it.")
    if not reason:
        raise DecisionInvalid(f"A decision about {tool_id} needs a reason; say in a sentence why.")
    if len(reason) > LONGEST_REASON:
        raise DecisionInvalid(f"The reason has {len(reason)} characters; keep it below {LONGEST_REASON}.")
    if until is not None and until < now.date():
        raise DecisionInvalid(f"The last day {until} is over; name a day from {now.date()} on.")
    previous = set_status(conn, tool_id, status, by, now, until)
    decision_id = record_decision(
        conn,
        tool_id,
        status,
        previous,
        by,
        reason,
        now,
        conditions=conditions,
        departments=departments,
        until=until,
    )
    audit.append(
        conn,
        by,
        "tool.decided",
        tool_id,
        {
            "decision": decision_id,
            "from": previous,
            "to": status,
            "reason": reason,
            "conditions": conditions,
            "departments": sorted(departments),
            "until": until.isoformat() if until else None,
        },
        now,
    )
    if status not in OPEN_STATUSES:
        _cancel_waiting_alerts(conn, tool_id, now)
    return decision_id


def _cancel_waiting_alerts(conn: Connection, tool_id: str, now: datetime) -> None:
    vendor_id = inventory_entry(conn, tool_id).vendor_id
    still_open = {entry.tool_id for entry in inventory(conn) if entry.status in OPEN_STATUSES}
    settled = [
        alert.id
        for alert in alerts_of_vendor(conn, vendor_id)
        if still_open.isdisjoint(tool["id"] for tool in alert.payload.get("tools", ()))
    ]
    if settled:
        cancel(conn, settled, now)
