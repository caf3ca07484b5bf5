"""Counting twice must be impossible, whatever is recorded again, in whatever order."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import random
import threading
from datetime import UTC, datetime

import pytest

from storage.batches import EMPTY_DIGEST, begin_content, content_state, contents_with_head, record_batch
from storage.coverage import coverage
from storage.database import Database
from storage.errors import BatchInvalid, BatchOutOfOrder, NotRecorded
from storage.inventory import inventory_entry, tool_rows
from storage.scans import begin_scan
from tests.storage.sample_records import NOW, begin, part, record


def total(database: Database, tool_id: str = "scribe-one") -> int:
    with database.read() as conn:
        return sum(row.seen.count for row in tool_rows(conn, tool_id=tool_id) if row.seen)


def lines(database: Database) -> int:
    with database.read() as conn:
        return sum(source.lines for source in coverage(conn, NOW))


def test_a_batch_counts_once_and_moves_the_checkpoint(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        assert content_state(conn, content).consumed_digest == EMPTY_DIGEST
        first = record(scan_id, content, 0, 100, part())
        assert record_batch(conn, first) is True
        assert inventory_entry(conn, "scribe-one").status == "unreviewed"
    with database.write() as conn:
        assert record_batch(conn, first) is False
        state = content_state(conn, content)
    assert (state.consumed, state.consumed_digest, state.tail_end) == (100, first.consumed_digest, None)
    assert (total(database), lines(database)) == (5, 10)


def test_a_repeated_range_with_another_end_changes_nothing(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, part()))
        assert record_batch(conn, record(scan_id, content, 0, 150, part(count=9))) is False
        assert content_state(conn, content).consumed == 100
    assert total(database) == 5


@pytest.mark.parametrize("start", [1, 99, 101, 4000])
def test_a_gap_or_an_overlap_is_refused_and_leaves_no_trace(database: Database, start: int) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, part()))
    with (
        pytest.raises(BatchOutOfOrder, match=rf"begins at byte {start}, but 100 bytes are recorded"),
        database.write() as conn,
    ):
        record_batch(conn, record(scan_id, content, start, 5000, part()))
    assert (total(database), lines(database)) == (5, 10)


def test_two_batches_in_the_wrong_order_count_once_each_in_the_end(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        first = record(scan_id, content, 0, 100, part())
        second = record(scan_id, content, 100, 200, part(count=7))
        with pytest.raises(BatchOutOfOrder):
            record_batch(conn, second)
        assert [record_batch(conn, one) for one in (first, second, first, second)] == [
            True,
            True,
            False,
            False,
        ]
    assert total(database) == 12


def test_a_provisional_tail_is_replaced_when_its_content_grows(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        record_batch(conn, record(scan_id, content, 0, 100, part()))
        tail = record(scan_id, content, 100, 120, part(count=1), final=False, lines=1, unreadable={})
        assert record_batch(conn, tail) is True
        assert record_batch(conn, tail) is False
        state = content_state(conn, content)
        assert (state.consumed, state.tail_end, state.tail_digest) == (100, 120, tail.consumed_digest)
    assert (total(database), lines(database)) == (6, 11)
    with database.write() as conn:
        longer = record(scan_id, content, 100, 130, part(count=1), final=False, lines=1, unreadable={})
        assert record_batch(conn, longer) is True
        assert record_batch(conn, tail) is False  # an older reading of the same tail
    assert (total(database), lines(database)) == (6, 11)
    with database.write() as conn:
        grown = record(scan_id, content, 100, 300, part(count=3), lines=4)
        assert record_batch(conn, grown) is True
        assert record_batch(conn, longer) is False
        assert record_batch(conn, tail) is False
        state = content_state(conn, content)
        assert (state.consumed, state.tail_end, state.tail_digest) == (300, None, None)
    assert (total(database), lines(database)) == (8, 14)


def test_a_tail_that_turned_out_complete_becomes_final(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        tail = record(scan_id, content, 0, 50, part(), final=False)
        record_batch(conn, tail)
        assert record_batch(conn, dataclasses.replace(tail, final=True)) is True
        assert content_state(conn, content).consumed == 50
    assert total(database) == 5


def test_the_same_bytes_under_another_source_add_nothing(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        original = record(scan_id, content, 0, 100, part())
        record_batch(conn, original)
        copy = begin_content(conn, "head", "uploads", "copy.log", "squid", NOW)
        again = dataclasses.replace(original, content_key=copy, source="uploads", label="copy.log")
        assert record_batch(conn, again) is False
        # The copy then goes its own way: only what is new counts.
        own_way = record(scan_id, copy, 100, 180, part(count=2, source="uploads"), source="uploads")
        assert record_batch(conn, own_way) is True
        assert [state.id for state in contents_with_head(conn, "head")] == [copy, content]
        assert contents_with_head(conn, "another head") == []
    assert (total(database), lines(database)) == (7, 20)


def test_a_random_history_of_repetitions_ends_with_each_range_once(database: Database) -> None:
    chance = random.Random(7)
    edges = [0, *sorted(chance.sample(range(1, 5000), 12))]
    expected = 0
    with database.write() as conn:
        scan_id, content = begin(conn)
        history = []
        for start, end in itertools.pairwise(edges):
            tail = record(scan_id, content, start, end - 1, part(count=1), final=False)
            final = record(scan_id, content, start, end, part(count=end - start))
            history += [tail, final] if end - 1 > start else [final]
            expected += end - start
        for position, one in enumerate(history):
            record_batch(conn, one)
            for earlier in chance.choices(history[: position + 1], k=3):
                record_batch(conn, earlier)
        assert content_state(conn, content).consumed == edges[-1]
    assert total(database) == expected


def test_a_rolled_back_batch_leaves_neither_rows_nor_checkpoint(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
    with contextlib.suppress(KeyboardInterrupt), database.write() as conn:
        record_batch(conn, record(scan_id, content, 0, 100, part()))
        raise KeyboardInterrupt
    with database.read() as conn:
        assert content_state(conn, content).consumed == 0
    assert (total(database), lines(database)) == (0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": 0},
        {"lines": -1},
        {"unreadable": {"x": -1}},
        {"consumed_digest": ""},
        {"parts": (part(count=0),)},
        {"parts": (part(last_seen=datetime(2020, 1, 1, tzinfo=UTC)),)},
    ],
)
def test_a_batch_that_contradicts_itself_is_refused(database: Database, wrong: dict[str, object]) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        with pytest.raises(BatchInvalid, match=r"access\.log, bytes 0 to"):
            record_batch(conn, dataclasses.replace(record(scan_id, content, 0, 100), **wrong))


def test_unknown_contents_and_scans_are_named(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        with pytest.raises(NotRecorded, match="no content 999"):
            record_batch(conn, record(scan_id, 999, 0, 10))
        with pytest.raises(NotRecorded, match="no scan 999"):
            record_batch(conn, record(999, content, 0, 10))


def test_hostile_text_is_stored_escaped_on_both_engines(database: Database) -> None:
    hostile = "dept\x00\ud800\r\n\u202e" + "ü" * 5000
    with database.write() as conn:
        scan_id, content = begin(conn, head="\udcff\x00")
        seen = part(department=hostile, path_class="/a\x00b")
        assert record_batch(conn, record(scan_id, content, 0, 9, seen, unreadable={hostile: 1})) is True
        assert contents_with_head(conn, "\udcff\x00")[0].id == content
    with database.read() as conn:
        row = tool_rows(conn)[0].seen
        assert row is not None
        (department,) = row.departments
        assert department.startswith("dept\\x00\\ud800\\x0d\\x0a\\u202eü")
        assert len(department) == 1000
        assert list(coverage(conn, NOW)[0].unreadable.values()) == [1]


def test_scans_of_two_processes_cannot_count_one_batch_twice(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        begin_scan(conn, NOW)
    results: list[bool] = []

    def work() -> None:
        with database.write() as conn:
            results.append(record_batch(conn, record(scan_id, content, 0, 100, part())))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    assert total(database) == 5
