"""The packaged migrations make exactly the tables the program uses, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage import schema
from storage.database import Database, open_database
from storage.errors import StorageUnavailable
from storage.tables import metadata


def _same_type(context, inspected, column, stored, wanted) -> bool:  # type: ignore[no-untyped-def]
    return False  # text types are told apart by name only; columns, keys and indexes are compared


def test_migrations_and_tables_agree(database: Database) -> None:
    with database.write() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": _same_type})
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_is_repeatable_and_recorded(database_url: str) -> None:
    database = open_database(database_url)
    assert not database.is_current()
    database.upgrade()
    database.upgrade()
    assert database.is_current()
    database.close()


def test_an_upgrade_that_is_killed_leaves_nothing(database_url: str) -> None:
    database = open_database(database_url)

    class Killed(Exception):
        pass

    def killed() -> None:
        with database.write() as conn:
            schema.upgrade(conn, "test")
            assert inspect(conn).has_table("sighting")
            raise Killed

    with pytest.raises(Killed):
        killed()
    with database.read() as conn:
        assert inspect(conn).get_table_names() == []
    database.upgrade()
    assert database.is_current()
    database.close()


def test_tables_of_a_newer_version_are_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    database.upgrade()
    with database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not database.is_current()
    with pytest.raises(StorageUnavailable, match="made by another version of this program"):
        database.upgrade()
    database.close()


def test_the_newest_file_is_the_only_head() -> None:
    assert ScriptDirectory(str(Path(schema.__file__).parent / "migrations")).get_heads() == [schema.newest()]


def test_a_current_database_is_opened_without_waiting_for_a_writer(database_url: str) -> None:
    database = open_database(database_url)
    database.upgrade()
    with database.write():
        database.upgrade()  # would wait for the end of the transaction, which waits for it
    database.close()
