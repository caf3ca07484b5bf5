"""Put the steps of an incident, as the audit log keeps them, into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.pages.text import several, words

if TYPE_CHECKING:
    from storage.audit import AuditRow

_DONE: Mapping[str, str] = {
    "incident.opened": "Opened",
    "incident.assessed": "Assessed",
    "incident.decided": "Decided",
    "incident.notified": "Recorded a notice",
    "incident.closed": "Closed",
    "incident.reopened": "Reopened",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an incident."""

    at: datetime
    by: str
    done: str
    detail: str


def steps(rows: Sequence[AuditRow]) -> list[Step]:
    """Return every step, in the order of the rows."""
    return [Step(row.at, row.actor, _DONE.get(row.action, row.action), _detail(row.detail)) for row in rows]


def _detail(detail: Mapping[str, Any]) -> str:
    """Say what was stated; what was left as it was is left out."""
    parts: list[str] = []
    if detail.get("decision"):
        before = detail.get("before")
        parts.append(words(detail["decision"]) + (f", before: {words(before)}" if before else ""))
    parts += [f"{words(name)}: {concern}" for name, concern in (detail.get("factors") or {}).items()]
    if detail.get("individuals") is not None:
        parts.append(several(detail["individuals"], "person", "people"))
    parts += [f"{state}: {number}" for state, number in (detail.get("residents") or {}).items()]
    if detail.get("discovered_on"):
        parts.append(f"discovered on {detail['discovered_on']}: {detail.get('discovered_why') or ''}")
    if detail.get("notice"):
        parts.append(f"{words(detail['notice'])} on {detail.get('sent_on')}")
    parts += [str(detail[name]) for name in ("reason", "note") if detail.get(name)]
    if detail.get("closing"):
        ended = f"closed by {detail['closed_by']}: " if detail.get("closed_by") else ""
        parts.append(f"{ended}{detail['closing']}")
    return "; ".join(parts)
