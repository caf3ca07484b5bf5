"""What was lost before it could be read is counted, once, and never forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.coverage import coverage
from storage.database import Database
from storage.losses import losses, record_loss
from storage.sources import sources

DAY = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_losses_of_a_source_add_up(database: Database) -> None:
    with database.write() as conn:
        assert record_loss(conn, "tap", "packets lost while recording", 3, DAY)
        assert record_loss(conn, "tap", "packets lost while recording", 4, DAY + timedelta(hours=1))
        assert record_loss(conn, "tap", "messages lost", 1, DAY)
    with database.read() as conn:
        found = losses(conn)
        assert [source.name for source in sources(conn)] == ["tap"]
    assert [(one.what, one.count, one.uncounted) for one in found] == [
        ("messages lost", 1, 0),
        ("packets lost while recording", 7, 0),
    ]
    assert (found[1].first_at, found[1].last_at) == (DAY, DAY + timedelta(hours=1))


def test_a_report_from_one_origin_counts_once(database: Database) -> None:
    with database.write() as conn:
        assert record_loss(conn, "tap", "packets lost", 3, DAY, "ring_00001")
        assert not record_loss(conn, "tap", "packets lost", 3, DAY, "ring_00001")
        assert record_loss(conn, "tap", "packets lost", 3, DAY, "ring_00002")
        assert record_loss(conn, "other", "packets lost", 3, DAY, "ring_00001")
        assert [one.count for one in losses(conn)] == [3, 6]


def test_an_unknown_number_is_not_none(database: Database) -> None:
    with database.write() as conn:
        assert not record_loss(conn, "tap", "packets lost", 0, DAY)
        assert record_loss(conn, "tap", "packets lost", None, DAY)
        (one,) = losses(conn)
    assert (one.count, one.uncounted) == (0, 1)


def test_a_negative_loss_is_refused(database: Database) -> None:
    with database.write() as conn, pytest.raises(ValueError, match="cannot be negative"):
        record_loss(conn, "tap", "packets lost", -1, DAY)


def test_coverage_tells_what_was_lost(database: Database) -> None:
    with database.write() as conn:
        record_loss(conn, "tap", "packets lost while recording", 3, DAY)
        (source,) = coverage(conn, DAY)
    assert [(loss.what, loss.count) for loss in source.losses] == [("packets lost while recording", 3)]
