"""A question that is logged with its answer counts once, and one of which only the answer is logged counts."""

from pathlib import Path

import pytest

from scanner.answer_text import least_lifetime, record_data
from tests.scanner.conftest import Bench

HOST = "app.acme-ai.example"
LOGS = {
    "unbound": (
        "[1793606{n:03}] unbound[2541:0] info: 10.20.4.17 {host}. A IN\n",
        "[1793606{n:03}] unbound[2541:0] info: 10.20.4.17 {host}. A IN NOERROR 0.023114 0 42\n",
    ),
    "bind": (
        (
            "02-Nov-2026 10:00:00.{n:03} queries: info: client @0x7f 10.20.4.17#31497 ({host}): "
            "query: {host} IN A +E(0)K (10.0.0.53)\n"
        ),
        (
            "02-Nov-2026 10:00:00.{n:03} responses: info: client @0x7f 10.20.4.17#31497 ({host}): "
            "response: {host} IN A NOERROR + 2 0 1\n"
        ),
    ),
    "infoblox_nios": (
        (
            "<30>Nov 2 10:00:00 infoblox.example.org named[811]: client @0x7f 10.20.4.20#59735 ({host}): "
            "query: {host} IN A + (10.0.0.{n})\n"
        ),
        (
            "<30>Nov 2 10:00:00 infoblox.example.org named[811]: 02-Nov-2026 10:00:00.{n:03} client 10.20.4.17#57398 "
            "UDP: query: {host} IN A response: NOERROR + {host} 60 IN A 203.0.113.9;\n"
        ),
    ),
}


def lines_of(format_id: str, shape: str) -> list[str]:
    """Return lines, one for each letter: q a question, a an answer; every third names another host."""
    question, answer = LOGS[format_id]
    return [
        (question if kind == "q" else answer).format(n=n % 250, host=HOST if n % 3 else "www.example.org")
        for n, kind in enumerate(shape, 1)
    ]


@pytest.mark.parametrize("format_id", LOGS)
@pytest.mark.parametrize(
    ("shape", "counted"),
    [
        ("qa" * 30, 20),
        ("a" * 30, 20),
        ("q" * 30, 20),
        ("aa" + "qa" * 15, 12),
        ("a" * 30 + "q" + "aq" * 10, 27),
    ],
)
def test_of_a_question_and_its_answer_one_counts(
    bench: Bench, tmp_path: Path, format_id: str, shape: str, counted: int
) -> None:
    file = tmp_path / "x.log"
    lines = lines_of(format_id, shape)
    file.write_text("".join(lines))
    (outcome,) = bench.scan(file)
    assert (outcome.format_id, outcome.ledger.balanced) == (format_id, True)
    assert bench.events() == counted


@pytest.mark.parametrize("format_id", LOGS)
@pytest.mark.parametrize("step", [1, 2, 7])
def test_it_counts_the_same_in_pieces_of_any_size(
    bench: Bench, tmp_path: Path, format_id: str, step: int
) -> None:
    file = tmp_path / "x.log"
    lines = lines_of(format_id, "aaa" + "qa" * 9)
    for end in range(step, len(lines) + step, step):
        file.write_text("".join(lines[:end]))
        bench.scan(file, block_bytes=300, format_id=format_id)
    assert bench.events() == 2 + 6


def test_an_answer_that_tells_more_than_its_question_counts(bench: Bench, tmp_path: Path) -> None:
    question, answer = (text.format(n=1, host="portal.hospital.example") for text in LOGS["infoblox_nios"])
    alias = answer.replace("60 IN A 203.0.113.9;", f"60 IN CNAME {HOST}.;{HOST}. 60 IN A 203.0.113.9;")
    (tmp_path / "x.log").write_text(question + answer + question + alias)
    bench.scan(tmp_path / "x.log")
    assert bench.events() == 1


def test_records_are_read_from_text() -> None:
    alias = "www.example.org 300 IN CNAME edge.example.net.;"
    text = alias + 'edge.example.net. 60 IN A 203.0.113.9; x 5 IN TXT "a 1 IN A b";'
    assert record_data(text) == ["edge.example.net", "203.0.113.9"]
    assert least_lifetime(text) == 60
    assert [least_lifetime(value) for value in ("60.000000,30.000000", [9.5, "x", 7], "", None, 4)] == [
        30,
        7,
        None,
        None,
        4,
    ]
