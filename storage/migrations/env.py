"""Run the migrations on the connection that storage.schema hands over, inside its transaction."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic import context

import storage
from storage.tables import metadata

for _module in sorted(Path(storage.__path__[0]).glob("*_tables.py")):
    import_module(f"storage.{_module.stem}")  # each adds its tables to the metadata


def run() -> None:
    """Configure Alembic for the given connection and go to the wanted revision.

    DDL is transactional on both engines (SQLite too, once BEGIN is ours), so a migration that is killed
    leaves the old tables as they were.
    """
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


run()
