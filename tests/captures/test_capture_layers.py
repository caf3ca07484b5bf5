"""Headers around the payload: VLAN, IPv6, fragments and tunnels, sound and hostile."""

from __future__ import annotations

from struct import pack

import pytest

from tests.captures.capture_packets import (
    CLIENT6,
    RAW,
    SERVER6,
    dns,
    ethernet,
    fragments,
    hello,
    ip,
    names,
    pcap,
    read,
    tcp,
    udp,
    udp_packet,
)

INNER = ip(17, udp(dns("inner.example.com")), "10.9.9.9", "10.9.9.1")
FRAME = ethernet(INNER)


def tunnel(payload: bytes, port: int) -> bytes:
    return ethernet(ip(17, udp(payload, (33333, port))))


@pytest.mark.parametrize(
    "packet",
    [
        ethernet(INNER, 10),
        ethernet(INNER, 10, 20, 30),
        FRAME[:12] + b"\x88\xa8\0\x07" + b"\x81\0\0\x08" + FRAME[12:],
        FRAME[:12] + b"\x88\x47" + b"\0\1\x00\x40" + b"\0\2\x01\x40" + INNER,
        FRAME[:12] + b"\x88\x47" + b"\0\2\x01\x40" + bytes(4) + FRAME,
        FRAME[:12] + b"\x88\x64" + b"\x11\0\0\1" + pack(">H", 2 + len(INNER)) + b"\0\x21" + INNER,
        ethernet(ip(4, INNER)),
        ethernet(ip(47, b"\0\0\x08\0" + INNER)),
        ethernet(ip(47, b"\xb0\0\x08\0" + bytes(12) + INNER)),
        ethernet(ip(47, b"\x10\0\x88\xbe" + bytes(4) + bytes(8) + FRAME)),
        ethernet(ip(47, b"\0\0\x88\xbe" + FRAME)),
        ethernet(ip(47, b"\x10\0\x22\xeb" + bytes(4) + bytes(12) + FRAME)),
        ethernet(ip(47, b"\x30\x81\x88\x0b" + bytes(12) + b"\xff\x03\0\x21" + INNER)),
        tunnel(b"\x08\0\0\0\0\0\7\0" + FRAME, 4789),
        tunnel(b"\x01\0\x65\x58\0\0\7\0" + bytes(4) + FRAME, 6081),
        tunnel(b"\x30\xff" + pack(">H", len(INNER)) + bytes(4) + INNER, 2152),
        tunnel(b"\x34\xff" + pack(">H", len(INNER)) + bytes(7) + b"\x85" + b"\1\0\0\0" + INNER, 2152),
        tunnel(b"\0\x02" + bytes(4) + b"\xff\x03\0\x21" + INNER, 1701),
        tunnel(b"\0\0\x08\0" + INNER, 4754),
        ethernet(ip(97, b"\x30\0" + FRAME)),
        FRAME[:12] + b"\x88\xe7\0\0\0\1" + FRAME,
        FRAME[:12] + b"\x89\x3f" + bytes(6) + FRAME[12:],
        FRAME[:12] + b"\x89\x09" + b"\1\1\0\1\0\5" + FRAME[12:],
        ethernet(ip(51, b"\x11\x04\0\0" + bytes(20) + INNER[20:], "10.9.9.9", "10.9.9.1")),
    ],
    ids=[
        "vlan", "three tags", "qinq", "mpls", "mpls pseudowire", "pppoe", "ip in ip", "gre", "gre with options",
        "erspan 2", "erspan 1", "erspan 3", "pptp", "vxlan", "geneve", "gtp", "gtp extension", "l2tp",
        "gre in udp", "etherip", "provider backbone", "e-tag", "cisco metadata", "authentication header",
    ],
)  # fmt: skip
def test_innermost_addresses_count(packet: bytes) -> None:
    rows, _ = read(pcap([packet]))
    assert [(row["kind"], row["source_ip"]) for row in rows] == [
        ("dns_query", "10.9.9.9"),
        ("flow", "10.9.9.9"),
    ]
    assert rows[0]["dns_question"] == "inner.example.com"


def test_vxlan_without_ip_inside_stays_a_flow_of_the_tunnel() -> None:
    arp = b"\xff" * 12 + b"\x08\x06" + bytes(28)
    rows, _ = read(pcap([tunnel(b"\x08\0\0\0\0\0\7\0" + arp, 4789)]))
    assert [(row["kind"], row["destination_port"], row["source_bytes"]) for row in rows] == [
        ("flow", 4789, 50)
    ]


def test_ipv6_with_extension_headers() -> None:
    query = udp(dns("six.example.com"))
    extended = ip(0, b"\x3c\0" + bytes(6) + b"\x11\0" + bytes(6) + query, CLIENT6, SERVER6)
    rows, _ = read(pcap([ethernet(ip(17, query, CLIENT6, SERVER6)), ethernet(extended)]))
    assert [row.get("dns_question") for row in rows] == ["six.example.com", "six.example.com", None]
    assert rows[0]["source_ip"] == "2001:db8::1"
    assert rows[2]["packets_out"] == 2


@pytest.mark.parametrize("swapped", [False, True])
def test_fragments_are_put_together(swapped: bool) -> None:
    answer = dns("long.example.com", answers=[(16, b"\xff" + b"x" * 255)] * 8, response=True)
    pieces = fragments(ip(17, udp(answer, (53, 50000))), 1024)
    packets = [ethernet(piece) for piece in (reversed(pieces) if swapped else pieces)]
    rows, ledger = read(pcap(packets))
    assert [(row["kind"], row.get("frame")) for row in rows] == [("dns_response", 2), ("flow", None)]
    assert (rows[1]["destination_bytes"], rows[1]["packets_in"]) == (len(answer), 1)
    assert ledger.skipped == {}


def test_ipv6_fragments() -> None:
    query = udp(dns("six.example.com") + bytes(64))
    first = ip(44, b"\x11\0" + pack(">HI", 0 | 1, 5) + query[:40], CLIENT6, SERVER6)
    second = ip(44, b"\x11\0" + pack(">HI", 40, 5) + query[40:], CLIENT6, SERVER6)
    assert names([ethernet(first), ethernet(second)]) == [(2, "dns_query", "six.example.com")]


def test_a_lost_fragment_is_counted() -> None:
    pieces = fragments(ip(17, udp(bytes(2000), (53, 50000))), 1024)
    _, ledger = read(pcap([ethernet(pieces[0])]))
    assert ledger.skipped == {"fragment of a packet that never became whole": 1}


def test_nested_tunnels_have_an_end() -> None:
    packet = INNER
    for _ in range(60):
        packet = ip(4, packet)
    rows, ledger = read(pcap([packet], link=RAW))
    assert rows == []
    assert sum(ledger.skipped.values()) == 1


def test_icmp_errors_quote_names_but_are_no_traffic() -> None:
    quoted = ip(17, udp(dns("quoted.example.com")))
    rows, _ = read(pcap([ethernet(ip(1, b"\3\3" + bytes(6) + quoted, "192.0.2.80", "10.1.2.3"))]))
    assert [(row["kind"], row["dns_question"]) for row in rows] == [("dns_query", "quoted.example.com")]


def test_802_11_with_radiotap() -> None:
    wireless = b"\x88\x01" + bytes(22) + bytes(2) + b"\xaa\xaa\x03\0\0\0\x08\0" + INNER
    assert names([b"\0\0\x08\0" + bytes(4) + wireless], 127) == [(1, "dns_query", "inner.example.com")]
    protected = b"\x88\x41" + wireless[2:]
    _, ledger = read(pcap([b"\0\0\x08\0" + bytes(4) + protected], link=127))
    assert ledger.skipped == {"802.11 management, control or encrypted": 1}


def test_lengths_that_point_outside_are_harmless() -> None:
    long_ip = bytearray(INNER)
    long_ip[2:4] = b"\xff\xff"
    long_udp = bytearray(INNER)
    long_udp[24:26] = b"\xff\xff"
    no_header = bytearray(INNER)
    no_header[0] = 0x42
    short_tcp = ip(6, tcp(hello(b"a.example.com"), 1)[:13])
    rows, ledger = read(pcap([bytes(long_ip), bytes(long_udp), bytes(no_header), short_tcp], link=RAW))
    assert [row["kind"] for row in rows] == ["dns_query", "dns_query", "flow"]
    assert sum(ledger.skipped.values()) == 2


@pytest.mark.parametrize("size", range(0, len(FRAME), 3))
def test_every_cut_of_a_packet_is_survived(size: int) -> None:
    _, ledger = read(pcap([FRAME[:size], udp_packet(dns("whole.example.com"))]))
    assert ledger.packets == 2
    assert ledger.incomplete is None
