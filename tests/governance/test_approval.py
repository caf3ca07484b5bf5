"""An approval names what exists, for departments that are ready, by somebody else than who asked for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from governance.alerts import raise_alerts
from governance.alternatives import alternatives, set_alternative
from governance.approval import Proposal, take
from governance.errors import DecisionInvalid
from governance.messages import message
from governance.ranking import judged_tools
from governance.readiness import ITEMS, readiness, set_readiness
from governance.weights import Weights
from storage import audit
from storage.batches import record_batch
from storage.database import Database
from storage.decisions import Conditions, Parties, decisions
from storage.inventory import inventory_entry
from storage.outbox import alerts
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

CHAT = {"tool_id": "chat-two", "vendor_id": "vendor-two"}
PROPOSAL = Proposal("chat-two", "approved_with_conditions", "fits", Conditions(departments=("finance",)))


@pytest.fixture
def seen(database: Database) -> Database:
    """Give a database in which people of two departments used a chat."""
    with database.write() as conn:
        scan, content = begin(conn)
        parts = (part(**CHAT, department="Finance"), part(**CHAT, department="Radiology", principal="p-2"))
        record_batch(conn, record(scan, content, 0, 100, *parts))
    return database


def make_ready(database: Database, department: str) -> None:
    with database.write() as conn:
        for item in ITEMS:
            set_readiness(conn, department, item, True, NOW.date(), "Head", "jo", NOW)


def refused(database: Database, proposal: Proposal) -> str:
    with database.write() as conn:
        before = len(audit.rows(conn))
        with pytest.raises(DecisionInvalid) as caught:
            take(conn, proposal, CATALOGUE, "jo", NOW)
        assert len(audit.rows(conn)) == before
        assert inventory_entry(conn, "chat-two").status == "unreviewed"
    return str(caught.value)


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (Conditions(departments=("Finanse",)), "no department 'Finanse' here; did you mean Finance?"),
        (Conditions(departments=("Narnia",)), "known: Finance, Radiology."),
        (Conditions(tiers=("enterprize",)), "chat-two has no tier 'enterprize'; did you mean enterprise?"),
        (Conditions(data_classes=("deidentified",)), "is no data class; did you mean de_identified?"),
        (Conditions(accounts=("organization",)), "is no kind of account; did you mean organisation?"),
    ],
)
def test_a_name_nobody_knows_is_refused_with_the_nearest(
    seen: Database, conditions: Conditions, words: str
) -> None:
    assert words in refused(seen, replace(PROPOSAL, conditions=conditions))


def test_a_department_that_is_not_ready_waits_unless_somebody_says_why(seen: Database) -> None:
    missing = "governance in place, training completed, review process defined"
    assert f"Finance is not ready (missing: {missing})" in refused(seen, PROPOSAL)
    with seen.write() as conn:
        set_readiness(conn, "FINANCE", "governance", True, NOW.date(), "Head", "jo", NOW)
        set_readiness(conn, "Finance", "training", True, NOW.date(), "Head", "jo", NOW)
        set_readiness(conn, "Finance", "training", False, NOW.date(), "Head", "jo", NOW)
        (one,) = readiness(conn)
        assert (one.department, one.missing) == ("Finance", ("training", "review"))
    assert "(missing: training completed, review process defined)" in refused(seen, PROPOSAL)
    with seen.write() as conn:
        take(conn, replace(PROPOSAL, override="pilot of two weeks"), CATALOGUE, "jo", NOW)
        (row,) = audit.rows(conn, 1)
        assert row.detail["override"].startswith("pilot of two weeks (Finance is not ready")
        assert (row.detail["departments"], row.detail["approver"]) == (["Finance"], "jo")
    make_ready(seen, "Finance")
    with seen.write() as conn:
        take(conn, replace(PROPOSAL, override="not needed"), CATALOGUE, "jo", NOW)
        assert decisions(conn, "chat-two", 1)[0].override is None


def test_an_approval_for_all_is_for_those_who_use_it(seen: Database) -> None:
    everybody = replace(PROPOSAL, status="approved", conditions=Conditions())
    with seen.write() as conn:
        take(conn, everybody, CATALOGUE, "jo", NOW)
        take(conn, replace(everybody, status="unreviewed"), CATALOGUE, "jo", NOW)
    make_ready(seen, "Finance")
    assert "Radiology is not ready" in refused(seen, everybody)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("Narnia", "training", "Head", NOW.date()), "no department 'Narnia'"),
        (("Finance", "coffee", "Head", NOW.date()), "use one of governance, training, review"),
        (("Finance", "training", " ", NOW.date()), "needs the name"),
        (("Finance", "training", "Head", NOW.date() + timedelta(days=1)), "is to come"),
    ],
)
def test_a_statement_nobody_can_stand_for_is_refused(
    seen: Database, values: tuple[str, str, str, object], words: str
) -> None:
    department, item, said_by, day = values
    with seen.write() as conn, pytest.raises(DecisionInvalid, match=words):
        set_readiness(conn, department, item, True, day, said_by, "jo", NOW)  # type: ignore[arg-type]


def test_who_asks_does_not_approve_and_what_was_prohibited_is_reviewed_first(seen: Database) -> None:
    plain = Proposal("chat-two", "approved", "fits")
    asked = replace(plain, status="in_review", parties=Parties(requested_by="Dr. Lee", owner="IT"))
    with seen.write() as conn:
        take(conn, asked, CATALOGUE, "jo", NOW)
        with pytest.raises(DecisionInvalid, match="somebody else has to approve it"):
            take(conn, plain, CATALOGUE, "dr.  LEE", NOW)
        take(conn, replace(plain, parties=Parties(approver="CMIO")), CATALOGUE, "Dr. Lee", NOW)
        newest = decisions(conn, "chat-two", 1)[0]
        assert (newest.approver, newest.requested_by, newest.owner) == ("CMIO", "Dr. Lee", "IT")
        take(conn, replace(plain, status="prohibited"), CATALOGUE, "jo", NOW)
        with pytest.raises(DecisionInvalid, match="put it in_review first"):
            take(conn, plain, CATALOGUE, "jo", NOW)
        take(conn, replace(plain, status="in_review"), CATALOGUE, "jo", NOW)
        take(conn, plain, CATALOGUE, "jo", NOW)
        late = replace(plain, until=NOW.date(), review_on=NOW.date() + timedelta(days=1))
        with pytest.raises(DecisionInvalid, match="after the last day"):
            take(conn, late, CATALOGUE, "jo", NOW)


def test_what_is_approved_is_suggested_where_something_is_prohibited(
    seen: Database, weights: Weights
) -> None:
    scribe = part(tool_id="scribe-one")
    with seen.write() as conn:
        scan, content = begin(conn, head="more")
        batch = record(scan, content, 0, 100, scribe)
        record_batch(conn, batch)
        assert alternatives(conn, CATALOGUE, NOW.date()) == {}
        with pytest.raises(DecisionInvalid, match="only an approved tool"):
            set_alternative(conn, "ambient_scribe", "chat-two", CATALOGUE, "jo", NOW)
        take(
            conn,
            Proposal("chat-two", "approved", "fits", note="no names", until=NOW.date()),
            CATALOGUE,
            "jo",
            NOW,
        )
        take(conn, Proposal("scribe-one", "prohibited", "no agreement"), CATALOGUE, "jo", NOW)
        assert set(alternatives(conn, CATALOGUE, NOW.date())) == {"chat_assistant"}
        with pytest.raises(DecisionInvalid, match="did you mean ambient_scribe"):
            set_alternative(conn, "ambient_scribes", "chat-two", CATALOGUE, "jo", NOW)
        set_alternative(conn, "ambient_scribe", "chat-two", CATALOGUE, "jo", NOW)
        judged = {one.tool_id: one for one in judged_tools(conn, CATALOGUE, weights, NOW)}
        offered = judged["scribe-one"].alternative
        assert offered is not None
        assert (offered.statement, offered.named) == ("Chat Two (no names)", True)
        assert judged["chat-two"].alternative is None
        raise_alerts(conn, batch, CATALOGUE, ["mail"], NOW)
        assert "Approved instead: Chat Two (no names)" in message(alerts(conn, 1)[0]).body
        assert alternatives(conn, CATALOGUE, NOW.date() + timedelta(days=1)) == {}
        set_alternative(conn, "ambient_scribe", None, CATALOGUE, "jo", NOW)
        assert set(alternatives(conn, CATALOGUE, NOW.date())) == {"chat_assistant"}
