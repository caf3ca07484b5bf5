"""dnstap files are scanned like captures: by their first bytes, once, with every frame accounted for."""

import gzip
from pathlib import Path

from tests.formats_tools.frames import answer, message, query, stream
from tests.scanner.conftest import Bench

ASKED = message(5, asked=query("app.acme-ai.example", 7))
OTHER = message(5, asked=query("www.example.org", 8))


def test_queries_become_sightings_and_every_frame_is_accounted_for(bench: Bench, tmp_path: Path) -> None:
    answered = message(6, answered=answer("app.acme-ai.example", 7, "203.0.113.5"))
    path = tmp_path / "queries.dnstap"
    path.write_bytes(stream(ASKED, answered, OTHER, message(3, asked=query("app.acme-ai.example", 9))))
    (outcome,) = bench.scan(path)
    assert (outcome.status, outcome.format_id) == ("ok", "dnstap")
    assert outcome.ledger.balanced
    assert outcome.ledger.lines == 4
    assert outcome.ledger.events == 2
    assert bench.events() == 1


def test_the_same_content_is_read_once_compressed_or_not(bench: Bench, tmp_path: Path) -> None:
    content = stream(ASKED)
    first, second = tmp_path / "a.tap", tmp_path / "b.tap.gz"
    first.write_bytes(content)
    second.write_bytes(gzip.compress(content))
    assert [outcome.status for outcome in bench.scan(first, second)] == ["ok", "already_read"]
    assert bench.events() == 1


def test_a_file_still_being_written_is_read_again_and_nothing_counts_twice(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "queries.dnstap"
    frames = [
        message(5, asked=query("app.acme-ai.example", number), port=4000 + number) for number in range(6)
    ]
    counts = []
    for number, stop in ((2, False), (2, False), (5, False), (6, True), (6, True)):
        path.write_bytes(stream(*frames[:number], stop=stop))
        (outcome,) = bench.scan(path)
        counts.append((outcome.status, bench.events()))
    assert counts == [("ok", 2), ("already_read", 2), ("ok", 5), ("ok", 6), ("already_read", 6)]


def test_a_frame_half_written_is_read_when_it_is_whole(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "queries.dnstap"
    whole = stream(ASKED, message(5, asked=query("app.acme-ai.example", 9), port=4001))
    path.write_bytes(whole[:-30])
    assert [outcome.status for outcome in bench.scan(path)] == ["partial"]
    assert bench.events() == 1
    path.write_bytes(whole)
    assert [outcome.status for outcome in bench.scan(path)] == ["ok"]
    assert bench.events() == 2


def test_files_that_begin_alike_and_differ_later_both_count(bench: Bench, tmp_path: Path) -> None:
    for number in (1, 2):
        other = message(5, asked=query("app.acme-ai.example", number), port=4000 + number)
        (tmp_path / f"{number}.tap").write_bytes(stream(ASKED, other, stop=False))
    assert [one.status for one in bench.scan(tmp_path / "1.tap", tmp_path / "2.tap")] == ["ok", "ok"]
    assert bench.events() == 4


def test_a_cut_file_is_partial_and_says_where(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "queries.dnstap"
    path.write_bytes(stream(ASKED, OTHER)[:-20])
    (outcome,) = bench.scan(path)
    assert outcome.status == "partial"
    assert outcome.message is not None
    assert "cut at byte" in outcome.message
    assert bench.events() == 1


def test_other_frame_streams_are_unread_with_a_reason(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "queries.dnstap"
    path.write_bytes(stream(ASKED, content_type=b"protobuf:other.Thing"))
    (outcome,) = bench.scan(path)
    assert outcome.status == "unread"
    assert outcome.message is not None
    assert "other.Thing" in outcome.message


def test_an_unrecognised_file_points_to_a_draft(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "strange log.txt"
    path.write_text("strange§words§that§mean§nothing\n" * 20)
    (outcome,) = bench.scan(path)
    assert outcome.status == "unread"
    assert outcome.message is not None
    assert f"skiagram formats draft '{path}'" in outcome.message
