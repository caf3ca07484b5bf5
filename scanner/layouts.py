"""Find out how the lines of an unknown log are laid out: as JSON, a table, key=value pairs or plain columns."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scanner.clock import TimeContext
from scanner.envelope import Header
from scanner.guessing import NULLS, guess_column
from scanner.line import Line
from scanner.readers import Columns, Raw, header_of, reader_for, split_row
from scanner.spec import ReaderKind, RecordSpec

_AGREE: Final = 0.8
"""Share of the lines that must be laid out alike."""
_LEAST: Final = 3
"""Columns or keys fewer than which are no structure."""
_MANY: Final = 8
_ONE_OF_SEVERAL: Final = 0.3
"""Share that is enough for rows of so many cells: the log then holds several tables, and this is one."""
_MOST_COLUMNS: Final = 400
_NAME: Final = re.compile(r"(?:[^\W\d]|[@#])[\w .:/()#%@-]{0,60}\Z")
_KEY: Final = re.compile(r"[A-Za-z_@][\w.@:-]{0,60}\Z")
_TOKEN: Final = re.compile(
    r'(?P<quoted>"[^"]*+")(?=\s|$)|(?P<bracketed>\[[^\]]*+\])(?=\s|$)'
    r"|(?P<iso>\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d[^\s]*+)|(?P<day>\d\d?[-/.]\d\d?[-/.]\d{4} \d\d?:\d\d:\d\d[^\s]*+)"
    r"|(?P<month>[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d[^\s]*+)|(?P<plain>\S++)"
)
_EXPRESSIONS: Final = {
    "quoted": '"(?P<{}>[^"]*+)"',
    "bracketed": r"\[(?P<{}>[^\]]*+)\]",
    "iso": r"(?P<{}>\d{{4}}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d\S*+)",
    "day": r"(?P<{}>\d\d?[-/.]\d\d?[-/.]\d{{4}} \d\d?:\d\d:\d\d\S*+)",
    "month": r"(?P<{}>[A-Z][a-z]{{2}} {{1,2}}\d{{1,2}} \d\d:\d\d:\d\d\S*+)",
    "plain": r"(?P<{}>\S++)",
}
_ANY: Final = r'(?P<{}>"[^"]*+"|\[[^\]]*+\]|\S++)'


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are taken apart: settings of a record, and the values of every column by raw name.

    `named` says that the log itself names its columns; else they are called column1, column2 ...
    """

    reader: ReaderKind
    why: str
    columns: dict[str, list[str]]
    named: bool
    settings: dict[str, Any]
    shapes: tuple[str, ...] = ()
    """Expressions of the columns of a regex, each with {} for its name."""
    header: str | None = None
    wrapped: bool = False
    """A syslog header precedes the text, whose time is @time."""


def layout_of(sample: Sequence[str], context: TimeContext) -> Layout | None:
    """Return the layout most lines of a sample share, or None where there is none."""
    texts = [text for text in sample if text.strip()]
    if not texts:
        return None
    lines = [Line(text) for text in texts]
    attempts = (_json(lines), _directives(texts), _pairs(lines), _table(lines, context), _words(lines))
    return next((layout for layout in attempts if layout is not None), None)


def _json(lines: list[Line]) -> Layout | None:
    records = [dict(_flat(line.json[0])) for line in lines if line.json is not None]
    if len(records) < _AGREE * len(lines):
        return None
    columns = _by_column(records)
    return Layout("json", f"{len(records)} of {len(lines)} lines are JSON objects", columns, True, {})


def _flat(record: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        path = before + re.sub(r"([.\[\]\\])", r"\\\1", str(key))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = value[0]  # a path that expects an object takes the first of a list
        if isinstance(value, dict):
            if depth < 5:
                yield from _flat(value, f"{path}.", depth + 1)
        elif isinstance(value, list):
            yield path, " ".join(map(str, value))
        else:
            yield path, "" if value is None else str(value)


def _directives(texts: list[str]) -> Layout | None:
    """Read tables whose columns a line that begins with #Fields names: W3C, Zeek."""
    start = next((text for text in texts if text.lower().startswith("#fields")), None)
    if start is None:
        return None
    kind: ReaderKind = "w3c" if start.startswith("#Fields:") else "zeek"
    spec = RecordSpec(reader=kind)
    names = header_of(start, spec, Columns()) or Columns()
    read = reader_for(spec)
    records = [
        {key: value or "" for key, value in raw.items() if not key.startswith("@")}
        for text in texts
        if not text.startswith("#")
        for raw in list(read(Line(text), names))[:1]
    ]
    if not records:
        return None
    return Layout(kind, "a #Fields line names the columns", _by_column(records), True, {}, header=start)


def _pairs(lines: list[Line]) -> Layout | None:
    best: tuple[float, Layout] | None = None
    for separator, assign in (
        (" ", "="),
        (",", "="),
        (";", "="),
        ("|", "="),
        ("\t", "="),
        ("", "="),
        (",", ":"),
        ("|", ":"),
    ):
        settings: dict[str, Any] = {}
        if separator != " ":
            settings["pair_separator"] = separator
        if assign != "=":
            settings["assign"] = assign
        read = reader_for(RecordSpec(reader="kv", **settings))
        records = [_keys(next(iter(read(line, Columns())), {})) for line in lines]
        often = Counter(key for record in records for key in record)
        stable = [key for key, times in often.items() if times >= _AGREE * len(lines)]
        if len(stable) < _LEAST:
            continue
        covered = sum(len(key) + len(value) + 2 for record in records for key, value in record.items())
        share = covered / sum(len(line.text) for line in lines)
        if share >= 0.5 and (best is None or share > best[0] + 0.05):
            why = f"{len(stable)} keys with a value stand in nearly every line"
            best = share, Layout("kv", why, _by_column(records), True, settings, wrapped=_wrapped(lines))
    return best[1] if best else None


def _keys(raw: Raw) -> dict[str, str]:
    return {key: str(value) for key, value in raw.items() if _KEY.match(key) and not key.startswith("@")}


def _table(lines: list[Line], context: TimeContext) -> Layout | None:
    best: tuple[float, int, str] | None = None
    for delimiter in ("\t", "|", ";", ","):
        widths = Counter(len(split_row(line.text, delimiter) or ()) for line in lines)
        width, times = widths.most_common(1)[0]
        share = times / len(lines)
        enough = _AGREE if width < _MANY else _ONE_OF_SEVERAL
        if _LEAST <= width <= _MOST_COLUMNS and share >= enough and (best is None or share > best[0]):
            best = share, width, delimiter
    if best is None:
        return None
    _, width, delimiter = best
    rows = [row for line in lines if (row := _row(line, delimiter, width)) is not None]
    why = f"{len(rows)} of {len(lines)} lines have {width} cells between {_NAMES[delimiter]}"
    settings: dict[str, Any] = {} if delimiter == "," else {"delimiter": delimiter}
    names = _header(rows, context)
    if names is not None:
        columns = {name: [row[at] for row in rows[1:]] for at, name in enumerate(names)}
        return Layout("csv", f"{why}; the first names them", columns, True, settings, header=lines[0].text)
    columns = {f"column{at + 1}": [row[at] for row in rows] for at in range(width)}
    return Layout("csv", why, columns, False, settings, wrapped=_wrapped(lines))


_NAMES: Final = {"\t": "tabs", "|": "bars", ";": "semicolons", ",": "commas"}


def _row(line: Line, delimiter: str, width: int) -> list[str] | None:
    """Return the cells as the reader will take them: of the most unwrapped text whose first cell says something."""
    rows = [row for text, _ in line.payloads if (row := split_row(text, delimiter)) and len(row) == width]
    return next((row for row in rows if row[0].strip()), rows[0] if rows else None)


def _header(rows: list[list[str]], context: TimeContext) -> list[str] | None:
    first = [cell.strip() for cell in rows[0]]
    if len(rows) < 2 or len(set(first)) < len(first) or not all(_NAME.match(cell) for cell in first):
        return None
    kinds = [guess_column([row[at] for row in rows[1:]], context) for at in range(len(first))]
    differs = [
        guess is not None and guess.confidence >= 0.6 and guess_column([name] * 3, context) is None
        for name, guess in zip(first, kinds, strict=True)
    ]
    # Names stand above values of another kind; a row of the table itself would be of the same kinds.
    return first if any(differs) and not any(cell in NULLS for cell in first) else None


def _words(lines: list[Line]) -> Layout | None:
    wrapped = _wrapped(lines)
    rows = [
        [(found.lastgroup or "plain", found.group()) for found in _TOKEN.finditer(text)]
        for line in lines
        for text in [_message(line)[0] if wrapped else line.text]
    ]
    widths = sorted(len(row) for row in rows)
    width, times = Counter(widths).most_common(1)[0]
    open_ended = times < _AGREE * len(rows)
    if open_ended:
        width = widths[len(widths) // 10]
    if not _LEAST <= width <= 100:
        return None
    rows = [row for row in rows if (len(row) >= width if open_ended else len(row) == width)]
    shapes = []
    for at in range(width):
        kinds = {row[at][0] for row in rows}
        shapes.append(_EXPRESSIONS[kinds.pop()] if len(kinds) == 1 else _ANY)
    columns = {f"column{at + 1}": [row[at][1] for row in rows] for at in range(width)}
    if open_ended:
        shapes.append("{}")
    why = f"{len(rows)} of {len(lines)} lines have {'at least ' if open_ended else ''}{width} words"
    return Layout("regex", why, columns, False, {}, tuple(shapes), wrapped=wrapped)


def _message(line: Line) -> tuple[str, Header]:
    """Return the text of a line without its syslog header, and what that says; a record within JSON has none."""
    return line.payloads[0] if line.payloads else (line.text, {})


def _wrapped(lines: list[Line]) -> bool:
    """Say whether a syslog header with a priority or a program precedes the text of most lines."""
    headers = [_message(line)[1] for line in lines]
    marked = sum("@time" in header and ("@priority" in header or "@program" in header) for header in headers)
    return marked >= _AGREE * len(lines)


def _by_column(records: Iterable[dict[str, str]]) -> dict[str, list[str]]:
    """Return the values of every name, empty where a record lacks it."""
    listed = list(records)
    names = dict.fromkeys(name for record in listed for name in record)
    return {name: [record.get(name, "") for record in listed] for name in list(names)[:_MOST_COLUMNS]}
