"""Kernels: read blocks of one format at the speed of the regular-expression or JSON engine.

A kernel decides three things for a line: that it certainly is an event, which host it names, and when.
It never interprets: lines it is not certain of, and lines whose host is of interest, go to the exact
reader, so that both give the same result and only the speed differs.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scanner.compiled import CompiledFormat
from scanner.paths import compile_path
from scanner.readers import Columns
from scanner.spec import FastSpec, RecordSpec

Row = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Kernel:
    """Rows of a block, and where in a row its parts stand.

    A row whose line (index 0) is empty was not certain; its text stands at `rest`. A part the log lacks is
    empty or "-". `also` are more telling fields: the user agent, the application.
    """

    rows: Callable[[bytes], Iterable[Row]]
    host: int
    time: int
    user: int
    also: tuple[int, ...]
    rest: int


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
        if fast.pattern:
            return _from_pattern(fast.pattern)
        if record.spec.reader == "json":
            return _json_kernel(fast, record.spec)
        names = columns.names or record.spec.columns
        if names and fast.host in names:
            cells = {"zeek": _TAB, "csv": _COMMA, "w3c": _COMMA if columns.separator == "," else _SPACE}
            return _from_columns(names, fast, record.spec, cells[record.spec.reader])
    return None


def _from_pattern(pattern: str) -> Kernel:
    # The empty group stands in for parts that the pattern does not name.
    compiled = re.compile(rf"^(?:({pattern})())$|^(.*+)$".encode(), re.M)
    missing, rest = compiled.groups - 2, compiled.groups - 1
    host, time, user = (compiled.groupindex.get(name, missing + 1) - 1 for name in ("host", "time", "user"))
    also = tuple(compiled.groupindex[name] - 1 for name in ("also", "app") if name in compiled.groupindex)
    return Kernel(compiled.findall, host, time, user, also, rest)


def _from_columns(names: tuple[str, ...], fast: FastSpec, record: RecordSpec, cells: _Cells) -> Kernel:
    wanted = {fast.host: "host", fast.time: "time", fast.user: "user", fast.also: "also", fast.app: "app"}
    parts = []
    if fast.time == "date time" and ("date", "time") in itertools.pairwise(names):
        # W3C logs write the day and the time of day in two columns, which stand side by side.
        at = names.index("date")
        names = (*names[:at], "date time", *names[at + 2 :])
    for name in names:
        group = wanted.get(name)
        present = f'(?!(?:-|"")?{cells.separator})' if name in record.requires else ""
        must = record.when.get(name)
        if must is not None and all(not choice.startswith("~") for choice in must):
            parts.append("(?:" + "|".join(re.escape(choice) for choice in must) + ")")
        elif group:
            # Zeek's times are epochs: the fraction would make every one of them new.
            whole = r"(?P<time>\d{9,10}+)(?:\.\d++)?+" if group == "time" and cells is _TAB else ""
            both = f"{cells.take}{cells.separator}" if name == "date time" else ""
            parts.append(present + (whole or f"(?P<{group}>{both}{cells.take})"))
        else:
            parts.append(present + cells.skip)
    start = "(?!#)"
    return _from_pattern(start + cells.separator.join(parts) + r"\r?")


def _json_kernel(fast: FastSpec, record: RecordSpec) -> Kernel:
    import msgspec

    names = {
        name
        for name in (
            fast.host,
            *fast.or_host,
            fast.time,
            fast.user,
            fast.also,
            fast.app,
            *record.requires,
            *record.when,
        )
        if name
    }
    top = sorted({name.split(".")[0] if name not in _flat(names) else name for name in names})
    fields: list[Any] = [
        (f"f{number}", Any if "." in name or _nested(name, names) else str | float | int | bool | None, None)
        for number, name in enumerate(top)
    ]
    shape = msgspec.defstruct("Shape", fields, rename={f"f{number}": name for number, name in enumerate(top)})
    decode = msgspec.json.Decoder(shape).decode
    index = {name: f"f{number}" for number, name in enumerate(top)}

    def getter(path: str) -> Callable[[Any], Any]:
        head = path if path in index else path.split(".")[0]
        attribute = index[head]
        if head == path:
            return lambda item: getattr(item, attribute)
        rest = compile_path(path[len(head) + 1 :])
        return lambda item: rest(inner) if isinstance(inner := getattr(item, attribute), dict) else None

    hosts, time = [getter(name) for name in (fast.host or "", *fast.or_host)], getter(fast.time or "")
    user = getter(fast.user) if fast.user else None
    also = getter(fast.also) if fast.also else None
    application = getter(fast.app) if fast.app else None
    required = [getter(name) for name in record.requires]
    conditions = [
        (getter(name), {choice.casefold() for choice in choices}) for name, choices in record.when.items()
    ]

    def rows(block: bytes) -> Iterator[Row]:
        for line in block.split(b"\n"):
            try:
                item = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                yield b"", b"", b"", b"", b"", b"", line
                continue
            named = next((found for host in hosts if (found := host(item)) not in (None, "", "-")), None)
            if (
                not isinstance(named, str)
                or any(get(item) in (None, "", "-") for get in required)
                or any(str(get(item)).casefold() not in choices for get, choices in conditions)
            ):
                yield b"", b"", b"", b"", b"", b"", line
                continue
            who = user(item) if user else None
            more = also(item) if also else None
            program = application(item) if application else None
            yield (
                line,
                named.encode(),
                b"%d" % when if isinstance(when := time(item), float | int) else str(when).encode(),
                str(who).encode() if who else b"",
                str(more).encode() if more else b"",
                str(program).encode() if program else b"",
                b"",
            )

    return Kernel(rows, 1, 2, 3, (4, 5) if application else (4,), 6)


def _flat(names: set[str]) -> set[str]:
    """Names whose dots belong to the key itself, as Zeek writes them."""
    return {name for name in names if name.startswith("id.")} | {name for name in names if "." not in name}


def _nested(name: str, names: set[str]) -> bool:
    return any(other.startswith(f"{name}.") for other in names)
