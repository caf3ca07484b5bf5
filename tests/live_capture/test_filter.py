"""The capture filter lets names and the ends of connections through, and no content."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from struct import pack

import pytest

from scanner.captures.live_filter import capture_filter
from tests.captures.capture_packets import (
    CLIENT6,
    FIN,
    SERVER6,
    SYN,
    dns,
    ethernet,
    hello,
    ip,
    pcap,
    read,
    tcp,
    tcp_answer,
    tcp_packet,
    udp,
    udp_packet,
)  # fmt: skip

TCPDUMP = shutil.which("tcpdump")
pytestmark = pytest.mark.skipif(TCPDUMP is None, reason="tcpdump is not installed: apt-get install tcpdump")


def six(payload: bytes, ports: tuple[int, int] = (50000, 443), flags: int = 24) -> bytes:
    return ethernet(ip(6, tcp(payload, 1, ports, flags), CLIENT6, SERVER6))


HELLO = hello(b"chat.example", size=400)
LONG_HEADER = b"\xc3\0\0\0\1" + b"x" * 1195
GET = b"GET /v1 HTTP/1.1\r\nHost: a.example\r\n\r\n"
DATA = b"\x17\x03\x03\x01\x00" + b"d" * 256

WANTED = {
    "DNS query": udp_packet(dns("chat.example")),
    "DNS answer": ethernet(ip(17, udp(b"a" * 90, (53, 50000)))),
    "DNS over TCP": tcp_packet(b"\0\x20" + b"q" * 32, 1, (50000, 53)),
    "DNS over IPv6": ethernet(ip(17, udp(b"q" * 40, (50000, 53)), CLIENT6, SERVER6)),
    "SYN": tcp_packet(b"", 1, flags=SYN),
    "FIN": tcp_packet(b"", 1, flags=FIN),
    "RST": tcp_packet(b"", 1, flags=4),
    "SYN over IPv6": six(b"", flags=SYN),
    "hello": tcp_packet(HELLO, 1),
    "hello on another port": tcp_packet(HELLO, 1, (50000, 8444)),
    "hello over IPv6": six(HELLO, (50000, 9999)),
    "second half of a hello": tcp_packet(b"\x99" * 700, 1),
    "second half of a hello over IPv6": six(b"\x99" * 700),
    "one byte of a hello": tcp_packet(b"\x99", 1),
    "QUIC": ethernet(ip(17, udp(LONG_HEADER, (50000, 443)))),
    "QUIC over IPv6": ethernet(ip(17, udp(LONG_HEADER, (50000, 443)), CLIENT6, SERVER6)),
    "request head": tcp_packet(GET, 1, (50000, 8080)),
    "CONNECT": tcp_packet(b"CONNECT chat.example:443 HTTP/1.1\r\n\r\n", 1, (50000, 3128)),
    "request head over IPv6": six(GET, (50000, 80)),
    "query in a VLAN": ethernet(ip(17, udp(b"q" * 40)), 7),
    "hello in a VLAN": ethernet(ip(6, tcp(HELLO, 1)), 7),
    "hello in two VLANs": ethernet(ip(6, tcp(HELLO, 1)), 7, 8),
    "IPv6 hello in a VLAN": ethernet(ip(6, tcp(HELLO, 1), CLIENT6, SERVER6), 7),
}

CONTENT = {
    "application data": tcp_packet(DATA, 1),
    "application data over IPv6": six(DATA),
    "middle of an upload": tcp_packet(b"\x99" * 1440, 1),
    "server data": tcp_answer(b"\x99" * 700, 1),
    "server data on the port of clear HTTP": tcp_answer(b"HTTP/1.1 200 OK\r\n\r\n", 1, (50000, 80)),
    "body of a clear request": tcp_packet(b"patient=Ana", 1, (50000, 80)),
    "body of a request to a proxy": tcp_packet(b"patient=Ana", 1, (50000, 8080)),
    "body over IPv6": six(b"patient=Ana", (50000, 80)),
    "acknowledgement": tcp_packet(b"", 1, flags=16),
    "QUIC short header": ethernet(ip(17, udp(b"\x43" + b"x" * 1199, (50000, 443)))),
    "voice": ethernet(ip(17, udp(b"\x80" * 172, (50000, 40000)))),
    "server hello": tcp_answer(b"\x16\x03\x03\0\x50\x02" + b"s" * 80, 1),
    "ping": ethernet(ip(1, b"\x08\0" + b"p" * 30)),
    "address resolution": b"\xff" * 6 + b"\2" * 6 + pack(">H", 0x0806) + b"\0" * 28,
    "mail": tcp_packet(b"EHLO a.example\r\n", 1, (50000, 25)),
    "data in a VLAN": ethernet(ip(6, tcp(DATA, 1)), 7),
}


def kept(tmp_path: Path, packets: list[bytes], expression: str) -> list[bytes]:
    """Return the packets that pass a filter, by the library that compiles it for the kernel too."""
    source, target = tmp_path / "all.pcap", tmp_path / "kept.pcap"
    source.write_bytes(pcap(packets))
    subprocess.run(
        [str(TCPDUMP), "-n", "-r", source, "-w", target, expression],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    data, found, at = target.read_bytes(), [], 24
    while at < len(data):
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        found.append(data[at + 16 : at + 16 + size])
        at += 16 + size
    return found


def test_exactly_the_wanted_packets_pass(tmp_path: Path) -> None:
    everything = {**WANTED, **CONTENT}
    passed = kept(tmp_path, list(everything.values()), capture_filter())
    assert [name for name, packet in everything.items() if packet in passed] == list(WANTED)


def test_without_vlan_terms_the_rest_is_the_same(tmp_path: Path) -> None:
    everything = {**WANTED, **CONTENT}
    passed = kept(tmp_path, list(everything.values()), capture_filter(tagged=False))
    names = [name for name in WANTED if "VLAN" not in name]
    assert [name for name, packet in everything.items() if packet in passed] == names


def test_more_can_be_recorded(tmp_path: Path) -> None:
    mail = CONTENT["mail"]
    assert kept(tmp_path, [mail, CONTENT["ping"]], capture_filter("tcp port 25")) == [mail]


def test_what_passes_is_enough_for_every_name(tmp_path: Path) -> None:
    long = hello(b"split.example", size=1900)
    packets = [
        tcp_packet(b"", 999, flags=SYN),
        tcp_packet(long[:1400], 1000),
        tcp_packet(long[1400:], 2400),
        tcp_packet(DATA, 2400 + len(long) - 1400),
        udp_packet(dns("dns.example")),
    ]
    rows, _ = read(pcap(kept(tmp_path, packets, capture_filter())))
    named = {row.get("destination_domain") or row.get("dns_question") for row in rows} - {None}
    assert named == {"split.example", "dns.example"}
