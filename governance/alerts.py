"""Raise an alert when an unapproved tool of a vendor is first seen in use, within the batch's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from governance.alternatives import alternatives
from governance.findings import ALERTING_KINDS, FINDING_KINDS, KIND_OF_SURFACE, OPEN_STATUSES
from governance.ranking import current_status
from signatures.catalogue import Catalogue
from storage.batches import BatchRecord, SightingPart
from storage.inventory import InventoryEntry, ensure_tools, inventory
from storage.outbox import add_alert

RULE_NEW_VENDOR = "new_vendor"


def raise_alerts(
    conn: Connection, batch: BatchRecord, catalogue: Catalogue, channels: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """Raise new_vendor for each vendor of a batch that deserves it; return the vendors' ids.

    Call it after record_batch() in the same transaction, so that a sighting and its alert are kept together
    or not at all. A vendor makes one alert ever, however often and wherever it is seen again; one person is
    enough, and so is one blocked attempt (the payload says so).
    Background traffic, features inside other products and visits to a vendor's site make none.
    """
    return raise_alerts_about(conn, batch.parts, batch.source, catalogue, channels, now)


def raise_alerts_about(
    conn: Connection,
    seen: Sequence[SightingPart],
    source: str,
    catalogue: Catalogue,
    channels: Sequence[str],
    now: datetime,
) -> tuple[str, ...]:
    """Do the same for sightings of one source, in the transaction that records them."""
    parts = [part for part in seen if KIND_OF_SURFACE.get(part.surface) in ALERTING_KINDS]
    if not parts:
        return ()
    _name_tools(conn, parts, catalogue, now)
    entries = {entry.tool_id: entry for entry in inventory(conn)}
    by_vendor: dict[str, list[SightingPart]] = defaultdict(list)
    for part in parts:
        if _is_open(entries.get(part.tool_id), now):
            by_vendor[part.vendor_id].append(part)
    raised: list[str] = []
    for vendor_id, found in sorted(by_vendor.items()):
        payload = _payload(vendor_id, found, catalogue, source)
        instead = _instead(conn, found, entries, catalogue, now)
        if instead:
            payload["alternative"] = instead
        main = payload["tool_id"]
        key = f"{RULE_NEW_VENDOR}:{vendor_id}"
        if add_alert(conn, key, RULE_NEW_VENDOR, str(main), vendor_id, payload, channels, now):
            raised.append(vendor_id)
    return tuple(raised)


def _name_tools(conn: Connection, parts: Sequence[SightingPart], catalogue: Catalogue, now: datetime) -> None:
    named = {
        (part.tool_id, part.vendor_id, *_names(part.tool_id, part.vendor_id, catalogue)) for part in parts
    }
    ensure_tools(conn, sorted(named), now)


def _names(tool_id: str, vendor_id: str, catalogue: Catalogue) -> tuple[str, str]:
    tool, vendor = catalogue.tools.get(tool_id), catalogue.vendors.get(vendor_id)
    return (tool.name if tool else tool_id, vendor.name if vendor else vendor_id)


def _is_open(entry: InventoryEntry | None, now: datetime) -> bool:
    return entry is None or current_status(entry, now.date()) in OPEN_STATUSES


def _instead(
    conn: Connection,
    parts: Sequence[SightingPart],
    entries: Mapping[str, InventoryEntry],
    catalogue: Catalogue,
    now: datetime,
) -> str | None:
    """Return what to use instead where a tool is prohibited."""
    prohibited = {
        part.tool_id
        for part in parts
        if part.tool_id in catalogue.tools and (entry := entries.get(part.tool_id))
        if current_status(entry, now.date()) == "prohibited"
    }
    if not prohibited:
        return None
    known = alternatives(conn, catalogue, now.date())
    offered = {known.get(str(catalogue.tools[tool_id].category)) for tool_id in prohibited}
    return "; ".join(sorted(one.statement for one in offered if one)) or None


def _payload(
    vendor_id: str, parts: Sequence[SightingPart], catalogue: Catalogue, source: str
) -> dict[str, object]:
    counts: dict[str, int] = defaultdict(int)
    for part in parts:
        counts[part.tool_id] += part.count
    tools = sorted(counts, key=lambda tool_id: (-counts[tool_id], tool_id))
    kinds = {KIND_OF_SURFACE[part.surface] for part in parts}
    first = catalogue.tools.get(tools[0])
    return {
        "rule": RULE_NEW_VENDOR,
        "vendor_id": vendor_id,
        "vendor": _names("", vendor_id, catalogue)[1],
        "tool_id": tools[0],
        "tool": _names(tools[0], vendor_id, catalogue)[0],
        "tools": [{"id": one, "name": _names(one, vendor_id, catalogue)[0]} for one in tools],
        "category": first.category.label if first else None,
        "clinical": any(catalogue.tools[one].clinical for one in tools if one in catalogue.tools),
        "finding_kind": next(kind for kind in FINDING_KINDS if kind in kinds),
        "source": source,
        "people": len({part.principal for part in parts if part.principal}),
        "events": sum(counts.values()),
        "day": min(part.day for part in parts).isoformat(),
        "blocked_only": all(part.action == "blocked" for part in parts),
    }
