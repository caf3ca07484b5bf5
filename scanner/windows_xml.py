"""Read events of Windows written as XML as the objects that exporters of JSON make of them."""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, fromstring

_EVENT: Final = re.compile(r"<Event[\s>]")
_END: Final = "</Event>"
_BEGINNING: Final = re.compile(r"(?:<\?xml[^>]*\?>\s*)?(?:<Events[\s>]|<Event[\s>])")
_LONGEST: Final = 1 << 20


def is_event_file(head: str) -> bool:
    """Say whether content is XML of events that do not stand one a line."""
    start = head.lstrip("\ufeff \t\r\n")
    found = _BEGINNING.match(start)
    if not found:
        return False
    first, _, _ = start.partition("\n")
    return not first.startswith("<Event") or first.startswith("<Events") or first.count("</Event>") != 1


def event_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, event on one line) of a file of events."""
    line, at = 1, 0
    while (start := _start(text, at)) >= 0:
        end = text.find(_END, start)
        if end < 0:
            return
        line += text.count("\n", at, start)
        at = end + len(_END)
        yield line, " ".join(text[start:at].split("\n")).replace("\r", "")
        line += text.count("\n", start, at)


def _start(text: str, at: int) -> int:
    found = _EVENT.search(text, at)
    return found.start() if found else -1


def event_object(text: str) -> dict[str, Any] | None:
    """Return an event as an object: named data by name, attributes under #attributes; None where it is none.

    Entities, which can be made to grow without bound, are declared in front of the first element: a text that
    begins with it has none.
    """
    if not text.startswith("<Event") or not text.rstrip().endswith("</Event>") or len(text) > _LONGEST:
        return None
    try:
        root = fromstring(text)  # noqa: S314
    except (ParseError, ValueError, RecursionError):
        return None
    return {"Event": _value(root)}


def _value(element: Element, depth: int = 0) -> Any:
    children = list(element)
    if not children or depth > 5:
        content = (element.text or "").strip()
        return content if content or not element.attrib else {"#attributes": dict(element.attrib)}
    value: dict[str, Any] = {}
    for child in children:
        tag = child.tag.rpartition("}")[2]
        name = child.get("Name") if tag == "Data" else None
        value.setdefault(name or tag, _value(child, depth + 1))
    return value
