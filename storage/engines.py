"""Make the SQLAlchemy engines: one writer and one reader for SQLite, one pool for PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from storage.errors import StorageUnavailable

WAIT_SECONDS = 30

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # WAL with NORMAL may lose acknowledged commits on power loss
    "PRAGMA secure_delete = ON",  # deleted names must not stay readable in the file
    "PRAGMA trusted_schema = OFF",
    "PRAGMA mmap_size = 0",
)


def sqlite_engines(path: Path) -> tuple[Engine, Engine]:
    """Return (writer, reader) for a database file.

    There is one writer connection per process and every write begins with BEGIN IMMEDIATE: a transaction
    that reads first and writes later would fail with "database is locked" at once, whatever the timeout.
    Readers are opened read-only, so that they never checkpoint: two connections that checkpoint at the same
    moment can damage a WAL database in SQLite before 3.51.3 (https://sqlite.org/wal.html#walresetbug).
    """

    def connect(mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            if mode == "rw":
                connection.execute("PRAGMA journal_mode = WAL")
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    writer = _sqlite_engine(lambda: connect("rw"), "BEGIN IMMEDIATE", size=1)
    reader = _sqlite_engine(lambda: connect("ro"), "BEGIN", size=5)
    return writer, reader


def _sqlite_engine(connect: Any, begin: str, size: int) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
    )

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", start)
    return engine


def create_private_file(path: Path) -> None:
    """Create an empty database file that only this user may read; leave an existing one alone."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError:
        # SQLite meets the same obstacle next and its message is explained in storage.faults.
        return


def postgresql_engines(url: URL) -> tuple[Engine, Engine]:
    """Return (writer, reader) over one pool; the reader sees one snapshot and cannot write."""
    try:
        import psycopg  # noqa: F401
    except ImportError as fault:
        raise StorageUnavailable(
            f"{url.render_as_string(hide_password=True)}: the PostgreSQL driver is not installed. "
            "Install it with: pip install 'skiagram[postgresql]'"
        ) from fault
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=WAIT_SECONDS,
        connect_args={
            "connect_timeout": 10,
            "client_encoding": "utf8",
            "prepare_threshold": None,  # a pooler in transaction mode does not keep prepared statements
        },
    )
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = '60s'")

    event.listen(engine, "begin", start)
    return engine, reader
