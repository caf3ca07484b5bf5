"""Keep the register of signed agreements: check an entry against the catalogue, leave a trace of every change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final

from sqlalchemy import Connection

from governance.errors import AgreementInvalid
from signatures.catalogue import Catalogue, Tool, Vendor
from storage import audit
from storage.agreements import (
    SILENT,
    Agreement,
    Clauses,
    add_agreement,
    agreement_of,
    agreements,
    end_agreement,
)

FLOW_DOWN: Final = ("yes", "no", "unknown")
CLAUSE: Final = ("forbidden", "allowed", "unknown")
LONGEST_NOTICE: Final = 60
"""Days a business associate has at most to report a breach (45 CFR 164.410(b), read 2026-11-22)."""
SOON: Final = 90
"""Days before its end or review in which an agreement is listed as due."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EARLIEST = date(1996, 8, 21)  # the day HIPAA was signed; an agreement before it is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Entry:
    """An agreement as a person enters it."""

    vendor: str
    tools: Sequence[str]
    """Covered tools; () for every tool of the vendor."""
    tiers: Sequence[str]
    """Covered tiers; () for every tier."""
    valid_from: date
    valid_until: date | None
    document: str
    sha256: str | None
    note: str | None
    clauses: Clauses = SILENT


def enter(conn: Connection, entry: Entry, catalogue: Catalogue, by: str, now: datetime) -> int:
    """Enter a signed agreement and return its number, in the caller's transaction.

    Raises AgreementInvalid if vendor, tools or tiers are not in the catalogue, the days contradict one
    another, the document has no reference or its digest is none, a clause says what cannot be, or the same
    agreement is on record already.
    """
    by, document = by.strip(), entry.document.strip()
    vendor = _vendor(entry.vendor, catalogue)
    tools = _tools(entry.tools, vendor, catalogue)
    tiers = _tiers(entry.tiers, tools, vendor)
    digest = _digest(entry.sha256)
    if not by:
        raise AgreementInvalid("An entry needs the name of who makes it.")
    if not document:
        raise AgreementInvalid(
            "An agreement needs the reference of the signed document (45 CFR 164.502(e)(2))."
        )
    if entry.valid_from < _EARLIEST:
        raise AgreementInvalid(f"{entry.valid_from} is before HIPAA; correct the first day.")
    if entry.valid_until is not None and entry.valid_until < entry.valid_from:
        raise AgreementInvalid(
            f"It ends on {entry.valid_until}, before it begins on {entry.valid_from}; correct one of the days."
        )
    clauses = _clauses(entry)
    tool_ids = tuple(sorted({tool.id for tool in tools}))
    other = on_record(conn, entry)
    if other is not None:
        raise AgreementInvalid(f"It is on record already, as number {other.id}.")
    number = add_agreement(
        conn,
        vendor.id,
        document=document,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        tool_ids=tool_ids,
        tiers=tiers,
        note=entry.note,
        document_sha256=digest,
        clauses=clauses,
        by=by,
        now=now,
    )
    detail = {
        "agreement": number,
        "tools": list(tool_ids),
        "tiers": list(tiers),
        "from": entry.valid_from.isoformat(),
        "until": entry.valid_until.isoformat() if entry.valid_until else None,
        "document": document,
        "sha256": digest,
        "note": entry.note,
        **{name: str(value) for name, value in asdict(clauses).items() if value is not None},
    }
    audit.append(conn, by, "agreement.added", vendor.id, detail, now)
    return number


def on_record(conn: Connection, entry: Entry) -> Agreement | None:
    """Return the agreement of the same document, scope and first day, if there is one."""
    wanted = (
        entry.document.strip(),
        tuple(sorted({name.strip() for name in entry.tools})),
        tuple(sorted({name.strip() for name in entry.tiers})),
        entry.valid_from,
    )
    for other in agreements(conn, entry.vendor.strip()):
        if (other.document, other.tool_ids, other.tiers, other.valid_from) == wanted:
            return other
    return None


def to_act_on(found: Iterable[Agreement], today: date, days: int = SOON) -> list[tuple[Agreement, str]]:
    """Return agreements that end or are to be reviewed within some days, the most urgent first, and why."""
    due: list[tuple[date, Agreement, str]] = []
    for one in found:
        if not one.in_force(today):
            continue
        if one.valid_until is not None and (one.valid_until - today).days <= days:
            due.append((one.valid_until, one, f"ends on {one.valid_until}"))
        elif one.review_on is not None and (one.review_on - today).days <= days:
            due.append((one.review_on, one, f"review on {one.review_on}"))
    return [(one, why) for _, one, why in sorted(due, key=lambda item: (item[0], item[1].id))]


def end(conn: Connection, number: int, last_day: date, by: str, now: datetime) -> Agreement:
    """Set the last day of an agreement and return it as it was before.

    Raises AgreementInvalid if that day is before its first or after the last it has already, NotRecorded.
    """
    by = by.strip()
    before = agreement_of(conn, number)
    if not by:
        raise AgreementInvalid("Ending an agreement needs the name of who ends it.")
    if last_day < before.valid_from:
        raise AgreementInvalid(
            f"Agreement {number} begins on {before.valid_from}, so {last_day} cannot be its last day."
        )
    if before.valid_until is not None and last_day > before.valid_until:
        raise AgreementInvalid(
            f"Agreement {number} ends on {before.valid_until} already; enter an extension as a new agreement "
            "with its own document."
        )
    end_agreement(conn, number, last_day)
    detail = {
        "agreement": number,
        "last_day": last_day.isoformat(),
        "before": before.valid_until.isoformat() if before.valid_until else None,
    }
    audit.append(conn, by, "agreement.ended", before.vendor_id, detail, now)
    return before


def _vendor(name: str, catalogue: Catalogue) -> Vendor:
    vendor = catalogue.vendors.get(name.strip())
    if vendor is None:
        tool = catalogue.tools.get(name.strip())
        hint = f"that is a tool of {tool.vendor_id}." if tool else _near(name, catalogue.vendors)
        raise AgreementInvalid(f"There is no vendor {name!r} in the catalogue; {hint}")
    return vendor


def _tools(names: Sequence[str], vendor: Vendor, catalogue: Catalogue) -> list[Tool]:
    own = {tool.id: tool for tool in vendor.tools}
    found = []
    for name in (name.strip() for name in names):
        if name in own:
            found.append(own[name])
            continue
        other = catalogue.tools.get(name)
        if other is not None:
            raise AgreementInvalid(f"{name} is a tool of {other.vendor_id}, not of {vendor.id}.")
        raise AgreementInvalid(f"There is no tool {name!r} of {vendor.id}; {_near(name, own)}")
    return found


def _tiers(names: Sequence[str], tools: Sequence[Tool], vendor: Vendor) -> tuple[str, ...]:
    # A tool named beside a tier it does not have would never be covered and yet look so.
    chosen = sorted({name.strip() for name in names})
    for name in chosen:
        for tool in tools:
            if name not in tool.tiers:
                raise AgreementInvalid(f"{tool.id} has no tier {name!r}; {_tier_hint(name, tool.tiers)}")
        if not any(name in tool.tiers for tool in vendor.tools):
            known = sorted({tier for tool in vendor.tools for tier in tool.tiers})
            raise AgreementInvalid(f"No tool of {vendor.id} has a tier {name!r}; {_tier_hint(name, known)}")
    return tuple(chosen)


def _clauses(entry: Entry) -> Clauses:
    """Check what the agreement says beyond its scope."""
    given = entry.clauses
    known = {"subcontractors": FLOW_DOWN, "training": CLAUSE, "deidentification": CLAUSE}
    for name, words in known.items():
        if getattr(given, name) not in words:
            raise AgreementInvalid(f"{name} is {getattr(given, name)[:40]!r}; use one of {', '.join(words)}.")
    if given.notice_days is not None and not 0 <= given.notice_days <= LONGEST_NOTICE:
        raise AgreementInvalid(
            f"Notice of a breach within {given.notice_days} days: a business associate has {LONGEST_NOTICE} at most "
            "(45 CFR 164.410(b)); enter what the document says."
        )
    if given.review_on is not None:
        if given.review_on < entry.valid_from:
            raise AgreementInvalid(
                f"The review on {given.review_on} is before it begins on {entry.valid_from}."
            )
        if entry.valid_until is not None and given.review_on > entry.valid_until:
            raise AgreementInvalid(
                f"The review on {given.review_on} is after it ends on {entry.valid_until}."
            )
    named = {name: (getattr(given, name) or "").strip() or None for name in ("counterparty", "owner")}
    return replace(given, **named)  # type: ignore[arg-type]


def _tier_hint(name: str, known: Sequence[str]) -> str:
    if not known:
        return "its terms know no tiers: leave --tier out, or enter it as an agreement of its own."
    return _near(name, known)


def _digest(given: str | None) -> str | None:
    if given is None:
        return None
    digest = given.strip().casefold()
    if not _SHA256.fullmatch(digest):
        raise AgreementInvalid(
            f"{given[:80]!r} is no SHA-256: 64 characters 0-9 and a-f, as `sha256sum FILE` prints them."
        )
    return digest


def _near(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name.strip(), names, 3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(names)}." if len(names) <= 12 else "skiagram catalog export prints all."
