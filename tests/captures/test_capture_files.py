"""File formats: byte orders, time units, several interfaces, compression, and damage."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from struct import pack
from typing import Any

import pytest
import zstandard

from scanner.captures import NotACapture, is_capture, read_capture
from tests.captures.capture_packets import (
    COOKED,
    ETHERNET,
    MIDNIGHT,
    RAW,
    block,
    dns,
    ethernet,
    hello,
    ip,
    pcap,
    pcapng,
    read,
    tcp_packet,
    udp,
    udp_packet,
)

QUERY = udp_packet(dns("api.example.com"))
HELLO = tcp_packet(hello(b"chat.example.com"), 1)


def only_names(rows: list[dict[str, Any]]) -> list[str]:
    return [row.get("destination_domain") or row["dns_question"] for row in rows if row["kind"] != "flow"]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap_in_both_orders_and_units(order: str, nanoseconds: bool) -> None:
    data = pcap([QUERY], order=order, nanoseconds=nanoseconds)
    rows, ledger = read(data)
    fraction = "123456" if nanoseconds else "000000"
    assert is_capture(data[:12])
    assert rows[0] == {
        "frame": 1,
        "kind": "dns_query",
        "timestamp": f"2023-11-15T00:00:00.{fraction}Z",
        "source_ip": "10.1.2.3",
        "source_port": 50000,
        "destination_ip": "192.0.2.80",
        "destination_port": 53,
        "network_protocol": "udp",
        "dns_question": "api.example.com",
        "dns_type": "A",
    }
    assert (ledger.packets, ledger.incomplete, ledger.flows) == (1, None, 1)


def test_modified_pcap_has_longer_records() -> None:
    head = pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65535, ETHERNET)
    record = pack("<IIIIIHBB", MIDNIGHT, 0, len(QUERY), len(QUERY), 1, 8, 0, 0)
    assert only_names(read(head + record + QUERY)[0]) == ["api.example.com"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_two_link_types(order: str) -> None:
    raw = ip(17, udp(dns("raw.example.com")))
    data = pcapng([(0, QUERY), (1, raw), (0, HELLO)], [ETHERNET, RAW], order)
    rows, ledger = read(data)
    assert is_capture(data[:12])
    assert only_names(rows) == ["api.example.com", "raw.example.com", "chat.example.com"]
    assert rows[1]["timestamp"] == "2023-11-15T00:00:00.001000Z"
    assert ledger.packets == 3


def test_pcapng_time_options_and_drop_counter() -> None:
    options = pack("<HHBxxx", 9, 1, 3) + pack("<HHq", 14, 8, MIDNIGHT) + pack("<HH", 0, 0)
    packet = pack("<IIIII", 0, 0, 1500, len(QUERY), len(QUERY)) + QUERY
    statistics = pack("<III", 0, 0, 0) + pack("<HHQ", 5, 8, 42)
    data = (
        block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        + block(1, pack("<HHI", ETHERNET, 0, 0) + options)
        + block(0x0BAD, b"a block of an unknown kind")
        + block(6, packet)
        + block(5, statistics)
    )
    rows, ledger = read(data)
    assert rows[0]["timestamp"] == "2023-11-15T00:00:01.500000Z"
    assert ledger.dropped_by_capture == 42


def test_a_second_section_may_change_the_byte_order() -> None:
    data = pcapng([(0, QUERY)], [ETHERNET], "<") + pcapng([(0, HELLO)], [ETHERNET], ">")
    assert only_names(read(data)[0]) == ["api.example.com", "chat.example.com"]


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress]
)
def test_compressed_captures(compress: Any, tmp_path: Any) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(compress(pcap([QUERY, HELLO])))
    assert only_names(list(read_capture(path, tshark=None))) == ["api.example.com", "chat.example.com"]


def test_cut_gzip_gives_what_came_before() -> None:
    packets = [udp_packet(dns(f"host{n}.example.com")) for n in range(2000)]
    rows, ledger = read(gzip.compress(pcap(packets), 1)[:-2000])
    assert 0 < len(only_names(rows)) < 2000
    assert ledger.incomplete is not None
    assert ledger.incomplete.packet == ledger.packets + 1


def test_compressed_and_damaged_before_the_first_packet() -> None:
    rows, ledger = read(bz2.compress(pcap([QUERY, HELLO]))[:-30])
    assert rows == []
    assert ledger.incomplete is not None
    assert ledger.incomplete.packet == 1
    assert "compressed file" in ledger.incomplete.reason


def test_cut_file_names_the_packet() -> None:
    rows, ledger = read(pcap([QUERY, HELLO])[:-5])
    assert only_names(rows) == ["api.example.com"]
    assert ledger.incomplete is not None
    assert ledger.incomplete.packet == 2
    assert "cut short" in ledger.incomplete.reason


@pytest.mark.parametrize("length", [0xFFFFFFF0, 0x7FFFFFFF, 300_000])
def test_damaged_length_ends_the_reading_there(length: int) -> None:
    data = pcap([QUERY]) + pack("<IIII", MIDNIGHT, 0, length, length) + bytes(400_000)
    rows, ledger = read(data)
    assert only_names(rows) == ["api.example.com"]
    assert ledger.incomplete is not None
    assert (ledger.incomplete.packet, str(length) in ledger.incomplete.reason) == (2, True)


@pytest.mark.parametrize(
    "damage",
    [
        pack("<II", 6, 8),
        pack("<II", 6, 0xFFFFFFFC) + bytes(64),
        block(6, pack("<IIIII", 9, 0, 0, 4, 4) + bytes(4)),
        block(6, pack("<IIIII", 0, 0, 0, 5000, 5000) + bytes(4)),
        block(6, bytes(24))[:-4] + bytes(4),
    ],
    ids=["length too small", "length huge", "interface missing", "packet beyond block", "lengths differ"],
)
def test_damaged_pcapng_blocks(damage: bytes) -> None:
    rows, ledger = read(pcapng([(0, QUERY)], [ETHERNET]) + damage + bytes(16))
    assert only_names(rows) == ["api.example.com"]
    assert ledger.incomplete is not None
    assert ledger.incomplete.packet == 2


def test_empty_capture_and_other_files() -> None:
    rows, ledger = read(pcap([]))
    assert (rows, ledger.packets, ledger.incomplete) == ([], 0, None)
    for data in (b"", b"GIF89a", b"\x1f\x8b", b"\x0a\x0d\x0d\x0a" + bytes(20)):
        assert not is_capture(data[:12])
        with pytest.raises(NotACapture, match="export the capture"):
            list(read_capture(io.BytesIO(b"no capture" + data), tshark=None))


def test_header_alone_cut() -> None:
    _, ledger = read(pcap([])[:20])
    assert ledger.incomplete is not None


def test_the_stream_stays_the_callers() -> None:
    stream = io.BytesIO(pcap([QUERY]))
    list(read_capture(stream, tshark=None))
    assert not stream.closed


def test_packets_across_buffer_boundaries_are_all_read() -> None:
    filler = ethernet(ip(17, udp(bytes(60_000), (40000, 9))))
    packets = [QUERY if n % 10 == 0 else filler for n in range(200)]
    rows, ledger = read(pcap(packets))
    assert ledger.packets == 200
    assert [row["frame"] for row in rows if row["kind"] == "dns_query"] == list(range(1, 200, 10))


def test_unknown_link_type_is_counted() -> None:
    _, ledger = read(pcap([b"\0" * 40], link=220))
    assert ledger.skipped["link type 220 is not known"] == 1
    assert ledger.not_tried["tshark is not installed"] == 1


def test_linux_cooked_capture() -> None:
    packet = bytes(14) + b"\x08\x00" + ip(17, udp(dns("cooked.example.com")))
    assert only_names(read(pcap([packet], link=COOKED))[0]) == ["cooked.example.com"]
