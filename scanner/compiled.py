"""Compile a format file into a function that reads lines exactly."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from scanner.clock import TimeContext, Times
from scanner.convert import Converter, converter, domain_of, email, url_parts, without_domain
from scanner.fields import Event
from scanner.line import Line
from scanner.paths import Getter, compile_path
from scanner.readers import Columns, Raw, Reader, header_of, reader_for
from scanner.spec import Annotation, Condition, FieldSpec, FormatSpec, RecordSpec

NULLS: Final = frozenset({"", "-", "null", "(null)", "<null>", "(empty)", "None", "N/A", "n/a"})
_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 300
_DEFAULT_CONVERTERS: Final[dict[str, tuple[str, ...]]] = {
    "timestamp": ("time",), "valid_until": ("time",),
    "valid_seconds": ("integer",), "dns_ttl": ("lifetime",), "device_mac": ("mac",), "assigned_ip": ("address",),
    "source_ip": ("address",), "destination_ip": ("address",),
    "source_port": ("port",), "destination_port": ("port",),
    "source_bytes": ("integer",), "destination_bytes": ("integer",), "network_bytes": ("integer",),
    "http_status": ("status",), "destination_domain": ("host",), "source_domain": ("host",),
    "dns_question": ("name",), "dns_type": ("qtype",), "dns_response_code": ("rcode",),
    "dns_answers": ("words",), "oauth_scopes": ("words",), "target": ("targets",),
    "url_path": ("path",), "action": ("action",), "network_protocol": ("protocol",),
    "url_category": ("joined",), "content_type": ("text",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drop:
    """A line that is read and is no event, with the reason; `key` and `fields` may amend an earlier event."""

    reason: str
    key: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


Reading = list[Event] | Drop


_Source = tuple[Callable[[Raw], Any], Callable[[Raw], bool] | None]
"""Returns the canonical value of a field or None, where a condition holds."""


@dataclass(frozen=True, slots=True)
class _Record:
    spec: RecordSpec
    read: Reader
    inside: tuple[Getter, ...]
    accepts: Callable[[Raw], bool]
    explode: Getter | None
    fields: tuple[tuple[str, tuple[_Source, ...]], ...]


@dataclass(frozen=True, slots=True)
class CompiledFormat:
    """A format ready to read."""

    spec: FormatSpec
    records: tuple[_Record, ...]

    @property
    def id(self) -> str:
        """Return the format's id."""
        return self.spec.id

    def read(self, line: Line, columns: Columns) -> Reading | None:
        """Read one line: its events, or why it is none, or None where it is not of this format."""
        for record in self.records:
            for whole in record.read(line, columns):
                raw = _opened(record, whole) if record.inside else whole
                if raw is None or not record.accepts(raw):
                    continue
                if record.spec.drop is not None:
                    return _drop(record, raw)
                events = [event for part in _parts(record, raw) if (event := _event(record, part))]
                if events:
                    return events
        if self.spec.envelope:
            for inner in line.inner:
                reading = self.read(inner, columns)
                if reading is not None:
                    return reading
        return None

    def header(self, text: str, columns: Columns) -> Columns | None:
        """Return the columns in force after a header line, or None where it is none."""
        for record in self.records:
            found = header_of(text, record.spec, columns)
            if found is not None:
                return found
        return None

    def header_within(self, line: Line, columns: Columns) -> Columns | None:
        """Return the columns in force after a line whose wrapping holds a header, or None where it holds none."""
        for text in line.within if self.spec.envelope else ():
            found = self.header(text, columns)
            if found is not None:
                return replace(found, wrapped=True)
        return None


def compile_format(spec: FormatSpec, context: TimeContext | Times) -> CompiledFormat:
    """Compile a format for files whose times are to be read in `context`, or in the one in force."""
    times = context if isinstance(context, Times) else Times(context)
    nulls = NULLS | set(spec.nulls)
    return CompiledFormat(spec, tuple(_compile_record(spec, record, times, nulls) for record in spec.records))


def _compile_record(spec: FormatSpec, record: RecordSpec, times: Times, nulls: frozenset[str]) -> _Record:
    # Of a table with a header row, `requires` names columns, which were looked for in that row.
    names = () if record.reader == "csv" and record.header else record.requires
    required = [_getter(name, nulls) for name in names]
    wanted = _condition(record.when, nulls)
    unwanted = _condition(record.unless, nulls) if record.unless else None

    def accepts(raw: Raw) -> bool:
        if any(get(raw) is None for get in required) or not wanted(raw):
            return False
        return unwanted is None or not unwanted(raw)

    fields = tuple(
        (name, tuple(_compile_source(name, source, times, nulls) for source in sources))
        for name, sources in spec.fields_of(record).items()
    )
    explode = compile_path(record.explode) if record.explode else None
    inside = tuple(compile_path(path) for path in record.inside)
    return _Record(record, reader_for(record), inside, accepts, explode, fields)


def _opened(record: _Record, raw: Raw) -> Raw | None:
    """Return the raw values with those of the object inside laid over them, or None where there is none."""
    for get in record.inside:
        value = get(raw)
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                continue
        if isinstance(value, dict):
            return {**raw, **value}
    return None


def _getter(name: str, nulls: frozenset[str]) -> Getter:
    if "[" not in name and "." not in name:  # most names, and asked for on every line

        def plain(raw: Raw) -> Any:
            found = raw.get(name)
            return None if found.__class__ is str and found.strip() in nulls else found

        return plain
    get = compile_path(name)

    def value(raw: Raw) -> Any:
        found = get(raw)
        return None if isinstance(found, str) and found.strip() in nulls else found

    return value


def _condition(condition: Condition, nulls: frozenset[str]) -> Callable[[Raw], bool]:
    tests = []
    for name, choices in condition.items():
        plain = {choice.casefold() for choice in choices if not choice.startswith("~")}
        patterns = [re.compile(choice[1:], re.I) for choice in choices if choice.startswith("~")]
        tests.append((_getter(name, nulls), plain, patterns))

    def holds(raw: Raw) -> bool:
        for get, plain, patterns in tests:
            found = get(raw)
            value = "" if found is None else str(found).strip()
            if value.casefold() not in plain and not any(pattern.search(value) for pattern in patterns):
                return False
        return True

    return holds


def _compile_source(name: str, spec: FieldSpec, times: Times, nulls: frozenset[str]) -> _Source:
    names = spec.convert or _DEFAULT_CONVERTERS.get(name, ("text",))
    if spec.values is not None and not spec.convert:
        names = ("text",)
    steps = [converter(step, times) for step in names]
    if spec.values is not None:
        table = {word.casefold(): meaning for word, meaning in spec.values.items()}
        otherwise = spec.otherwise
        steps.append(lambda value: table.get(str(value).casefold(), otherwise))
    if spec.match is not None:
        steps.insert(0, _first_group(spec.match))
    if spec.template is None and len(spec.sources) == 1:
        origin = compile_path(spec.sources[0])
        steps.insert(0, lambda value: None if value.__class__ is str and value.strip() in nulls else value)
    else:
        origin = _origin(spec, nulls)
    # Times depend on the file they stand in.
    remembered = not any(step.startswith("time") for step in names)
    read = (_remembering if remembered else _applying)(origin, _in_turn(steps))
    return read, _condition(spec.when, nulls) if spec.when else None


def _in_turn(steps: list[Converter]) -> Converter:
    if len(steps) == 1:
        return steps[0]

    def convert(value: Any) -> Any:
        for step in steps:
            if value is None:
                return None
            value = step(value)
        return value

    return convert


def _applying(origin: Getter, convert: Converter) -> Getter:
    def applied(raw: Raw) -> Any:
        value = origin(raw)
        return None if value is None else convert(value)

    return applied


def _remembering(origin: Getter, convert: Converter) -> Getter:
    """Convert each text once: logs repeat themselves, and addresses are costly."""
    known: dict[str, Any] = {}

    def remembered(raw: Raw) -> Any:
        value = origin(raw)
        if value.__class__ is not str:
            return None if value is None else convert(value)
        if value in known:
            return known[value]
        result = convert(value)
        if len(value) <= _LONGEST_REMEMBERED and not isinstance(result, list | dict):
            if len(known) >= _REMEMBERED:
                known.clear()
            known[value] = result
        return result

    return remembered


def _origin(spec: FieldSpec, nulls: frozenset[str]) -> Getter:
    """Return what gives the value of several sources: joined, or the first there is; or the same for every line."""
    if spec.template is not None:
        parts = re.split(r"\{([^{}]+)\}", spec.template)
        getters = [_getter(part, nulls) for part in parts[1::2]]

        def filled(raw: Raw) -> Any:
            values = [get(raw) for get in getters]
            if any(value is None for value in values):
                return None
            return "".join(text + str(value) for text, value in zip(parts[::2], [*values, ""], strict=True))

        return filled
    if not spec.sources:
        return lambda raw: spec.const
    choices = [_getter(source, nulls) for source in spec.sources]
    return lambda raw: next((value for get in choices if (value := get(raw)) is not None), None)


def _first_group(match: str) -> Converter:
    pattern = re.compile(match)

    def matched(value: Any) -> Any:
        found = pattern.search(value) if isinstance(value, str) else None
        return next((group for group in found.groups() if group), None) if found else None

    return matched


def _parts(record: _Record, raw: Raw) -> Iterator[Raw]:
    if record.explode is None:
        yield raw
        return
    items = record.explode(raw)
    key = (record.spec.explode or "").split(".")[0]
    for item in items if isinstance(items, list) else [items]:
        if item is not None:
            yield {**raw, "@item": item} | ({key: item} if "." not in (record.spec.explode or "") else {})


def _event(record: _Record, raw: Raw) -> Event:
    event: Event = {}
    for name, sources in record.fields:
        for read, when in sources:
            if when is not None and not when(raw):
                continue
            value = read(raw)
            if value is not None and value != "":
                event[name] = value
                break
    _take_apart(event)
    if record.spec.needs and not any(name in event for name in record.spec.needs):
        return {}
    if record.spec.dated and "timestamp" not in event:
        return {}
    return event


def _take_apart(event: Event) -> None:
    """Replace the helper fields by canonical ones, which a format's own fields outrank."""
    url = event.pop("url", None)
    if isinstance(url, str):
        name, number, path = _url_parts(url)
        for key, value in (("destination_domain", name), ("destination_port", number), ("url_path", path)):
            if value is not None:
                event.setdefault(key, value)
    destination = event.pop("destination", None)
    if isinstance(destination, str):
        name, number, _ = url_parts(
            destination if "." in destination or ":" in destination else f"{destination}:0"
        )
        if name:
            event.setdefault("destination_domain", name)
        if number:
            event.setdefault("destination_port", number)
    user = event.pop("user", None)
    if isinstance(user, str):
        for key, value in _account_parts(user):
            event.setdefault(key, value)


_url_parts = lru_cache(maxsize=_REMEMBERED)(url_parts)


@lru_cache(maxsize=_REMEMBERED)
def _account_parts(user: str) -> tuple[tuple[str, str], ...]:
    account = without_domain(user)
    if not account:
        return ()
    parts = (("user_name", account), ("user_email", email(account)), ("user_domain", domain_of(user)))
    return tuple((key, value) for key, value in parts if value)


def _drop(record: _Record, raw: Raw) -> Drop:
    annotation: Annotation | None = record.spec.annotate
    if annotation is None:
        return Drop(record.spec.drop or "")
    event = _event(record, raw)
    key = event.get(annotation.key)
    return Drop(record.spec.drop or "", str(key).casefold() if key else None, annotation.fields)
