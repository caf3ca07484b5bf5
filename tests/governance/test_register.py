"""The register of agreements takes what the catalogue knows, and leaves a trace of every change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from governance.agreements import Entry, end, enter, to_act_on
from governance.errors import AgreementInvalid, ImportRefused
from governance.imports.agreements import import_agreements
from storage import audit
from storage.agreements import Clauses, agreements
from storage.database import Database
from storage.errors import NotRecorded
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW

ENTRY = Entry(
    vendor="vendor-two",
    tools=("chat-two",),
    tiers=("enterprise",),
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    document="DMS-4711",
    sha256="AB" * 32,
    note=None,
)


def test_an_entry_is_kept_with_its_digest_and_an_audit_row(database: Database) -> None:
    with database.write() as conn:
        number = enter(conn, ENTRY, CATALOGUE, " C. Ruiz ", NOW)
        (one,) = agreements(conn)
        (row,) = audit.rows(conn)
        assert audit.verify(conn).intact
    assert (one.id, one.vendor_id, one.tool_ids, one.tiers) == (
        number,
        "vendor-two",
        ("chat-two",),
        ("enterprise",),
    )
    assert (one.document_sha256, one.added_by, one.kept_until) == ("ab" * 32, "C. Ruiz", date(2032, 12, 31))
    assert (row.actor, row.action, row.subject) == ("C. Ruiz", "agreement.added", "vendor-two")
    assert (row.detail["sha256"], row.detail["until"]) == ("ab" * 32, "2026-12-31")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vendor": "vendor-too"}, "no vendor 'vendor-too' in the catalogue; did you mean vendor-two"),
        ({"vendor": "chat-two"}, "that is a tool of vendor-two"),
        ({"tools": ("chat-tow",)}, "no tool 'chat-tow' of vendor-two; did you mean chat-two?"),
        ({"tools": ("scribe-one",)}, "scribe-one is a tool of vendor-one, not of vendor-two"),
        ({"tiers": ("enterprize",)}, "chat-two has no tier 'enterprize'; did you mean enterprise?"),
        ({"tools": ("notes-two",)}, "notes-two has no tier 'enterprise'; its terms know no tiers"),
        (
            {"tools": (), "tiers": ("gold",)},
            "No tool of vendor-two has a tier 'gold'; known: enterprise, free.",
        ),
        ({"valid_until": date(2025, 12, 31)}, "ends on 2025-12-31, before it begins on 2026-01-01"),
        ({"valid_from": date(1990, 1, 1)}, "before HIPAA"),
        ({"sha256": "ab" * 31}, "is no SHA-256"),
        ({"sha256": "g" * 64}, "is no SHA-256"),
        ({"document": "  "}, "needs the reference"),
        (
            {"clauses": Clauses(training="maybe")},
            "training is 'maybe'; use one of forbidden, allowed, unknown",
        ),
        ({"clauses": Clauses(subcontractors="some")}, "use one of yes, no, unknown"),
        ({"clauses": Clauses(notice_days=61)}, "has 60 at most"),
        ({"clauses": Clauses(review_on=date(2025, 1, 1))}, "is before it begins"),
        ({"clauses": Clauses(review_on=date(2027, 1, 1))}, "is after it ends on 2026-12-31"),
    ],
)
def test_what_contradicts_itself_or_the_catalogue_is_refused_whole(
    database: Database, changes: dict[str, object], words: str
) -> None:
    with database.write() as conn:
        with pytest.raises(AgreementInvalid) as caught:
            enter(conn, replace(ENTRY, **changes), CATALOGUE, "jo", NOW)
        assert words in str(caught.value)
        assert agreements(conn) == []
        assert audit.rows(conn) == []


def test_nobody_enters_nothing_and_nothing_twice(database: Database) -> None:
    with database.write() as conn:
        with pytest.raises(AgreementInvalid, match="needs the name"):
            enter(conn, ENTRY, CATALOGUE, " ", NOW)
        number = enter(conn, ENTRY, CATALOGUE, "jo", NOW)
        with pytest.raises(AgreementInvalid, match=f"on record already, as number {number}"):
            enter(conn, ENTRY, CATALOGUE, "jo", NOW)
        enter(conn, replace(ENTRY, tools=(), tiers=("enterprise",)), CATALOGUE, "jo", NOW)
        assert len(agreements(conn)) == 2


def test_an_end_is_set_once_and_never_later(database: Database) -> None:
    with database.write() as conn:
        number = enter(conn, replace(ENTRY, valid_until=None), CATALOGUE, "jo", NOW)
        with pytest.raises(AgreementInvalid, match="begins on 2026-01-01"):
            end(conn, number, date(2025, 12, 31), "jo", NOW)
        with pytest.raises(AgreementInvalid, match="needs the name"):
            end(conn, number, date(2026, 6, 30), "", NOW)
        end(conn, number, date(2026, 6, 30), "jo", NOW)
        with pytest.raises(AgreementInvalid, match="ends on 2026-06-30 already"):
            end(conn, number, date(2026, 7, 1), "jo", NOW)
        end(conn, number, date(2026, 5, 31), "jo", NOW)
        with pytest.raises(NotRecorded):
            end(conn, 99, date(2026, 6, 30), "jo", NOW)
        (one,) = agreements(conn)
        actions = [
            (row.action, row.detail.get("last_day"), row.detail.get("before")) for row in audit.rows(conn)
        ]
    assert one.valid_until == date(2026, 5, 31)
    assert actions == [
        ("agreement.ended", "2026-05-31", "2026-06-30"),
        ("agreement.ended", "2026-06-30", None),
        ("agreement.added", None, None),
    ]


def test_six_years_after_a_leap_day(database: Database) -> None:
    with database.write() as conn:
        enter(conn, replace(ENTRY, valid_until=date(2028, 2, 29)), CATALOGUE, "jo", NOW)
        enter(conn, replace(ENTRY, valid_until=date(9999, 12, 31), document="no end"), CATALOGUE, "jo", NOW)
        assert sorted(one.kept_until for one in agreements(conn) if one.kept_until) == [
            date(2034, 3, 1),
            date.max,
        ]


REGISTER = """vendor;products;plans;from;until;document;counterparty;flow-down;notice days;training;review
vendor-two;chat-two;enterprise;2026-01-01;2026-12-31;DMS-1;Vendor Two Inc.;yes;10;forbidden;2026-12-01
vendor-one;all;;2026-02-01;;DMS-2;;;;;
"""


def test_a_register_is_taken_whole_and_only_once(database: Database) -> None:
    with database.write() as conn:
        assert import_agreements(conn, REGISTER.encode(), CATALOGUE, "jo", NOW) == (2, 2)
        assert import_agreements(conn, REGISTER.encode(), CATALOGUE, "jo", NOW) == (2, 0)
        one, two = agreements(conn)
        assert len(audit.rows(conn)) == 2
        assert audit.verify(conn).intact
    assert (one.vendor_id, one.tool_ids, one.subcontractors, one.notice_days) == (
        "vendor-one",
        (),
        "unknown",
        None,
    )
    assert (two.counterparty, two.subcontractors, two.notice_days, two.training, two.deidentification) == (
        "Vendor Two Inc.", "yes", 10, "forbidden", "unknown"
    )  # fmt: skip
    assert [(due.id, why) for due, why in to_act_on([one, two], NOW.date())] == [
        (two.id, "ends on 2026-12-31")
    ]
    assert to_act_on([one, two], date(2026, 6, 1)) == []
    assert [why for _, why in to_act_on([replace(two, valid_until=None)], NOW.date())] == [
        "review on 2026-12-01"
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            "vendor-one;all;;2026-02-01;;",
            "vendor-one;all;;2026-02-01;2026-01-01;",
            "row 3: It ends on 2026-01-01, before",
        ),
        ("vendor-one;all", "vendor-on;all", "row 3: There is no vendor 'vendor-on'"),
        ("2026-02-01;;DMS-2", ";;DMS-2", "row 3: from is missing"),
        (
            "2026-02-01;;DMS-2",
            "03/04/2026;;DMS-2",
            "row 3: valid_from is '03/04/2026', which is no day or could be two",
        ),
        ("yes;10;", "yes;soon;", "row 2: notice days is 'soon'"),
        ("yes;10;", "yes;90;", "row 2: Notice of a breach within 90 days"),
        ("chat-two;enterprise", "chat-two;gold", "row 2: chat-two has no tier 'gold'"),
    ],
)
def test_a_register_with_one_wrong_row_is_refused(
    database: Database, before: str, after: str, words: str
) -> None:
    class Undone(Exception):
        pass

    def tried() -> None:
        with database.write() as conn:
            with pytest.raises(ImportRefused) as caught:
                import_agreements(conn, REGISTER.replace(before, after).encode(), CATALOGUE, "jo", NOW)
            assert words in str(caught.value)
            raise Undone

    with pytest.raises(Undone):
        tried()


def test_the_same_agreement_with_other_facts_is_refused(database: Database) -> None:
    with database.write() as conn:
        import_agreements(conn, REGISTER.encode(), CATALOGUE, "jo", NOW)
        with pytest.raises(ImportRefused, match="row 2: It is on record with other facts, as number 1"):
            import_agreements(conn, REGISTER.replace("yes;10", "yes;11").encode(), CATALOGUE, "jo", NOW)
