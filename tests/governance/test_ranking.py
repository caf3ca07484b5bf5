"""The feed: use before everything else, the approved out of it, every count from its own surfaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from governance.decisions import decide
from governance.inputs import (
    agreement_state,
    blocked_share,
    growth,
    likely_people,
    subprocessors_state,
    terms_in_use,
)
from governance.ranking import judged_tools, judged_with, ranked_tools, save_assessments, tool_report
from governance.weights import Weights
from signatures.catalogue import Subprocessors
from signatures.kinds import Baa
from storage.agreements import Agreement, add_agreement, agreements
from storage.assessments import latest_assessments
from storage.batches import SightingPart, record_batch
from storage.database import Database
from storage.errors import NotRecorded
from storage.inventory import ensure_tools
from storage.sightings import DayCount, Sightings
from tests.governance.sample_catalogue import CATALOGUE, CHAT, DAY, terms
from tests.storage.sample_records import NOW, begin, part, record

SPELLING = {
    "tool_id": "spelling-three",
    "vendor_id": "vendor-three",
    "signature": "spelling-three:domain:s.example",
}
CHAT_PART = {"tool_id": "chat-two", "vendor_id": "vendor-two", "signature": "chat-two:domain:chat.example"}


def record_parts(database: Database, *parts: SightingPart) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, *parts))


def test_one_scribe_user_outranks_two_hundred_spellers(database: Database, weights: Weights) -> None:
    spellers = [part(**SPELLING, principal=f"p-{n}", bytes_up=10**6) for n in range(200)]
    record_parts(database, part(department="Cardiology"), *spellers)
    with database.read() as conn:
        scribe, spelling = ranked_tools(conn, CATALOGUE, weights, NOW)
    assert (scribe.tool_id, scribe.rank, scribe.name, scribe.vendor_name) == (
        "scribe-one", 1, "Scribe One", "Vendor One"
    )  # fmt: skip
    assert (spelling.tool_id, spelling.rank, spelling.people) == ("spelling-three", 2, 200)
    assert scribe.assessment.band == "critical"
    assert (scribe.category, scribe.clinical, scribe.agreement) == ("ambient_scribe", True, None)


def test_background_traffic_never_adds_to_use(database: Database, weights: Weights) -> None:
    background = [
        part(surface="ambient", principal=f"d-{n}", principal_kind="device", count=99) for n in range(50)
    ]
    record_parts(
        database,
        part(),
        *background,
        part(surface="vendor_only", principal="p-9999"),
        *(
            part(**CHAT_PART, surface=surface, principal=f"p-{surface}")
            for surface in ("cname", "vendor_only")
        ),
        part(**SPELLING),
    )
    with database.read() as conn:
        feed = ranked_tools(conn, CATALOGUE, weights, NOW)
    assert [(one.tool_id, one.finding_kind) for one in feed] == [
        ("scribe-one", "use"),
        ("spelling-three", "use"),
        ("chat-two", "contact"),
    ]
    scribe, _, chat = feed
    assert (scribe.people, scribe.seen.count) == (1, 5)
    assert {kind: seen.people for kind, seen in scribe.also_seen.items()} == {"ambient": 50, "contact": 1}
    assert chat.people == 2


@pytest.mark.parametrize(
    ("surface", "kind"),
    [("ambient", "ambient"), ("embedded", "embedded"), ("vendor_only", "contact"), ("cname", "contact"),
     ("look_alike", "look_alike"), ("surface of tomorrow", "contact")],
)  # fmt: skip
def test_no_other_surface_is_ranked_above_use(
    database: Database, weights: Weights, surface: str, kind: str
) -> None:
    crowd = [part(surface=surface, principal=f"p-{n}", bytes_up=10**9) for n in range(30)]
    record_parts(database, *crowd, part(**SPELLING))
    with database.read() as conn:
        first, second = ranked_tools(conn, CATALOGUE, weights, NOW)
    assert (first.tool_id, first.finding_kind) == ("spelling-three", "use")
    assert (second.tool_id, second.finding_kind) == ("scribe-one", kind)


def test_decided_tools_leave_the_feed_and_stay_in_the_inventory(database: Database, weights: Weights) -> None:
    record_parts(database, part(), part(**CHAT_PART), part(**SPELLING))
    with database.write() as conn:
        decide(conn, "scribe-one", "approved", "jo", "agreement signed", NOW, until=NOW.date())
        decide(conn, "chat-two", "prohibited", "jo", "no agreement", NOW)
        decide(conn, "spelling-three", "approved_with_conditions", "jo", "no patient data", NOW)
    with database.read() as conn:
        assert [(one.tool_id, one.status) for one in ranked_tools(conn, CATALOGUE, weights, NOW)] == [
            ("chat-two", "prohibited")
        ]
        judged = {one.tool_id: one.rank for one in judged_tools(conn, CATALOGUE, weights, NOW)}
        assert judged == {"scribe-one": 0, "chat-two": 1, "spelling-three": 0}
        # The day after its last day an approval is over.
        later = ranked_tools(conn, CATALOGUE, weights, NOW + timedelta(days=1))
        assert [(one.tool_id, one.status) for one in later] == [
            ("scribe-one", "unreviewed"),
            ("chat-two", "prohibited"),
        ]


def test_our_agreement_lowers_the_score_and_its_absence_is_named(
    database: Database, weights: Weights
) -> None:
    record_parts(database, part())
    with database.write() as conn:
        unknown = ranked_tools(conn, CATALOGUE, weights, NOW)[0]
        add_agreement(conn, "vendor-two", document="BAA-1", valid_from=date(2026, 1, 1), by="jo", now=NOW)
        none = ranked_tools(conn, CATALOGUE, weights, NOW)[0]
        add_agreement(conn, "vendor-one", document="BAA-2", valid_from=date(2026, 1, 1), by="jo", now=NOW)
        signed = ranked_tools(conn, CATALOGUE, weights, NOW)[0]
    assert [one.agreement for one in (unknown, none, signed)] == [None, "none", "in_force"]
    assert none.assessment.score > unknown.assessment.score > signed.assessment.score


def test_a_report_tells_all_about_one_tool(database: Database, weights: Weights) -> None:
    record_parts(database, part(**CHAT_PART), part(**CHAT_PART, principal="p-2", tier="enterprise"))
    with database.write() as conn:
        decide(conn, "chat-two", "in_review", "jo", "looking", NOW)
        ensure_tools(conn, [("never-seen", "vendor-nine")], NOW)
        saved = save_assessments(conn, CATALOGUE, weights, NOW)
        report = tool_report(conn, "chat-two", CATALOGUE, weights, NOW)
        unseen = tool_report(conn, "never-seen", CATALOGUE, weights, NOW)
        stored = latest_assessments(conn)["chat-two"]
        with pytest.raises(NotRecorded):
            tool_report(conn, "nothing", CATALOGUE, weights, NOW)
    assert report.judged is not None
    assert report.judged.assessment.score == saved[0].assessment.score == stored.score
    assert [p.reason for p in report.judged.assessment.parts] == [p.reason for p in stored.parts]
    assert (stored.weights_version, stored.catalogue_version) == (weights.version, "test-version")
    assert [row.people for row in report.evidence] == [1, 1]
    assert sorted(row.principal for row in report.principals) == ["p-0001", "p-2"]
    assert (len(report.terms), len(report.decisions), len(report.history)) == (2, 1, 1)
    assert (unseen.judged, unseen.terms, unseen.evidence) == (None, (), ())


def test_a_tool_the_catalogue_dropped_is_still_ranked(database: Database, weights: Weights) -> None:
    record_parts(database, part(tool_id="gone", vendor_id="gone-too", signature="gone:domain:gone.example"))
    with database.write() as conn:
        ensure_tools(conn, [("gone", "gone-too", "Gone", "Gone Inc")], NOW)
        (one,) = ranked_tools(conn, CATALOGUE, weights, NOW)
    assert (one.name, one.vendor_name, one.category, one.clinical) == ("Gone", "Gone Inc", None, None)
    assert "What the tool takes in" in one.assessment.unknowns


def seen(**given: object) -> Sightings:
    values: dict[str, object] = {
        "count": 10, "allowed": 10, "blocked": 0, "action_unknown": 0, "people": 1,
        "people_by_kind": {"user": 1},
        "count_without_principal": 0, "bytes_up": None, "bytes_down": None, "count_without_bytes": 10,
        "first_seen": NOW, "last_seen": NOW, "days": (), "sources": ("proxy",), "departments": (),
        "surfaces": ("use",), "tiers": (), "tier_unknown": True, "department_unknown": True, "signatures": (),
    }  # fmt: skip
    return Sightings(**{**values, **given})  # type: ignore[arg-type]


def days(*counts: int) -> tuple[DayCount, ...]:
    first = date(2026, 11, 1)
    return tuple(
        DayCount(first + timedelta(days=n), count, 1, None) for n, count in enumerate(counts) if count
    )


def test_growth_compares_two_weeks() -> None:
    assert growth(seen(days=days(*[1] * 7, *[2] * 7))) == 2.0
    assert growth(seen(days=days(*[2] * 7, *[1] * 7))) == 0.5
    assert growth(seen(days=days(1, 1))) is None
    assert growth(seen()) is None
    assert growth(seen(days=days(1, *[0] * 20, 5))) == float("inf")


def test_people_are_counted_by_the_best_kind_there_is() -> None:
    assert likely_people(seen(people_by_kind={"user": 2, "address": 9})) == 2
    assert likely_people(seen(people_by_kind={"device": 3, "address": 9})) == 9
    assert likely_people(seen(people_by_kind={})) is None


def test_an_unknown_outcome_is_not_a_blocked_one() -> None:
    assert blocked_share(seen(allowed=0, blocked=5, action_unknown=5)) == 0.5
    assert blocked_share(seen(allowed=0, blocked=0, action_unknown=10)) is None


def test_subcontractors_are_known_only_if_every_plan_in_use_names_them() -> None:
    address = "https://vendor.example/list"
    listed = terms(subprocessors=Subprocessors(address, DAY, count=3))
    bound = terms(subprocessors=Subprocessors(address, DAY, count=3, bound=True))
    nobody = terms(subprocessors=Subprocessors(address, DAY, count=0))
    said = {
        (listed, bound): "listed",
        (bound, nobody): "covered",
        (nobody,): "none",
        (bound, terms()): None,
        (): None,
    }
    assert {given: subprocessors_state(given) for given in said} == said


def test_an_unknown_plan_has_the_least_protective_terms() -> None:
    assert [one.baa for one in terms_in_use(CHAT, seen())] == [Baa.NO]
    assert [one.baa for one in terms_in_use(CHAT, seen(tiers=("enterprise",), tier_unknown=False))] == [
        Baa.YES_PLAN
    ]
    mixed = terms_in_use(CHAT, seen(tiers=("enterprise",)))
    assert sorted(str(one.baa) for one in mixed) == ["no", "yes_plan"]
    assert [one.baa for one in terms_in_use(CHAT, seen(tiers=("plus",), tier_unknown=False))] == [Baa.NO]
    assert terms_in_use(None, seen()) == []


@pytest.mark.parametrize(
    ("given", "tiers", "expected"),
    [
        (None, (), None),
        ([], (), "none"),
        ([{}], (), "in_force"),
        ([{"tool_ids": ("chat-two",)}], (), "in_force"),
        ([{"tool_ids": ("notes-two",)}], (), "other_scope"),
        ([{"tiers": ("enterprise",)}], (), "other_scope"),
        ([{"tiers": ("enterprise",)}], ("enterprise",), "in_force"),
        ([{"tiers": ("enterprise",)}], ("enterprise", "free"), "other_scope"),
        ([{"valid_until": date(2026, 11, 1)}], (), "ended"),
        ([{"valid_from": date(2027, 1, 1)}], (), "ended"),
        ([{"valid_until": date(2026, 11, 1)}, {}], (), "in_force"),
    ],
)
def test_an_agreement_covers_what_it_says(
    given: list[dict[str, object]] | None, tiers: tuple[str, ...], expected: str | None
) -> None:
    values: dict[str, object] = {
        "id": 1, "vendor_id": "vendor-two", "tool_ids": (), "tiers": (), "valid_from": date(2026, 1, 1),
        "valid_until": None, "document": "BAA", "note": None, "added_by": "jo", "added_at": NOW,
    }  # fmt: skip
    register = None if given is None else [Agreement(**{**values, **one}) for one in given]  # type: ignore[arg-type]
    found = agreement_state(CHAT, seen(tiers=tiers, tier_unknown=not tiers), register, date(2026, 11, 20))
    assert found == expected


def test_own_sign_on_means_own_account(database: Database, weights: Weights) -> None:
    record_parts(database, part(**{**CHAT_PART, "signature": "chat-two:sso_app_id:0oa1"}))
    with database.read() as conn:
        (one,) = ranked_tools(conn, CATALOGUE, weights, datetime(2026, 11, 20, tzinfo=UTC))
        assert agreements(conn) == []
    account = next(p for p in one.assessment.parts if p.factor == "account")
    assert (account.points, account.known) == (0, True)


def test_the_reach_among_people_is_an_input(database: Database, weights: Weights) -> None:
    record_parts(
        database,
        part(principal="p-1", department="Cardiology", bytes_up=400),
        part(principal="p-1", department="Cardiology", bytes_up=600, day=date(2026, 11, 18)),
        part(principal="p-1", department="Oncology", bytes_up=None),
        part(principal="p-2", department="Finance", bytes_up=700),
        part(principal="", principal_kind="unknown", bytes_up=9000),
        part(surface="ambient", principal="p-3", department="Oncology", bytes_up=10**10),
        part(**SPELLING, principal="p-4", department="Finance", bytes_up=2000),
        part(**CHAT_PART, principal="p-5", bytes_up=None),
    )
    with database.read() as conn:
        inputs = {one.tool_id: one.inputs for one in judged_tools(conn, CATALOGUE, weights, NOW)}
    scribe, spelling, chat = inputs["scribe-one"], inputs["spelling-three"], inputs["chat-two"]
    assert (scribe.clinical_people, scribe.departments) == (1, 3)
    # Spelling help and background traffic are no yardstick, and chat has no bytes: the scribe stands alone.
    alone = weights.yardsticks.alone
    assert (scribe.bytes_up, scribe.bytes_up_per_person) == (10_700, 1000)
    assert {one.bytes_up_greatest for one in inputs.values()} == {alone.bytes_up}
    assert {one.bytes_up_per_person_greatest for one in inputs.values()} == {alone.bytes_up_per_person}
    assert (spelling.clinical_people, spelling.departments, spelling.bytes_up_per_person) == (0, 1, 2000)
    assert (chat.clinical_people, chat.departments, chat.bytes_up_per_person) == (None, None, None)
    assert {one.status for one in inputs.values()} == {"unreviewed"}
    assert {one.minutes_after_ehr for one in inputs.values()} == {None}


def test_background_traffic_changes_no_rank(database: Database, weights: Weights) -> None:
    use = [
        part(principal="p-1", bytes_up=50),
        part(**CHAT_PART, principal="p-2", bytes_up=900),
        part(**SPELLING, principal="p-3", bytes_up=40_000),
    ]
    record_parts(database, *use)
    with database.read() as conn:
        before = [(one.tool_id, one.assessment.score) for one in ranked_tools(conn, CATALOGUE, weights, NOW)]
    with database.write() as conn:
        scan_id, content = begin(conn, "f" * 64)
        noise = [part(surface="ambient", principal=f"d-{n}", bytes_up=10**12) for n in range(5)]
        record_batch(conn, record(scan_id, content, 0, 100, *noise))
    with database.read() as conn:
        after = [(one.tool_id, one.assessment.score) for one in ranked_tools(conn, CATALOGUE, weights, NOW)]
    assert after == before


def test_prohibited_use_weighs_more_than_unreviewed_use(database: Database, weights: Weights) -> None:
    record_parts(database, part(**CHAT_PART))
    with database.write() as conn:
        before = ranked_tools(conn, CATALOGUE, weights, NOW)[0].assessment.score
        decide(conn, "chat-two", "prohibited", "jo", "no agreement", NOW)
        after = ranked_tools(conn, CATALOGUE, weights, NOW)[0].assessment.score
    assert after > before


def test_use_by_a_department_the_approval_does_not_name(database: Database, weights: Weights) -> None:
    record_parts(database, part(department="Cardiology"), part(department="Finance", principal="p-2"))
    with database.write() as conn:
        decide(conn, "scribe-one", "approved", "jo", "signed", NOW, departments=["cardiology"])
        (one,) = judged_tools(conn, CATALOGUE, weights, NOW)
        assert one.inputs.conditions_broken == 1
        decide(conn, "scribe-one", "approved", "jo", "signed", NOW, departments=["Cardiology", "Finance"])
        (other,) = judged_tools(conn, CATALOGUE, weights, NOW)
        assert other.inputs.conditions_broken == 0
    assert one.assessment.score > other.assessment.score


def test_other_inputs_move_a_tool_in_the_feed_and_nothing_else(database: Database, weights: Weights) -> None:
    record_parts(database, part(), part(**CHAT_PART), part(**SPELLING))
    with database.read() as conn:
        judged = judged_tools(conn, CATALOGUE, weights, NOW)
    first = judged[0]
    signed = replace(first.inputs, agreement="in_force", category="image_generation", clinical_tool=False)
    moved = judged_with(judged, first.tool_id, signed, weights)
    assert [one.tool_id for one in moved] == ["chat-two", "spelling-three", "scribe-one"]
    assert [one.rank for one in moved] == [1, 2, 3]
    assert [one for one in moved if one.tool_id != first.tool_id] == [
        replace(one, rank=one.rank - 1) for one in judged[1:]
    ]
    approved = judged_with(judged, first.tool_id, replace(first.inputs, status="approved"), weights)
    assert [one.rank for one in approved] == [0, 1, 2]
