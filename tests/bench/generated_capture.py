"""Write a capture of any size: TLS, QUIC and HTTP downloads side by side, and the DNS questions before them.

python -m tests.bench.generated_capture FILE MEGABYTES writes one to look at.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from struct import pack

from tests.captures.capture_packets import (
    ACK,
    ETHERNET,
    FIN,
    MIDNIGHT,
    PUSH,
    SYN,
    dns,
    ethernet,
    hello,
    hello_message,
    ip,
    quic_initial,
    tcp,
    udp,
)

RESOLVER = "10.0.0.53"
SEGMENT = 1400
LIVE = 40
"""Conversations at a time, their packets mixed."""
DOWNLOADS = (5_000, 60_000, 300_000, 1_500_000)
KEY_SHARE = 1_220  # of a hybrid post-quantum key exchange: the hello needs two segments


class Conversations:
    """Give packets of invented conversations, and keep the names that stand in them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._noise = self._random.randbytes(1 << 20)
        self.names: set[tuple[str, str]] = set()

    def begin(self, number: int) -> Iterator[bytes]:
        """Return the packets of one more conversation, in their order."""
        kinds, weights = (self._tls, self._http, self._quic, self._dns), (35, 10, 10, 45)
        kind = self._random.choices(kinds, weights)[0]
        client = f"10.{self._random.randrange(1, 9)}.{self._random.randrange(256)}.{self._random.randrange(1, 255)}"
        server = (
            f"23.{self._random.randrange(256)}.{self._random.randrange(256)}.{self._random.randrange(1, 255)}"
        )
        return kind(f"host{number}.example.net", client, server)

    def _part(self, size: int) -> bytes:
        start = self._random.randrange(len(self._noise) - size)
        return self._noise[start : start + size]

    def _download(self) -> Iterator[bytes]:
        left = self._random.choice(DOWNLOADS)
        while left > 0:
            yield self._part(min(SEGMENT, left))
            left -= SEGMENT

    def _stream(self, client: str, server: str, port: int, asked: bytes, record: bytes) -> Iterator[bytes]:
        ports = (self._random.randrange(20_000, 65_000), port)
        back = ports[::-1]
        sent = self._random.randrange(1 << 32)
        got = self._random.randrange(1 << 32)
        yield ethernet(ip(6, tcp(b"", sent, ports, SYN), client, server))
        yield ethernet(ip(6, tcp(b"", got, back, SYN | ACK), server, client))
        sent, got = sent + 1, got + 1
        for start in range(0, len(asked), SEGMENT):
            piece = asked[start : start + SEGMENT]
            yield ethernet(ip(6, tcp(piece, sent, ports, PUSH), client, server))
            sent += len(piece)
        for piece in self._download():
            yield ethernet(ip(6, tcp(record + piece, got, back, PUSH), server, client))
            got += len(record) + len(piece)
            if self._random.random() < 0.5:
                yield ethernet(ip(6, tcp(b"", sent, ports, ACK), client, server))
        yield ethernet(ip(6, tcp(b"", sent, ports, FIN), client, server))
        yield ethernet(ip(6, tcp(b"", got, back, FIN), server, client))

    def _tls(self, name: str, client: str, server: str) -> Iterator[bytes]:
        self.names.add(("tls", name))
        return self._stream(
            client, server, 443, hello(name.encode(), size=KEY_SHARE), b"\x17\3\3" + pack(">H", SEGMENT)
        )

    def _http(self, name: str, client: str, server: str) -> Iterator[bytes]:
        self.names.add(("http", name))
        request = f"GET /report HTTP/1.1\r\nHost: {name}\r\nUser-Agent: sample/1\r\n\r\n".encode()
        return self._stream(client, server, 80, request, b"")

    def _quic(self, name: str, client: str, server: str) -> Iterator[bytes]:
        self.names.add(("quic", name))
        ports = (self._random.randrange(20_000, 65_000), 443)
        # Readers follow QUIC by connection id, so each conversation needs its own.
        packet = quic_initial([(0, hello_message(name.encode()))], first_id=self._random.randbytes(8))
        yield ethernet(ip(17, udp(packet, ports), client, server))
        for piece in self._download():
            yield ethernet(ip(17, udp(b"\x41" + piece[:1250], ports[::-1]), server, client))

    def _dns(self, name: str, client: str, server: str) -> Iterator[bytes]:
        self.names.add(("dns", name))
        ports = (self._random.randrange(20_000, 65_000), 53)
        answer = dns(name, answers=[(1, bytes(map(int, server.split("."))))], response=True)
        yield ethernet(ip(17, udp(dns(name), ports), client, RESOLVER))
        yield ethernet(ip(17, udp(answer, ports[::-1]), RESOLVER, client))


def write_capture(path: Path, size: int, seed: int = 5) -> set[tuple[str, str]]:
    """Write a capture of about `size` bytes; return the protocols and names that stand in it."""
    conversations = Conversations(seed)
    order = random.Random(seed)
    moment = MIDNIGHT * 1_000_000
    live: list[Iterator[bytes]] = []
    number = 0
    with path.open("wb", buffering=1 << 20) as file:
        file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET))
        while live or file.tell() < size:
            while len(live) < LIVE and file.tell() < size:
                number += 1
                live.append(conversations.begin(number))
            chosen = order.randrange(len(live))
            for _ in range(order.randrange(1, 7)):
                packet = next(live[chosen], None)
                if packet is None:
                    del live[chosen]
                    break
                moment += order.randrange(5, 60)
                seconds, rest = divmod(moment, 1_000_000)
                file.write(pack("<IIII", seconds, rest, len(packet), len(packet)) + packet)
    return conversations.names


if __name__ == "__main__":
    print(len(write_capture(Path(sys.argv[1]), int(sys.argv[2]) << 20)), "names")
