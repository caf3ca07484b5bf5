"""Whatever the input: readers raise nothing, blocks are the same from everywhere, documents lose nothing."""

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.clock import TimeContext, Times, iso, parse_time
from scanner.convert import _PLAIN
from scanner.documents import documents
from scanner.envelope import payloads
from scanner.events import as_json, rows_of
from scanner.inputs import LONGEST_LINE, BlockReader
from scanner.reading import SourceReader
from scanner.recognise import Formats
from storage.pseudonyms import Pseudonyms

CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
FORMATS = Formats.for_context(CONTEXT)
CHAINS = ("generic_json", "generic_kv", "squid", "okta_system", "panos", "windows_dns_debug", "iis_w3c")
TEXT = st.text(max_size=300) | st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", '"', "\\", "=", ",", " ", "\t", "|", "<13>", "CEF:0|", "LEEF:2.0|", "a=b", "\ud800",
         "\0", "\x1b[31m", "\u202e", "2026-11-02T08:00:00Z", "Nov  2 08:00:00 host prog[1]:", "10.1.1.1", "()(3)",
         '"host":"chatgpt.com"', "1793606400.000", "TCP_TUNNEL/200", "CONNECT", "chatgpt.com:443", "-", "²", "٣"]
    ),
    max_size=40,
).map("".join)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.integers(min_value=10**18, max_value=10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FIELDS = (
    "time",
    "timestamp",
    "client_ip",
    "src_ip",
    "user",
    "host",
    "url",
    "bytes_in",
    "bytes_out",
    "action",
)


@given(TEXT)
@settings(max_examples=150)
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for format_id in CHAINS:
        outcome = SourceReader([FORMATS.by_id(format_id)]).read(text)
        for row in rows_of(1, outcome):
            json.loads(as_json(row))
    list(payloads(text))
    parse_time(text, CONTEXT)
    assert Pseudonyms.from_key(b"k" * 32).principal(text).encode() is not None


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=3))
@settings(max_examples=200)
def test_no_json_value_makes_a_reader_raise(record: dict[str, Any]) -> None:
    for format_id in ("generic_json", "okta_system", "entra_signin"):
        for row in rows_of(1, SourceReader([FORMATS.by_id(format_id)]).read(json.dumps(record))):
            json.loads(as_json(row), parse_constant=pytest.fail)


@given(st.lists(TEXT, max_size=8))
@settings(max_examples=25)
def test_no_sample_makes_recognition_raise(sample: list[str]) -> None:
    FORMATS.recognise(sample)


@given(JSON | TEXT)
@example(10**400)
@example(float("nan"))
def test_converters_return_a_value_or_nothing(value: Any) -> None:
    for convert in _PLAIN.values():
        convert(value)
    instant = parse_time(value, CONTEXT)
    if instant is not None:
        assert iso(instant).endswith("Z")
    assert Times(CONTEXT).context is CONTEXT


@given(
    st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=60),
    st.integers(16, 64),
)
@example([b"x" * (LONGEST_LINE + 500), b"a", b"y" * 70, b"z" * (LONGEST_LINE + 9)], 4096)
@example([b"x" * (2 * LONGEST_LINE)], 4096)
def test_blocks_are_the_same_from_every_block_end(lines: list[bytes], size: int) -> None:
    data = b"#\n" + b"\n".join(lines)
    blocks = list(BlockReader(BytesIO(data), size=size))
    assert [block.start for block in blocks[1:]] == [block.end for block in blocks[:-1]]
    assert not blocks or blocks[-1].end == len(data)
    whole = b"".join(block.data for block in blocks if not block.too_long)
    assert sum(block.oversized for block in blocks) == sum(len(line) >= LONGEST_LINE for line in lines)
    if not any(block.too_long for block in blocks):
        assert whole == data
    for place, block in enumerate(blocks):
        resumed = BlockReader(BytesIO(data), size=size)
        resumed.skip_to([block.end])
        assert list(resumed) == blocks[place + 1 :]


@given(
    st.lists(st.dictionaries(st.text(min_size=1, max_size=6), st.text(max_size=6), min_size=1), max_size=6),
    st.sampled_from(["lines", "array", "pretty"]),
)
def test_documents_lose_no_record(records: list[dict[str, str]], layout: str) -> None:
    records = [{"event": "x", **record, "actor": {"id": "1"}} for record in records]
    text = {
        "lines": "\n".join(map(json.dumps, records)),
        "array": json.dumps(records),
        "pretty": json.dumps(records, indent=2),
    }[layout]
    assert [json.loads(line) for _, line in documents(text)] == records


@given(st.lists(st.text(alphabet="abc{}[]:,\"' ", min_size=1, max_size=20), max_size=6))
def test_documents_lose_no_word(lines: list[str]) -> None:
    """Letters come out as often as they went in, unless they are keys given twice."""
    text = "\n".join(lines)
    left = "".join(line for _, line in documents(text))
    for letter in "abc":
        assert left.count(letter) == text.count(letter) or '":' in text.replace(" ", "")
