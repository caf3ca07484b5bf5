"""Take records out of what query services answer: rows beside their columns, streams, lists of named values."""

import re
from collections.abc import Iterator
from typing import Any, Final

_KINDS: Final = re.compile(
    r'"resourceLogs"|"(?:columns|Columns|fields)"\s*:\s*\[|"resultType"\s*:\s*"streams"|\[\s*\[\s*\{\s*"field"\s*:'
)
_MARK: Final = re.compile(r'"(?>(?:[^"\\]|\\.)*)"?|[\[\]{}]')


def is_exported(head: str) -> bool:
    """Say whether the beginning of a document may be such an answer, whose rows say nothing without what is around."""
    return head.lstrip("\ufeff \t\r\n")[:1] == "{" and bool(_KINDS.search(head, 0, 20_000))


def closed(head: str) -> str:
    """Return the beginning of a document with what is open in it closed, after the last value that ended."""
    open_now: list[str] = []
    end, to_close = 0, ""
    for found in _MARK.finditer(head):
        mark = found.group()
        if mark in "[{":
            open_now.append("]" if mark == "[" else "}")
        elif mark in "]}" and open_now:
            open_now.pop()
            end, to_close = found.end(), "".join(reversed(open_now))
    return head[:end] + to_close


def exported(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of an answer of a query service, or None where it is none."""
    tables = value.get("tables", value.get("Tables"))
    if isinstance(tables, list) and tables and all(isinstance(table, dict) for table in tables):
        found = [rows for table in tables if (rows := _rows(table)) is not None]
        return [row for rows in found for row in rows] if found else None
    if isinstance(value.get("resourceLogs"), list):
        return list(_telemetry(value["resourceLogs"]))
    if value.get("TableKind", "PrimaryResult") != "PrimaryResult":
        return []  # what Kusto says about the query
    rows = _rows(value)
    return rows if rows is not None else _streams(value) or _named(value.get("results"))


def _rows(table: dict[str, Any]) -> list[dict[str, Any]] | None:
    columns = next((table[key] for key in ("columns", "Columns", "fields") if key in table), None)
    rows = table.get("rows", table.get("Rows"))
    if not isinstance(columns, list) or not isinstance(rows, list) or not columns:
        return None
    names = [_name(column) for column in columns]
    if None in names or not all(isinstance(row, list) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=False)) for row in rows]


def _name(column: Any) -> str | None:
    if isinstance(column, dict):
        column = next((column[key] for key in ("name", "ColumnName", "field") if key in column), None)
    return column if isinstance(column, str) else None


def _streams(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the lines of an answer of Loki, each with its time and the labels of its stream."""
    data = value.get("data")
    streams = data.get("result") if isinstance(data, dict) and data.get("resultType") == "streams" else None
    if not isinstance(streams, list):
        return None
    records: list[dict[str, Any]] = []
    for stream in streams:
        labels = stream.get("stream") if isinstance(stream, dict) else None
        entries = stream.get("values", []) if isinstance(labels, dict) else []
        records += [
            {"labels": labels, "timestamp": entry[0], "line": entry[1]}
            for entry in entries
            if isinstance(entry, list) and len(entry) >= 2
        ]
    return records


def _telemetry(resources: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the records of OpenTelemetry, whose body is the line."""
    for resource in resources:
        for scope in resource.get("scopeLogs", []) if isinstance(resource, dict) else ():
            for record in scope.get("logRecords", []) if isinstance(scope, dict) else ():
                body = record.get("body") if isinstance(record, dict) else None
                if isinstance(body, dict) and isinstance(body.get("stringValue"), str):
                    yield {"line": body["stringValue"], "timestamp": record.get("timeUnixNano")}


def _named(results: Any) -> list[dict[str, Any]] | None:
    """Return the records of CloudWatch Logs Insights, which writes each as a list of fields and values."""
    if not isinstance(results, list) or not results or not all(isinstance(row, list) for row in results):
        return None
    if not all(isinstance(cell, dict) and "field" in cell for row in results for cell in row):
        return None
    return [{str(cell["field"]): cell.get("value") for cell in row} for row in results]
