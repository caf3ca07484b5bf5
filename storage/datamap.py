"""Keep the data map: the organisation's systems, what data they hold and who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.datamap_tables import data_system


@dataclass(frozen=True, slots=True)
class DataSystem:
    """One system, as the organisation describes it."""

    name: str
    kind: str
    """ehr, billing, scheduling, imaging, laboratory, pharmacy, research, hr or other."""
    holds_phi: str
    """yes, no or unknown."""
    data_classes: tuple[str, ...] = ()
    owner: str | None = None
    departments: tuple[str, ...] = ()
    """Departments that use it; () if nobody said."""
    hosts: tuple[str, ...] = ()
    """Host names and application names by which logs know it."""


def data_systems(conn: Connection) -> list[DataSystem]:
    """Return all systems, by name."""
    found = [
        DataSystem(
            row.name,
            row.kind,
            row.holds_phi,
            tuple(row.data_classes),
            row.owner,
            tuple(row.departments),
            tuple(row.hosts),
        )
        for row in conn.execute(select(data_system))
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.name))


def put_systems(conn: Connection, wanted: Sequence[DataSystem], by: str, now: datetime) -> None:
    """Write systems anew, or over those of the same name."""
    remove_systems(conn, [one.name for one in wanted])
    if wanted:
        conn.execute(
            insert(data_system), [{**asdict(one), "changed_by": by, "changed_at": now} for one in wanted]
        )


def remove_systems(conn: Connection, names: Sequence[str]) -> int:
    """Take systems off the map; return how many there were."""
    return sum(conn.execute(delete(data_system).where(data_system.c.name == name)).rowcount for name in names)
