"""The policy says what the decisions in force say, in versions that never change, attested by pseudonym."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from governance.decisions import decide
from governance.errors import ImportRefused, PolicyInvalid
from governance.policy import lines_of, policy_in_force
from governance.policy_versions import attest, publish, read_attestations
from storage import audit
from storage.agreements import add_agreement
from storage.database import Database
from storage.decisions import Conditions
from storage.directory import PEOPLE, Alias, Entry, Snapshot, replace_snapshot
from storage.inventory import ensure_tools
from storage.policies import PolicyVersion, attestations, attested_counts, policies, policy_of
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW

TODAY = NOW.date()


def add_tools(database: Database) -> None:
    with database.write() as conn:
        ensure_tools(conn, [(tool.id, tool.vendor_id) for tool in CATALOGUE.tools.values()], NOW)


def published(database: Database, **given: str) -> PolicyVersion:
    values = {"owner": "AI committee", "contact": "privacy@hospital.example", **given}
    with database.write() as conn:
        return publish(conn, CATALOGUE, values["owner"], values["contact"], "jo", NOW)


def lines(database: Database, days: int = 0) -> list[str]:
    with database.read() as conn:
        return lines_of(policy_in_force(conn, CATALOGUE, NOW + timedelta(days=days)).sections)


def test_patient_data_needs_both_an_approval_and_an_agreement(database: Database) -> None:
    add_tools(database)
    bound = Conditions(tiers=("enterprise",), departments=("Radiology",), data_classes=("de_identified",))
    with database.write() as conn:
        decide(conn, "spelling-three", "approved", "jo", "Fine.", NOW)
        decide(conn, "scribe-one", "approved", "jo", "Signed.", NOW, until=TODAY + timedelta(days=9))
        decide(conn, "chat-two", "approved_with_conditions", "jo", "Bound.", NOW, conditions=bound)
        add_agreement(conn, "vendor-one", document="B", valid_from=TODAY, by="jo", now=NOW)
    rows = {line.split("Tool ")[1].split(";")[0]: line for line in lines(database) if ": Tool " in line}
    assert "Patient data never (no BAA on record)" in rows["Spelling Three"]
    assert "Patient data as far as needed (BAA in force)" in rows["Scribe One"]
    assert "Until 2026-11-29" in rows["Scribe One"]
    assert "For Radiology; Patient data never; de-identified data only" in rows["Chat Two"]
    assert "plan enterprise" in rows["Chat Two"]
    assert not any("Scribe One" in line for line in lines(database, days=10))


def test_a_prohibited_tool_stands_beside_an_approved_one_of_its_kind(database: Database) -> None:
    add_tools(database)
    with database.write() as conn:
        decide(conn, "notes-two", "prohibited", "jo", "No.", NOW)
    assert any("Tool Notes Two; Use instead none of this kind yet" in line for line in lines(database))


def test_a_version_says_what_changed_and_is_never_published_twice(database: Database) -> None:
    add_tools(database)
    first = published(database)
    with pytest.raises(PolicyInvalid, match="says the same already"):
        published(database)
    with database.write() as conn:
        decide(conn, "spelling-three", "approved", "jo", "Fine.", NOW)
    second = published(database)
    assert (second.id, first.id) == (2, 1)
    assert [line for line in second.added if "Spelling Three" in line]
    assert second.removed == ("What is approved: No AI tool is approved.",)
    with database.read() as conn:
        assert policy_of(conn, 1) == first
        assert [one.id for one in policies(conn)] == [2, 1]
        later = policy_in_force(conn, CATALOGUE, NOW + timedelta(days=300))
        assert (later.digest, later.changed) == (second.digest, False)
        assert [row.action for row in audit.rows(conn)][:3] == [
            "policy.published", "tool.decided", "policy.published",
        ]  # fmt: skip


def test_a_policy_needs_owner_contact_and_a_person(database: Database) -> None:
    for owner, contact, by in (("", "x", "jo"), ("x", " ", "jo"), ("x", "y", " "), ("x" * 999, "y", "jo")):
        with pytest.raises(PolicyInvalid), database.write() as conn:
            publish(conn, CATALOGUE, owner, contact, by, NOW)


def test_attestations_are_kept_once_and_join_spellings(database: Database) -> None:
    with pytest.raises(PolicyInvalid, match="No policy is published"), database.write() as conn:
        attest(conn, None, {"p-1": TODAY}, "jo", NOW)
    published(database)
    with database.write() as conn:
        aliases = [Alias("p-mail", "p-1", "user", "mail"), Alias("p-1", "p-1", "user", "account")]
        replace_snapshot(conn, Snapshot(PEOPLE, [Entry("p-1", "user")], aliases, {}), NOW)
        assert attest(conn, None, {"p-mail": TODAY, "p-2": TODAY}, "jo", NOW).new == 2
        assert attest(conn, 1, {"p-1": TODAY}, "jo", NOW).new == 0
    with database.read() as conn:
        assert [one.principal for one in attestations(conn, 1)] == ["p-1", "p-2"]
        assert attested_counts(conn) == {1: 2}
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(PolicyInvalid), database.write() as conn:
            attest(conn, None, {"p-3": day}, "jo", NOW)


def test_a_file_of_attestations_becomes_pseudonyms_or_is_refused_whole() -> None:
    content = b"E-mail,Date\nann@hospital.example,2026-11-19\nANN@hospital.example,2026-11-18\nbo,\n"
    found = read_attestations(content, str.casefold, TODAY)
    assert found == {"ann@hospital.example": date(2026, 11, 18), "bo": TODAY}
    for wrong, words in (
        (b"person,on\nann,03/04/2026\n", "row 2"),
        (b"person,on\nann,2026-11-19\n,2026-11-19\n", "row 3: nobody is named"),
        (b"colour\nred\n", "No column for person"),
        (b"", "empty"),
    ):
        with pytest.raises(ImportRefused, match=words):
            read_attestations(wrong, str.casefold, TODAY)
