"""Any way of cutting a stream into pieces gives the same messages, and no message makes two lines."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources import Content
from scanner.syslog.framing import LONGEST_MESSAGE, FrameReader
from scanner.syslog.lines import SPOOL_MARK, line_of, mark_line

FRAGMENTS = st.sampled_from(
    [
        b"<14>",
        b"5 <1>ab",
        b"12 ",
        b"\n",
        b"\r\n",
        b"\0",
        b" ",
        b"<",
        b"7",
        b"0",
        b"hello",
        b"9999999999 <",
        b"\xff",
    ]
)
STREAMS = st.one_of(st.binary(max_size=80), st.lists(FRAGMENTS, max_size=30).map(b"".join))


def fed(pieces: list[bytes]) -> tuple[list[bytes], int, bytes | None]:
    reader = FrameReader()
    messages = [message for piece in pieces for message in reader.feed(piece)]
    last = reader.close()
    assert reader.held == 0
    return messages, reader.too_long, last


@given(stream=STREAMS, cuts=st.lists(st.integers(0, 200), max_size=12))
def test_any_split_gives_the_same_messages(stream: bytes, cuts: list[int]) -> None:
    marks = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in itertools.pairwise(marks)]
    assert fed(pieces) == fed([stream]) == fed([stream[n : n + 1] for n in range(len(stream))])


@given(
    messages=st.lists(
        st.tuples(
            st.booleans(), st.text(st.characters(blacklist_characters="\n\r\0", codec="utf-8"), max_size=40)
        ),
        max_size=12,
    )
)
def test_both_framings_mixed_on_one_connection(messages: list[tuple[bool, str]]) -> None:
    texts = [f"<14>{text}".encode() for _, text in messages]
    stream = b"".join(
        b"%d %s" % (len(text), text) if counted else text + b"\n"
        for (counted, _), text in zip(messages, texts, strict=True)
    )
    assert fed([stream]) == (texts, 0, None)


def test_counted_message_may_hold_line_feeds_and_lines_may_begin_with_digits() -> None:
    stream = b"13 <14>one\ntwo..<14>x\n1793606400.1 GET /\n10.0.0.1 <x>\n2026-11-22 y\r\n"
    assert fed([stream])[0] == [
        b"<14>one\ntwo..",
        b"<14>x",
        b"1793606400.1 GET /",
        b"10.0.0.1 <x>",
        b"2026-11-22 y\r",
    ]


@pytest.mark.parametrize(
    ("stream", "last"),
    [
        (b"<14>no end", b"<14>no end"),
        (b"20 <14>cut", None),
        (b"<14>a\n", None),
        (b"12 ", b"12 "),
        (b"\r\n\0", None),
    ],
)
def test_end_of_a_connection(stream: bytes, last: bytes | None) -> None:
    assert fed([stream])[2] == last


@pytest.mark.parametrize("counted", [True, False])
def test_message_that_is_too_long_is_counted_and_the_next_one_read(counted: bool) -> None:
    long = b"<14>" + b"x" * LONGEST_MESSAGE
    stream = (b"%d %s" % (len(long), long) if counted else long + b"\n") + b"<14>next\n"
    for size in (len(stream), 65536):
        messages, too_long, last = fed([stream[n : n + size] for n in range(0, len(stream), size)])
        assert (messages, too_long, last) == ([b"<14>next"], 1, None)


def test_endless_line_is_not_kept() -> None:
    reader = FrameReader()
    for _ in range(64):
        reader.feed(b"x" * 65536)
        assert reader.held <= LONGEST_MESSAGE + 65536
    assert reader.feed(b"\n<14>after\n") == [b"<14>after"]
    assert reader.too_long == 1


@given(message=st.binary(max_size=200))
def test_no_message_makes_two_lines(message: bytes) -> None:
    line = line_of(message)
    assert not set(line) & {*range(9), *range(10, 32), 127}
    assert line.decode("utf-8").splitlines() is not None
    assert line.count(b"\n") == 0


def test_line_feeds_inside_a_message_are_escaped() -> None:
    assert line_of(b"<14>a\n<14>forged\r\n\0") == b"<14>a#012<14>forged"
    assert line_of(b"a\tb\x1b[2J\x00\xff\n") == b"a\tb#033[2J#000\\xff"
    assert line_of(b"\r\n \0") == b""


def test_first_line_of_a_file_of_messages_is_no_sample() -> None:
    mark = mark_line("0" * 16, "2001:db8::7", "20261122T140357Z")
    assert len(mark) > 262
    assert mark.decode().startswith(SPOOL_MARK)
    head = mark + b"<14>one\n"
    assert Content(head, None).sample == ["<14>one"]  # type: ignore[arg-type]
