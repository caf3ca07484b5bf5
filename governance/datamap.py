"""Draw the data map: which systems hold patient data, who uses them, and which AI tools those people use too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from governance.declared import USE_SURFACES, tool_name
from governance.errors import ImportRefused
from governance.imports.records import Record, decoded, need_name, read_table
from governance.ranking import current_status
from governance.small_cells import THRESHOLD, told
from signatures.catalogue import Catalogue
from storage import audit
from storage.datamap import DataSystem, data_systems, put_systems, remove_systems
from storage.department_use import department_use
from storage.errors import NotRecorded
from storage.inventory import inventory
from storage.text import clean_name

KINDS: Final = tuple("ehr billing scheduling imaging laboratory pharmacy research hr other".split())
HOLDS: Final = ("yes", "no", "unknown")
DATA_CLASSES: Final = ("none", "de_identified", "limited_set", "phi")
COLUMNS: Final = {
    "name": ("system", "name", "application", "app"),
    "kind": ("kind", "type", "category"),
    "holds_phi": ("holdsphi", "phi", "patientdata"),
    "data_classes": ("dataclasses", "dataclass", "classes", "data"),
    "owner": ("owner", "contact", "responsible"),
    "departments": ("departments", "department", "usedby"),
    "hosts": ("hosts", "host", "hostnames", "appnames", "apps"),
}
LONGEST: Final = 200
_SEPARATOR = re.compile(r"[;|]")
_HOST = re.compile(r"[^\s<>\"']{1,200}(?: [^\s<>\"']{1,200}){0,8}")


@dataclass(frozen=True, slots=True)
class NearTool:
    """An AI tool that people of a system's departments use."""

    tool_id: str
    name: str
    status: str
    people: int | str
    """Principals of these departments, small counts not told."""
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappedSystem:
    """One system with the AI tools that stand next to it."""

    system: DataSystem
    tools: tuple[NearTool, ...]


@dataclass(frozen=True, slots=True)
class DataMap:
    """All systems, and departments that use AI tools but no system on the map."""

    systems: tuple[MappedSystem, ...]
    departments_without_system: tuple[str, ...]


def draw_map(conn: Connection, catalogue: Catalogue, now: datetime, threshold: int = THRESHOLD) -> DataMap:
    """Return the data map: systems that hold patient data first, then those nobody knows about."""
    use = defaultdict(list)
    names: dict[str, str] = {}
    for one in department_use(conn, USE_SURFACES):
        use[one.department.casefold()].append(one)
        names[one.department.casefold()] = one.department
    status = {entry.tool_id: current_status(entry, now.date()) for entry in inventory(conn)}
    found = []
    served: set[str] = set()
    for system in data_systems(conn):
        people: dict[str, int] = defaultdict(int)
        where: dict[str, list[str]] = defaultdict(list)
        for department in {name.casefold() for name in system.departments}:
            served.add(department)
            for one in use.get(department, ()):
                people[one.tool_id] += one.people
                where[one.tool_id].append(one.department)
        tools = [
            NearTool(
                tool_id,
                tool_name(catalogue, tool_id),
                status.get(tool_id, "unreviewed"),
                told(count, threshold),
                tuple(sorted(where[tool_id])),
            )
            for tool_id, count in sorted(people.items(), key=lambda item: (-item[1], item[0]))
        ]
        found.append(MappedSystem(system, tuple(tools)))
    order = {"yes": 0, "unknown": 1, "no": 2}
    found.sort(key=lambda one: order[one.system.holds_phi])
    return DataMap(tuple(found), tuple(sorted(names[key] for key in names.keys() - served)))


def import_systems(
    conn: Connection,
    content: bytes,
    by: str,
    now: datetime,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[int, int]:
    """Replace the map by the systems of a CSV file; return how many there are and how many changed.

    Raises ImportRefused.
    """
    need_name(by)
    records = read_table(decoded(content, encoding), COLUMNS, [["name"], ["holds_phi"]], columns)
    wanted: dict[str, tuple[int, DataSystem]] = {}
    for record in records:
        one = _system(record)
        row, other = wanted.setdefault(one.name.casefold(), (record.row, one))
        if other != one:
            raise ImportRefused(
                f"row {record.row}: {one.name} stands in row {row} with other facts; correct one."
            )
    systems = [one for _, one in wanted.values()]
    before = {one.name: one for one in data_systems(conn)}
    after = {one.name: one for one in systems}
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    if changed:
        remove_systems(conn, [name for name in before if name not in after])
        put_systems(conn, [one for one in systems if before.get(one.name) != one], by.strip(), now)
        audit.append(
            conn,
            by.strip(),
            "datamap.imported",
            "systems",
            {"systems": len(after), "changed": len(changed)},
            now,
        )
    return len(systems), len(changed)


def set_system(conn: Connection, name: str, given: Mapping[str, str], by: str, now: datetime) -> DataSystem:
    """Enter one system or change facts of it; facts that are not given stay. Raises ImportRefused."""
    if not by.strip():
        raise ImportRefused("A change needs the name of who makes it; see --by.")
    earlier = next((one for one in data_systems(conn) if one.name == name), None)
    known = earlier or DataSystem(name, "other", "unknown")
    facts = Record(1, {"name": (name,), **{field: (text,) for field, text in given.items() if text}})
    try:
        stated = _system(facts)
    except ImportRefused as refusal:
        raise ImportRefused(f"{name}: {str(refusal).removeprefix('row 1: ')}") from refusal
    one = replace(known, **{field: getattr(stated, field) for field in given})
    _refuse_contradiction(one, name)
    put_systems(conn, [one], by.strip(), now)
    audit.append(
        conn, by.strip(), "datamap.changed", name, {field: str(given[field]) for field in given}, now
    )
    return one


def drop_system(conn: Connection, name: str, by: str, now: datetime) -> None:
    """Take one system off the map. Raises ImportRefused, storage.errors.NotRecorded."""
    if not by.strip():
        raise ImportRefused("A change needs the name of who makes it; see --by.")
    if not remove_systems(conn, [name]):
        raise NotRecorded(f"There is no system {name!r} on the data map; see skiagram datamap.")
    audit.append(conn, by.strip(), "datamap.removed", name, {}, now)


def _system(record: Record) -> DataSystem:
    name = record.first("name") or ""
    if not name or len(name) > LONGEST:
        raise ImportRefused(f"row {record.row}: a system needs a name of up to {LONGEST} characters.")
    kind = (record.first("kind") or "other").casefold()
    holds = (record.first("holds_phi") or "unknown").casefold()
    classes = _several(record, "data_classes", casefold=True)
    for text, choices, field in ((kind, KINDS, "kind"), (holds, HOLDS, "holds PHI")):
        if text not in choices:
            raise ImportRefused(f"row {record.row}: {field} is {text[:40]!r}; choose {', '.join(choices)}.")
    for text in classes:
        if text not in DATA_CLASSES:
            raise ImportRefused(
                f"row {record.row}: data class {text[:40]!r}; choose {', '.join(DATA_CLASSES)}, separated by ;"
            )
    hosts = _several(record, "hosts", casefold=True)
    for text in hosts:
        if not _HOST.fullmatch(text):
            raise ImportRefused(f"row {record.row}: {text[:60]!r} is neither a host nor an application name.")
    departments = _several(record, "departments")
    one = DataSystem(name, kind, holds, classes, record.first("owner"), departments, hosts)
    _refuse_contradiction(one, f"row {record.row}")
    return one


def _refuse_contradiction(one: DataSystem, where: str) -> None:
    if one.holds_phi == "no" and "phi" in one.data_classes:
        raise ImportRefused(
            f"{where}: {one.name} holds no PHI, but its data classes name phi; correct one of them."
        )


def _several(record: Record, field: str, *, casefold: bool = False) -> tuple[str, ...]:
    texts = (part.strip() for text in record.values.get(field, ()) for part in _SEPARATOR.split(text))
    return tuple(sorted({clean_name(text.casefold() if casefold else text) for text in texts if text}))
