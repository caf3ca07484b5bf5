"""Keep the subnets of the organisation: which site and department an address belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select

from storage.directory_tables import directory_entry, directory_subnet


@dataclass(frozen=True, slots=True)
class Subnet:
    """One network, in canonical CIDR notation; addresses in it belong to it unless a longer prefix has them."""

    cidr: str
    site: str | None
    department: str | None
    clinical: bool | None
    """Whether its department treats patients; None if nobody stated it."""
    kind: str | None
    """guest, server, clinical, office or what the organisation calls it."""


def subnets(conn: Connection) -> list[Subnet]:
    """Return all subnets, by their notation."""
    query = select(directory_subnet).order_by(directory_subnet.c.cidr)
    return [Subnet(**row._mapping) for row in conn.execute(query)]


def replace_subnets(conn: Connection, wanted: Sequence[Subnet]) -> int:
    """Make the table say what is wanted; return how many rows that changed."""
    before, after = set(subnets(conn)), set(wanted)
    if before == after:
        return 0
    conn.execute(delete(directory_subnet))
    if wanted:
        conn.execute(insert(directory_subnet), [asdict(one) for one in wanted])
    return len({one.cidr for one in before ^ after})


def stated_departments(conn: Connection) -> dict[str, bool]:
    """Return department (case folded) -> whether it is clinical, where subnets or devices state it.

    Where they contradict one another the department is clinical.
    """
    found: dict[str, bool] = {}
    for table, more in (
        (directory_subnet, ()),
        (directory_entry, (directory_entry.c.kind == "device", directory_entry.c.valid_until.is_(None))),
    ):
        query = (
            select(table.c.department, table.c.clinical)
            .where(table.c.department.is_not(None), table.c.clinical.is_not(None), *more)
            .distinct()
        )
        for department, clinical in conn.execute(query):
            name = str(department).casefold()
            found[name] = found.get(name, False) or bool(clinical)
    return found
