"""Bring the tables of a database to the version this program needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

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
    """Say whether the recorded revision is the newest this program knows.

    Asked by every command, so without Alembic, which takes longer to load than most commands to run.
    """
    if not inspect(connection).has_table("alembic_version"):
        return False
    recorded = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return recorded == [newest()]


@cache
def newest() -> str:
    """Return the newest revision among the packaged migrations, which their files are numbered by."""
    return max(path.name[1:5] for path in _folder().glob("versions/v[0-9][0-9][0-9][0-9]_*.py"))


def _folder() -> Path:
    return Path(__file__).parent / "migrations"
