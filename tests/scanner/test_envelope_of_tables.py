"""A table whose first cell is a date is not taken for a line with a syslog header."""

import pytest

from scanner.envelope import payloads


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
@pytest.mark.parametrize(
    "date", ["2025-11-22T10:00:00.120Z", "2025-11-22 10:00:00", "1763805600", "1763805600.120"]
)
def test_a_date_before_a_delimiter_is_a_cell(date: str, delimiter: str) -> None:
    line = delimiter.join([date, "claude.ai", "A"])
    assert list(payloads(line)) == [(line, {})]


def test_a_date_before_a_host_is_a_header() -> None:
    message, header = next(iter(payloads("2025-11-22T10:00:00Z ns1 named[8]: all zones loaded")))
    assert message == "all zones loaded"
    assert header["@time"] == "2025-11-22T10:00:00Z"
    assert header["@host"] == "ns1"
