"""Suggest an approved tool of the same kind wherever one is prohibited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from sqlalchemy import Connection

from governance.conditions import in_words
from governance.errors import DecisionInvalid
from governance.findings import APPROVED_STATUSES
from signatures.catalogue import Catalogue
from signatures.kinds import Category
from storage import audit
from storage.alternatives import name_alternative, named_alternatives
from storage.decisions import latest_decisions
from storage.inventory import inventory


@dataclass(frozen=True, slots=True)
class Alternative:
    """An approved tool that people may use instead."""

    tool_id: str
    name: str
    conditions: str
    """What its approval is bound to, in words; "" for nothing."""
    named: bool
    """True if the organisation named it for its category, not only approved it."""

    @property
    def statement(self) -> str:
        """Return it as a phrase for people."""
        return f"{self.name} ({self.conditions})" if self.conditions else self.name


def alternatives(conn: Connection, catalogue: Catalogue, today: date) -> Mapping[str, Alternative]:
    """Return category -> what to use instead: the named tool, else an approved one, unconditional ones first.

    A named tool whose approval is over or withdrawn is not suggested.
    """
    approved = {
        entry.tool_id: entry
        for entry in inventory(conn)
        if entry.status in APPROVED_STATUSES
        and (entry.status_until is None or entry.status_until >= today)
        and entry.tool_id in catalogue.tools
    }
    if not approved:
        return {}
    decided = latest_decisions(conn, sorted(approved))
    named = named_alternatives(conn)
    found: dict[str, tuple[tuple[bool, bool, str], Alternative]] = {}

    def offer(category: str, tool_id: str, by_name: bool) -> None:
        decision, tool = decided.get(tool_id), catalogue.tools[tool_id]
        words = [*in_words(decision.conditions), decision.note or ""] if decision else []
        bound = "; ".join(word for word in words if word)
        one = Alternative(tool_id, tool.name, bound, by_name)
        order = (not by_name, bool(bound), tool.name.casefold())
        if category not in found or order < found[category][0]:
            found[category] = (order, one)

    for tool_id in approved:
        offer(str(catalogue.tools[tool_id].category), tool_id, by_name=False)
    for category, tool_id in named.items():
        if tool_id in approved:
            offer(category, tool_id, by_name=True)
    return {category: one for category, (_, one) in sorted(found.items())}


def set_alternative(
    conn: Connection, category: str, tool_id: str | None, catalogue: Catalogue, by: str, now: datetime
) -> None:
    """Name the tool to suggest for a category, or none; only an approved tool can be named.

    Raises DecisionInvalid.
    """
    by, category = by.strip(), category.strip()
    if category not in list(Category):
        near = get_close_matches(category, [one.value for one in Category], 3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(Category)}."
        raise DecisionInvalid(f"There is no category {category[:80]!r}; {hint}")
    if not by:
        raise DecisionInvalid("An alternative needs the name of who names it.")
    if tool_id is not None:
        status = next((entry.status for entry in inventory(conn) if entry.tool_id == tool_id), None)
        if status not in APPROVED_STATUSES or tool_id not in catalogue.tools:
            known = "is not in the inventory" if status is None else f"is {status.replace('_', ' ')}"
            raise DecisionInvalid(
                f"{tool_id} {known}; only an approved tool of the catalogue can be suggested."
            )
    name_alternative(conn, category, tool_id, by, now)
    audit.append(conn, by, "alternative.named", category, {"tool": tool_id}, now)
