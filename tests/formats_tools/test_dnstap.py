"""dnstap files: every query of a client once, with its answer, and nothing of the server's own traffic."""

import io
from pathlib import Path
from typing import Any

import dns.message
import pytest

from scanner.clock import TimeContext
from scanner.dnstap import dnstap_events, is_frame_stream
from scanner.errors import SourceUnreadable
from scanner.events import read_events
from scanner.ledger import Ledger
from scanner.recordings import recording_of
from tests.formats_tools.frames import answer, control, data, message, number, query, stream, text

QUERY, ANSWER, RESOLVER_QUERY = 5, 6, 3


def read(content: bytes) -> tuple[list[dict[str, Any]], Ledger, list[str]]:
    ledger, notes = Ledger(), list[str]()
    return list(dnstap_events(io.BytesIO(content), ledger, notes)), ledger, notes


def test_a_query_is_an_event_of_its_client() -> None:
    events, ledger, notes = read(stream(message(QUERY, asked=query("ChatGPT.com", 7, "AAAA"))))
    assert events == [
        {
            "frame": 1,
            "kind": "dns",
            "timestamp": 1795341600.5,
            "source_ip": "192.0.2.7",
            "source_port": 40000,
            "destination_ip": "198.51.100.53",
            "destination_port": 53,
            "network_protocol": "udp",
            "dns_question": "ChatGPT.com",
            "dns_type": "AAAA",
        }
    ]
    assert (ledger.lines, notes) == (1, [])


def test_a_query_and_its_answer_are_one_event() -> None:
    frames = (
        message(QUERY, asked=query("claude.ai", 7)),
        message(ANSWER, answered=answer("claude.ai", 7, "203.0.113.5", "203.0.113.6")),
        message(ANSWER, answered=answer("claude.ai", 7, "203.0.113.5", "203.0.113.6")),
    )
    events, ledger, _ = read(stream(*frames))
    assert [sorted(event["dns_answers"]) for event in events] == [["203.0.113.5", "203.0.113.6"]]
    assert events[0]["dns_response_code"] == "NOERROR"
    assert ledger.not_events == {"answer to a query already counted": 2}


@pytest.mark.parametrize(
    ("port", "name", "identity"), [(40001, "claude.ai", 7), (40000, "claude.com", 7), (40000, "claude.ai", 8)]
)
def test_an_answer_to_a_query_that_was_not_logged_counts(port: int, name: str, identity: int) -> None:
    frames = (
        message(QUERY, asked=query("claude.ai", 7)),
        message(ANSWER, port=port, answered=answer(name, identity, "203.0.113.5")),
    )
    assert [event["dns_question"] for event in read(stream(*frames))[0]] == ["claude.ai", name]


def test_a_server_may_log_answers_only_or_first() -> None:
    answered = message(ANSWER, answered=answer("claude.ai", 7, "203.0.113.5"))
    (event,), _, _ = read(stream(answered))
    assert event["timestamp"] == 1795341601.0
    assert len(read(stream(answered, message(QUERY, asked=query("claude.ai", 7))))[0]) == 1


def test_a_query_asked_twice_counts_twice() -> None:
    asked = message(QUERY, asked=query("claude.ai", 7))
    assert len(read(stream(asked, asked))[0]) == 2


def test_what_the_server_itself_asks_is_no_event() -> None:
    frames = [message(kind, asked=query("claude.ai", 7)) for kind in (RESOLVER_QUERY, 15, 99)]
    events, ledger, _ = read(stream(*frames))
    assert events == []
    assert ledger.not_events == {"query of the resolver": 1, "message of a kind dnstap added later": 2}


@pytest.mark.parametrize(("protocol", "transport"), [(2, "tcp"), (3, "tcp"), (4, "tcp"), (7, "udp")])
def test_other_transports_and_unknown_fields_are_read(protocol: int, transport: str) -> None:
    extra = number(200, 5) + text(201, b"later") + b"\xc9\x0c12345678"
    frame = message(QUERY, client="2001:db8::7", asked=query("claude.ai", 7), protocol=protocol, extra=extra)
    (event,), _, _ = read(stream(frame))
    assert (event["source_ip"], event["network_protocol"]) == ("2001:db8::7", transport)


def test_a_protocol_of_the_future_has_no_name() -> None:
    (event,), _, _ = read(stream(message(QUERY, asked=query("claude.ai", 7), protocol=77)))
    assert "network_protocol" not in event


def test_damaged_messages_are_counted_and_the_rest_is_read() -> None:
    frames = (
        b"\xff\xff",
        message(QUERY, asked=b"short"),
        message(QUERY),
        message(QUERY, asked=query("claude.ai", 7)),
    )
    events, ledger, notes = read(stream(*frames))
    assert len(events) == 1
    assert ledger.unreadable == {"not a dnstap message": 1, "DNS message cannot be read": 2}
    assert notes == []
    assert ledger.lines == 4


def test_a_missing_stop_is_normal() -> None:
    assert read(stream(message(QUERY, asked=query("claude.ai", 7)), stop=False))[2] == []


def test_a_cut_is_named_by_its_byte_wherever_it_is() -> None:
    whole = stream(message(QUERY, asked=query("a.example", 1)), message(QUERY, asked=query("b.example", 2)))
    first = len(stream(message(QUERY, asked=query("a.example", 1)), stop=False))
    second = len(whole) - len(control(3))
    for end in range(first + 1, second):
        events, _, notes = read(whole[:end])
        assert [event["dns_question"] for event in events] == ["a.example"]
        assert notes == [f"cut at byte {end}: the frame that begins at byte {first} is not there to its end"]


def test_a_frame_of_impossible_size_ends_the_reading() -> None:
    begun = stream(stop=False)
    _, _, notes = read(begun + (1 << 31).to_bytes(4, "big") + b"x")
    assert notes == [f"damaged at byte {len(begun)}: a frame of {1 << 31} bytes"]


def test_other_contents_are_refused() -> None:
    with pytest.raises(SourceUnreadable, match=r"content type .*protobuf:other"):
        read(stream(content_type=b"protobuf:other.Thing"))
    with pytest.raises(SourceUnreadable, match="no START frame"):
        read(data(b"x"))


def test_the_names_agree_with_dnspython() -> None:
    wire = query("xn--bcher-kva.example", 9)
    (event,), _, _ = read(stream(message(QUERY, asked=wire)))
    assert event["dns_question"] == dns.message.from_wire(wire).question[0].name.to_text(omit_final_dot=True)
    (root,), _, _ = read(stream(message(QUERY, asked=query(".", 9, "NS"))))
    assert root["dns_question"] == "."


@pytest.mark.parametrize(
    "head", [b"", b"\0" * 64, b"plain text that is long enough", b"\0\0\0\0\0\0\0\x04\0\0\0\x03"]
)
def test_only_frame_streams_are_taken_for_one(head: bytes) -> None:
    assert not is_frame_stream(head)
    assert recording_of(head) is None


def test_read_prints_its_events_and_where_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "queries.log"
    path.write_bytes(stream(message(QUERY, asked=query("claude.ai", 7)), stop=False) + b"\0\0\0\x40x")
    event, cut = read_events(path, None, TimeContext())
    assert (event["timestamp"], event["dns_question"]) == ("2026-11-22T10:00:00.500000Z", "claude.ai")
    assert cut["unreadable"]
    assert "cut at byte" in cut["reason"]
