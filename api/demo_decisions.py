"""Decide as the imaginary hospital did a month ago: approvals with conditions, a prohibition, a case, agreements."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.workplace import Workplace
from governance.agreements import Entry, enter
from governance.approval import Proposal, take
from governance.checklist import load_checklist
from governance.committee import cast, propose
from governance.evaluation import Given, take_answers
from governance.readiness import ITEMS, set_readiness
from storage.agreements import Clauses
from storage.decisions import Conditions, Parties
from storage.inventory import ensure_tools

_CHAIR = "C. Ruiz, compliance"
_READY = ("Radiology", "Emergency", "Finance", "Human Resources")
_PROPOSALS = (
    Proposal(
        "dragon-medical-one",
        "approved_with_conditions",
        "In use for years, under an agreement.",
        Conditions(departments=("Radiology", "Emergency"), data_classes=("phi",)),
        parties=Parties(owner="CMIO", requested_by="Radiology"),
    ),
    Proposal(
        "microsoft-copilot",
        "approved_with_conditions",
        "For office work without patient data.",
        Conditions(departments=("Finance", "Human Resources"), data_classes=("none",)),
        parties=Parties(owner="Information Technology", requested_by="Finance"),
    ),
    Proposal("deepseek", "prohibited", "No agreement is offered, and nobody knows where content is kept."),
)
_BEFORE_THE_COMMITTEE = Proposal(
    "openevidence",
    "approved_with_conditions",
    "Asked for by Emergency.",
    Conditions(departments=("Emergency",)),
)
_ANSWERS = (
    Given("demo", "data_governance.baa", "unknown", None),
    Given("demo", "explainability.basis", "yes", "shows the papers an answer rests on"),
    Given("demo", "regulatory.device_decided", "no", None),
)


def decide_as_the_hospital(place: Workplace, at: datetime) -> None:
    """Put a month-old state of decisions into the database, in one transaction."""
    catalogue, past = place.catalogue, at - timedelta(days=30)
    tools = [*_PROPOSALS, _BEFORE_THE_COMMITTEE]
    with place.database.write() as conn:
        ensure_tools(conn, [(one.tool_id, catalogue.tools[one.tool_id].vendor_id) for one in tools], past)
        for department in _READY:
            for item in ITEMS:
                set_readiness(conn, department, item, True, past.date(), department, _CHAIR, past)
        _agreement(conn, place, at, past)
        for proposal in _PROPOSALS:
            take(conn, proposal, catalogue, _CHAIR, past)
        rules = place.settings.committee.rules
        number = propose(conn, _BEFORE_THE_COMMITTEE, catalogue, "Emergency", past)
        cast(conn, number, "Dr. Okafor", "yes", "Sources can be checked.", rules, past)
        cast(conn, number, "A. Chen", "no", "No agreement yet.", rules, past)
        take_answers(conn, load_checklist(), _BEFORE_THE_COMMITTEE.tool_id, _ANSWERS, catalogue, _CHAIR, past)


def _agreement(conn: Connection, place: Workplace, at: datetime, past: datetime) -> None:
    """Enter the agreement for dictation; it ends in six weeks."""
    tool = place.catalogue.tools["dragon-medical-one"]
    first = past.date() - timedelta(days=700)
    clauses = Clauses(
        counterparty=place.catalogue.vendors[tool.vendor_id].name,
        owner="Legal",
        subcontractors="yes",
        training="forbidden",
        notice_days=10,
    )
    last = at.date() + timedelta(days=42)
    entry = Entry(tool.vendor_id, (tool.id,), (), first, last, "DMS-2024-118", None, None, clauses)
    enter(conn, entry, place.catalogue, "Legal", past)
