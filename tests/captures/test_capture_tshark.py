"""What tshark reads for the engine, and the engine against tshark."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import tracemalloc
from collections import Counter
from struct import pack
from typing import Any

import pytest

from scanner.captures import Tshark, TsharkMissing, find_tshark, read_capture
from scanner.captures.tshark import read_with_tshark
from tests.captures.capture_packets import (
    CLIENT6,
    ETHERNET,
    RAW,
    SERVER6,
    SYN,
    dns,
    ethernet,
    fragments,
    hello,
    hello_message,
    ip,
    pcap,
    pcapng,
    quic_initial,
    read,
    tcp,
    tcp_answer,
    tcp_packet,
    udp,
    udp_packet,
)

UNKNOWN = tcp_packet(b"\1\0\0\0\0\xcd\0\1 something of another protocol", 101, (50000, 9999))


def http2_request(name: bytes, path: bytes) -> bytes:
    fields = b"\x82\x86" + b"\x01" + bytes([len(name)]) + name + b"\x04" + bytes([len(path)]) + path
    headers = len(fields).to_bytes(3, "big") + b"\1\5" + pack(">I", 1) + fields
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0" + headers


def everything() -> list[bytes]:
    """One of each kind of message both can read, in flows of their own."""
    long_hello = hello(b"long.example.com", size=1700)
    web = b"GET /path?secret=1 HTTP/1.1\r\nHost: web.example.com:8000\r\nUser-Agent: A/1\r\n\r\n"
    answer = dns("answer.example.com", answers=[(1, b"\xc0\0\2\1")] * 90, response=True)
    query = dns("tcp.example.com")
    packets = [
        udp_packet(dns("one.example.com", 28), (40001, 53)),
        udp_packet(dns("one.example.com", 28, [(28, bytes(16))], response=True), (53, 40001)),
        ethernet(ip(17, udp(dns("six.example.com"), (40002, 53)), CLIENT6, SERVER6), 7),
        *[ethernet(piece) for piece in fragments(ip(17, udp(answer, (53, 40003))), 800)],
        tcp_packet(b"", 100, (40004, 53), SYN),
        tcp_packet(pack(">H", len(query)) + query, 101, (40004, 53)),
        tcp_packet(b"", 100, (40005, 443), SYN),
        tcp_packet(long_hello[1200:], 1301, (40005, 443)),
        tcp_packet(long_hello[:1200], 101, (40005, 443)),
        tcp_packet(b"", 100, (40006, 8000), SYN),
        tcp_packet(web[:30], 101, (40006, 8000)),
        tcp_packet(web[30:] + web, 131, (40006, 8000)),
        tcp_packet(hello(b"other.example.com"), 101, (40007, 9999)),
        tcp_packet(hello(None), 101, (40008, 443)),
        udp_packet(b"\x08\0\0\0\0\0\1\0" + ethernet(ip(6, tcp(hello(b"in.example.com"), 1))), (40009, 4789)),
    ]
    message = hello_message(b"quic.example.com", size=1300)
    for number, pieces in enumerate([[(700, message[700:])], [(0, message[:700])]]):
        packets.append(udp_packet(quic_initial(pieces, number=number), (40010, 443)))
    packets.append(
        udp_packet(
            quic_initial([(0, hello_message(b"two.example.com"))], version=0x6B3343CF, first_id=b"versions"),
            (40011, 443),
        )
    )
    return packets


def reduced(rows: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    keys = (
        "frame", "kind", "source_ip", "source_port", "destination_ip", "destination_port", "network_protocol",
        "destination_domain", "dns_question", "dns_type", "dns_response_code", "http_method", "url_path",
        "user_agent",
    )  # fmt: skip
    return Counter(
        (*(row.get(key) for key in keys), tuple(sorted(row.get("dns_answers", ()))))
        for row in rows
        if row["kind"] != "flow"
    )


@pytest.mark.tshark
def test_the_engine_reads_what_tshark_reads() -> None:
    data = pcap(everything())
    with tempfile.TemporaryFile() as packets:
        packets.write(data)
        with_tshark: list[dict[str, Any]] = list(
            read_with_tshark(find_tshark(), packets, range(1, 1000), [0] * 1000)
        )
    rows, ledger = read(data)
    assert len(with_tshark) == 13
    assert reduced(rows) == reduced(with_tshark)
    assert ledger.not_tried == {}


@pytest.mark.tshark
def test_clear_http2_is_read_by_tshark_with_original_numbers() -> None:
    packets = [udp_packet(dns(f"x{n}.example.com")) for n in range(5)]
    packets += [
        tcp_packet(b"", 100, (50000, 8080), SYN),
        tcp_packet(http2_request(b"h2.example.com:8080", b"/v1/chat?patient=1"), 101, (50000, 8080)),
        tcp_answer(b"\0\0\0\4\0\0\0\0\0", 1, (50000, 8080)),
    ]
    rows, ledger = read(pcap(packets), find_tshark())
    row = next(row for row in rows if row["kind"] == "http2")
    assert (row["frame"], row["destination_domain"], row["url_path"]) == (7, "h2.example.com", "/v1/chat")
    assert row["timestamp"] == "2023-11-15T00:00:00.006000Z"
    assert ledger.left_to_tshark == 3
    assert "patient" not in repr(rows)


@pytest.mark.tshark
def test_packets_of_several_link_types_reach_tshark() -> None:
    request = http2_request(b"h2.example.com", b"/")
    raw = ip(6, tcp(request, 1, (50001, 8080)))
    data = pcapng([(0, tcp_packet(request, 1, (50000, 8080))), (1, raw)], [ETHERNET, RAW])
    rows, _ = read(data, find_tshark())
    assert [(row["frame"], row["source_port"]) for row in rows if row["kind"] == "http2"] == [
        (1, 50000),
        (2, 50001),
    ]


@pytest.mark.tshark
def test_find_tshark_tells_path_and_version() -> None:
    found = find_tshark()
    assert found.path.endswith("tshark")
    assert int(found.version.split(".")[0]) >= 3


def test_without_tshark_its_packets_are_counted() -> None:
    rows, ledger = read(pcap([UNKNOWN]))
    assert [row["kind"] for row in rows] == ["flow"]
    assert ledger.not_tried == {"tshark is not installed": 1}


def test_a_failing_tshark_is_in_the_ledger() -> None:
    _, ledger = read(pcap([UNKNOWN]), Tshark("/bin/false", "4.0.0"))
    assert ledger.not_tried == {"tshark ended with status 1: ": 1}
    _, ledger = read(pcap([UNKNOWN]), Tshark("/nowhere/tshark", "4.0.0"))
    assert "could not be started" in next(iter(ledger.not_tried))


def test_missing_tshark_says_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyshark.tshark import tshark as discovery

    def absent(*_: object) -> str:
        raise discovery.TSharkNotFoundException("Searched these paths: ['/usr/bin/tshark']")

    monkeypatch.setattr(discovery, "get_process_path", absent)
    with pytest.raises(TsharkMissing, match=r"/usr/bin/tshark.*apt-get install tshark"):
        find_tshark()


def test_an_old_tshark_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyshark.tshark import tshark as discovery

    monkeypatch.setattr(discovery, "get_process_path", lambda *_: "/usr/bin/tshark")
    monkeypatch.setattr(discovery, "get_tshark_version", lambda *_: "2.6.1")
    with pytest.raises(TsharkMissing, match=r"2\.6\.1"):
        find_tshark()


def test_known_protocols_are_not_handed_on() -> None:
    packets = [
        tcp_packet(b"SSH-2.0-OpenSSH\r\n", 1, (50000, 22)),
        tcp_packet(b"\x17\3\3\0\x05hello", 1, (50001, 443)),
        tcp_packet(b"\1\0\0\0\0\xcd\0\1 a DICOM association", 1, (50003, 11112)),
        tcp_packet(b"\x0bMSH|^~\\&|", 1, (50004, 40_000)),
        udp_packet(b"\x23" + bytes(47), (123, 123)),
        udp_packet(b"\x45" + bytes(60), (50002, 443)),
    ]
    _, ledger = read(pcap(packets))
    assert ledger.not_tried == {}


def test_an_unknown_flow_hands_on_its_beginning_only() -> None:
    packets = [tcp_packet(b"", 100, (50000, 9999), SYN)]
    packets += [tcp_packet(b"\1\2\3" * 30, 101 + 90 * n, (50000, 9999)) for n in range(500)]
    _, ledger = read(pcap(packets))
    assert ledger.not_tried == {"tshark is not installed": 9}


def test_importing_the_package_loads_no_engine() -> None:
    code = (
        "import sys, scanner.captures; "
        "print([m for m in ('numpy', 'pyshark', 'dns', 'cryptography') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class Repeated(io.RawIOBase):
    """A capture of many megabytes that is made while it is read."""

    def __init__(self, packet: bytes, count: int) -> None:
        self._parts = iter([pcap([])] + [pcap([packet] * 1000)[24:]] * (count // 1000))
        self._part = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._part = self._part or next(self._parts, b"")
        size = min(len(buffer), len(self._part))
        buffer[:size], self._part = self._part[:size], self._part[size:]
        return size


@pytest.mark.full
def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for count in (20_000, 80_000):
        tracemalloc.start()
        reading = read_capture(io.BufferedReader(Repeated(tcp_packet(bytes(1400), 1), count)), tshark=None)
        rows = list(reading)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert reading.ledger.packets == count
        assert [row["packets_out"] for row in rows] == [count]
    assert peaks[1] < peaks[0] * 1.2 < 60 << 20
