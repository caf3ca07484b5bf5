"""Gather once, from one snapshot of the database, what all checks of rules are decided by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from governance.conditions import Standing, standings_of
from governance.declared import USE_SURFACES
from governance.findings import APPROVED_STATUSES, YARDSTICK_KINDS
from governance.policy import policy_in_force
from governance.ranking import RankedTool
from signatures.catalogue import Catalogue
from storage import audit
from storage.agreements import Agreement, agreements
from storage.audit import AuditVerdict
from storage.coverage import SourceCoverage, coverage
from storage.datamap import DataSystem, data_systems
from storage.decisions import Decision, decisions
from storage.department_use import department_use
from storage.directory import Entry, entries
from storage.incidents import Incident, Notice, incidents, notices
from storage.inventory import InventoryEntry, inventory
from storage.leavers import UseAfterEnd, use_after_end
from storage.outbox import Alert, alerts
from storage.policies import Attestation, PolicyVersion, attestations, newest_policy
from storage.reviews import ReviewDone, reviews_done
from storage.surveys import StoredAnswer, stored_answers

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known on one day that a rule can be decided by."""

    now: datetime
    catalogue: Catalogue
    judged: Sequence[RankedTool]
    inventory: Mapping[str, InventoryEntry]
    register: Mapping[str, Sequence[Agreement]] | None
    """Vendor id -> agreements; None if the register is empty, which tells nothing about what was signed."""
    decisions: Mapping[str, Sequence[Decision]]
    """Tool id -> decisions, newest first."""
    standings: Mapping[str, Sequence[Standing]]
    """Approved tool -> how each condition of its approval stands."""
    open_alerts: Sequence[Alert]
    sources: Sequence[SourceCoverage]
    leavers: Sequence[UseAfterEnd]
    people: Sequence[Entry]
    """People of the directory whose last day is not over; empty without a directory."""
    published: PolicyVersion | None
    policy_changed: bool
    """True if decisions now say something else than the published policy."""
    attestations: Sequence[Attestation]
    incidents: Sequence[Incident]
    notices: Sequence[Notice]
    reviews: Mapping[str, ReviewDone]
    """Review -> the newest time it was done."""
    systems: Sequence[DataSystem]
    departments: Mapping[str, str]
    """Departments in which use of AI tools was seen: folded name -> name."""
    answers: Sequence[StoredAnswer]
    trail: AuditVerdict

    @property
    def today(self) -> date:
        """Return the day it is."""
        return self.now.date()

    @property
    def used(self) -> list[RankedTool]:
        """Return the tools somebody was seen to use."""
        return [one for one in self.judged if one.finding_kind in YARDSTICK_KINDS]

    @property
    def anything_read(self) -> bool:
        """Say whether any log was read at all: without one, no use seen means nothing."""
        return any(source.events for source in self.sources)

    @property
    def read_since(self) -> date | None:
        """Return the day of the first event that was read: what happened before it nobody knows."""
        first = [source.first_event for source in self.sources if source.first_event]
        return min(first).date() if first else None

    def patient_data(self, one: RankedTool) -> bool | None:
        """Say whether patient data likely goes into a tool: made for care, clinical people, the record, a statement.

        False only if all its departments are known and none is clinical; None if that cannot be told.
        """
        inputs = one.inputs
        declared = any(
            stored.answer.tool_id == one.tool_id and stored.answer.patient_data == "yes"
            for stored in self.answers
        )
        if declared or one.clinical or inputs.clinical_department or inputs.clinical_people:
            return True
        if inputs.ehr_sessions:
            return True
        known = one.clinical is False and inputs.clinical_department is False
        return False if known else None


def gather(conn: Connection, catalogue: Catalogue, judged: Sequence[RankedTool], now: datetime) -> Evidence:
    """Return the evidence; `judged` is what ranking.judged_tools said."""
    register: dict[str, list[Agreement]] = defaultdict(list)
    for one in agreements(conn):
        register[one.vendor_id].append(one)
    by_tool: dict[str, list[Decision]] = defaultdict(list)
    for decided in decisions(conn, limit=_MOST):
        by_tool[decided.tool_id].append(decided)
    newest: dict[str, ReviewDone] = {}
    for done in reviews_done(conn):
        newest.setdefault(done.review, done)
    today = now.date()
    published = newest_policy(conn)
    return Evidence(
        now=now,
        catalogue=catalogue,
        judged=judged,
        inventory={entry.tool_id: entry for entry in inventory(conn)},
        register=register or None,
        decisions=by_tool,
        standings={
            one.tool_id: standings_of(conn, catalogue, one.tool_id, by_tool[one.tool_id][0])
            for one in judged
            if one.status in APPROVED_STATUSES and by_tool.get(one.tool_id)
        },
        open_alerts=alerts(conn, _MOST, open_only=True),
        sources=coverage(conn, now),
        leavers=use_after_end(conn, USE_SURFACES),
        people=[
            entry
            for entry in entries(conn)
            if entry.kind == "user" and (entry.active_until is None or entry.active_until >= today)
        ],
        published=published,
        policy_changed=published is not None and policy_in_force(conn, catalogue, now).changed,
        attestations=attestations(conn),
        incidents=incidents(conn),
        notices=notices(conn),
        reviews=newest,
        systems=data_systems(conn),
        departments={use.department.casefold(): use.department for use in department_use(conn, USE_SURFACES)},
        answers=stored_answers(conn),
        trail=audit.verify(conn),
    )
