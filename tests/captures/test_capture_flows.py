"""Conversations: payload bytes each way, who opened them, and what is kept within bounds."""

from __future__ import annotations

import io
from typing import Any

import pytest

from scanner.captures import flow_table, read_capture
from tests.captures.capture_packets import (
    ACK,
    FIN,
    SYN,
    dns,
    ethernet,
    ip,
    pcap,
    read,
    tcp_answer,
    tcp_packet,
    udp,
    udp_packet,
)


def flow_rows(packets: list[bytes]) -> list[dict[str, Any]]:
    return [row for row in read(pcap(packets))[0] if row["kind"] == "flow"]


def counted(packets: list[bytes]) -> tuple[Any, ...]:
    (row,) = flow_rows(packets)
    return row["source_bytes"], row["destination_bytes"], row["packets_out"], row["packets_in"]


def test_a_whole_conversation() -> None:
    packets = [
        tcp_packet(b"", 100, flags=SYN),
        tcp_answer(b"", 500, flags=SYN | ACK),
        tcp_packet(b"", 101, flags=ACK),
        tcp_packet(b"x" * 300, 101),
        tcp_answer(b"y" * 1400, 501),
        tcp_answer(b"y" * 1400, 1901),
        tcp_packet(b"", 401, flags=FIN),
    ]
    assert counted(packets) == (300, 2800, 4, 3)
    row = flow_rows(packets)[0]
    assert (row["source_ip"], row["destination_port"], row["network_protocol"]) == ("10.1.2.3", 443, "tcp")
    assert row["timestamp"] == "2023-11-15T00:00:00.000000Z"


def test_a_conversation_recorded_twice_counts_its_bytes_once() -> None:
    packets = [
        tcp_packet(b"", 100, flags=SYN),
        tcp_answer(b"", 500, flags=SYN | ACK),
        tcp_packet(b"x" * 300, 101),
        tcp_answer(b"y" * 900, 501),
        tcp_packet(b"", 401, flags=FIN),
        tcp_packet(b"", 402, flags=ACK),
    ]
    assert counted(packets * 2) == (300, 900, 8, 4)


@pytest.mark.parametrize(
    ("starts", "size"),
    [
        ([101, 201, 301], 300),
        ([101, 201, 201, 301, 101], 300),
        ([101, 301, 201], 300),
        ([301, 201, 101], 100),
        ([101, 151, 201], 200),
        ([101, 401, 301, 201], 400),
        ([101, 401, 251, 201], 350),
        ([0xFFFFFFC0, 0x24], 200),
        ([101, 501], 200),
    ],
    ids=[
        "in order", "repeated", "swapped", "before the first seen", "overlapping", "backwards into a hole",
        "hole filled in parts", "wrapping", "lost segment",
    ],
)  # fmt: skip
def test_every_byte_counts_once(starts: list[int], size: int) -> None:
    assert counted([tcp_packet(b"z" * 100, start) for start in starts]) == (size, 0, len(starts), 0)


def test_keep_alive_is_no_payload() -> None:
    packets = [tcp_packet(b"x" * 10, 1), tcp_packet(b"\0", 10), tcp_packet(b"x" * 10, 11)]
    assert counted(packets) == (20, 0, 3, 0)


def test_cut_packets_count_their_length_on_the_wire() -> None:
    rows, _ = read(pcap([tcp_packet(b"x" * 1000, 1)], snap=80))
    assert rows[0]["source_bytes"] == 1000


def test_padding_behind_the_packet_does_not_count() -> None:
    assert counted([tcp_packet(b"", 1, flags=ACK) + bytes(6)]) == (0, 0, 1, 0)


def test_client_by_syn_by_answer_and_by_port() -> None:
    by_answer = [tcp_answer(b"", 500, (50000, 50001), SYN | ACK)]
    by_port = [udp_packet(dns("a.example.com", response=True), (53, 50000))]
    assert flow_rows(by_answer)[0]["source_port"] == 50000
    assert flow_rows(by_port)[0]["source_port"] == 50000
    assert flow_rows(by_port)[0]["source_bytes"] == 0


def test_many_flows_in_many_batches_are_each_counted_once() -> None:
    packets = [
        tcp_packet(bytes(400), 1 + 400 * turn, (20_000 + port, 443))
        for turn in range(40)
        for port in range(300)
    ]
    rows = flow_rows(packets)
    assert len(rows) == 300
    assert {row["source_bytes"] for row in rows} == {16_000}


def test_open_flows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_table, "MAX_FLOWS", 100)
    packets = [ethernet(ip(17, udp(bytes(9000), (1100 + n, 9)), f"10.0.{n % 250}.1")) for n in range(5000)]
    reading = read_capture(io.BytesIO(pcap(packets)), tshark=None)
    size = 0
    for row in reading:
        assert isinstance(row["source_bytes"], int)
        size += row["source_bytes"]
        # Each packet is a flow: what was read and not yet reported is still open, or of the last batch.
        assert reading.ledger.packets - reading.ledger.flows < 100 + 500
    assert (reading.ledger.flows, size) == (5000, 5000 * 9000)
