"""The schema of a format file: how one kind of log is recognised, taken apart and named."""

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from scanner.errors import FormatInvalid
from scanner.fields import WRITABLE_FIELDS

Family = Literal["proxy", "firewall", "dns", "identity", "network", "endpoint", "finance", "generic"]
ReaderKind = Literal["regex", "csv", "kv", "json", "cef", "leef", "w3c", "zeek"]


_SHIPPED = {"shipped": True}


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Condition = dict[str, Names]


def _checked_pattern(value: str | None, info: ValidationInfo) -> str | None:
    # Of our own files the tests know that their expressions are valid; compiling them all at every start, to read
    # one format in the end, would take a good part of a short scan.
    if value is not None and info.context != _SHIPPED:
        try:
            re.compile(value)
        except re.error as problem:
            raise ValueError(
                f"not a regular expression: {problem}; see the Python re documentation"
            ) from problem
    return value


Pattern = Annotated[str, BeforeValidator(_checked_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldSpec(_Strict):
    """Where one canonical field comes from."""

    sources: Names = Field(
        default=(), alias="from", description="Raw names; the first that holds a value wins."
    )
    convert: Names = Field(default=(), alias="as", description="Converters, applied left to right.")
    match: Pattern | None = Field(default=None, description="Expression whose first group is the value.")
    template: str | None = Field(
        default=None, description="'{a} {b}': raw values joined; null if one is missing."
    )
    const: str | int | None = Field(default=None, description="The same value in every event.")
    values: dict[str, str] | None = Field(
        default=None, alias="map", description="Raw word to value, any case."
    )
    otherwise: str | None = Field(
        default=None, description="Value for a word that `map` lacks; null without it."
    )
    when: Condition = Field(default_factory=dict, description="Only if these raw values hold.")

    @model_validator(mode="after")
    def _has_an_origin(self) -> "FieldSpec":
        if not self.sources and self.template is None and self.const is None:
            raise ValueError("needs `from`, `template` or `const`")
        return self


def _as_field_specs(value: Any) -> Any:
    if isinstance(value, str | dict):
        value = [value]
    if isinstance(value, list):
        return tuple({"from": item} if isinstance(item, str) else item for item in value)
    return value


FieldSpecs = Annotated[tuple[FieldSpec, ...], BeforeValidator(_as_field_specs)]


class FastSpec(_Strict):
    """What the block kernel needs to know; every other line still goes through the exact reader."""

    pattern: Pattern | None = Field(
        default=None, description="Whole-line expression with groups host, time, user, also, app, answers."
    )
    host: str | None = Field(default=None, description="Raw name of the host or URL.")
    or_host: Names = Field(
        default=(), description="Raw names to look at in turn where `host` holds nothing (json)."
    )
    time: str | None = Field(default=None, description="Raw name of the time.")
    user: str | None = Field(default=None, description="Raw name of the user.")
    app: str | None = Field(default=None, description="Raw name of the application, if it may tell.")
    also: str | None = Field(
        default=None, description="Raw name of the user agent or application, if it may tell."
    )
    answers: str | None = Field(
        default=None, description="Raw name of the answers of a name server, if the log has them."
    )


class Annotation(_Strict):
    """A line that is no event but says more about the latest event with the same key."""

    key: str
    fields: dict[str, str]


class RecordSpec(_Strict):
    """One shape of line within a format; shapes are tried in order and the first that reads wins."""

    reader: ReaderKind
    pattern: Pattern | None = None
    columns: tuple[str, ...] = ()
    header: str | None = Field(default=None, description="Name of a column that marks a header row (csv).")
    delimiter: str = ","
    min_columns: int | None = None
    max_columns: int | None = None
    pair_separator: str = " "
    assign: str = "="
    prefix: Pattern | None = Field(default=None, description="Matched and cut off before the pairs (kv).")
    requires: Names = ()
    when: Condition = Field(default_factory=dict)
    unless: Condition = Field(default_factory=dict)
    inside: Names = Field(
        default=(),
        description="Paths of an object, or JSON text, that holds the record proper; the first there wins.",
    )
    tidy_names: bool = Field(
        default=False,
        description="Raw names are flattened, lower-cased and joined by underscores (generic formats).",
    )
    needs: Names = Field(
        default=(), description="An event must have one of these canonical fields, or it is none."
    )
    dated: bool = Field(
        default=False, description="An event must have a time, or it is none (generic formats)."
    )
    explode: str | None = Field(default=None, description="Path of a list: one event for each of its items.")
    drop: str | None = Field(default=None, description="Not an event: the reason, counted under this name.")
    annotate: Annotation | None = None
    shared: bool = Field(default=True, description="Take the format's common fields too.")
    fields: dict[str, FieldSpecs] = Field(default_factory=dict)
    fast: FastSpec | None = None

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, value: dict[str, FieldSpecs]) -> dict[str, FieldSpecs]:
        unknown = sorted(set(value) - WRITABLE_FIELDS)
        if unknown:
            raise ValueError(f"no such canonical field: {', '.join(unknown)}; see scanner/fields.py")
        return value

    @model_validator(mode="after")
    def _complete(self) -> "RecordSpec":
        if self.reader == "regex" and not self.pattern:
            raise ValueError("reader 'regex' needs `pattern`")
        if self.reader == "csv" and not self.columns and not self.header:
            raise ValueError("reader 'csv' needs `columns` or `header`")
        return self


class Example(_Strict):
    """A line and what must come of it; an empty event means the line is no event."""

    line: str
    header: str | None = Field(
        default=None, description="Header lines that precede it, where the reader needs them."
    )
    event: dict[str, Any] = Field(default_factory=dict)
    drop: str | None = None


class Difference(_Strict):
    """A difference to other readings of the same log, with the definition that decides it."""

    fields: Names
    why: str
    source: str = Field(description="Address of the vendor's definition, or that none was found.")
    checked_on: date


class FormatSpec(_Strict):
    """One log format."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: str
    vendor: str
    family: Family
    maturity: Literal["stable", "test", "draft"] = "stable"
    checked_on: date
    docs: Names
    enable: str | None = Field(default=None, description="Where an administrator switches this log on.")
    enable_source: str | None = Field(
        default=None, description="Address of the page that says so, or that none was found, and when."
    )
    notes: str | None = None
    differs: tuple[Difference, ...] = Field(
        default=(), description="Where other readings of this log say something else, and why ours stands."
    )
    contains: Names = Field(default=(), description="One of these texts stands in every file of the format.")
    priority: int = Field(
        default=50, ge=0, le=100, description="Breaks ties in recognition; generic formats are low."
    )
    questions: Pattern | None = Field(
        default=None,
        description="Found in lines that are questions: behind the first, events of kind dns_reply are no use.",
    )
    envelope: bool = Field(default=True, description="Lines may come inside syslog or a JSON message.")
    nulls: Names = ("-", "")
    fields: dict[str, FieldSpecs] = Field(default_factory=dict)
    records: tuple[RecordSpec, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = Field(min_length=1)

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, value: dict[str, FieldSpecs]) -> dict[str, FieldSpecs]:
        unknown = sorted(set(value) - WRITABLE_FIELDS)
        if unknown:
            raise ValueError(f"no such canonical field: {', '.join(unknown)}; see scanner/fields.py")
        return value

    def fields_of(self, record: RecordSpec) -> dict[str, FieldSpecs]:
        """Return the fields of one record shape, the format's common ones beneath its own."""
        return {**self.fields, **record.fields} if record.shared else dict(record.fields)


FORMATS_DIRECTORY = Path(__file__).parent / "formats"


def read_format_file(path: Path, *, shipped: bool = False) -> FormatSpec:
    """Read and check one format file; expressions of shipped ones are not tried, which takes most of the time.

    Raises FormatInvalid naming the file and the key.
    """
    try:
        spec = FormatSpec.model_validate(
            tomllib.loads(path.read_text(encoding="utf-8")), context=_SHIPPED if shipped else None
        )
    except tomllib.TOMLDecodeError as problem:
        raise FormatInvalid(f"{path}: not valid TOML: {problem}") from problem
    except ValidationError as problem:
        details = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in problem.errors()
        )
        raise FormatInvalid(f"{path}: {details}") from problem
    except OSError as problem:
        raise FormatInvalid(f"{path}: cannot be read: {problem.strerror}; check its permissions") from problem
    if spec.id != path.stem:
        raise FormatInvalid(
            f"{path}: id is {spec.id!r} but the file is named {path.stem!r}; make them the same"
        )
    return spec


@cache
def shipped_formats() -> tuple[FormatSpec, ...]:
    """Return every format in scanner/formats, by id."""
    return tuple(read_format_file(path, shipped=True) for path in sorted(FORMATS_DIRECTORY.glob("*.toml")))


def read_formats(directories: Iterable[Path]) -> tuple[FormatSpec, ...]:
    """Return the shipped formats and those of the organisation's folders, by id.

    A later folder outranks an earlier one, and all outrank what is shipped, where ids are the same. Raises
    FormatInvalid where a folder or a file in it cannot be used.
    """
    formats = {spec.id: spec for spec in shipped_formats()}
    for directory in directories:
        if not directory.is_dir():
            raise FormatInvalid(f"{directory}: no such folder of format files; check the path")
        for path in sorted(directory.glob("*.toml")):
            formats[path.stem] = read_format_file(path)
    return tuple(formats[name] for name in sorted(formats))
