"""Cut streams that were stored as they came over the wire: messages counted in octets, tables with breaks in cells."""

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Final

from scanner.message_tables import MessageTable, message_table

_COUNT: Final = re.compile(r"(\d{1,6}) (?=<\d{1,3}>)")


def is_counted(head: str) -> bool:
    """Say whether content is syslog whose messages follow one another without a break: RFC 6587 section 3.4.1."""
    found = _COUNT.match(head)
    if not found:
        return False
    following = head.encode()[found.end() + int(found[1]) :][:12].decode("utf-8", "replace")
    return bool(_COUNT.match(following + "<0>" if following.endswith(" ") else following))


def counted(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number, message); where the count is wrong, the rest as one."""
    data, at, number = text.encode(), 0, 0
    while at < len(data):
        number += 1
        found = re.match(rb"(\d{1,6}) (?=<)", data[at : at + 10])
        end = at + found.end() + int(found[1]) if found else len(data)
        start = at + found.end() if found else at
        yield number, data[start:end].decode("utf-8", "replace").replace("\n", " ").strip()
        at = end


def broken_table(head: str) -> MessageTable | None:
    """Return the table of messages that content is, where a cell of it goes on in the next line."""
    first, _, rest = head.lstrip("\ufeff").partition("\n")
    table = message_table(first)
    if table is None or not any(line.count('"') % 2 for line in rest.split("\n")[:-1]):
        return None
    return table


def rows_as_records(text: str, table: MessageTable) -> Iterator[tuple[int, str]]:
    """Yield (line number, row as JSON) of such a table."""
    reader = csv.reader(StringIO(text.lstrip("\ufeff"), newline=""), delimiter=table.delimiter)
    line = 1
    try:
        for cells in reader:
            if line > 1 and len(cells) == len(table.names):
                yield line, json.dumps(dict(zip(table.names, cells, strict=True)), ensure_ascii=False)
            line = reader.line_num + 1
    except csv.Error:
        yield line, "a cell that does not end"
