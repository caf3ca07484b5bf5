"""A Squid log in a format of the administrator's own: read right, refused where it cannot be, held up by no line."""

import time

import pytest

from scanner.clock import TimeContext
from scanner.compiled import compile_format
from scanner.errors import FormatInvalid
from scanner.logformat import format_of_logformat
from scanner.reading import SourceReader, Unreadable

READ = {
    "squid": (
        "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt",
        "1763805600.120    619 10.20.4.17 TCP_MISS/200 5300 GET http://chat.example.net/a jdoe DIRECT/- text/html",
        {"source_ip": "10.20.4.17", "user_name": "jdoe", "destination_domain": "chat.example.net"},
    ),
    "combined": (
        '%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h" "%{User-Agent}>h" %Ss:%Sh',
        '10.20.4.17 - jdoe [22/Nov/2025:10:00:00 +0000] "GET http://example.net/a HTTP/1.1" 200 53 "-" "X (Y; b)" A:D',
        {"user_agent": "X (Y; b)", "http_status": 200, "destination_bytes": 53},
    ),
    "codes without a blank": (
        "%ts %>a:%>p %un@%>A 100%% %ru",
        "1763805600 10.20.4.17:50123 jdoe@ward7.example.org 100% https://chat.example.net/x@y:z",
        {"source_ip": "10.20.4.17", "source_port": 50123, "user_name": "jdoe"},
    ),
}


@pytest.mark.parametrize("case", READ)
def test_lines_are_read_as_the_format_says(case: str) -> None:
    form, line, expected = READ[case]
    events = SourceReader([compile_format(format_of_logformat(form), TimeContext())]).read(line)
    assert isinstance(events, list)
    assert {name: events[0].get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "form",
    ["%ts %ru%un%rd", "%tl %tg %ru", "%ru/%ru/%ru", "%ts %<st%<st%<st %ru", '"%{A}>h "%{B}>h %ru'],
)
def test_a_format_with_several_ways_to_read_a_line_is_refused(form: str) -> None:
    with pytest.raises(FormatInvalid, match="cannot be told"):
        format_of_logformat(form)


@pytest.mark.parametrize("case", READ)
@pytest.mark.parametrize(
    "hostile", [" " * 50_000, "/" * 50_000, ":@/.-" * 10_000, '"' * 50_000, "1-" * 25_000]
)
def test_no_line_holds_the_reader_up(case: str, hostile: str) -> None:
    form, line, _ = READ[case]
    reader = SourceReader([compile_format(format_of_logformat(form), TimeContext())])
    began = time.process_time()
    for place in range(0, len(line), 7):
        assert isinstance(reader.read(line[:place] + hostile + "\x01" + line[place:]), Unreadable | list)
    assert time.process_time() - began < 5
