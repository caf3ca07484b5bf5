"""The committee's votes become a decision, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.approval import Proposal
from governance.committee import Rules, cast, close, propose, queue, tally
from governance.decisions import decide
from governance.errors import CommitteeInvalid, DecisionInvalid
from governance.readiness import set_readiness
from storage import audit
from storage.committee import case_of
from storage.database import Database
from storage.decisions import Conditions, decisions
from storage.errors import NotRecorded
from storage.inventory import ensure_tools, inventory_entry
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW

RULES = Rules(quorum=2)
PROPOSAL = Proposal("chat-two", "approved", "asked for by many", Conditions(("enterprise",), (), ("phi",)))


def begin(database: Database, proposal: Proposal = PROPOSAL) -> int:
    with database.write() as conn:
        ensure_tools(conn, [("chat-two", "vendor-two")], NOW)
        return propose(conn, proposal, CATALOGUE, "Dr. Lee", NOW)


def test_votes_become_a_decision_in_one_transaction(database: Database) -> None:
    number = begin(database)
    with database.write() as conn:
        assert inventory_entry(conn, "chat-two").status == "in_review"
        with pytest.raises(CommitteeInvalid, match=f"before the committee already, as case {number}"):
            propose(conn, PROPOSAL, CATALOGUE, "jo", NOW)
        cast(conn, number, "Ana  Chen", "no", "not yet", RULES, NOW)
        with pytest.raises(CommitteeInvalid, match="has 1 of 2 votes; 1 are missing"):
            close(conn, number, "jo", RULES, CATALOGUE, NOW)
        cast(conn, number, "Ruiz", "yes", "covered", RULES, NOW)
        found = cast(conn, number, "ana chen", "yes", "convinced", RULES, NOW)
        assert (found.yes, found.no, [one.member for one in found.votes]) == (2, 0, ["Ana Chen", "Ruiz"])
        assert audit.rows(conn)[0].detail["before"] == "no"
        closed = close(conn, number, "jo", RULES, CATALOGUE, NOW)
        newest = decisions(conn, "chat-two", 1)[0]
        assert (closed.case.outcome, closed.case.decision_id) == ("carried", newest.id)
        assert (newest.status, newest.tiers, newest.data_classes) == ("approved", ("enterprise",), ("phi",))
        assert (newest.approver, newest.requested_by) == (f"committee (case {number})", "Dr. Lee")
        assert queue(conn, RULES) == []
        assert len(queue(conn, RULES, open_only=False)) == 1
        with pytest.raises(CommitteeInvalid, match="is closed since 2026-11-20: carried"):
            cast(conn, number, "Ruiz", "no", "late", RULES, NOW)
        assert audit.verify(conn).intact
        assert [row.action for row in audit.rows(conn)][:2] == ["committee.closed", "tool.decided"]


def test_no_majority_changes_nothing_and_a_case_can_be_withdrawn(database: Database) -> None:
    number = begin(database)
    with database.write() as conn:
        cast(conn, number, "one", "yes", "x", RULES, NOW)
        cast(conn, number, "two", "no", "x", RULES, NOW)
        assert close(conn, number, "jo", RULES, CATALOGUE, NOW).case.outcome == "rejected"
        assert inventory_entry(conn, "chat-two").status == "in_review"
        again = propose(conn, PROPOSAL, CATALOGUE, "jo", NOW)
        assert close(conn, again, "jo", RULES, CATALOGUE, NOW, withdraw=True).case.outcome == "withdrawn"
        assert len(decisions(conn, "chat-two")) == 1


def test_a_decision_that_cannot_be_taken_leaves_the_case_open(database: Database) -> None:
    with database.write() as conn:
        set_readiness(conn, "Finance", "training", True, NOW.date(), "Head", "jo", NOW)
    number = begin(database, replace(PROPOSAL, conditions=Conditions(departments=("finance",))))

    def closed() -> None:
        with database.write() as conn:
            for member in ("one", "two"):
                cast(conn, number, member, "yes", "x", RULES, NOW)
            close(conn, number, "jo", RULES, CATALOGUE, NOW)

    with pytest.raises(DecisionInvalid, match="Finance is not ready"):
        closed()
    with database.write() as conn:
        assert case_of(conn, number).closed_at is None
        assert tally(conn, case_of(conn, number), RULES).votes == []
        for member in ("one", "two"):
            cast(conn, number, member, "yes", "x", RULES, NOW)
        close(conn, number, "jo", RULES, CATALOGUE, NOW, override="pilot")
        assert decisions(conn, "chat-two", 1)[0].departments == ("Finance",)


def test_the_committee_may_lift_a_prohibition(database: Database) -> None:
    with database.write() as conn:
        ensure_tools(conn, [("chat-two", "vendor-two")], NOW)
        decide(conn, "chat-two", "prohibited", "jo", "never", NOW)
    number = begin(database)
    with database.write() as conn:
        assert inventory_entry(conn, "chat-two").status == "prohibited"
        for member in ("one", "two"):
            cast(conn, number, member, "yes", "x", RULES, NOW)
        close(conn, number, "jo", RULES, CATALOGUE, NOW)
        assert [one.status for one in decisions(conn, "chat-two")] == ["approved", "in_review", "prohibited"]


@pytest.mark.parametrize(
    ("member", "vote", "reason", "rules", "words"),
    [
        ("jo", "maybe", "x", RULES, "is no vote; use one of yes, no, abstain"),
        (" ", "yes", "x", RULES, "Give the name"),
        ("jo", "yes", " ", RULES, "Say why"),
        (
            "jo",
            "yes",
            "x",
            Rules(members=("Ana Chen",)),
            "jo is no member of the committee; members: Ana Chen",
        ),
    ],
)
def test_a_vote_nobody_could_count_is_refused(
    database: Database, member: str, vote: str, reason: str, rules: Rules, words: str
) -> None:
    number = begin(database)
    with database.write() as conn, pytest.raises(CommitteeInvalid, match=words):
        cast(conn, number, member, vote, reason, rules, NOW)


def test_what_does_not_exist_cannot_be_proposed(database: Database) -> None:
    with database.write() as conn:
        with pytest.raises(NotRecorded):
            propose(conn, PROPOSAL, CATALOGUE, "jo", NOW)
        with pytest.raises(NotRecorded, match="no case 7"):
            cast(conn, 7, "jo", "yes", "x", RULES, NOW)
    with pytest.raises(DecisionInvalid, match="did you mean enterprise"):
        begin(database, replace(PROPOSAL, conditions=Conditions(("enterprize",))))


@pytest.mark.parametrize(
    ("yes", "no", "majority", "carried"),
    [(1, 1, 0.5, False), (2, 1, 0.5, True), (0, 0, 0.5, False), (2, 1, 0.67, False), (3, 1, 0.67, True)],
)
def test_the_majority_has_to_be_exceeded(
    database: Database, yes: int, no: int, majority: float, carried: bool
) -> None:
    number = begin(database)
    rules = Rules(1, majority)
    with database.write() as conn:
        cast(conn, number, "silent", "abstain", "x", rules, NOW)
        for place, vote in enumerate(["yes"] * yes + ["no"] * no):
            cast(conn, number, f"member {place}", vote, "x", rules, NOW)
        assert tally(conn, case_of(conn, number), rules).carried is carried
