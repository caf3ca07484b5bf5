"""Tables are not taken for lines with a header, and a header put before another is taken off too."""

import pytest

from scanner.envelope import inner_messages, payloads


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
@pytest.mark.parametrize(
    "date",
    [
        "2025-11-22T10:00:00.120Z",
        "2025-11-22T10:00:00+00:00",
        "2025-11-22 10:00:00",
        "1763805600",
        "1763805600.120",
    ],
)
def test_a_date_before_a_delimiter_is_a_cell(date: str, delimiter: str) -> None:
    line = delimiter.join([date, "claude.ai", "A"])
    assert list(payloads(line)) == [(line, {})]


def test_a_date_before_a_host_is_a_header() -> None:
    message, header = next(iter(payloads("2025-11-22T10:00:00Z ns1 named[8]: all zones loaded")))
    assert message == "all zones loaded"
    assert header["@time"] == "2025-11-22T10:00:00Z"
    assert header["@host"] == "ns1"


@pytest.mark.parametrize(
    "outer", ["<134>Nov 22 10:00:05 relay collector: ", "<134>1 2025-11-22T10:00:05Z relay collector 7 - - "]
)
def test_a_line_relayed_with_a_second_header_is_read_to_its_message(outer: str) -> None:
    relayed = "Nov 22 10:00:00 gateway dnsmasq[414]: query[A] claude.ai from 10.20.4.17"
    readings = list(payloads(outer + relayed))
    message = "query[A] claude.ai from 10.20.4.17"
    header = next(header for text, header in readings if text == message)
    assert header["@time"] == "Nov 22 10:00:00"
    assert header["@program"] == "dnsmasq"
    assert relayed in [text for text, _ in readings]


def test_a_line_relayed_with_a_header_of_rfc_5424_is_read_to_its_message() -> None:
    readings = payloads("Nov 22 10:00:05 relay <134>1 2025-11-22T10:00:02Z fw filterlog 7 - - 69,,,block")
    header = next(header for text, header in readings if text == "69,,,block")
    assert (header["@time"], header["@host"]) == ("2025-11-22T10:00:02Z", "fw")


def test_a_message_in_a_container_log_loses_its_newline() -> None:
    assert list(inner_messages({"log": "query[A] claude.ai\n", "stream": "stdout"})) == ["query[A] claude.ai"]


def test_what_is_behind_a_whole_modern_header_comes_first() -> None:
    line = '<134>1 2025-11-22T10:00:00Z gw01 httpd 77 - - 10.20.4.17 - - [22/Nov/2025:10:00:00 +0000] "GET /" 200 1'
    text, header = next(payloads(line))
    assert text.startswith("10.20.4.17 - - [22")
    assert header["@program"] == "httpd"


def test_three_headers_one_before_the_other_come_off() -> None:
    line = "<134>Nov 22 10:00:02 relay <134>Nov 22 10:00:01 gw01 <13>Nov 22 10:00:00 kerio FILTER: [22/Nov/2025] DENY"
    assert "[22/Nov/2025] DENY" in [text for text, _ in payloads(line)]
