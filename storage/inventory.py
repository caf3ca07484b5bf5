"""Keep the tools of this organisation with their status, and tell what was seen of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update

from storage.errors import NotRecorded
from storage.sightings import Sightings, sightings_by_tool
from storage.tables import agreement, audit, batch, tool
from storage.text import clean_name
from storage.upserts import insert_missing

STATUSES = (
    "unreviewed",
    "in_review",
    "approved",
    "approved_with_conditions",
    "prohibited",
    "retired",
)
"""Every status a tool can have; a tool that was only seen is unreviewed."""


@dataclass(frozen=True, slots=True)
class InventoryEntry:
    """A tool of this organisation and its status."""

    tool_id: str
    vendor_id: str
    name: str | None
    """Name at the time it was added; the catalogue's name goes first where there is one."""
    vendor_name: str | None
    status: str
    status_at: datetime
    status_by: str | None
    status_until: date | None
    """Last day on which the status holds; None for no end."""
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool of the inventory with what was seen of it; `seen` is None if nothing was."""

    entry: InventoryEntry
    group: str
    """Group of surfaces the sightings belong to; "" if no grouping was asked for."""
    seen: Sightings | None

    @property
    def tool_id(self) -> str:
        """Return the tool's id."""
        return self.entry.tool_id

    @property
    def vendor_id(self) -> str:
        """Return the vendor's id."""
        return self.entry.vendor_id

    @property
    def status(self) -> str:
        """Return the tool's status."""
        return self.entry.status


def ensure_tools(
    conn: Connection, tools: Iterable[tuple[str, str] | tuple[str, str, str, str]], now: datetime
) -> int:
    """Add tools that are not in the inventory as unreviewed; return how many were new.

    Each is (tool id, vendor id) or (tool id, vendor id, tool name, vendor name). Names fill in where they
    were missing; a status is never touched.
    """
    wanted: dict[str, tuple[str, str, str | None, str | None]] = {}
    for given in tools:
        full = given if len(given) == 4 else (*given, None, None)
        wanted[clean_name(full[0])] = full
    known = select(tool.c.tool_id, tool.c.name).where(tool.c.tool_id.in_(wanted))
    named = {row.tool_id: row.name for row in conn.execute(known)}
    added = 0
    for key, (tool_id, vendor_id, name, vendor_name) in wanted.items():
        if key not in named:
            row = {
                "tool_id": tool_id,
                "vendor_id": vendor_id,
                "name": name,
                "vendor_name": vendor_name,
                "status": "unreviewed",
                "status_at": now,
                "added_at": now,
            }
            added += insert_missing(conn, tool, [row])
        elif name is not None and named[key] is None:
            conn.execute(update(tool).where(tool.c.tool_id == key).values(name=name, vendor_name=vendor_name))
    return added


def change_stamp(conn: Connection) -> str:
    """Return a text that changes whenever counts, statuses, decisions or agreements do.

    Whoever keeps what tool_rows() or a ranking returned can ask with this, at little cost, whether it still holds.
    """
    of_batches = conn.execute(
        select(func.count(), func.max(batch.c.id), func.sum(batch.c.end), func.sum(batch.c.lines))
    ).one()
    of_tools = conn.execute(select(func.count(), func.max(tool.c.status_at), func.count(tool.c.name))).one()
    of_rest = conn.execute(
        select(
            select(func.max(audit.c.number)).scalar_subquery(),
            select(func.count()).select_from(agreement).scalar_subquery(),
            select(func.max(agreement.c.id)).scalar_subquery(),
            select(func.count(agreement.c.valid_until)).scalar_subquery(),
            select(func.max(agreement.c.valid_until)).scalar_subquery(),
        )
    ).one()
    return "|".join(str(value) for value in (*of_batches, *of_tools, *of_rest))


def inventory(conn: Connection) -> list[InventoryEntry]:
    """Return every tool of the inventory, by id."""
    return [_entry(row) for row in conn.execute(select(tool).order_by(tool.c.tool_id))]


def inventory_entry(conn: Connection, tool_id: str) -> InventoryEntry:
    """Return one tool. Raises NotRecorded."""
    row = conn.execute(select(tool).where(tool.c.tool_id == tool_id)).one_or_none()
    if row is None:
        raise NotRecorded(f"tool {tool_id} is not in the inventory; see the list of tools for its id.")
    return _entry(row)


def set_status(
    conn: Connection, tool_id: str, status: str, by: str, at: datetime, until: date | None = None
) -> str:
    """Change the status of a tool and return the one it had. Raises NotRecorded, ValueError.

    governance.decisions.decide() is the way people do it: it also keeps the reason and the audit row.
    """
    if status not in STATUSES:
        raise ValueError(f"{status!r} is no status; use one of {', '.join(STATUSES)}")
    row = conn.execute(select(tool.c.status).where(tool.c.tool_id == tool_id).with_for_update()).one_or_none()
    if row is None:
        raise NotRecorded(f"tool {tool_id} is not in the inventory; see the list of tools for its id.")
    conn.execute(
        update(tool)
        .where(tool.c.tool_id == tool_id)
        .values(status=status, status_at=at, status_by=by, status_until=until)
    )
    return str(row.status)


def tool_rows(
    conn: Connection,
    *,
    groups: Mapping[str, str] | None = None,
    tool_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[ToolRow]:
    """Return the inventory with what was seen of each tool.

    `groups` maps surfaces to groups (surfaces not named form the group ""): a tool then has one row per
    group it was seen in, each counted by itself. A tool with no sighting has one row with seen=None.
    `since` and `until` are inclusive UTC days.
    """
    seen = sightings_by_tool(conn, groups=groups, tool_id=tool_id, since=since, until=until)
    rows: list[ToolRow] = []
    for entry in inventory(conn):
        if tool_id is not None and entry.tool_id != tool_id:
            continue
        found = seen.get(entry.tool_id, {})
        if not found:
            rows.append(ToolRow(entry, "", None))
        rows.extend(ToolRow(entry, group, found[group]) for group in sorted(found))
    return rows


def _entry(row: object) -> InventoryEntry:
    return InventoryEntry(**{name: getattr(row, name) for name in InventoryEntry.__slots__})
