"""Readers: take a line apart into raw, named values, each in the way of one family of formats."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from scanner.line import Line
from scanner.spec import RecordSpec

Raw = Mapping[str, Any]
"""Raw names and values of one line, the header's under names that begin with @."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns in force, as the latest header lines of a file state them."""

    names: tuple[str, ...] = ()
    separator: str = ""
    path: str = ""
    date: str = ""
    wrapped: bool = False
    """The header stood within a wrapping, and so do the rows."""


Reader = Callable[[Line, Columns], Iterator[Raw]]
"""Yields every way the line can be read; the first whose conditions hold is taken."""


def reader_for(spec: RecordSpec) -> Reader:
    """Return the reader of a record shape."""
    read = _READERS[spec.reader](spec)
    if not spec.tidy_names:
        return read
    return lambda line, columns: (tidy(raw) for raw in read(line, columns))


_MOST_PAIRS = 1000
"""Pairs taken from one line, and cells of a header row: beyond it a line is hostile, whatever it is."""

_NOT_A_WORD = re.compile(r"[^a-z0-9\u3041-\u30ff\u4e00-\u9fff]+")  # kana and kanji are letters, too
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def tidy_name(name: str) -> str:
    """Return a raw name in one spelling: ``Source IP``, ``sourceIp`` and ``source.ip`` are ``source_ip``."""
    return _NOT_A_WORD.sub("_", _HUMP.sub("_", name).lower()).strip("_")


def tidy(raw: Raw, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Return a record with nested objects flattened and names in one spelling; header names stay."""
    flat: dict[str, Any] = {}
    for name, value in raw.items():
        key = name if name.startswith("@") and not prefix else f"{prefix}{tidy_name(name)}"
        if isinstance(value, dict) and depth < 5:
            flat |= {
                inner: item for inner, item in tidy(value, f"{key}_", depth + 1).items() if inner not in flat
            }
        else:
            flat.setdefault(key, value)
    return flat


def _regex(spec: RecordSpec) -> Reader:
    pattern = re.compile(spec.pattern or "", re.S)

    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        for text, header in line.payloads:
            found = pattern.fullmatch(text)
            if found:
                yield header | found.groupdict()

    return read


def split_row(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one delimited line, or None where the quotes do not close."""
    text = text.strip(" \r\n") if delimiter != " " else text
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True, strict=True), None)
    except csv.Error:
        if '"' not in text.replace('""', ""):  # the row was a quoted cell of another table
            return split_row(text.replace('""', '"'), delimiter)
        return _lenient_row(text, delimiter)


def _lenient_row(text: str, delimiter: str) -> list[str] | None:
    # Quotes inside a field that are neither doubled nor at its ends occur in the field; an open one does not.
    if text.count('"') % 2:
        return None
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), None)
    except csv.Error:
        return None


def _csv(spec: RecordSpec) -> Reader:
    fixed = spec.columns
    least = spec.min_columns if spec.min_columns is not None else len(fixed)
    most = spec.max_columns if spec.max_columns is not None else max(len(fixed), least)
    any_header = spec.header == "*"
    needed = set() if any_header else {name.casefold() for name in (spec.header, *spec.requires) if name}
    own: dict[tuple[str, ...], bool] = {}

    def is_own(names: tuple[str, ...]) -> bool:
        if names not in own:  # a format may know several tables, each by its own header
            own[names] = needed <= {name.casefold() for name in names}
        return own[names]

    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        for text, header in line.innermost if columns.wrapped else line.payloads:
            cells = split_row(text, spec.delimiter)
            if cells is None:
                continue
            if spec.header:
                if columns.separator not in {"", spec.delimiter}:
                    cells = split_row(text, columns.separator) or []
                if columns.names and is_own(columns.names) and len(cells) == len(columns.names):
                    yield header | dict(zip(columns.names, cells, strict=True))
            elif least <= len(cells) <= most:
                named = dict(zip(fixed, cells, strict=False))
                yield header | named | {"@count": str(len(cells)), "@text": text}

    return read


def _pair_pattern(spec: RecordSpec) -> re.Pattern[str]:
    separator = re.escape(spec.pair_separator)
    if spec.pair_separator == " ":
        separator = r"\s"
    assign = re.escape(spec.assign)
    # Behind a space after the sign stands the value, or the next pair where the value is empty.
    spaced = spec.pair_separator == " " and spec.assign == "="
    gap = r"(?>(?:\s+(?![A-Za-z_][\w.]{0,63}=))?)" if spaced else r"\s*"
    # Every part is bounded or possessive: a hostile line must not make the search start over at each character.
    return re.compile(
        rf'(?:^|(?<={separator})|(?<=[;,\[]))\s{{0,16}}+(?![\[;,]{{2}})(?P<key>[^\s{assign}"{separator}\]][^{assign}"{separator}\[]{{0,63}}+)'
        rf'{assign}+{gap}(?:""(?!\s|{separator}|$)(?P<double>(?>(?:[^"]|"(?!"))*))""(?={separator}|$)|"(?P<quoted>(?>(?:[^"\\]|\\.)*))"'
        rf"|(?P<bare>[^{separator}]*+))",
        re.S,
    )


def _kv(spec: RecordSpec) -> Reader:
    # Without a pair separator a value runs to the next key, spaces and all, as in CEF.
    pairs = _pair_pattern(spec) if spec.pair_separator else re.compile("")
    prefix = re.compile(spec.prefix, re.S) if spec.prefix else None
    # A key that is needed stands in the text as it is written: most foreign lines end here.
    needed = tuple(
        name
        for name in spec.requires
        if not name.startswith("@") and not (prefix and name in prefix.groupindex) and "\\" not in name
    )

    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        for text, header in line.payloads:
            if any(name not in text for name in needed):
                continue
            raw: dict[str, Any] = dict(header)
            if prefix:
                found = prefix.match(text)
                if not found:
                    continue
                raw |= {key: value for key, value in found.groupdict().items() if value is not None}
                text = text[found.end() :]
            if not spec.pair_separator:
                raw |= extension(text, escaped=False)
                if len(raw) > len(header) + 1:
                    yield raw
                continue
            for pair in islice(pairs.finditer(text), _MOST_PAIRS):
                quoted = pair["quoted"]
                value = pair["double"] or (quoted.replace('\\"', '"') if quoted is not None else pair["bare"])
                raw.setdefault(pair["key"].strip(), (value or "").strip())
            if len(raw) > len(header) + 1:
                yield raw

    return read


def _json(spec: RecordSpec) -> Reader:
    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        if line.json is not None:
            record, header = line.json
            yield header | record if header else record

    return read


_CEF = re.compile(
    r"(?P<head>(?:CEF: ?)?\d{1,2}\|(?:(?:[^|\\]|\\.)*\|){5}(?:[^|\\]|\\.)*)(?:\||$)(?P<rest>.*)", re.S
)
_CEF_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z0-9_.\-\[\]@:]++)=")
_CEF_NAMES = ("cef.version", "cef.vendor", "cef.product", "cef.device_version", "cef.class_id", "cef.name",
              "cef.severity")  # fmt: skip


def _unescape(text: str) -> str:
    return (
        text.replace("\\=", "=")
        .replace("\\|", "|")
        .replace("\\n", "\n")
        .replace("\\r", "\r")
        .replace("\\\\", "\\")
    )


def extension(text: str, *, escaped: bool = True) -> dict[str, str]:
    """Return the key=value pairs of a CEF extension; values may hold spaces.

    `escaped` is False for pairs of other makers, whose backslashes mean themselves.
    """
    raw: dict[str, str] = {}
    keys = list(islice(_CEF_KEY.finditer(text), _MOST_PAIRS))
    for found, following in zip_longest(keys, keys[1:]):
        end = following.start() if following else len(text)
        value = text[found.end() : end].strip().strip('"')
        raw[found[1]] = _unescape(value) if escaped else value
    for key, label in list(raw.items()):
        if key.endswith("Label") and key[:-5] in raw and label:
            raw.setdefault(label, raw[key[:-5]])
    return raw


def _cef(spec: RecordSpec) -> Reader:
    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        start = line.text.find("CEF:")
        if start >= 0:
            found = _CEF.match(line.text, start)
        else:  # some collectors strip the word that opens the header
            texts = (text.lstrip() for text, _ in line.payloads)
            bare = next((text for text in texts if text[:1].isdigit()), "")
            found = _CEF.match(bare) if "|" in bare[:3] else None
        if found:
            names = re.split(r"(?<!\\)\|", found["head"])
            header = next((h for text, h in line.payloads if text.startswith("CEF:")), {})
            yield (
                header | dict(zip(_CEF_NAMES, map(_unescape, names), strict=False)) | extension(found["rest"])
            )

    return read


_LEEF = re.compile(
    r"(?:LEEF: ?)?(?P<version>[12]\.[\d.]{1,4})\|(?P<vendor>[^|]*)\|(?P<product>[^|]*)\|[^|]*\|(?P<event>[^|]*)"
    r"\|(?P<rest>.*)",
    re.S,
)


def _leef(spec: RecordSpec) -> Reader:
    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        # The word that opens the header is stripped by some collectors, and a tab escaped as #011.
        found, header = next(
            ((match, header) for text, header in line.payloads if (match := _LEEF.match(text))), (None, {})
        )
        if not found and (start := line.text.find("LEEF:")) >= 0:
            found = _LEEF.match(line.text, start)
        if not found:
            return
        rest, delimiter = found["rest"], "\t"
        declared = re.match(r"(0?x[0-9a-fA-F]{1,4}|\^|.)?\|", rest) if found["version"] != "1.0" else None
        if declared:
            mark = declared[1] or "\t"
            delimiter = chr(int(mark.partition("x")[2], 16)) if len(mark) > 1 else mark
            rest = rest[declared.end() :]
        elif delimiter not in rest:
            # Neither is LEEF 1.0, but the second is what templates of firewalls write under its name.
            delimiter = "#011" if "#011" in rest else "|" if rest.count("|") > 2 else delimiter
        names = {f"leef.{name}": found[name] for name in ("vendor", "product", "event")}
        if delimiter not in rest and rest.count("=") > 1:
            yield header | names | extension(rest)
            return
        pairs = (part.partition("=") for part in rest.split(delimiter) if "=" in part)
        yield header | names | {key.strip(): value.strip() for key, _, value in pairs}

    return read


_TOKEN = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')


def _w3c(spec: RecordSpec) -> Reader:
    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        names = columns.names or spec.columns
        if not names:
            return
        for text, header in line.payloads:
            if "\t" in text and columns.separator != ",":
                cells = text.split("\t")
            elif columns.separator == "," or (spec.delimiter == "," and text.count(",") >= len(names) - 1):
                cells = split_row(text, ",") or []
            else:
                # One more than fit: a row of any other length is no row.
                tokens = (found.groups("") for found in islice(_TOKEN.finditer(text), len(names) + 1))
                cells = [quoted if bare == "" else bare for quoted, bare in tokens]
            if len(cells) == len(names):
                yield header | {"@date": columns.date} | dict(zip(names, cells, strict=True))

    return read


def _zeek(spec: RecordSpec) -> Reader:
    def read(line: Line, columns: Columns) -> Iterator[Raw]:
        # The epoch in front of a row is no header of syslog: as it stands, unless all of the file is wrapped.
        for text in [text for text, _ in line.innermost] if columns.wrapped else [line.text]:
            cells = text.rstrip("\r").split("\t")
            if columns.names and len(cells) == len(columns.names) and cells[0]:
                yield {"@path": columns.path} | {
                    key: None if value in {"-", "(empty)"} else value
                    for key, value in zip(columns.names, cells, strict=True)
                }

    return read


_READERS: dict[str, Callable[[RecordSpec], Reader]] = {
    "regex": _regex,
    "csv": _csv,
    "kv": _kv,
    "json": _json,
    "cef": _cef,
    "leef": _leef,
    "w3c": _w3c,
    "zeek": _zeek,
}


def header_of(line: str, spec: RecordSpec, columns: Columns) -> Columns | None:
    """Return the columns in force after a header line, or None where the line is no header.

    Source for directives: W3C Extended Log File Format draft 1996; Zeek ASCII writer documentation.
    """
    if spec.reader in {"w3c", "zeek"} and line.lstrip().startswith("#"):
        word, _, rest = line.strip().partition(" " if spec.reader == "w3c" else "\t")
        if word in {"#Fields:", "#fields"}:
            split = (
                rest.split("\t")
                if "\t" in rest
                else (rest.split(",") if rest.count(",") > 3 else rest.split())
            )
            separator = "," if "\t" not in rest and rest.count(",") > 3 else columns.separator
            return replace(columns, names=tuple(name.strip() for name in split), separator=separator)
        if word == "#path":
            return replace(columns, path=rest.strip())
        if word in {"#Date:", "#StartDate:"}:
            return replace(columns, date=rest.strip()[:10])
        return columns
    if spec.reader == "csv" and spec.header == "*":
        return _table_header(line, spec, columns)
    if spec.reader == "csv" and spec.header:
        wanted = {spec.header.casefold(), *map(str.casefold, spec.requires)}
        folded = line.casefold()
        if not all(name in folded for name in wanted):
            return None  # asked of every line, and taking one apart is costly
        cells = split_row(line.lstrip("\ufeff"), spec.delimiter)
        names = {cell.strip().casefold() for cell in cells} if cells else set()
        if cells and len(cells) > 1 and wanted <= names:
            return Columns(tuple(cell.strip() for cell in cells), spec.delimiter)
    return None


_DELIMITERS = (",", ";", "\t", "|")


def _table_header(line: str, spec: RecordSpec, columns: Columns) -> Columns | None:
    """Return the columns of a table whose first row names at least three things this format knows."""
    if columns.names:
        return None
    for delimiter in _DELIMITERS:
        if not 2 <= line.count(delimiter) <= _MOST_PAIRS:
            continue
        cells = split_row(line.lstrip("\ufeff"), delimiter)
        known = {tidy_name(cell) for cell in cells or ()} & set(spec.requires)
        if cells and len(known) >= _ENOUGH_KNOWN:
            return Columns(tuple(cell.strip() for cell in cells), delimiter)
    return None


_ENOUGH_KNOWN = 3
