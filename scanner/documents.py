"""Turn JSON documents (arrays, wrapped lists, pretty-printed objects) into one record a line."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

WRAPPER_KEYS: Final = tuple(
    """Records records value events logEvents items data results result entries hits logs activities Events
    body""".split()
)
_NESTED: Final = {"hits": "hits", "data": "events"}
"""Wrappers that keep their list one step further down: search results, event hooks."""
_GAP: Final = re.compile(r"[\s,\]\x1e]*")
LARGEST_DOCUMENT: Final = 64 << 20


def is_document(head: str) -> bool:
    """Say whether content is JSON that does not stand one record a line."""
    start = head.lstrip("\ufeff \t\r\n")
    if start[:1] == "[":
        return start[1:].lstrip()[:1] in {"{", "[", ""}
    if start[:1] != "{":
        return False
    first, newline, rest = start.partition("\n")
    if not newline:
        return False
    try:
        json.loads(first)
    except ValueError:
        # An object that goes on in the next line, not merely a damaged record of a one-a-line file.
        return rest.lstrip()[:1] in {'"', "}", "{", "["} and not rest.lstrip().startswith('{"')
    return False


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
    for key in WRAPPER_KEYS:
        inner = value.get(key)
        if isinstance(inner, dict) and key in _NESTED:
            inner = inner.get(_NESTED[key])
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


def documents(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, record as one line) for JSON in any layout; other text as it stands."""
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
            end = text.find("\n", at) + 1 or len(text)
            yield line, text[at:end].rstrip("\r\n")
        else:
            for record in records_of(value):
                yield line, json.dumps(record, ensure_ascii=False)
        line += text.count("\n", at, end)
        at = end
