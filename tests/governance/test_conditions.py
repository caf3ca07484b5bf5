"""Use is checked against the conditions of an approval, and what nobody knows never counts as kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.breach_alerts import raise_breach_alerts
from governance.conditions import (
    BROKEN,
    KEPT,
    UNTOLD,
    ToolUse,
    breaches,
    conditions_broken,
    in_words,
    standings,
)
from governance.decisions import decide
from governance.open_findings import Setting, open_findings
from governance.ranking import judged_tools
from governance.weights import Weights
from storage.approved_use import AccountRow, UseRow
from storage.batches import SightingPart, record_batch
from storage.database import Database
from storage.decisions import Conditions, Decision
from storage.outbox import alerts
from storage.surveys import Answer, StoredAnswer
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

MORNING = datetime(2026, 11, 19, 9, tzinfo=UTC)


def decision(**given: Any) -> Decision:
    values: dict[str, Any] = {
        "id": 1, "tool_id": "chat-two", "status": "approved_with_conditions", "previous_status": "unreviewed",
        "by": "jo", "reason": "x", "note": None, "departments": (), "until": None, "at": NOW,
    }  # fmt: skip
    return Decision(**{**values, **given})


def row(principal: str = "p-1", department: str | None = "Finance", tier: str | None = None) -> UseRow:
    return UseRow(principal, "user", department, tier, "proxy", 3, MORNING, MORNING + timedelta(hours=1))


def state(bound: Decision, *rows: UseRow, **more: Any) -> str:
    (one,) = standings(bound, ToolUse(rows, **more))
    return one.state


def test_departments_are_broken_kept_or_not_to_be_told() -> None:
    bound = decision(departments=("finance ",))
    assert state(bound, row()) == KEPT
    assert state(bound, row(), row(department=None)) == UNTOLD
    assert state(bound) == UNTOLD
    (one,) = breaches(bound, ToolUse([row(), row("p-2", "IT"), row("p-3", "HR"), row("p-4", None)]))
    assert (one.seen, one.evidence.events, one.evidence.people) == (("HR", "IT"), 6, 2)
    assert (one.evidence.principals, one.evidence.sources, one.evidence.since) == (
        ("p-2", "p-3"),
        ("proxy",),
        MORNING,
    )


def test_a_plan_is_resolved_by_the_same_person_only() -> None:
    bound = decision(tiers=("enterprise",))
    assert state(bound, row(tier="enterprise"), row()) == KEPT
    assert state(bound, row(tier="enterprise"), row("p-2")) == UNTOLD
    assert state(bound, row(tier="enterprise"), row("")) == UNTOLD
    assert state(bound, row(tier="enterprise"), row("p-2", tier="free"), row("p-3")) == BROKEN


def test_accounts_are_told_by_what_logs_show_of_them() -> None:
    bound = decision(accounts=("organisation",))
    own, private = (AccountRow(name, "proxy", 3, MORNING, NOW) for name in ("organisation", "personal"))
    assert state(bound, row(), accounts=[own]) == KEPT
    assert state(bound, row(), row(), accounts=[own]) == UNTOLD
    assert state(bound, row(), accounts=[]) == UNTOLD
    assert state(bound, row(), accounts=[own, private]) == BROKEN
    assert state(decision(accounts=("one_plan",)), row(), one_plan=True) == KEPT
    assert state(bound, row(), one_plan=True) == UNTOLD


def test_what_may_be_entered_no_log_tells_but_a_department_can_say_it() -> None:
    answer = Answer("Radiology", "chat-two", "Chat", None, 4, "yes", "both")
    said = StoredAnswer(1, None, answer, NOW)
    assert state(decision(data_classes=("none",)), row()) == UNTOLD
    assert state(decision(data_classes=("none", "phi")), row()) == KEPT
    (found,) = breaches(decision(data_classes=("de_identified",)), ToolUse([row()], declared=[said]))
    assert (found.condition, found.basis, found.evidence.people) == ("data_classes", "declared", 4)
    assert breaches(decision(data_classes=("limited_set",)), ToolUse([row()], declared=[said])) == []
    bound = decision(departments=("Finance",), accounts=("organisation",))
    assert [(one.condition, one.seen) for one in breaches(bound, ToolUse([row()], declared=[said]))] == [
        ("departments", ("Radiology",)),
        ("accounts", ("personal",)),
    ]


@pytest.mark.parametrize(
    ("status", "given", "rows", "expected"),
    [
        ("unreviewed", None, [row()], 0),
        ("prohibited", {"departments": ("HR",)}, [row()], 0),
        ("approved", None, [row()], None),
        ("approved", {}, [row(department=None)], 0),
        ("approved_with_conditions", {}, [row()], None),
        ("approved", {"note": "no names"}, [row()], None),
        ("approved", {"departments": ("HR",)}, [row(), row(department="IT"), row(department=None)], 2),
        ("approved", {"departments": ("Finance",)}, [row()], 0),
        ("approved", {"departments": ("Finance",)}, [row(department=None)], None),
        ("approved", {"departments": ("HR",), "note": "x", "tiers": ("a",)}, [row(tier="b")], 2),
    ],
)
def test_the_score_counts_what_goes_beyond(
    status: str, given: dict[str, Any] | None, rows: list[UseRow], expected: int | None
) -> None:
    bound = None if given is None else decision(**given)
    found = None if bound is None else standings(bound, ToolUse(rows))
    assert conditions_broken(status, bound, found) == expected


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["", "p-1", "p-2", "p-3"]),
        st.sampled_from([None, "Finance", "FINANCE", "IT", "HR"]),
        st.sampled_from([None, "free", "enterprise"]),
    ),
    max_size=8,
)
BOUND = decision(
    departments=("Finance",), tiers=("enterprise",), accounts=("organisation",), data_classes=("none",)
)


@given(ROWS, ROWS, st.randoms(use_true_random=False))
def test_more_use_never_mends_a_breach_and_order_says_nothing(
    some: list[UseRow], more: list[UseRow], random: Any
) -> None:
    before = {one.condition for one in breaches(BOUND, ToolUse(some))}
    together = [*some, *more]
    shuffled = list(together)
    random.shuffle(shuffled)
    found = standings(BOUND, ToolUse(together))
    assert found == standings(BOUND, ToolUse(shuffled))
    assert before <= {one.condition for one in found if one.state == BROKEN}


@given(ROWS)
def test_what_is_unknown_is_never_kept(rows: list[UseRow]) -> None:
    by_name = {one.condition: one.state for one in standings(BOUND, ToolUse(rows))}
    if not rows or any(one.department is None for one in rows):
        assert by_name["departments"] != KEPT
    if not rows or any(one.tier is None and not one.principal for one in rows):
        assert by_name["tiers"] != KEPT
    assert by_name["accounts"] == by_name["data_classes"] == UNTOLD


def test_conditions_in_words() -> None:
    assert in_words(Conditions()) == []
    assert in_words(Conditions(("pro",), (), ("de_identified", "phi"), ("one_plan",))) == [
        "plans: pro", "data: de-identified, PHI", "accounts: one plan"
    ]  # fmt: skip


def keep(database: Database, *parts: SightingPart) -> None:
    with database.write() as conn:
        scan, content = begin(conn, head=str(len(parts)) + str(parts[0].day))
        record_batch(conn, record(scan, content, 0, 100, *parts))


CHAT = {"tool_id": "chat-two", "vendor_id": "vendor-two"}


def later(**given: Any) -> SightingPart:
    moment = NOW + timedelta(days=2)
    return part(**{**CHAT, "day": moment.date(), "first_seen": moment, "last_seen": moment, **given})


def test_a_breach_is_a_finding_with_evidence_and_one_alert(database: Database, weights: Weights) -> None:
    keep(database, part(**CHAT, department="Finance", tier="enterprise"))
    with database.write() as conn:
        decide(
            conn, "chat-two", "approved_with_conditions", "jo", "fine", NOW,
            conditions=Conditions(("enterprise",), ("Finance",)),
        )  # fmt: skip
    setting = NOW + timedelta(days=3)
    with database.write() as conn:
        asked = Setting(conn, CATALOGUE, weights, setting)
        assert open_findings(asked, "breach") == []
        assert raise_breach_alerts(asked, ["mail"]) == ()
    keep(
        database,
        later(department="Finance", tier="enterprise", principal="p-2"),
        later(department="IT", principal="p-9"),
        later(department="HR", principal="p-10", action="blocked"),
    )
    with database.write() as conn:
        asked = Setting(conn, CATALOGUE, weights, setting)
        (found,) = open_findings(asked, "breach")
        assert found.key == "breach:chat-two:departments"
        assert found.summary == "Chat Two is used by IT; it is approved for Finance only."
        assert (found.principal, found.department, found.evidence["events"]) == ("p-9", "IT", 5)
        assert raise_breach_alerts(asked, ["mail"]) == ("Use beyond its approval: Chat Two",)
        assert raise_breach_alerts(asked, ["mail"]) == ()
        (judged,) = judged_tools(conn, CATALOGUE, weights, setting)
        assert judged.inputs.conditions_broken == 1
        decide(conn, "chat-two", "approved", "jo", "for IT too", setting, departments=["Finance", "IT"])
        assert open_findings(asked, "breach") == []
        assert len(alerts(conn)) == 1


def test_use_before_the_decision_counts_as_long_as_nothing_newer_was_read(
    database: Database, weights: Weights
) -> None:
    keep(database, part(**CHAT, department="IT"))
    with database.write() as conn:
        decide(conn, "chat-two", "approved", "jo", "fine", NOW, departments=["Finance"])
        asked = Setting(conn, CATALOGUE, weights, NOW)
        (found,) = open_findings(asked, "breach")
        assert "was used, before it was approved on 2026-11-20, by IT" in found.summary
        assert raise_breach_alerts(asked, []) == ("Use beyond its approval: Chat Two",)
    keep(database, later(department="Finance"))
    with database.write() as conn:
        asked = replace(asked, conn=conn)
        assert open_findings(asked, "breach") == []
    keep(database, later(department="IT"), later(department="IT", source="dns"))
    with database.write() as conn:
        assert raise_breach_alerts(replace(asked, conn=conn), []) == ("Use beyond its approval: Chat Two",)


def test_an_approval_that_is_over_has_no_conditions_to_break(database: Database, weights: Weights) -> None:
    keep(database, part(**CHAT, department="IT"))
    with database.write() as conn:
        decide(conn, "chat-two", "approved", "jo", "fine", NOW, departments=["Finance"], until=NOW.date())
        assert open_findings(Setting(conn, CATALOGUE, weights, NOW + timedelta(days=1)), "breach") == []
