"""What was lost before it could be read is said where coverage is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.http.views import Coverage, Loss, SourceCoverage
from api.pages.wording import how_many_lost, unread_lines

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("counted", "uncounted", "said"),
    [
        (1200, 0, "1,200 packets lost"),
        (0, 2, "an unknown number of packets lost"),
        (5, 1, "at least 5 packets lost"),
    ],
)
def test_words(counted: int, uncounted: int, said: str) -> None:
    assert how_many_lost("packets lost", counted, uncounted) == said


def test_the_statement_names_source_and_loss() -> None:
    source = SourceCoverage(
        source="tap", kind=None, files=1, files_partial=0, files_not_read=0, lines=9, events=9, not_events=0,
        unreadable=(), with_user=0, hidden_names=0, first_event=AT, last_event=AT, silent_days=None,
        losses=(Loss("packets lost", 7, 0, AT, AT),),
    )  # fmt: skip
    coverage = Coverage(sources=(source,))
    assert "tap: 7 packets lost." in unread_lines(coverage)
