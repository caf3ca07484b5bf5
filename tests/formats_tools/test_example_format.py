"""The example format explains every key there is, loads, and reads as it says."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.clock import TimeContext
from scanner.compiled import Drop, compile_format
from scanner.events import writable
from scanner.line import Line
from scanner.readers import Columns
from scanner.spec import (
    Annotation,
    Difference,
    Example,
    FastSpec,
    FieldSpec,
    FormatSpec,
    RecordSpec,
    read_format_file,
)

REPOSITORY = Path(__file__).resolve().parents[2]
FILE = REPOSITORY / "docs" / "example_format.toml"
SPEC = read_format_file(FILE)


@pytest.mark.parametrize("number", range(len(SPEC.examples)))
def test_every_example_holds(number: int) -> None:
    compiled = compile_format(SPEC, TimeContext(reference=datetime(2026, 11, 23, tzinfo=UTC)))
    example = SPEC.examples[number]
    reading = compiled.read(Line(example.line), Columns())
    if example.drop is not None:
        assert reading == Drop(example.drop)
    else:
        assert isinstance(reading, list)
        assert [writable(event) for event in reading] == [example.event]


@pytest.mark.parametrize(
    "model", [FormatSpec, RecordSpec, FieldSpec, FastSpec, Annotation, Difference, Example]
)
def test_every_key_is_explained(model: type[FormatSpec]) -> None:
    text = FILE.read_text(encoding="utf-8")
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()


def test_contributing_leads_to_it() -> None:
    assert "docs/example_format.toml" in (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
