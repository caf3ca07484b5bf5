"""Kernels: read blocks of one format at the speed of the regular-expression or JSON engine.

A kernel decides three things for a line: that it certainly is an event, which host it names, and when.
It never interprets: lines it is not certain of, and lines whose host is of interest, go to the exact
reader, so that both give the same result and only the speed differs.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner.answers import Answers
from scanner.compiled import NULLS, CompiledFormat
from scanner.readers import Columns
from scanner.spec import FastSpec, RecordSpec
from scanner.table import Kernel, Table


@dataclass(frozen=True, slots=True)
class _Cells:
    """How the cells of a row look in one family: an expression for a skipped and for a captured cell."""

    skip: str
    take: str
    separator: str


_TAB: Final = _Cells(r"[^\t\n]*+", r"[^\t\n]*+", r"\t")
_COMMA: Final = _Cells(r'(?:"[^"\n]*+"|[^",\n]*+)', r'(?:"[^"\n]*+"|[^",\n]*+)', ",")
_SPACE: Final = _Cells(r'(?:"[^"\t\n]*+"|[^\s"]++)', r'(?:"[^"\t\n]*+"|[^\s"]++)', " ")


def kernel_for(compiled: CompiledFormat, columns: Columns) -> Kernel | None:
    """Return the kernel for a source whose first format is `compiled`, or None where it has none."""
    for record in compiled.records:
        fast = record.spec.fast
        if fast is None:
            continue
        fields = frozenset(compiled.spec.fields_of(record.spec))
        if fast.pattern:
            return _from_pattern(fast.pattern, fields)
        if record.spec.reader == "json":
            from scanner.json_kernel import json_kernel

            return json_kernel(fast, record.spec, NULLS | set(compiled.spec.nulls), fields)
        names = columns.names or record.spec.columns
        # A column twice: the exact reader knows which one counts.
        known = {fast.host, fast.time, fast.user, fast.also, fast.app, fast.answers}
        telling = [name for name in names or () if name in known]
        if (
            names
            and fast.host in names
            and len(set(telling)) == len(telling)
            and _fits(record.spec, columns, names)
        ):
            cells = {"zeek": _TAB, "csv": _COMMA, "w3c": _COMMA if columns.separator == "," else _SPACE}
            return _from_columns(names, fast, record.spec, cells[record.spec.reader], fields)
    return None


def _fits(record: RecordSpec, columns: Columns, names: Sequence[str]) -> bool:
    """Say whether the columns in force are a record's: several feeds with headers may stand in one file."""

    def missing(name: str) -> bool:
        return name != "@path" and name not in names

    if any(map(missing, record.requires)):
        return False
    if any(missing(name) and "" not in choices for name, choices in record.when.items()):
        return False
    if columns.path.casefold() not in map(str.casefold, record.when.get("@path", [columns.path])):
        return False
    # Of what a record must not hold, only that a cell is empty is looked for in the line.
    return all(missing(name) != (choices == ("",)) for name, choices in record.unless.items())


_GROUP: Final = re.compile(r"\(\?P<(\w+)>")
_TELLING: Final = frozenset({"host", "time", "user", "also", "app", "answers"})


def _from_pattern(pattern: str, fields: frozenset[str]) -> Kernel:
    def ignored(found: re.Match[str]) -> str:
        name = found[1]
        needed = name in _TELLING or f"(?({name})" in pattern or f"(?P={name})" in pattern
        return found[0] if needed else "(?:"

    # Splitting gives all groups of all lines in one flat list; a line that is not certain has none.
    compiled = re.compile(rf"^(?:(?:{_GROUP.sub(ignored, pattern)})(?=\n|\Z)|[^\n]*+)\n?".encode(), re.M)
    width, at = compiled.groups + 1, compiled.groupindex
    times, hosts, users = at.get("time"), at.get("host"), at.get("user")
    also = [at[name] for name in ("also", "app") if name in at]
    answers = at.get("answers")

    def read(block: bytes) -> Table:
        cells = compiled.split(block)
        lines = block.count(b"\n") + 1
        if len(cells) != lines * width + 1:  # an expression that reaches over the end of a line
            return Table([None] * lines, [None] * lines)
        return Table(
            cells[times::width] if times else [None] * lines,
            cells[hosts::width] if hosts else [None] * lines,
            cells[users::width] if users else None,
            tuple(cells[group::width] for group in also),
            Answers(cells[answers::width]) if answers else None,
            fields,
        )

    return read


def _from_columns(
    names: tuple[str, ...], fast: FastSpec, record: RecordSpec, cells: _Cells, fields: frozenset[str]
) -> Kernel:
    wanted = {
        fast.host: "host",
        fast.time: "time",
        fast.user: "user",
        fast.also: "also",
        fast.app: "app",
        fast.answers: "answers",
    }
    parts = []
    if fast.time == "date time" and ("date", "time") in itertools.pairwise(names):
        # W3C logs write the day and the time of day in two columns, which stand side by side.
        at = names.index("date")
        names = (*names[:at], "date time", *names[at + 2 :])
    for name in names:
        group = wanted.get(name)
        needed = name in record.requires or name in record.unless
        present = f'(?!(?:-|"")?{cells.separator})' if needed else ""
        must = record.when.get(name)
        if must is not None and all(not choice.startswith("~") for choice in must):
            parts.append("(?:" + "|".join(re.escape(choice) for choice in must) + ")")
        elif group:
            # Zeek's times are epochs: the fraction would make every one of them new.
            whole = r"(?P<time>\d{9,10}+)(?>(?:\.\d++)?)" if group == "time" and cells is _TAB else ""
            both = f"{cells.take}{cells.separator}" if name == "date time" else ""
            parts.append(present + (whole or f"(?P<{group}>{both}{cells.take})"))
        else:
            parts.append(present + cells.skip)
    start = "(?!#)"
    return _from_pattern(start + cells.separator.join(parts) + r"\r?", fields)
