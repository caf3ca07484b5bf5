"""Carry a file of the organisation into the database: all of it in one transaction, or nothing, or only a rehearsal."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from governance.errors import ImportRefused
from governance.imports.records import LARGEST_FILE
from storage.database import Database

Result = TypeVar("Result")


class _Rehearsed(Exception):
    """Ends the transaction of a rehearsal without keeping anything."""


def carried_out(
    database: Database, path: Path, work: Callable[[Connection], Result], *, dry_run: bool
) -> Result:
    """Do the work in one transaction and return its result; a dry run takes everything back.

    A refusal names the file. Raises ImportRefused.
    """
    results: list[Result] = []
    try:
        with database.write() as conn:
            results.append(work(conn))
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    except ImportRefused as refusal:
        raise ImportRefused(f"{path}: {refusal} Nothing was changed.") from refusal
    return results[0]


def content_of(path: Path) -> bytes:
    """Return the bytes of a file. Raises ImportRefused for one that is far too large, OSError."""
    if path.is_file() and path.stat().st_size > LARGEST_FILE:
        raise ImportRefused(f"{path}: more than {LARGEST_FILE:,} bytes; is it the right file?")
    return path.read_bytes()


def column_names(given: Sequence[str]) -> dict[str, str]:
    """Return field -> column of options such as account=Login. Raises ImportRefused."""
    found: dict[str, str] = {}
    for text in given:
        field, equals, column = text.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise ImportRefused(f"--column {text!r}: write FIELD=COLUMN, such as account=Login")
        found[field.strip()] = column.strip()
    return found
