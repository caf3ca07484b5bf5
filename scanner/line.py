"""One line as the readers see it: its wrappings and structures, each worked out once and on demand."""

import json
from functools import cached_property
from typing import Any

from scanner.envelope import Header, header_of_wrapper, inner_messages, inner_records, payloads
from scanner.windows_xml import event_object

MAX_DEPTH = 4


class Line:
    """A decoded line; made for lines that need an exact reading, never for every line of a large file."""

    def __init__(self, text: str, depth: int = 0, outer: Header | None = None) -> None:
        self._text = text
        self.depth = depth
        self._outer = outer

    @cached_property
    def text(self) -> str:
        """The line as it stands; nothing where it is JSON that carries a message, which is then read instead.

        What is quoted within JSON looks like a log line to a reader of text, but its quotes are escaped and
        the rest of the object follows it.
        """
        return "" if self._carries else self._text

    @cached_property
    def payloads(self) -> list[tuple[str, Header]]:
        """The possible messages, the most unwrapped first."""
        return [] if self._carries else self._readings

    @cached_property
    def _readings(self) -> list[tuple[str, Header]]:
        return list(payloads(self._text, self._outer))

    @cached_property
    def _carries(self) -> bool:
        return self._text.endswith("}") and self.json is not None and any(inner_messages(self.json[0]))

    @cached_property
    def json(self) -> tuple[dict[str, Any], Header] | None:
        """The JSON object the line is or carries, with the header before it; an event of Windows as one."""
        for text, header in self._readings:
            stripped = text.lstrip()
            if stripped.startswith("<Event"):
                found = event_object(stripped)
                if found is not None:
                    return found, header
            if stripped.startswith("{"):
                found = _object(stripped)
                if found is not None:
                    return found, header
        start = self._text.find("{")
        if 0 < start < 400 and self._text.rstrip().endswith("}"):
            found = _object(self._text[start:])
            if found is not None:
                return found, self._readings[-2][1] if len(self._readings) > 1 else {}
        return None

    @cached_property
    def inner(self) -> list["Line"]:
        """Lines carried by a JSON wrapper, as its message or as an object."""
        if self.json is None or self.depth >= MAX_DEPTH:
            return []
        record, header = self.json
        said = header | header_of_wrapper(record)
        lines = [Line(text, self.depth + 1, said) for text in inner_messages(record)]
        return lines + [_line_of(inner, header, self.depth + 1) for inner in inner_records(record)]

    @cached_property
    def within(self) -> list[str]:
        """The texts that wrappings hold, none where the line is wrapped in nothing."""
        texts = [text for text, _ in self.innermost if text != self._text]
        return texts + [text for inner in self.inner for text, _ in inner.innermost]

    @cached_property
    def innermost(self) -> list[tuple[str, Header]]:
        """The possible messages, the shortest first: of a table whose header was wrapped, so is every row."""
        return sorted(self.payloads, key=lambda payload: len(payload[0]))


def carrying(record: dict[str, Any]) -> Line:
    """Return the line that a row of a table stands for, one of whose cells is a message."""
    return _line_of(record, {}, 0)


def _line_of(record: dict[str, Any], header: Header, depth: int) -> Line:
    line = Line("", depth)
    line.__dict__["json"] = (record, header)
    return line


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, strict=False)  # tabs may stand unescaped within
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
