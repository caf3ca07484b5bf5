"""Enter signed agreements from a CSV file: every row of it, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from governance.agreements import Entry, enter, on_record
from governance.errors import AgreementInvalid, ImportRefused
from governance.imports.days import last_day
from governance.imports.records import Record, decoded, read_table
from signatures.catalogue import Catalogue
from storage.agreements import Agreement, Clauses

COLUMNS: Final = {
    "vendor": ("vendor", "vendorid"),
    "tools": ("tools", "tool", "products", "product"),
    "tiers": ("tiers", "tier", "plans", "plan"),
    "valid_from": ("from", "validfrom", "start", "startdate", "effective", "effectivedate", "begins"),
    "valid_until": (
        "until",
        "validuntil",
        "end",
        "enddate",
        "expires",
        "expiry",
        "expirydate",
        "termination",
    ),
    "document": ("document", "reference", "documentreference", "contract", "contractnumber"),
    "sha256": ("sha256", "digest", "hash", "documentsha256"),
    "note": ("note", "notes", "remark", "remarks"),
    "counterparty": ("counterparty", "signedby", "company", "party"),
    "owner": ("owner", "responsible", "contact"),
    "subcontractors": ("subcontractors", "flowdown", "subcontractorflowdown"),
    "training": ("training", "trainingclause"),
    "deidentification": ("deidentification", "deidentificationclause", "deidentified"),
    "notice_days": ("noticedays", "breachnotice", "breachnoticedays", "notice"),
    "review_on": ("review", "reviewon", "reviewdate", "nextreview"),
}
_SEPARATOR = re.compile(r"[;|]")


def import_agreements(
    conn: Connection,
    content: bytes,
    catalogue: Catalogue,
    by: str,
    now: datetime,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
) -> tuple[int, int]:
    """Enter the agreements of a file; return how many rows there are and how many are new.

    A row that is on record already with the same facts changes nothing. Raises ImportRefused, with the row.
    """
    required = [["vendor"], ["valid_from"], ["document"]]
    records = read_table(decoded(content, encoding), COLUMNS, required, columns)
    entered = 0
    for record in records:
        entry = _entry(record, date_format)
        try:
            known = on_record(conn, entry)
            if known is None:
                enter(conn, entry, catalogue, by, now)
                entered += 1
            elif _facts(known) != _stated(entry):
                raise AgreementInvalid(
                    f"It is on record with other facts, as number {known.id}; end that one or correct the row."
                )
        except AgreementInvalid as fault:
            raise ImportRefused(f"row {record.row}: {fault}") from fault
    return len(records), entered


def _entry(record: Record, date_format: str | None) -> Entry:
    def word(field: str) -> str:
        return (record.first(field) or "unknown").casefold()

    def day(field: str) -> date | None:
        return last_day(record.first(field) or "", record.row, field, date_format)

    valid_from = day("valid_from")
    if valid_from is None:
        raise ImportRefused(f"row {record.row}: from is missing; write the first day, such as 2026-01-01.")
    clauses = Clauses(
        counterparty=record.first("counterparty"),
        owner=record.first("owner"),
        subcontractors=word("subcontractors"),
        training=word("training"),
        deidentification=word("deidentification"),
        notice_days=_days(record),
        review_on=day("review_on"),
    )
    return Entry(
        vendor=record.first("vendor") or "",
        tools=_list(record, "tools"),
        tiers=_list(record, "tiers"),
        valid_from=valid_from,
        valid_until=day("valid_until"),
        document=record.first("document") or "",
        sha256=record.first("sha256"),
        note=record.first("note"),
        clauses=clauses,
    )


def _days(record: Record) -> int | None:
    text = record.first("notice_days")
    if text is None or text.casefold() == "unknown":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise ImportRefused(
            f"row {record.row}: notice days is {text[:40]!r}; write a number of days, or nothing."
        )
    return int(text)


def _list(record: Record, field: str) -> tuple[str, ...]:
    found = record.values.get(field, ())
    names = [name.strip() for text in found for name in _SEPARATOR.split(text)]
    return tuple(name for name in names if name and name.casefold() != "all")


def _facts(known: Agreement) -> tuple[object, ...]:
    clauses = {name: getattr(known, name) for name in Clauses.__slots__}
    return (known.valid_until, known.document_sha256, known.note, clauses)


def _stated(entry: Entry) -> tuple[object, ...]:
    digest = entry.sha256.strip().casefold() if entry.sha256 else None
    return (entry.valid_until, digest, entry.note, asdict(entry.clauses))
