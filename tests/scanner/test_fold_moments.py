"""The kernel's quick reading of times agrees with the exact one."""

from datetime import UTC, datetime

import pytest

from scanner.clock import TimeContext, parse_time
from scanner.ledger import Ledger
from scanner.moments import Moments
from scanner.table import Part


@pytest.mark.parametrize(
    "text",
    [
        "2025/11/22 10:00:07",
        "Nov 22 10:00:07",
        "2025-11-22T10:00:07+05:30",
        "2025-11-22T10:00:07.250-03:30",
        "1763805607",
    ],
)
def test_moment_is_what_the_exact_reading_gives(text: str) -> None:
    context = TimeContext()
    assert Moments(context).moment(text.encode()) == parse_time(text, context)


COLUMNS: dict[str, list[Part]] = {
    "seconds": [b"1763805607", None, b"1763805600", b"1763805669"],
    "fractions": [1763805607.25, None, 1763805600.5, 1763805669.75],
    "numbers": [1763805607, 1763805600.5],
    "milliseconds": [1763805607250.0, 1763805600000.0],
    "minutes": [b"22-Nov-2025 10:00:07", b"22-Nov-2025 09:59:59", b"22-Nov-2025 10:01:00", None],
    "texts": ["2025-11-22T10:00:07.250000Z", "2025-11-22T09:59:59.750000Z", None],
    "zones": ["2025-11-22T10:00:07+01:00", "2025-11-22T09:59:59-05:00"],
    "no such second": [b"22-Nov-2025 10:00:07", b"22-Nov-2025 10:00:77"],
    "no such day": ["2025-11-22T10:00:07Z", "2025-11-31T10:00:07Z"],
    "not to be believed": [b"1763805607", b"9763805607"],
    "nothing": [None, None],
}


@pytest.mark.parametrize("times", COLUMNS.values(), ids=COLUMNS)
def test_ends_of_a_column_are_what_single_readings_give(times: list[Part]) -> None:
    context = TimeContext(reference=datetime(2025, 11, 23, tzinfo=UTC))
    ledger = Ledger()
    refused = Moments(context).see(ledger, times)
    readings = {
        time: parse_time(time.decode() if isinstance(time, bytes) else time, context) for time in times
    }
    good = {
        time: moment for time, moment in readings.items() if moment is not None and context.believable(moment)
    }
    assert refused - {None} == set(times) - set(good) - {None}
    assert ledger.first == min(good.values(), default=None)
    assert ledger.last == max(good.values(), default=None)
