"""Messages cut anywhere, with parts in another order and repeated: every name comes out, once."""

from __future__ import annotations

import random
from collections import Counter
from struct import pack

import pytest

from tests.captures.capture_packets import ACK, SYN, dns, hello, names, pcap, read, tcp_answer, tcp_packet

CONVERSATIONS = 60


def request(host: str) -> bytes:
    return f"GET /page HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sample/1\r\n\r\n".encode()


def framed(message: bytes) -> bytes:
    return pack(">H", len(message)) + message


def content(number: int, chance: random.Random) -> tuple[int, bytes, list[str]]:
    """A port, what a client sends to it, and the names in it."""
    hosts = [f"host{number}-{part}.example.com" for part in range(3)]
    kind = chance.choice(["hello", "long hello", "requests", "questions"])
    if kind == "requests":
        return 80, b"".join(map(request, hosts)), hosts
    if kind == "questions":
        return 53, b"".join(framed(dns(host)) for host in hosts), hosts
    size = 1500 if kind == "long hello" else 0
    return 443, hello(hosts[0].encode(), size=size), hosts[:1]


def disordered(data: bytes, ports: tuple[int, int], chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.sample(range(1, len(data)), chance.randrange(6)))
    bounds = list(zip([0, *cuts], [*cuts, len(data)], strict=True))
    for at in range(len(bounds) - 1):
        if chance.random() < 0.3:
            bounds[at : at + 2] = bounds[at + 1], bounds[at]
    parts = [tcp_packet(data[start:end], 101 + start, ports) for start, end in bounds]
    parts = [part for part in parts for _ in range(1 + (chance.random() < 0.2))]
    return [tcp_packet(b"", 100, ports, SYN), tcp_answer(b"", 500, ports, SYN | ACK), *parts]


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_nothing_is_lost_by_disorder(seed: int) -> None:
    chance = random.Random(seed)
    wanted: list[str] = []
    waiting: list[list[bytes]] = []
    for number in range(CONVERSATIONS):
        port, data, hosts = content(number, chance)
        wanted += hosts
        waiting.append(disordered(data, (20_000 + number, port), chance))
    packets = []
    while waiting:
        chosen = chance.randrange(len(waiting))
        packets.append(waiting[chosen].pop(0))
        if not waiting[chosen]:
            del waiting[chosen]
    rows, _ = read(pcap(packets))
    found = Counter(
        str(row.get("destination_domain") or row["dns_question"]) for row in rows if row["kind"] != "flow"
    )
    assert set(found) == set(wanted)
    assert found.total() <= len(wanted) * 1.02  # a message that came late and again may show twice


def test_a_part_that_looks_like_the_beginning_of_a_request() -> None:
    data, ports = request("POST.example.com"), (50_000, 80)
    at = data.index(b"P", 10) + 1
    at = data.index(b"P", at)
    bounds = [(at, at + 1), (0, at), (at + 1, len(data))]
    packets = [tcp_packet(b"", 100, ports, SYN)]
    packets += [tcp_packet(data[start:end], 101 + start, ports) for start, end in bounds]
    assert [name for _, _, name in names(packets)] == ["POST.example.com"]
