"""A sign-in to a plan's own application tells the plan of who signed in, and of nobody else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from governance.tiers import tier_standing
from signatures.catalogue import Tool
from signatures.kinds import Category
from storage.batches import record_batch
from storage.database import Database
from storage.tiers import tiers_seen
from tests.storage.sample_records import begin, part, record


def tool(*tiers: str) -> Tool:
    return Tool("chat", "Chat", "acme", Category.CHAT_ASSISTANT, False, "A chat.", tiers, (), ())


def people(count: int) -> frozenset[str]:
    return frozenset(f"p{number}" for number in range(count))


def test_without_sign_ins_the_plan_is_unknown() -> None:
    standing = tier_standing(tool("free", "enterprise"), people(3), {})
    assert standing is not None
    assert standing.statement == "free or enterprise: unknown from this evidence"


def test_sign_ins_resolve_the_plan_for_some() -> None:
    standing = tier_standing(tool("free", "plus", "enterprise"), people(40), {"enterprise": people(12)})
    assert standing is not None
    assert standing.resolved == 12
    assert standing.statement == (
        "free, plus or enterprise: resolved for 12 of 40 by sign-ins, unknown for the others (enterprise 12)"
    )


def test_sign_ins_to_several_plans_stay_unknown() -> None:
    standing = tier_standing(
        tool("free", "edu", "enterprise"), people(2), {"enterprise": people(2), "edu": people(1)}
    )
    assert standing is not None
    assert (dict(standing.known), standing.several) == ({"enterprise": 1}, 1)
    assert standing.statement.endswith("(enterprise 1); 1 signed in to more than one")


def test_everybody_known_unless_somebody_has_no_name() -> None:
    by_tier = {"enterprise": people(4)}
    named = tier_standing(tool("free", "enterprise"), people(4), by_tier)
    unnamed = tier_standing(tool("free", "enterprise"), people(4), by_tier, unnamed=True)
    assert named is not None
    assert unnamed is not None
    assert named.statement == "known for all 4 by their sign-ins (enterprise 4)"
    assert "unknown for the others" in unnamed.statement


def test_a_tool_without_plans_or_people_has_no_standing() -> None:
    assert tier_standing(tool(), people(3), {}) is None
    assert tier_standing(tool("only"), people(3), {}) is None
    assert tier_standing(tool("free", "enterprise"), people(0), {}) is None


@given(
    st.dictionaries(
        st.sampled_from(["free", "plus", "pro"]), st.frozensets(st.sampled_from(sorted(people(9))))
    )
)
def test_nobody_is_counted_twice(by_tier: dict[str, frozenset[str]]) -> None:
    standing = tier_standing(tool("free", "plus", "pro"), people(9), by_tier)
    assert standing is not None
    assert standing.resolved + standing.several <= standing.people == 9
    assert all(count > 0 for count in standing.known.values())


def test_storage_tells_who_signed_in_to_what(database: Database) -> None:
    parts = [
        part(principal="p1"),
        part(principal="p1", source="okta", signature="scribe-one:sso_app_name:X", tier="enterprise"),
        part(principal="p2"),
        part(principal="", principal_kind="unknown"),
        part(principal="p3", surface="vendor_only"),
        part(principal="p4", tool_id="other-tool", tier="enterprise"),
    ]
    with database.write() as conn:
        scan, content = begin(conn)
        record_batch(conn, record(scan, content, 0, 100, *parts))
        seen = tiers_seen(conn, "scribe-one")
    assert seen.principals == {"p1", "p2"}
    assert seen.by_tier == {"enterprise": {"p1"}}
    assert seen.unnamed
