"""Keep the directory: who or what a pseudonym stands for, where it belongs, and what held before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from storage.directory_tables import directory_alias, directory_ambiguous, directory_entry
from storage.tables import sighting

PEOPLE, DEVICES = "people", "devices"
"""The two snapshots the directory is made of; an import replaces one of them whole."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One person or device of the directory; everything but the pseudonym may be unknown."""

    principal: str
    kind: str
    """user or device."""
    department: str | None = None
    role: str | None = None
    clinical: bool | None = None
    clinical_derived: bool = False
    """True if words of title or department say so, and nobody stated it."""
    manager: str | None = None
    active_until: date | None = None
    """Last day of employment."""


@dataclass(frozen=True, slots=True)
class Alias:
    """The pseudonym of one spelling, and the principal it means."""

    alias: str
    principal: str
    kind: str
    form: str
    """account, sign_in, mail, employee_id, distinguished_name, device, hardware or address."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an import states: all entries and spellings of one origin."""

    origin: str
    entries: Sequence[Entry]
    aliases: Sequence[Alias]
    ambiguous: Mapping[str, str]
    """Pseudonyms of spellings that several have, and their form; they mean nobody."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import changes."""

    added: int
    changed: int
    ended: int
    spellings: int
    """Spellings that are new, mean somebody else now, or mean nobody any more."""

    @property
    def none(self) -> bool:
        """Say whether the directory already says the same."""
        return not (self.added or self.changed or self.ended or self.spellings)


@dataclass(frozen=True, slots=True)
class PastEntry:
    """An entry and the time it held; `valid_until` is None for what holds now."""

    entry: Entry
    valid_from: datetime
    valid_until: datetime | None


def replace_snapshot(conn: Connection, snapshot: Snapshot, now: datetime) -> Changes:
    """Make the directory say what a snapshot says, in the caller's transaction; return what that changed.

    Entries that are gone or changed are closed, never deleted. Spellings of people who are gone keep meaning
    them, until somebody else is given the same name.
    """
    before = {entry.principal: (number, entry) for number, entry in _current(conn, snapshot.origin)}
    wanted = {entry.principal: entry for entry in snapshot.entries}
    ended = [number for name, (number, _) in before.items() if name not in wanted]
    changed = [name for name, entry in wanted.items() if name in before and before[name][1] != entry]
    added = [name for name in wanted if name not in before]
    _close(conn, [*ended, *(before[name][0] for name in changed)], now)
    _insert(conn, directory_entry, [_row(wanted[name], now) for name in (*added, *changed)])
    spellings = _replace_aliases(conn, snapshot)
    if snapshot.origin == PEOPLE:
        _follow_owners(conn)
    return Changes(len(added), len(changed), len(ended), spellings)


def _replace_aliases(conn: Connection, snapshot: Snapshot) -> int:
    before = {one.alias: one for one in aliases(conn)}
    of_origin = set(
        conn.execute(
            select(directory_alias.c.alias).where(directory_alias.c.origin == snapshot.origin)
        ).scalars()
    )
    wanted = {one.alias: one for one in snapshot.aliases}
    still = {entry.principal for entry in snapshot.entries}
    gone = of_origin - wanted.keys()
    if snapshot.origin == PEOPLE:
        # What means somebody who is gone goes on meaning them; a machine may have another user tomorrow.
        gone = {name for name in gone if before[name].principal in still or name in snapshot.ambiguous}
    dropped = sorted(gone)
    written = [one for name, one in wanted.items() if before.get(name) != one]
    query = select(directory_ambiguous).where(directory_ambiguous.c.origin == snapshot.origin)
    unclear = {row.alias: row.form for row in conn.execute(query)}
    _delete(conn, directory_alias, [*dropped, *(one.alias for one in written)])
    _insert(
        conn,
        directory_alias,
        [{**_values(one), "origin": snapshot.origin} for one in written],
    )
    if unclear != dict(snapshot.ambiguous):
        conn.execute(delete(directory_ambiguous).where(directory_ambiguous.c.origin == snapshot.origin))
        _delete(conn, directory_ambiguous, list(snapshot.ambiguous))
        _insert(
            conn,
            directory_ambiguous,
            [
                {"alias": name, "form": form, "origin": snapshot.origin}
                for name, form in snapshot.ambiguous.items()
            ],
        )
    return len(dropped) + len(written) + len(unclear.keys() ^ snapshot.ambiguous.keys())


def _follow_owners(conn: Connection) -> None:
    """Let devices mean their owners under the pseudonym the owners are known by now."""
    owner = directory_alias.alias("owner")
    known_as = (
        select(owner.c.principal)
        .where(owner.c.alias == directory_alias.c.principal, owner.c.origin == PEOPLE)
        .scalar_subquery()
    )
    conn.execute(
        update(directory_alias)
        .where(directory_alias.c.origin == DEVICES, directory_alias.c.kind == "user", known_as.is_not(None))
        .values(principal=known_as)
    )


def aliases(conn: Connection) -> list[Alias]:
    """Return every spelling that means somebody."""
    columns = [directory_alias.c[field.name] for field in fields(Alias)]
    return [Alias(**row._mapping) for row in conn.execute(select(*columns))]


def principal_of(conn: Connection, alias: str) -> str | None:
    """Return the principal a spelling's pseudonym means, None if the directory does not have it."""
    query = select(directory_alias.c.principal).where(directory_alias.c.alias == alias)
    return conn.execute(query).scalar()


def entries(conn: Connection) -> list[Entry]:
    """Return what holds now, people and devices."""
    return [entry for origin in (PEOPLE, DEVICES) for _, entry in _current(conn, origin)]


def history(conn: Connection, principal: str) -> list[PastEntry]:
    """Return everything the directory ever said of a principal, newest first."""
    query = (
        select(directory_entry)
        .where(directory_entry.c.principal == principal)
        .order_by(directory_entry.c.id.desc())
    )
    return [PastEntry(_entry(row), row.valid_from, row.valid_until) for row in conn.execute(query)]


def ambiguous_in_use(conn: Connection) -> dict[str, int]:
    """Return pseudonyms of ambiguous spellings that logs use -> events."""
    query = (
        select(sighting.c.principal, func.sum(sighting.c.count))
        .join(directory_ambiguous, directory_ambiguous.c.alias == sighting.c.principal)
        .group_by(sighting.c.principal)
    )
    return {name: int(events) for name, events in conn.execute(query)}


@dataclass(frozen=True, slots=True)
class DirectoryCounts:
    """How much the directory knows, and how much of what logs name it does not."""

    people: int
    clinical: int
    without_department: int
    devices: int
    spellings: int
    ambiguous: int
    """Spellings that mean several people and therefore nobody."""
    users_seen: int
    """Distinct user names in logs, as far as they differ."""
    users_unknown: int
    """Those of them the directory does not have."""


def directory_counts(conn: Connection) -> DirectoryCounts:
    """Count what the directory knows."""
    known = entries(conn)
    people = [one for one in known if one.kind == "user"]
    seen = select(sighting.c.principal).where(sighting.c.principal_kind == "user").distinct()
    named = set(conn.execute(seen).scalars())
    spellings = set(conn.execute(select(directory_alias.c.alias)).scalars())
    ambiguous = conn.execute(select(func.count()).select_from(directory_ambiguous)).scalar_one()
    return DirectoryCounts(
        people=len(people),
        clinical=sum(one.clinical is True for one in people),
        without_department=sum(one.department is None for one in people),
        devices=len(known) - len(people),
        spellings=len(spellings),
        ambiguous=int(ambiguous),
        users_seen=len(named),
        users_unknown=len(named - spellings),
    )


def _current(conn: Connection, origin: str) -> list[tuple[int, Entry]]:
    kind = "user" if origin == PEOPLE else "device"
    query = select(directory_entry).where(
        directory_entry.c.valid_until.is_(None), directory_entry.c.kind == kind
    )
    return [(row.id, _entry(row)) for row in conn.execute(query)]


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{field.name: row._mapping[field.name] for field in fields(Entry)})


def _values(one: Entry | Alias) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _row(entry: Entry, now: datetime) -> dict[str, Any]:
    return {**_values(entry), "valid_from": now, "valid_until": None}


def _close(conn: Connection, numbers: Sequence[int], now: datetime) -> None:
    for start in range(0, len(numbers), _CHUNK):
        some = numbers[start : start + _CHUNK]
        conn.execute(update(directory_entry).where(directory_entry.c.id.in_(some)).values(valid_until=now))


def _insert(conn: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        conn.execute(insert(table), rows)


def _delete(conn: Connection, table: Any, names: Iterable[str]) -> None:
    wanted = list(names)
    for start in range(0, len(wanted), _CHUNK):
        conn.execute(delete(table).where(table.c.alias.in_(wanted[start : start + _CHUNK])))
