"""Read LDIF (RFC 2849), as ldapsearch and ldifde write it, into records."""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from governance.errors import ImportRefused
from governance.imports.records import Record, plain


def read_ldif(text: str, known: Mapping[str, Sequence[str]]) -> list[Record]:
    """Return the entries of an LDIF text. Raises ImportRefused."""
    fields = {name: field for field, names in known.items() for name in names}
    found = []
    for row, lines in _entries(text):
        values: dict[str, list[str]] = defaultdict(list)
        for number, line in lines:
            name, value = _attribute(number, line)
            if name == "changetype":
                raise ImportRefused(f"row {number}: a list of changes; export the entries themselves.")
            field = fields.get(plain(name.partition(";")[0]))
            if field is not None and value:
                values[field].append(value)
        if set(values) - {"distinguished_name"}:  # containers and referrals have nothing but a name
            found.append(Record(row, {field: tuple(texts) for field, texts in values.items()}))
    if not found:
        raise ImportRefused("The file holds no entry of a person; export user objects with their attributes.")
    return found


def _entries(text: str) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    lines: list[tuple[int, str]] = []
    comment = False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.startswith(" "):
            if not comment:
                if not lines:
                    raise ImportRefused(f"row {number}: a continued line with nothing before it.")
                lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
            continue
        comment = line.startswith("#")
        if comment:
            continue
        if line.strip():
            lines.append((number, line))
            continue
        if lines and lines[0][1].lower().startswith("version:"):
            lines = lines[1:]
        if lines:
            name = lines[0][1].partition(":")[0].lower()
            if name == "dn":
                yield lines[0][0], lines
            elif name not in ("search", "result", "ref"):  # what ldapsearch adds at the end
                raise ImportRefused(f"row {lines[0][0]}: an LDIF entry begins with dn: and this does not.")
        lines = []


def _attribute(number: int, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise ImportRefused(f"row {number}: no LDIF line, which is name: value.")
    if value.startswith("<"):
        raise ImportRefused(
            f"row {number}: {name} names a file to read; files beside this one are never read."
        )
    if not value.startswith(":"):
        return name.strip(), value.strip()
    try:
        return name.strip(), base64.b64decode(value[1:].strip(), validate=True).decode("utf-8").strip()
    except UnicodeDecodeError:
        return name.strip(), ""  # a picture or a certificate, which tells nothing here
    except (binascii.Error, ValueError) as fault:
        raise ImportRefused(f"row {number}: {name} is no valid base64 ({fault}).") from fault
