"""Names in client hellos, requests, DNS and SOCKS, however the messages are cut and ordered."""

from __future__ import annotations

from itertools import pairwise, permutations
from struct import pack

import pytest

from tests.captures.capture_packets import (
    ECH_OFFER,
    SYN,
    dns,
    dns_name,
    hello,
    hello_message,
    names,
    pcap,
    quic_initial,
    read,
    tcp_answer,
    tcp_packet,
    udp_packet,
)

LONG_HELLO = hello(b"chat.example.com", size=1700)
QUIC_PORTS = (50000, 443)


def segments(
    stream: bytes, *cuts: int, start: int = 101, ports: tuple[int, int] = (50000, 443)
) -> list[bytes]:
    bounds = [0, *cuts, len(stream)]
    return [
        tcp_packet(stream[a:b], start + a, ports) for a, b in pairwise(bounds)
    ]  # fmt: skip


@pytest.mark.parametrize("port", [443, 80, 8443, 25, 33333])
def test_tls_hello_on_any_port(port: int) -> None:
    assert names([tcp_packet(hello(b"Chat.Example.com"), 1, (50000, port))]) == [
        (1, "tls_client_hello", "Chat.Example.com")
    ]


def test_hello_without_a_name_is_a_row_and_counts_as_hidden() -> None:
    rows, ledger = read(pcap([tcp_packet(hello(None), 1)]))
    assert "destination_domain" not in rows[0]
    assert ledger.names_hidden == 1


@pytest.mark.parametrize("with_syn", [True, False])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_hello_in_three_segments_in_any_order(order: tuple[int, ...], with_syn: bool) -> None:
    pieces = segments(LONG_HELLO, 600, 1300)
    packets = [tcp_packet(b"", 100, flags=SYN)] if with_syn else []
    packets += [pieces[index] for index in order]
    packets.append(tcp_packet(b"\x17\3\3\0\x05hello", 101 + len(LONG_HELLO)))
    assert names(packets) == [(len(packets) - 1, "tls_client_hello", "chat.example.com")]


def test_hello_byte_by_byte() -> None:
    stream = hello(b"a.example.com")
    packets = [tcp_packet(b"", 100, flags=SYN)]
    packets += [tcp_packet(stream[n : n + 1], 101 + n) for n in range(len(stream))]
    assert names(packets) == [(len(packets), "tls_client_hello", "a.example.com")]


def test_hello_over_two_records() -> None:
    message = hello_message(b"two.example.com")
    records = b"".join(
        b"\x16\3\1" + pack(">H", len(part)) + part for part in (message[:50], message[50:])
    )  # fmt: skip
    assert names([tcp_packet(records, 1)]) == [(1, "tls_client_hello", "two.example.com")]


def test_repeated_segments_give_one_row() -> None:
    packets = segments(LONG_HELLO, 1000)
    assert len(names([*packets, *packets])) == 1


def test_sequence_numbers_wrap_around() -> None:
    packets = segments(LONG_HELLO, 1000, start=0xFFFFFFFF - 500)
    assert names(packets) == [(2, "tls_client_hello", "chat.example.com")]


def test_hello_split_far_apart_in_the_file() -> None:
    first, second = segments(LONG_HELLO, 1000)
    filler = [udp_packet(bytes(60_000), (40000, 9))] * 150
    assert names([first, *filler, second]) == [(152, "tls_client_hello", "chat.example.com")]


def test_reused_ports_are_two_conversations() -> None:
    packets = []
    for start, name in ((100, b"one.example.com"), (90_000, b"two.example.com")):
        packets += [tcp_packet(b"", start, flags=SYN), tcp_packet(hello(name), start + 1)]
    rows, _ = read(pcap(packets))
    assert [row.get("destination_domain") for row in rows if row["kind"] != "flow"] == [
        "one.example.com",
        "two.example.com",
    ]
    assert sum(row["kind"] == "flow" for row in rows) == 2


def test_a_hello_the_capture_cut_gives_what_it_holds() -> None:
    message = hello(b"seen.example.com", pack(">HH", 51, 0))
    packet = tcp_packet(message + bytes(900), 1)
    rows, _ = read(pcap([packet], snap=54 + len(message) - 3))
    assert rows[0]["kind"] == "tls_client_hello"
    request = tcp_packet(b"GET /a HTTP/1.1\r\nHost: cut.example.com\r\nCookie: " + b"x" * 900, 1, (50000, 80))
    rows, _ = read(pcap([request], snap=150))
    assert rows[0]["destination_domain"] == "cut.example.com"


def test_ech_is_offered_or_a_cover() -> None:
    configuration = (
        b"\7\0\x20\0\x20" + bytes(32) + b"\0\4\0\1\0\1" + b"\0" + b"\x11cover.example.net" + b"\0\0"
    )
    listed = b"\xfe\x0d" + pack(">H", len(configuration)) + configuration
    record = b"\0\1\0" + pack(">HHH", 5, len(listed) + 2, len(listed)) + listed
    packets = [
        udp_packet(dns("hidden.example.net", 65, [(65, record)], response=True), (53, 50000)),
        tcp_packet(hello(b"plain.example.com", ECH_OFFER), 1, (50001, 443)),
        tcp_packet(hello(b"cloudflare-ech.com", ECH_OFFER), 1, (50002, 443)),
        tcp_packet(hello(b"cover.example.net", ECH_OFFER), 1, (50003, 443)),
        tcp_packet(hello(b"cover.example.net"), 1, (50004, 443)),
    ]
    rows, ledger = read(pcap(packets))
    assert [row.get("ech") for row in rows if row["kind"] == "tls_client_hello"] == [
        "offered",
        "cover",
        "cover",
        None,
    ]
    assert ledger.names_hidden == 2


@pytest.mark.parametrize("version", [1, 0x6B3343CF, 0xFF00001D, 0xFF00001B])
def test_quic_hello(version: int) -> None:
    datagram = quic_initial([(0, hello_message(b"quic.example.com"))], version=version)
    assert names([udp_packet(datagram, QUIC_PORTS)]) == [(1, "quic_client_hello", "quic.example.com")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_quic_hello_over_three_packets_shuffled(order: tuple[int, ...]) -> None:
    message = hello_message(b"quic.example.com", size=1700)
    cuts = [0, 300, 700, 1100, 1500, len(message)]
    frames = [(a, message[a:b]) for a, b in pairwise(cuts)]
    groups = [[frames[3], frames[0]], [frames[4]], [frames[2], frames[1]]]
    packets = [
        udp_packet(
            quic_initial(groups[index], number=index, current_id=None if place == 0 else b"serverid"),
            QUIC_PORTS,
        )
        for place, index in enumerate(order)
    ]
    assert names(packets) == [(3, "quic_client_hello", "quic.example.com")]


def test_quic_repeats_and_new_connections() -> None:
    def initial(name: bytes, first_id: bytes) -> bytes:
        return udp_packet(quic_initial([(0, hello_message(name))], first_id=first_id), QUIC_PORTS)

    one, two = initial(b"one.example.com", b"11111111"), initial(b"two.example.com", b"22222222")
    assert [name for _, _, name in names([one, one, two, two])] == ["one.example.com", "two.example.com"]


def test_damaged_quic_gives_nothing() -> None:
    datagram = bytearray(quic_initial([(0, hello_message(b"quic.example.com"))]))
    datagram[400] ^= 1
    assert names([udp_packet(bytes(datagram), QUIC_PORTS)]) == []


def test_dtls_hello() -> None:
    body = hello_message(b"dtls.example.com")[4:]
    body = body[:35] + b"\0" + body[35:]  # an empty cookie behind the session id
    size = len(body).to_bytes(3, "big")
    handshake = b"\1" + size + b"\0\0" + b"\0\0\0" + size + body
    record = b"\x16\xfe\xff" + bytes(8) + pack(">H", len(handshake)) + handshake
    assert names([udp_packet(record, (50000, 4443))]) == [(1, "dtls_client_hello", "dtls.example.com")]


def request(target: str, host: str | None = "web.example.com", method: str = "GET", more: str = "") -> bytes:
    line = f"{method} {target} HTTP/1.1\r\n" + (f"Host: {host}\r\n" if host else "")
    return (line + "User-Agent: Agent/1.0 (test)\r\n" + more + "\r\n").encode("latin-1")


def test_http_request_without_its_query() -> None:
    rows, _ = read(
        pcap([tcp_packet(request("/v1/chat?patient=Smith#x", "web.example.com:8080"), 1, (50000, 80))])
    )
    row = rows[0]
    assert (row["kind"], row["http_method"], row["url_path"]) == ("http", "GET", "/v1/chat")
    assert (row["destination_domain"], row["user_agent"]) == ("web.example.com", "Agent/1.0 (test)")
    assert "Smith" not in repr(rows)


def test_proxy_requests_go_by_their_target() -> None:
    packets = [
        tcp_packet(request("api.example.com:443", "other", "CONNECT"), 1, (50000, 3128)),
        tcp_packet(request("http://user@abs.example.com:80/p?q", "other"), 1, (50001, 3128)),
    ]
    rows, _ = read(pcap(packets))
    assert [(row["destination_domain"], row.get("url_path")) for row in rows[:2]] == [
        ("api.example.com", None),
        ("abs.example.com", "/p"),
    ]


def test_hello_inside_a_proxy_tunnel() -> None:
    connect = request("api.example.com:443", None, "CONNECT")
    packets = [
        tcp_packet(connect, 1, (50000, 3128)),
        tcp_answer(b"HTTP/1.1 200 OK\r\n\r\n", 1, (50000, 3128)),
        tcp_packet(hello(b"api.example.com"), 1 + len(connect), (50000, 3128)),
    ]
    assert names(packets) == [(1, "http", "api.example.com"), (3, "tls_client_hello", "api.example.com")]


def test_pipelined_requests_and_bodies_that_look_like_requests() -> None:
    body = b"GET /fake HTTP/1.1\r\nHost: fake.example.com\r\n\r\n"
    post = request("/post", method="POST", more=f"Content-Length: {2 * len(body)}\r\n")
    stream = request("/1") + request("/2") + post + body + body + request("/3")
    cut = len(request("/1")) + len(request("/2")) + len(post) + len(body)
    whole, _ = read(pcap([tcp_packet(stream, 1, (50000, 80))]))
    parts, _ = read(pcap(segments(stream, cut, cut + len(body), start=1, ports=(50000, 80))))
    for rows in (whole, parts):
        assert [row["url_path"] for row in rows if row["kind"] == "http"] == ["/1", "/2", "/post", "/3"]


@pytest.mark.parametrize("end", ["0\r\n\r\n", "0\r\nTrailer: 1\r\n\r\n"])
def test_a_request_behind_a_body_in_chunks(end: str) -> None:
    body = "5;x=1\r\nGET /\r\n1\r\nx\r\n" + end
    data = request("/up", method="POST", more="Transfer-Encoding: chunked\r\n") + body.encode()
    found = names([tcp_packet(data + request("/next", "second.example.com"), 1, (50000, 80))])
    assert [name for _, _, name in found] == ["web.example.com", "second.example.com"]


@pytest.mark.parametrize("body", ["5\r\nhel", "zz\r\n", "fffffff\r\n", ""])
def test_a_body_in_chunks_without_an_end(body: str) -> None:
    data = request("/up", method="POST", more="Transfer-Encoding: chunked\r\n") + body.encode()
    assert len(names([tcp_packet(data, 1, (50000, 80))])) == 1


def test_a_hello_behind_an_alert() -> None:
    found = names([tcp_packet(b"\x15\3\1\0\2\1\0" + hello(b"chat.example.com"), 1)])
    assert [name for _, _, name in found] == ["chat.example.com"]


def test_request_that_begins_with_one_byte_on_a_kept_connection() -> None:
    stream = request("/1") + request("/2")
    first = len(request("/1"))
    packets = segments(stream, first, first + 1, start=1, ports=(50000, 80))
    assert [frame for frame, _, _ in names(packets)] == [1, 3]


@pytest.mark.parametrize(
    "payload",
    [b"GETTING / HTTP/1.1\r\n\r\n", b"GET /\r\n", b"GET  \r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", b"HELO x\r\n"],
)
def test_what_only_looks_like_a_request(payload: bytes) -> None:
    assert names([tcp_packet(payload, 1, (50000, 80))]) == []


def test_dns_answers_and_codes() -> None:
    alias = dns_name("alias.example.net")
    answers = [(5, alias), (1, bytes([192, 0, 2, 1])), (28, bytes(15) + b"\1"), (16, b"\1x")]
    rows, _ = read(pcap([udp_packet(dns("q.example.com", 65, answers, response=True), (53, 50000))]))
    assert rows[0]["dns_answers"] == ["192.0.2.1", "::1", "alias.example.net"]
    assert (rows[0]["dns_type"], rows[0]["dns_response_code"]) == ("HTTPS", "NOERROR")
    assert rows[1]["source_port"] == 50000


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
def test_dns_over_tcp_pipelined_and_cut_anywhere(cut: int) -> None:
    messages = [dns(f"host{n}.example.com") for n in range(5)]
    stream = b"".join(pack(">H", len(message)) + message for message in messages)
    packets = [tcp_packet(b"", 100, (50000, 53), SYN), *segments(stream, cut, ports=(50000, 53))]
    rows, _ = read(pcap(packets))
    assert [row["dns_question"] for row in rows if row["kind"] == "dns_query"] == [
        f"host{n}.example.com" for n in range(5)
    ]


@pytest.mark.parametrize(
    "message",
    [
        pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\xc0\x0c" + pack(">HH", 1, 1),
        pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\xff\xff" + pack(">HH", 1, 1),
        pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\x3fabc",
        pack(">HHHHHH", 1, 0, 65535, 0, 0, 0) + b"\1a\0" + pack(">HH", 1, 1),
        pack(">HHHHHH", 1, 0, 1, 0, 0, 0)
        + b"".join(b"\x3f" + b"a" * 63 for _ in range(9))
        + b"\0"
        + bytes(4),
        b"\0\0\0",
    ],
    ids=["loop", "pointer ahead", "cut", "many questions", "name too long", "short"],
)
def test_hostile_dns(message: bytes) -> None:
    assert names([udp_packet(message)]) == []


def test_backward_pointer_chain_ends() -> None:
    chain = b"\1a\0" + b"".join(pack(">H", 0xC000 | 12 + max(0, 3 + 2 * n - 2)) for n in range(2000))
    message = pack(">HHHHHH", 1, 0x8000, 1, 0, 0, 0) + chain
    assert len(names([udp_packet(message, (53, 50000))])) <= 1


def test_names_are_text() -> None:
    evil = b"a\0b\n<i>\\\xff.example.com"
    query = pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\5a.b\0\n\0" + pack(">HH", 1, 1)
    packets = [tcp_packet(hello(evil), 1), udp_packet(query), udp_packet(dns(""))]
    assert [name for _, _, name in names(packets)] == [
        "a\\x00b\\x0a<i>\\x5c\\xff.example.com",
        "a\\x2eb\\x00\\x0a",
        "<Root>",
    ]


def test_mdns_and_llmnr() -> None:
    packets = [udp_packet(dns(f"p{port}.local"), (port, port)) for port in (5353, 5355)]
    assert [name for _, _, name in names(packets)] == ["p5353.local", "p5355.local"]


@pytest.mark.parametrize("password", [False, True])
def test_socks_5(password: bool) -> None:
    asked = b"\5\1\0\3\x0fapi.example.com\x01\xbb"
    parts = [b"\5\1\2", b"\1\4user\4pass", asked] if password else [b"\5\1\0", asked]
    packets, at = [tcp_packet(b"", 100, (50000, 1080), SYN)], 101
    for part in parts:
        packets.append(tcp_packet(part, at, (50000, 1080)))
        at += len(part)
    rows, _ = read(pcap(packets))
    assert [(row["kind"], row.get("destination_domain")) for row in rows] == [
        ("socks", "api.example.com"),
        ("flow", None),
    ]
    assert "user" not in repr(rows)


def test_socks_4a() -> None:
    packet = tcp_packet(b"\4\1\1\xbb\0\0\0\1me\0api.example.com\0", 101, (50000, 1080))
    assert names([packet]) == [(1, "socks", "api.example.com")]
