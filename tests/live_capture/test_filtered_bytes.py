"""Where a filter left packets out, bytes come from sequence numbers or are unknown, never too few."""

from __future__ import annotations

from tests.captures.capture_packets import (
    FIN,
    MIDNIGHT,
    SYN,
    block,
    hello,
    pack,
    read,
    tcp_answer,
    tcp_packet,
)

HELLO = hello(b"chat.example")


def recorded(packets: list[bytes], *, filtered: bool) -> bytes:
    """A pcapng file as dumpcap writes it, which names the filter in the description of the interface."""
    option = pack("<HH", 11, 4) + b"\0udp" + pack("<HH", 0, 0) if filtered else b""
    parts = [block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)), block(1, pack("<HHI", 1, 0, 0) + option)]
    for number, packet in enumerate(packets):
        moment = MIDNIGHT * 1_000_000 + number * 1000
        head = pack("<IIIII", 0, moment >> 32, moment & 0xFFFFFFFF, len(packet), len(packet))
        parts.append(block(6, head + packet))
    return b"".join(parts)


def sizes(packets: list[bytes], *, filtered: bool = True) -> tuple[int | None, int | None]:
    rows, _ = read(recorded(packets, filtered=filtered))
    (flow,) = [row for row in rows if row["kind"] == "flow"]
    return flow.get("source_bytes"), flow.get("destination_bytes")


OPENING = [tcp_packet(b"", 999, flags=SYN), tcp_answer(b"", 4999, flags=SYN | 16), tcp_packet(HELLO, 1000)]


def test_what_the_filter_left_out_counts() -> None:
    ends = [tcp_packet(b"", 1000 + 900_000, flags=FIN), tcp_answer(b"", 5000 + 7_000, flags=FIN)]
    assert sizes(OPENING + ends) == (900_000, 7_000)


def test_numbers_wrap() -> None:
    high = 2**32 - 100
    packets = [
        tcp_packet(b"", high, flags=SYN),
        tcp_packet(HELLO, high + 1),
        tcp_packet(b"", 5_000, flags=FIN),
    ]
    assert sizes(packets)[0] == 5_000 + 99


def test_without_an_end_they_are_unknown() -> None:
    assert sizes(OPENING) == (None, None)
    assert sizes([*OPENING, tcp_packet(b"", 50_000, flags=FIN)]) == (49_000, None)
    assert sizes([tcp_packet(HELLO, 1000), tcp_packet(b"", 50_000, flags=FIN)]) == (None, None)


def test_without_a_filter_bytes_are_those_seen() -> None:
    ends = [tcp_packet(b"", 1000 + 900_000, flags=FIN), tcp_answer(b"", 5000 + 7_000, flags=FIN)]
    assert sizes(OPENING + ends, filtered=False) == (len(HELLO), 0)
