"""Read blocks of one JSON record a line, decoding the few fields that decide what a line is."""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, Final

import msgspec

from scanner.answers import Answers
from scanner.paths import compile_path
from scanner.spec import FastSpec, RecordSpec
from scanner.table import Kernel, Table

_CHUNK: Final = 32 << 10
"""Bytes decoded at a time; one broken line makes its chunk be decoded line by line."""
_SCALAR: Final[Any] = str | float | int | bool | None
_Get = Callable[[Any], Any]


def json_kernel(fast: FastSpec, record: RecordSpec, nulls: frozenset[str], fields: frozenset[str]) -> Kernel:
    """Return the kernel for records of one shape; `nulls` are the words that stand for no value."""
    paths = (
        fast.host,
        *fast.or_host,
        fast.time,
        fast.user,
        fast.also,
        fast.app,
        fast.answers,
        *record.requires,
        *record.when,
    )
    shape = _Shape([path for path in dict.fromkeys(paths) if path], raw=fast.answers)
    first, *others = [shape.getter(path) for path in (fast.host or "", *fast.or_host)]
    time = shape.scalar(fast.time or "")
    user = shape.scalar(fast.user) if fast.user else None
    also = [shape.scalar(path) for path in (fast.also, fast.app) if path]
    answers = shape.raw(fast.answers) if fast.answers else None
    required = [shape.getter(path) for path in record.requires if path != fast.time]
    conditions = [
        (shape.getter(path), _none_of(frozenset(choice.casefold() for choice in choices)))
        for path, choices in record.when.items()
    ]
    decode = _decoder(shape)

    def empty(value: Any) -> bool:
        return value is None or (value.__class__ is str and value.strip() in nulls)

    def read(block: bytes) -> Table:
        items = [item for chunk in _chunks(block) for item in decode(chunk)]
        times = _column(time, items)
        hosts = _column(first, items)
        for other in others:
            lacking = [row for row, name in enumerate(hosts) if empty(name)]
            if not lacking:
                break
            for row, name in zip(lacking, _column(other, [items[row] for row in lacking]), strict=True):
                hosts[row] = name
        for row in _failing(hosts, lambda name: name.__class__ is not str or empty(name)):
            times[row] = hosts[row] = None
        for get in required:
            for row in _failing(_column(get, items), empty):
                times[row] = None
        for get, fails in conditions:
            for row in _failing(_column(get, items), fails):
                times[row] = None
        for key in shape.shadows:
            if key in block:
                for row, line in enumerate(block.split(b"\n")):
                    if key in line:
                        times[row] = None
        return Table(
            times,
            hosts,
            _column(user, items) if user else None,
            tuple(_column(get, items) for get in also),
            Answers([None if said is None else bytes(said) for said in _column(answers, items)])
            if answers
            else None,
            fields,
        )

    return read


def _none_of(choices: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: ("" if value is None else str(value).strip().casefold()) not in choices


def _failing(column: list[Any], fails: Callable[[Any], bool]) -> list[int]:
    """Return the rows whose value fails; columns repeat few values, so most are judged once."""
    try:
        bad = {value for value in set(column) if fails(value)}
    except TypeError:  # a list or an object among the values
        return [row for row, value in enumerate(column) if fails(value)]
    return [row for row, value in enumerate(column) if value in bad] if bad else []


def _column(get: _Get, items: list[Any]) -> list[Any]:
    try:
        return list(map(get, items))
    except AttributeError:  # null stands where an object was expected
        return [_or_none(get, item) for item in items]


def _or_none(get: _Get, item: Any) -> Any:
    try:
        return get(item)
    except AttributeError:
        return None


def _chunks(block: bytes) -> Iterator[bytes]:
    at, size = 0, len(block)
    while at <= size:
        end = block.find(b"\n", at + _CHUNK)
        end = size if end < 0 else end
        yield block[at:end]
        at = end + 1


def _decoder(shape: "_Shape") -> Callable[[bytes], list[Any]]:
    """Return a function that decodes lines to items, an empty one for every line that is no such record."""
    decoder = msgspec.json.Decoder(shape.build())
    one, many, nothing = decoder.decode, decoder.decode_lines, shape.build()()

    def single(line: bytes) -> Any:
        try:
            line.decode()  # values that are skipped are not looked at otherwise
            return one(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return nothing

    def decode(chunk: bytes) -> list[Any]:
        breaks = chunk.count(b"\n")
        # Records end where lines do: then their number shows whether each line holds exactly one.
        if chunk.count(b"}\n{") + chunk.count(b"}\r\n{") == breaks:
            try:
                if not chunk.isascii():
                    chunk.decode()
                items = many(chunk)
                if len(items) == breaks + 1:
                    return items
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass
        return [single(line) for line in chunk.split(b"\n")]

    return decode


class _Shape:
    """The fields to decode, as nested structures."""

    def __init__(self, paths: list[str], *, raw: str | None = None) -> None:
        self._names: dict[str, str] = {}
        self._tree: dict[str, Any] = {}
        self._objects = {path for path in paths if any(other.startswith(f"{path}.") for other in paths)}
        self.shadows: list[bytes] = []
        """Keys that hold the dots of a path themselves; the exact reader takes those too."""
        for path in paths:
            keys, rest = self._steps(path)
            node = self._tree
            for key in keys[:-1]:
                node = node.setdefault(key, {})
            node[keys[-1]] = Any if rest or path in self._objects else node.get(keys[-1], _SCALAR)
            if path == raw:
                node[keys[-1]] = msgspec.Raw
            if len(keys) > 1 or rest.count("."):
                self.shadows.append(f'"{path}"'.encode())

    def getter(self, path: str) -> _Get:
        """Return a function that gives the value at a path of an item."""
        keys, rest = self._steps(path)
        get: _Get = attrgetter(".".join(map(self._name, keys)))
        if not rest:
            return get
        inner, key = compile_path(rest), keys[-1]
        return lambda item: inner({key: get(item)})

    def scalar(self, path: str) -> _Get:
        """Return the same for a value that counts only where it is no list and no object."""
        get = self.getter(path)
        if not self._steps(path)[1] and path not in self._objects:
            return get
        return lambda item: value if isinstance(value := get(item), str | float | int) else None

    def raw(self, path: str) -> _Get:
        """Return a function that gives what stands at a path of an item, as JSON."""
        return attrgetter(".".join(map(self._name, self._steps(path)[0])))

    def build(self) -> Any:
        """Return the type to decode."""
        return self._structure(self._tree)

    def _steps(self, path: str) -> tuple[list[str], str]:
        """Return the keys that lead to a value, and the path to go on with from the last one, if any."""
        if path.startswith("id."):
            return [path], ""  # Zeek's keys hold the dots themselves
        keys = path.split(".")
        for length, key in enumerate(keys, start=1):
            if "[" in key or (length < len(keys) and ".".join(keys[:length]) in self._objects):
                return [*keys[: length - 1], key.partition("[")[0]], ".".join(keys[length - 1 :])
        return keys, ""

    def _name(self, key: str) -> str:
        return self._names.setdefault(key, f"f{len(self._names)}")

    def _structure(self, tree: dict[str, Any]) -> Any:
        fields: list[Any] = []
        for key, kind in tree.items():
            inner = self._structure(kind) if isinstance(kind, dict) else None
            fields.append((self._name(key), inner | None if inner else kind, inner() if inner else None))
        rename = {self._name(key): key for key in tree}
        return msgspec.defstruct("Shape", fields, rename=rename, frozen=True, gc=False)
