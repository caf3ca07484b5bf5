"""Every format file is checked by its own examples, its sample log, and against every other format."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.clock import TimeContext
from scanner.compiled import CompiledFormat, Drop, compile_format
from scanner.events import writable
from scanner.inputs import open_members
from scanner.line import Line
from scanner.readers import Columns
from scanner.reading import BLANK, SourceReader, Unreadable, choose_chain
from scanner.recognise import Formats
from scanner.sources import begin, document_records, sample_of, text_lines
from scanner.spec import FORMATS_DIRECTORY, FormatSpec, read_format_file, shipped_formats

SAMPLES = Path(__file__).parent
CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
FORMATS = Formats.for_context(CONTEXT)
SPECS = {spec.id: spec for spec in shipped_formats()}


def sample_of_format(format_id: str) -> Path | None:
    """Return the sample log of a format: tests/formats/<id>.<anything>."""
    return next((path for path in sorted(SAMPLES.glob(f"{format_id}.*")) if path.stem == format_id), None)


def test_every_format_has_a_sample_and_every_sample_a_format() -> None:
    samples = {path.stem for path in SAMPLES.iterdir() if path.suffix not in {".py", ""} and path.is_file()}
    formats = {path.stem for path in FORMATS_DIRECTORY.glob("*.toml")}
    assert formats - samples == set(), "formats without a sample log in tests/formats"
    assert samples - formats == set(), "sample logs without a format in scanner/formats"


def read_example(compiled: CompiledFormat, header: str | None, line: str) -> Any:
    columns = Columns()
    for text in (header or "").splitlines():
        columns = compiled.header(text, columns) or columns
    return compiled.read(Line(line), columns)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_examples_read_exactly_as_stated(spec: FormatSpec) -> None:
    assert read_format_file(FORMATS_DIRECTORY / f"{spec.id}.toml") == spec  # which tries its expressions
    compiled = compile_format(spec, CONTEXT)
    for example in spec.examples:
        reading = read_example(compiled, example.header, example.line)
        if example.drop is not None:
            assert isinstance(reading, Drop), f"{example.line!r} is read as {reading!r}"
            assert reading.reason == example.drop
        else:
            assert isinstance(reading, list), f"{example.line!r} is not read"
            assert writable(reading[0]) == example.event


@pytest.mark.parametrize("format_id", SPECS)
def test_sample_is_recognised_as_its_own_format_and_read_whole(format_id: str) -> None:
    path = sample_of_format(format_id)
    assert path is not None
    events = 0
    for member in open_members(path):
        content = begin(member.stream)
        chain = choose_chain(FORMATS, sample_of(content))
        assert chain, f"{path.name} is not recognised at all"
        assert chain[0].id == format_id
        reader = SourceReader([FORMATS.by_id(format_id)])
        lines = iter(document_records(content)) if content.document else text_lines(content)
        for number, text in lines:
            outcome = reader.read(text)
            assert not isinstance(outcome, Unreadable), f"{path.name}:{number}: {text[:200]!r}"
            if isinstance(outcome, list) and outcome is not BLANK:
                events += len(outcome)
    assert events, f"{path.name} holds no event"


@pytest.mark.parametrize("format_id", SPECS)
def test_no_other_format_claims_the_sample_as_strongly(format_id: str) -> None:
    path = sample_of_format(format_id)
    assert path is not None
    for member in open_members(path):
        ranked = FORMATS.recognise(sample_of(begin(member.stream)))
        own = next(result for result in ranked if result.format.id == format_id)
        for other in ranked:
            if other.format.id != format_id and other.format.spec.family != "generic":
                assert other.events < own.events or other.share < own.share, (
                    f"{other.format.id} reads it as well"
                )
