"""Put the decisions in force into a policy of one page: what is approved for whom, with which data, who approves."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from governance.declared import tool_name
from governance.findings import APPROVED_STATUSES
from governance.policy_wording import load_policy_wording
from governance.ranking import current_status
from signatures.catalogue import Catalogue
from storage.agreements import Agreement, agreements
from storage.columns import canonical_json
from storage.decisions import Decision, latest_decisions
from storage.inventory import InventoryEntry, inventory
from storage.policies import PolicyVersion, newest_policy

_CLASSES = {"limited_set": "limited data sets", "de_identified": "de-identified data"}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the policy: sentences, and rows of a table where it has one."""

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy as the decisions in force say it today."""

    sections: tuple[Section, ...]
    digest: str
    """SHA-256 of the sections; the same decisions give the same digest on every day."""
    as_of: datetime
    published: PolicyVersion | None
    """The newest published version; None before the first."""

    @property
    def changed(self) -> bool:
        """Say whether it says something else than the published version; True before the first."""
        return self.published is None or self.published.digest != self.digest


def policy_in_force(
    conn: Connection,
    catalogue: Catalogue,
    now: datetime,
    owner: str | None = None,
    contact: str | None = None,
) -> Policy:
    """Return the policy; owner and contact are those of the published version unless given."""
    published = newest_policy(conn)
    owner = owner or (published.owner if published else None)
    contact = contact or (published.contact if published else None)
    wording = load_policy_wording()
    entries = inventory(conn)
    newest = latest_decisions(conn)
    signed: dict[str, list[Agreement]] = defaultdict(list)
    for agreement in agreements(conn):
        signed[agreement.vendor_id].append(agreement)
    today = now.date()
    approved = [entry for entry in entries if current_status(entry, today) in APPROVED_STATUSES]
    refused = [entry for entry in entries if current_status(entry, today) == "prohibited"]
    sections = (
        Section("scope", "What this is", wording.scope),
        _approved(approved, newest, signed, catalogue, today),
        _refused(refused, approved, catalogue),
        Section("data", "What data may enter", wording.data),
        Section(
            "approval",
            "Who approves",
            (*wording.approval, f"Owner of this policy: {owner or 'not named yet'}."),
        ),
        Section(
            "trouble",
            "When something goes wrong",
            (*wording.trouble, f"Report to: {contact or 'not named yet'}."),
        ),
    )
    return Policy(sections, digest_of(document(sections)), now, published)


def document(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return sections as they are stored."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "sentences": list(one.sentences),
            "columns": list(one.columns),
            "rows": [list(row) for row in one.rows],
        }
        for one in sections
    ]


def sections_of(stored: Sequence[Any]) -> tuple[Section, ...]:
    """Return stored sections as they were."""
    return tuple(
        Section(
            one["id"],
            one["title"],
            tuple(one["sentences"]),
            tuple(one["columns"]),
            tuple(tuple(row) for row in one["rows"]),
        )
        for one in stored
    )


def digest_of(stored: Sequence[Any]) -> str:
    """Return the SHA-256 of stored sections."""
    return hashlib.sha256(canonical_json(stored).encode()).hexdigest()


def lines_of(sections: Sequence[Section]) -> list[str]:
    """Return the policy as lines of text, by which versions are compared."""
    return [
        line
        for one in sections
        for line in (
            *(f"{one.title}: {sentence}" for sentence in one.sentences),
            *(
                f"{one.title}: "
                + "; ".join(f"{name} {value}" for name, value in zip(one.columns, row, strict=True))
                for row in one.rows
            ),
        )
    ]


def _approved(
    approved: Sequence[InventoryEntry],
    newest: dict[str, Decision],
    signed: dict[str, list[Agreement]],
    catalogue: Catalogue,
    today: date,
) -> Section:
    rows = []
    for entry in approved:
        decision = newest.get(entry.tool_id)
        rows.append(
            (
                tool_name(catalogue, entry.tool_id),
                ", ".join(decision.departments) if decision and decision.departments else "everybody",
                _data(entry, decision, signed.get(entry.vendor_id, ()), today),
                _bound(decision) if decision else "none",
                entry.status_until.isoformat() if entry.status_until else "further notice",
                (decision.approver if decision else None) or entry.status_by or "unknown",
            )
        )
    columns = ("Tool", "For", "Patient data", "Conditions", "Until", "Approved by")
    none = () if rows else ("No AI tool is approved.",)
    return Section("approved", "What is approved", none, columns, tuple(sorted(rows)))


def _bound(decision: Decision) -> str:
    parts = (
        ("plan", decision.tiers),
        ("account of", tuple(name.replace("_", " ") for name in decision.accounts)),
    )
    said = [f"{name} {' or '.join(values)}" for name, values in parts if values]
    return "; ".join([*said, *([decision.note] if decision.note else [])]) or "none"


def _data(entry: InventoryEntry, decision: Decision | None, signed: Sequence[Agreement], today: date) -> str:
    classes = decision.data_classes if decision else ()
    if classes and "phi" not in classes:
        limited = [_CLASSES[name] for name in classes if name in _CLASSES]
        return f"never; {' or '.join(limited)} only" if limited else "never"
    in_force = [one for one in signed if one.in_force(today) and one.names(entry.tool_id)]
    if not in_force:
        return "never (no BAA on record)"
    if any(not one.tiers for one in in_force):
        return "as far as needed (BAA in force)"
    tiers = sorted({tier for one in in_force for tier in one.tiers})
    return f"only on the plan {' or '.join(tiers)} (BAA covers no other)"


def _refused(
    refused: Sequence[InventoryEntry], approved: Sequence[InventoryEntry], catalogue: Catalogue
) -> Section:
    by_category: dict[str, list[str]] = defaultdict(list)
    for entry in approved:
        tool = catalogue.tools.get(entry.tool_id)
        if tool is not None:
            by_category[str(tool.category)].append(tool.name)
    rows = []
    for entry in refused:
        tool = catalogue.tools.get(entry.tool_id)
        instead = by_category.get(str(tool.category), []) if tool else []
        rows.append(
            (tool_name(catalogue, entry.tool_id), ", ".join(sorted(instead)) or "none of this kind yet")
        )
    rest = "Every AI tool that is not listed as approved is not approved: ask before you use it."
    return Section("refused", "What may not be used", (rest,), ("Tool", "Use instead"), tuple(sorted(rows)))
