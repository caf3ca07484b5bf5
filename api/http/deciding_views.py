"""Read what a decision about a tool rests on: its conditions and how they stand, the evaluation, what else there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from governance.alternatives import Alternative, alternatives
from governance.checklist import Evaluation, load_checklist
from governance.conditions import Standing, standings_of
from governance.evaluation import evaluation_of
from governance.findings import APPROVED_STATUSES
from signatures.catalogue import Catalogue
from storage.decisions import Decision, latest_decisions


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a tool beside its score."""

    decision: Decision | None
    """The newest one."""
    standings: tuple[Standing, ...]
    """How use keeps to the conditions of an approval."""
    evaluation: Evaluation
    alternative: Alternative | None
    """What to use instead, if it is prohibited."""


def known_about(conn: Connection, catalogue: Catalogue, tool_id: str, now: datetime) -> Known:
    """Return what is known about a tool."""
    today = now.date()
    decision = latest_decisions(conn, [tool_id]).get(tool_id)
    over = decision is not None and decision.until is not None and decision.until < today
    status = decision.status if decision and not over else "unreviewed"
    tool = catalogue.tools.get(tool_id)
    instead = alternatives(conn, catalogue, today) if tool and status == "prohibited" else {}
    kept = (
        standings_of(conn, catalogue, tool_id, decision) if decision and status in APPROVED_STATUSES else []
    )
    return Known(
        decision=decision,
        standings=tuple(kept),
        evaluation=evaluation_of(conn, load_checklist(), tool_id),
        alternative=instead.get(str(tool.category)) if tool else None,
    )
