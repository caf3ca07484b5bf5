"""Define the column types that make SQLite and PostgreSQL store and return the same values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from storage.text import clean_json, clean_name, clean_prose

RowId = BigInteger().with_variant(Integer, "sqlite")
"""64-bit row id; SQLite numbers rows by itself only for a column of type INTEGER."""


class Name(TypeDecorator[str]):
    """One line of text, cleaned by clean_name."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean on the way in; comparisons are cleaned alike."""
        return None if value is None else clean_name(value)


class Prose(TypeDecorator[str]):
    """Text of several lines, cleaned by clean_prose."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean on the way in."""
        return None if value is None else clean_prose(value)


class Json(TypeDecorator[Any]):
    """A JSON value as canonical ASCII text: sorted keys, no spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Clean and serialise."""
        return canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Parse."""
        return None if value is None else json.loads(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC. A time without a zone is refused: nobody could say what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite stores it without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time {value.isoformat()} has no zone; pass an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def canonical_json(value: Any) -> str:
    """Serialise to the one spelling that hashes and comparisons use."""
    return json.dumps(clean_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
