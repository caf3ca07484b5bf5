"""Read the records of a CSV file and find its columns by their usual names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from governance.errors import ImportRefused
from storage.text import clean_name

LARGEST_FILE = 256 * 1024 * 1024
_DELIMITERS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_LONGEST_CELL = 4_000
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: where it stands, and its values by field; absent means empty."""

    row: int
    values: Mapping[str, tuple[str, ...]]

    def first(self, field: str) -> str | None:
        """Return the first value of a field as it will be stored."""
        found = self.values.get(field)
        return clean_name(found[0]) if found else None

    def yes_no(self, field: str) -> bool | None:
        """Return a stated yes or no. Raises ImportRefused."""
        text = self.first(field)
        if text is None or text.casefold() in ("unknown", "?"):
            return None
        if text.casefold() in _YES | _NO:
            return text.casefold() in _YES
        raise ImportRefused(f"row {self.row}: {field} is {text[:40]!r}; write yes, no or nothing.")


def plain(name: str) -> str:
    """Return a column's name in small letters and digits only."""
    return _NOT_LETTERS.sub("", name.casefold())


def need_name(by: str) -> None:
    """Raise ImportRefused where nobody is named who makes an import."""
    if not by.strip():
        raise ImportRefused("An import needs the name of who makes it; see --by.")


def decoded(content: bytes, encoding: str | None = None) -> str:
    """Return the text of a file: as its byte order mark says, else UTF-8. Raises ImportRefused."""
    if len(content) > LARGEST_FILE:
        raise ImportRefused(f"The file has more than {LARGEST_FILE:,} bytes; is it the right one?")
    for mark, name in _BOMS:
        if content.startswith(mark):
            content, encoding = content[len(mark) :], name
            break
    try:
        text = content.decode(encoding or "utf-8")
    except LookupError:
        raise ImportRefused(f"There is no encoding {encoding!r}; name one such as cp1252.") from None
    except UnicodeDecodeError as fault:
        row = content.count(b"\n", 0, fault.start) + 1
        raise ImportRefused(
            f"row {row}: not {encoding or 'UTF-8'} text (byte {fault.start}). Save the file as UTF-8, or name "
            "its encoding with --encoding, such as cp1252."
        ) from fault
    if "\0" in text:
        raise ImportRefused(
            "The file holds NUL bytes, so it is no text or of another encoding; see --encoding."
        )
    return text


def read_table(
    text: str,
    known: Mapping[str, Sequence[str]],
    required: Sequence[Sequence[str]],
    mapping: Mapping[str, str] | None = None,
) -> list[Record]:
    """Return the rows of a CSV text.

    `known` maps fields to the plain names of columns that hold them. Of each group in `required` one column
    must be there. `mapping` names columns for fields and goes first. Raises ImportRefused.
    """
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].startswith("#TYPE") else 0  # PowerShell's Export-Csv
    body = lines[skipped:]
    if not any(line.strip() for line in body):
        raise ImportRefused("The file is empty; it needs a first line with the names of the columns.")
    delimiter = max(_DELIMITERS, key=body[0].count)
    table = csv.reader(io.StringIO("".join(body), newline=""), delimiter=delimiter, strict=True)
    try:
        titles = [title.strip() for title in next(table)]
        fields = _fields(titles, known, required, mapping or {})
        found = []
        for cells in table:
            row = table.line_num + skipped
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(titles):
                raise ImportRefused(
                    f"row {row}: {len(cells)} cells under {len(titles)} columns; is a delimiter missing its quotes?"
                )
            found.append(Record(row, _values(row, fields, cells)))
    except csv.Error as fault:
        raise ImportRefused(f"row {table.line_num + skipped}: no valid CSV ({fault}).") from fault
    if not found:
        raise ImportRefused("The file has a first line but no rows; an empty file would erase what is known.")
    return found


def _fields(
    titles: Sequence[str],
    known: Mapping[str, Sequence[str]],
    required: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
) -> list[tuple[str, int]]:
    names = [plain(title) for title in titles]
    found: list[tuple[str, int]] = []
    for field, usual in known.items():
        if field in mapping:
            if plain(mapping[field]) not in names:
                raise ImportRefused(f"There is no column {mapping[field]!r}; there are: {', '.join(titles)}.")
            found.append((field, names.index(plain(mapping[field]))))
        else:
            found.extend((field, names.index(name)) for name in usual if name in names)
    for field in mapping:
        if field not in known:
            near = get_close_matches(field, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"fields: {', '.join(known)}"
            raise ImportRefused(f"There is no field {field!r} to map a column to; {hint}")
    have = {field for field, _ in found}
    for group in required:
        if have.isdisjoint(group):
            raise ImportRefused(
                f"No column for {' or '.join(group)}; columns: {', '.join(titles)[:300]}. "
                f"Name it: --column {group[0]}=COLUMN"
            )
    return found


def _values(row: int, fields: Sequence[tuple[str, int]], cells: Sequence[str]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for field, at in fields:
        text = cells[at].strip()
        if len(text) > _LONGEST_CELL:
            raise ImportRefused(f"row {row}: {field} has {len(text)} characters; is a quote missing?")
        if text:
            values[field] = (*values.get(field, ()), text)
    return values
