"""Turn documents (JSON arrays, wrapped lists, pretty-printed objects, XML of Windows) into one record a line."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from scanner.exports import closed, exported, is_exported
from scanner.frames import broken_table, counted, is_counted, rows_as_records
from scanner.lease_file import is_lease_file, leases
from scanner.windows_xml import event_lines, is_event_file

WRAPPER_KEYS: Final = tuple(
    """Records records value events logEvents items data results result entries hits logs activities Events
    body response authlogs queries _embedded""".split()
)
_NESTED: Final = {
    "hits": ("hits",), "data": ("events",), "response": ("authlogs", "entries", "items"), "_embedded": ("activities",),
}  # fmt: skip
"""Wrappers that keep their list one step further down: search results, event hooks, pages of APIs."""
_GAP: Final = re.compile(r"[\s,\]\x1e\0]*")
_LIST: Final = re.compile(rf'"(?:{"|".join(WRAPPER_KEYS)})"\s*:\s*(?=\[)')
LARGEST_DOCUMENT: Final = 64 << 20
LONGEST_RECORD: Final = 200 << 10
"""Characters without a line break after which an object is taken for a document, not for a record."""


def is_document(head: str) -> bool:
    """Say whether content is JSON that does not stand one record a line, or a lease file."""
    start = head.lstrip("\ufeff \t\r\n")
    if is_lease_file(head) or is_event_file(head) or is_counted(head) or broken_table(head) is not None:
        return True
    if start[:1] == "[":
        return start[1:].lstrip()[:1] in {"{", "[", ""}
    if start[:1] != "{":
        return False
    first, newline, rest = start.partition("\n")
    if not newline and len(head) >= LONGEST_RECORD:
        return True
    try:
        value = json.loads(first)
    except RecursionError:
        return False
    except ValueError:
        if not rest.strip() and _goes_on(first):
            return True
        # An object that goes on in the next line, not merely a damaged record of a one-a-line file.
        return rest.lstrip()[:1] in {'"', "}", "{", "["} and not rest.lstrip().startswith('{"')
    return not rest.strip() and records_of(value) != [value]


def _goes_on(line: str) -> bool:
    """Say whether another object follows the first one of a line, as delivery streams write them."""
    try:
        _, end = json.JSONDecoder().raw_decode(line)
    except (ValueError, RecursionError):
        return False
    return line[end:].lstrip("\0 \t\r\n")[:1] == "{"


def records_of(value: Any) -> list[dict[str, Any]]:
    """Return the records a JSON value stands for: its items where it wraps a list, else itself.

    An object that says who acted is a record of its own, whatever lists it holds (Google's activities keep
    their actor beside a list of events).
    """
    if isinstance(value, list):
        return [record for item in value for record in records_of(item)]
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("actor"), dict):
        return [value]
    answered = exported(value)
    if answered is not None:
        return answered
    for key in WRAPPER_KEYS:
        inner = value.get(key)
        if isinstance(inner, dict) and key in _NESTED:
            inner = next((inner[name] for name in _NESTED[key] if name in inner), None)
        if (
            isinstance(inner, list)
            and inner
            and all(isinstance(item, dict) for item in inner)
            and len(value) <= 12
        ):
            common = {
                name: item
                for name, item in value.items()
                if name != key and not isinstance(item, dict | list)
            }
            return [{**common, **item} if key == "logEvents" else item for item in inner]
    return [value]


def is_record(text: str) -> bool:
    """Say whether a text is one whole JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def unwrapped(head: str) -> str:
    """Return the beginning of a document from where its list of records begins."""
    if is_exported(head):
        return closed(head)
    found = _LIST.search(head, 0, 4096) if head.lstrip("\ufeff \t\r\n")[:1] == "{" else None
    return head[found.end() :] if found else head


def documents(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, record as one line) for JSON in any layout; other text as it stands.

    What cannot be read comes out line by line, but as one line at the end of the text: there it is a record
    that was cut off, or is still being written.
    """
    if is_lease_file(text):
        yield from leases(text)
        return
    if is_event_file(text):
        yield from event_lines(text)
        return
    if is_counted(text):
        yield from counted(text)
        return
    table = broken_table(text)
    if table is not None:
        yield from rows_as_records(text, table)
        return
    damaged: list[tuple[int, str]] = []
    for line, value, source in _values(text):
        records = [] if value is None else _lines_of(value)
        if not records:
            damaged.append((line, source))
            continue
        yield from damaged
        damaged.clear()
        for record in records:
            yield line, record
    if damaged:
        yield damaged[0][0], " ".join(source.strip() for _, source in damaged)


def _lines_of(value: Any) -> list[str]:
    try:
        return [json.dumps(record, ensure_ascii=False) for record in records_of(value)]
    except RecursionError:
        return []


def _values(text: str) -> Iterator[tuple[int, Any, str]]:
    """Yield (line number, JSON value or None, its text); empty lists hold nothing and are passed over."""
    decoder = json.JSONDecoder()
    at, line = 0, 1
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped[:1] == "[":
        at = text.index("[") + 1
        line += text.count("\n", 0, at)
    while True:
        found = _GAP.match(text, at)
        end = found.end() if found else at
        line += text.count("\n", at, end)
        at = end
        if at >= len(text):
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict | list):
            value, end = None, text.find("\n", at) + 1 or len(text)
        if value != []:
            yield line, value, text[at:end].rstrip("\r\n")
        line += text.count("\n", at, end)
        at = end
