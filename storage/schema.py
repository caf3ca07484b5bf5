"""Bring the tables of a database to the version this program needs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from storage.errors import StorageUnavailable

_UPGRADE_LOCK = 0x534B4941  # "SKIA": one upgrade at a time on a PostgreSQL server


def upgrade(connection: Connection, display: str) -> None:
    """Run all missing migrations inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # large tables may take their time
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise StorageUnavailable(
            f"{display}: the tables were made by another version of this program ({fault}). "
            "Install that version or a newer one; nothing was changed."
        ) from fault


def is_current(connection: Connection) -> bool:
    """Say whether the recorded revision is the newest this program knows."""
    from alembic.runtime.migration import MigrationContext

    recorded = MigrationContext.configure(connection).get_current_heads()
    return set(recorded) == set(newest())


def newest() -> tuple[str, ...]:
    """Return the newest revision among the packaged migrations."""
    from alembic.script import ScriptDirectory

    return tuple(ScriptDirectory(str(_folder())).get_heads())


def _folder() -> Path:
    return Path(__file__).parent / "migrations"
