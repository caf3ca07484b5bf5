"""The register of agreements takes what the catalogue knows, and leaves a trace of every change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sample_catalogue import CATALOGUE
from sample_records import NOW

from governance.agreements import Entry, end, enter
from governance.errors import AgreementInvalid
from storage import audit
from storage.agreements import agreements
from storage.database import Database
from storage.errors import NotRecorded

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
