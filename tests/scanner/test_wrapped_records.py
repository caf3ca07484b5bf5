"""Records that collectors wrap in an object or in JSON text are read as if they stood alone."""

import json
from base64 import b64encode
from datetime import date
from typing import Any

import pytest

from scanner.clock import TimeContext
from scanner.compiled import compile_format
from scanner.line import Line
from scanner.readers import Columns
from scanner.spec import FormatSpec


def spec(**record: Any) -> FormatSpec:
    return FormatSpec.model_validate(
        {
            "id": "notes",
            "title": "Notes",
            "vendor": "Example",
            "family": "identity",
            "checked_on": date(2026, 11, 22),
            "docs": "https://example.org/log",
            "records": [record],
            "examples": [{"line": "x"}],
        }
    )


PLAIN = spec(reader="json", requires=["who", "what"], fields={"actor": "who", "event_type": "what"})
INSIDE = spec(
    reader="json",
    inside=["properties", "audit.data"],
    requires=["who"],
    fields={"actor": "who", "event_type": "kind", "application_name": "application"},
)


@pytest.mark.parametrize("key", ["event", "result", "_source", "json", "detail", "data", "body", "payload"])
def test_a_record_in_an_object_of_the_collector_is_read(key: str) -> None:
    line = Line(json.dumps({"sourcetype": "x", key: {"who": "ada", "what": "login"}}))
    assert compile_format(PLAIN, TimeContext()).read(line, Columns()) == [
        {"actor": "ada", "event_type": "login"}
    ]


def test_wrappers_within_wrappers_are_opened_to_a_limit() -> None:
    record: dict[str, Any] = {"who": "ada", "what": "login"}
    compiled = compile_format(PLAIN, TimeContext())
    assert compiled.read(Line(json.dumps({"json": {"data": record}})), Columns())
    for _ in range(6):
        record = {"data": record}
    assert compiled.read(Line(json.dumps(record)), Columns()) is None


@pytest.mark.parametrize(
    "wrapped",
    [
        {"kind": "k", "properties": {"who": "ada", "application": "scribe"}},
        {"kind": "k", "properties": json.dumps({"who": "ada", "application": "scribe"})},
        {"kind": "k", "properties": "{broken", "audit": {"data": {"who": "ada", "application": "scribe"}}},
    ],
)
def test_the_record_proper_lies_over_what_surrounds_it(wrapped: dict[str, Any]) -> None:
    reading = compile_format(INSIDE, TimeContext()).read(Line(json.dumps(wrapped)), Columns())
    assert reading == [{"actor": "ada", "event_type": "k", "application_name": "scribe"}]


def test_without_the_inner_record_the_line_is_not_of_the_format() -> None:
    assert (
        compile_format(INSIDE, TimeContext()).read(Line(json.dumps({"kind": "k", "who": "ada"})), Columns())
        is None
    )


RECORD = json.dumps({"who": "ada", "what": "login"})


@pytest.mark.parametrize(
    "wrapped",
    [
        {"version": "1.1", "host": "sender", "short_message": RECORD},
        {"version": "1.1", "host": "sender", "short_message": "login of", "full_message": RECORD},
        {"eventSource": "aws:kinesis", "kinesis": {"data": b64encode(RECORD.encode()).decode()}},
        {"recordId": "1", "data": b64encode(RECORD.encode()).decode()},
    ],
)
def test_a_message_of_gelf_or_kinesis_is_read(wrapped: dict[str, Any]) -> None:
    assert compile_format(PLAIN, TimeContext()).read(Line(json.dumps(wrapped)), Columns()) == [
        {"actor": "ada", "event_type": "login"}
    ]


PAIRS = spec(reader="kv", requires=["who"], fields={"actor": "who", "event_type": "what"})


@pytest.mark.parametrize("key", ["message", "_raw", "log", "event", "textPayload"])
def test_quotes_of_a_line_within_json_are_those_of_the_line(key: str) -> None:
    text = 'at=now who="ada lovelace" what="log\tin"'
    for wrapped in (json.dumps({key: text, "who": "collector"}), f'{{"{key}":"who=ada\twhat=login"}}'):
        reading = compile_format(PAIRS, TimeContext()).read(Line(wrapped), Columns())
        assert reading in (
            [{"actor": "ada lovelace", "event_type": "log\tin"}],
            [{"actor": "ada", "event_type": "login"}],
        )


@pytest.mark.parametrize("data", ["no base64!", None, 7, ["x"], "/w=="])
def test_data_of_a_stream_that_is_no_text_is_passed_over(data: Any) -> None:
    for wrapped in ({"kinesis": {"data": data}}, {"recordId": "1", "data": data}):
        assert compile_format(PLAIN, TimeContext()).read(Line(json.dumps(wrapped)), Columns()) is None
