"""Read the database in which Pi-hole keeps its queries: a private copy, row by row in the order of ids.

Source of tables and codes: https://docs.pi-hole.net/database/query-database/, checked on 2026-11-22.
"""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from scanner.errors import ScannerError, SourceUnreadable
from scanner.inputs import Block, member_again

FORMAT_ID: Final = "pihole_ftl"
IDENTITY: Final = b"queries of a Pi-hole"
"""Stands in for the beginning of a content: that of a database changes when its oldest rows are deleted."""
_MAGIC: Final = b"SQLite format 3\0"
_BESIDE: Final = {"-wal": (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"), "-shm": (b"\x18\xe2\x2d\0",),
                  "-journal": (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7",)}  # fmt: skip
_TRIES: Final = 3
_IN_A_BATCH: Final = 16_384
"""Ids that make a batch; batches end at multiples of it, whoever reads them, and where the rows end."""
_LONGEST_CELL: Final = 1 << 20
_KEYED: Final = {"domain_by_id": "domain", "client_by_id": "ip"}
_NAMES: Final = (
    "id",
    "timestamp",
    "type",
    "status",
    "domain",
    "client",
    "client_name",
    "forward",
    "reply_type",
)


def is_database(head: bytes) -> bool:
    """Say by its first bytes whether a content is an SQLite database."""
    return head.startswith(_MAGIC)


def is_beside_database(path: Path, head: bytes) -> bool:
    """Say whether a file belongs to an SQLite database next to it, with which it is read."""
    for suffix, magics in _BESIDE.items():
        if path.name.endswith(suffix) and (head.startswith(magics) or not head.strip(b"\0")):
            return Path(str(path)[: -len(suffix)]).is_file()
    return False


@contextmanager
def opened_queries(path: Path, label: str) -> Iterator["Queries"]:
    """Lend the queries of a database; only a private copy of it is opened, which is gone afterwards.

    Raises SourceUnreadable where it cannot be copied, is damaged, or is not Pi-hole's.
    """
    with tempfile.TemporaryDirectory(prefix="skiagram-", ignore_cleanup_errors=True) as folder:
        copy = _copied(path, label, Path(folder) / "queries.db")
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as conn:
                yield Queries(conn, label)
        except sqlite3.Error as problem:
            raise _damaged(label, problem) from problem


def _copied(path: Path, label: str, copy: Path) -> Path:
    """Copy a database with what was written and has not reached it yet, all as of one moment."""
    beside = [suffix for suffix in ("-wal", "-journal") if label == str(path)]
    for _ in range(_TRIES):
        before = _state(path, beside)
        try:
            with member_again(path, label) as member, copy.open("wb") as out:
                shutil.copyfileobj(member.stream, out, 1 << 20)
            for suffix in beside:
                Path(f"{copy}{suffix}").unlink(missing_ok=True)
                if Path(f"{path}{suffix}").is_file():
                    shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
        except ScannerError:
            raise
        except Exception as problem:  # no space, no permission, or a decompressor with errors of its own
            raise SourceUnreadable(
                f"{label}: cannot be copied to {copy.parent.parent}: {problem}; check the file and the space there"
            ) from problem
        if _state(path, beside) == before:
            return copy
    raise SourceUnreadable(
        f"{label}: changed each time it was copied; back it up with sqlite3's .backup and scan the backup"
    )


def _state(path: Path, beside: Iterable[str]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for suffix in ("", *beside):
        try:
            status = Path(f"{path}{suffix}").stat()
            found.append((status.st_size, status.st_mtime_ns))
        except OSError:
            found.append(None)
    return found


def _damaged(label: str, problem: sqlite3.Error) -> SourceUnreadable:
    return SourceUnreadable(f"{label}: a damaged SQLite database ({problem}); copy it again")


class Queries:
    """The queries of one database; `damage` says why reading stopped early, or is None."""

    def __init__(self, conn: sqlite3.Connection, label: str) -> None:
        self._conn = conn
        self.damage: str | None = None
        conn.text_factory = lambda text: text.decode("utf-8", "replace")
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
        conn.execute("PRAGMA query_only = ON")
        conn.execute("PRAGMA trusted_schema = OFF")
        self._select = _selection(conn)
        if self._select is None:
            raise SourceUnreadable(
                f"{label}: an SQLite database, but not Pi-hole's; export the table wanted as CSV or JSON"
            )

    def holds(self, number: int) -> str | None:
        """Return the digest of the row with an id, None where there is none."""
        rows = self._rows("q.id = ?", number)
        return next((_digest(row) for row in rows), None)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (id, record as JSON text) of every query."""
        for row in self._following(0):
            yield int(row[0]), _line(row)

    def blocks(self, after: int, begin: int) -> Iterator[Block]:
        """Yield the queries behind an id as blocks of lines, whose offsets are ids; the first starts at `begin`.

        The first row of a new content is a block of its own: by it an older copy is known.
        """
        new = begin == 0

        def batch_of(row: tuple[Any, ...]) -> int:
            return -1 if new and row[0] == first else (row[0] - 1) // _IN_A_BATCH

        first = next((int(row[0]) for row in self._rows("q.id > ?", after, order="LIMIT 1")), 0)
        for _, rows in groupby(self._following(after), batch_of):
            lines = []
            for row in rows:
                last = row
                lines.append(_line(row))
            data = "\n".join(lines).encode("utf-8", "backslashreplace") + b"\n"
            yield Block(begin, int(last[0]), int(last[0]) - len(lines) + 1, _digest(last), data)
            begin = int(last[0])

    def _following(self, after: int) -> Iterator[tuple[Any, ...]]:
        last = after
        try:
            for row in self._rows("q.id > ?", after):
                if row[0] <= last:
                    raise sqlite3.DatabaseError("rows out of order")
                last = row[0]
                yield row
        except sqlite3.Error as problem:
            self.damage = f"damaged database: {problem}"

    def _rows(self, condition: str, *values: int, order: str = "") -> Iterator[tuple[Any, ...]]:
        # The names are ours, the values are bound.
        return self._conn.execute(f"{self._select} WHERE {condition} ORDER BY q.id {order}", values)


def _selection(conn: sqlite3.Connection) -> str | None:
    """Return the statement for the layout at hand, None where it is none of Pi-hole's.

    Views are never asked: what they do is up to whoever made the file.
    """
    tables = {
        name: _columns(conn, name)
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if name in {"query_storage", "queries", *_KEYED}
    }
    name = "query_storage" if "query_storage" in tables else "queries"
    found = tables.get(name, {})
    if not {"id", "timestamp", "type", "status", "domain", "client"} <= found.keys() or not found["id"]:
        return None
    if name == "query_storage" and not all(
        {"id", key} <= tables.get(by, {}).keys() and tables[by]["id"] for by, key in _KEYED.items()
    ):
        return None
    parts = {column: f"q.{column}" if column in found else "NULL" for column in _NAMES}
    parts["client_name"] = "NULL"
    if name == "query_storage":
        # While an old database is being converted, its rows still hold the words themselves.
        for column, by in (("domain", "domain_by_id"), ("client", "client_by_id")):
            look = f"(SELECT b.{_KEYED[by]} FROM {by} b WHERE b.id = q.{column})"
            parts[column] = f"CASE typeof(q.{column}) WHEN 'integer' THEN {look} ELSE q.{column} END"
        if "name" in tables["client_by_id"]:
            parts["client_name"] = "(SELECT b.name FROM client_by_id b WHERE b.id = q.client)"
    return f"SELECT {', '.join(parts[column] for column in _NAMES)} FROM {name} q"


def _columns(conn: sqlite3.Connection, table: str) -> dict[str, bool]:
    """Return the columns of a table, and which of them is the key that is found at once."""
    told = conn.execute(f"PRAGMA table_info({table})").fetchall()
    return {name: bool(key) and kind.upper() == "INTEGER" for _, name, kind, _, _, key in told}


def _line(row: tuple[Any, ...]) -> str:
    values = (cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell for cell in row)
    return json.dumps(dict(zip(_NAMES, values, strict=True)), ensure_ascii=False)


def _digest(row: tuple[Any, ...]) -> str:
    """Return what identifies a row, by what is never changed in it later."""
    number, moment, kind, _, domain, client, *_ = row
    moment = float(moment) if isinstance(moment, int | float) else moment
    return sha256(repr((number, moment, kind, domain, client)).encode("utf-8", "replace")).hexdigest()
