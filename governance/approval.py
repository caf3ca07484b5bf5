"""Take a decision with everything it rests on checked: names in its conditions, and readiness of departments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from sqlalchemy import Connection

from governance.conditions import ACCOUNTS, DATA_CLASSES
from governance.decisions import decide
from governance.errors import DecisionInvalid
from governance.findings import APPROVED_STATUSES
from governance.readiness import ITEMS, known_departments, readiness, readiness_of
from signatures.catalogue import Catalogue
from storage.approved_use import use_rows
from storage.decisions import UNBOUND, UNNAMED, Conditions, Parties


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision as somebody wants it."""

    tool_id: str
    status: str
    reason: str
    conditions: Conditions = UNBOUND
    until: date | None = None
    note: str | None = None
    parties: Parties = UNNAMED
    review_on: date | None = None
    override: str | None = None
    """Why departments that are not ready may begin nevertheless."""


def take(conn: Connection, proposal: Proposal, catalogue: Catalogue, by: str, now: datetime) -> int:
    """Check a proposal, decide, and return the decision's id, in the caller's transaction.

    Raises DecisionInvalid, storage.errors.NotRecorded.
    """
    conditions = checked_conditions(conn, proposal.conditions, proposal.tool_id, catalogue)
    override = (proposal.override or "").strip() or None
    missing: tuple[str, ...] = ()
    if proposal.status in APPROVED_STATUSES:
        missing = not_ready(conn, proposal.tool_id, conditions.departments)
        if missing and override is None:
            raise DecisionInvalid(
                f"{'; '.join(missing)}. Record it with skiagram readiness set, or say why it may begin nevertheless "
                "with --override REASON."
            )
    return decide(
        conn,
        proposal.tool_id,
        proposal.status,
        by,
        proposal.reason,
        now,
        note=proposal.note,
        until=proposal.until,
        conditions=conditions,
        parties=proposal.parties,
        override=f"{override} ({'; '.join(missing)})" if missing else None,
        review_on=proposal.review_on,
    )


def checked_conditions(conn: Connection, given: Conditions, tool_id: str, catalogue: Catalogue) -> Conditions:
    """Return conditions in the spelling that is known here; names nobody knows could never be kept or broken.

    Raises DecisionInvalid with the nearest names.
    """
    return Conditions(
        tiers=_tiers(given.tiers, tool_id, catalogue),
        departments=known_departments(conn, given.departments),
        data_classes=_words("data class", given.data_classes, DATA_CLASSES),
        accounts=_words("kind of account", given.accounts, ACCOUNTS),
    )


def not_ready(conn: Connection, tool_id: str, departments: Sequence[str]) -> tuple[str, ...]:
    """Say of each department an approval is for what it lacks.

    An approval without departments is for those that use the tool, as soon as readiness is kept here at all.
    """
    meant: Iterable[str] = departments
    if not departments and readiness(conn):
        meant = sorted({row.department for row in use_rows(conn, tool_id) if row.department})
    return tuple(
        f"{one.department} is not ready (missing: {', '.join(ITEMS[item] for item in one.missing)})"
        for one in readiness_of(conn, meant)
        if not one.ready
    )


def _tiers(names: Sequence[str], tool_id: str, catalogue: Catalogue) -> tuple[str, ...]:
    wanted = sorted({name.strip() for name in names})
    tool = catalogue.tools.get(tool_id)
    known = tool.tiers if tool else ()
    for name in wanted:
        if name not in known:
            raise DecisionInvalid(
                f"{tool_id} has no tier {name[:80]!r}; {_near(name, known, 'it has no tiers at all')}"
            )
    return tuple(wanted)


def _words(what: str, names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    wanted = {name.strip().casefold().replace("-", "_").replace(" ", "_") for name in names}
    for name in sorted(wanted):
        if name not in known:
            raise DecisionInvalid(f"{name[:80]!r} is no {what}; {_near(name, known, '')}")
    return tuple(name for name in known if name in wanted)


def _near(name: str, known: Sequence[str], nothing: str) -> str:
    if not known:
        return f"{nothing}."
    near = get_close_matches(name, known, 3)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}."
