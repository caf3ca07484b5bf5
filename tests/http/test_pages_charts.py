"""Charts draw exactly the days there are, in proportion, inside their frame."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.http.views import DayUse
from api.pages.charts import CHART_DAYS_AT_MOST, SPARK_DAYS, chart, spark

LAST = date(2026, 11, 22)


def use(days_ago: int, events: int) -> DayUse:
    """Return a day with events."""
    return DayUse(LAST - timedelta(days=days_ago), events, 1, None)


def test_nothing_seen_draws_nothing() -> None:
    assert chart([]) is None
    assert spark([], LAST) == ()


def test_spark_leaves_out_days_before_its_window() -> None:
    bars = spark([use(SPARK_DAYS, 9), use(SPARK_DAYS - 1, 4), use(0, 8)], LAST)
    assert [bar.events for bar in bars] == [4, 8]
    assert bars[1].height == 2 * bars[0].height


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 10**9), min_size=1, max_size=60))
def test_bars_stay_inside_and_say_when_days_are_cut(days: dict[int, int]) -> None:
    drawn = chart([use(ago, events) for ago, events in days.items()])
    assert drawn is not None
    newest = min(days)
    inside = {ago: events for ago, events in days.items() if ago - newest < CHART_DAYS_AT_MOST}
    assert {bar.day: bar.events for bar in drawn.bars} == {
        LAST - timedelta(days=ago): events for ago, events in inside.items()
    }
    assert drawn.cut == (len(inside) < len(days))
    for bar in drawn.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= drawn.width + 0.01
        assert bar.y >= -0.01
        assert abs(bar.y + bar.height - drawn.height) < 0.02
    levels = [float(level.text.replace(",", "")) for level in drawn.levels]
    assert levels[1] * 2 == levels[2] >= max(bar.events for bar in drawn.bars)
