"""A format that knows several tables reads each row by the header above it."""

from datetime import date

from scanner.clock import TimeContext
from scanner.compiled import compile_format
from scanner.line import Line
from scanner.readers import Columns
from scanner.recognise import Formats
from scanner.spec import FormatSpec

TABLES = FormatSpec.model_validate(
    {
        "id": "tables",
        "title": "Tables",
        "vendor": "Example",
        "family": "identity",
        "checked_on": date(2026, 11, 22),
        "docs": "https://example.org/log",
        "records": [
            {"reader": "csv", "header": "App", "requires": "User", "fields": {"application_name": "App"}},
            {"reader": "csv", "header": "Product", "requires": "User", "fields": {"resource": "Product"}},
        ],
        "examples": [{"line": "x"}],
    }
)


def test_each_row_is_read_under_the_header_in_force() -> None:
    compiled = compile_format(TABLES, TimeContext())
    columns = Columns()
    readings = []
    for text in ("App,User", "scribe,ada", "Product,User", "wiki,ada"):
        header = compiled.header(text, columns)
        if header is not None:
            columns = header
            continue
        readings.append(compiled.read(Line(text), columns))
    assert readings == [[{"application_name": "scribe"}], [{"resource": "wiki"}]]


def test_a_table_of_which_only_the_header_was_written_is_recognised() -> None:
    formats = Formats.for_context(TimeContext(), [TABLES])
    assert [(found.format.id, found.events) for found in formats.recognise(["App,User"])] == [("tables", 0)]
    assert formats.recognise(["App;Use"]) == []
