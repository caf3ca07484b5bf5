"""Open the database and hand out transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from storage import schema
from storage.engines import create_private_file, postgresql_engines, sqlite_engines
from storage.errors import StorageUnavailable
from storage.faults import explain, on_network_filesystem


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: transactions to write, snapshots to read, and its own upgrade."""

    url_for_display: str
    """The URL without its password."""
    dialect: str
    """sqlite or postgresql."""
    path: Path | None
    """The file of an SQLite database."""
    warnings: tuple[str, ...]
    """What a careful administrator should know: a risky SQLite version, a network filesystem."""
    _writer: Engine
    _reader: Engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run the body in one transaction: all of it is kept, or none.

        SQLite begins with BEGIN IMMEDIATE, so there is one writer at a time. Raises StorageUnavailable.
        """
        with self._explained(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run the body on one consistent snapshot that cannot write. Raises StorageUnavailable."""
        with self._explained(), self._reader.begin() as connection:
            yield connection

    def upgrade(self) -> None:
        """Create the tables, or carry them to the newest version, in one transaction.

        Raises StorageUnavailable, also when the database was written by a newer version of the program.
        """
        if self.is_current():
            return
        with self.write() as connection:
            schema.upgrade(connection, self.url_for_display)

    def is_current(self) -> bool:
        """Say whether the tables have the version this program needs."""
        with self.read() as connection:
            return schema.is_current(connection)

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as fault:
            known = explain(_as_sqlalchemy(fault), self.url_for_display, self.path)
            if known is None:
                raise
            raise known from fault


def _as_sqlalchemy(fault: Exception) -> Exception:
    # COMMIT goes straight to sqlite3 through the pool, so its faults arrive unwrapped.
    if isinstance(fault, sqlite3.Error):
        return OperationalError("", {}, fault)
    return fault


def open_database(url: str) -> Database:
    """Open `sqlite:///path/to/file` (created if missing) or `postgresql://user@host/name`.

    The tables are not touched; call upgrade() next. Raises StorageUnavailable with what is wrong, where,
    and what to do: no such directory, no permission, disk full, wrong password, server down.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as fault:
        raise StorageUnavailable(
            "The database URL cannot be read. Write sqlite:////full/path/skiagram.db or "
            "postgresql://user:password@host/database"
        ) from fault
    display = parsed.render_as_string(hide_password=True)
    family = parsed.drivername.split("+")[0]
    if family == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise StorageUnavailable(f"{display}: give a file, such as sqlite:////full/path/skiagram.db")
        path = Path(parsed.database).absolute()
        create_private_file(path)
        writer, reader = sqlite_engines(path)
        database = Database(display, "sqlite", path, _sqlite_warnings(path), writer, reader)
        check = "SELECT name FROM sqlite_master LIMIT 1"
    elif family in ("postgresql", "postgres"):
        writer, reader = postgresql_engines(parsed.set(drivername="postgresql+psycopg"))
        database = Database(display, "postgresql", None, (), writer, reader)
        check = "SHOW server_encoding"
    else:
        raise StorageUnavailable(f"{display}: only sqlite and postgresql databases are supported.")
    try:
        with database.write() as connection:
            answer = connection.exec_driver_sql(check).scalar()
        if database.dialect == "postgresql" and answer != "UTF8":
            raise StorageUnavailable(
                f"{display}: the database is encoded as {answer}; create one with: createdb --encoding=UTF8"
            )
    except BaseException:
        database.close()
        raise
    return database


def _sqlite_warnings(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    if on_network_filesystem(path.parent):
        found.append(
            f"{path.parent} is on a network filesystem, where SQLite's locks cannot be trusted; "
            "move the database to a local disk, or use PostgreSQL."
        )
    version = sqlite3.sqlite_version_info
    repaired = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    if not repaired:
        found.append(
            f"SQLite {sqlite3.sqlite_version} can damage a database when two programs checkpoint it at the "
            "same moment (fixed in 3.51.3); run one service per database, or use PostgreSQL."
        )
    return tuple(found)
