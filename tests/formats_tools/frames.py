"""Write dnstap files byte by byte, as the Frame Streams and protobuf specifications describe them."""

from ipaddress import ip_address

import dns.message
import dns.rrset

START = 2
STOP = 3


def control(kind: int, content_type: bytes | None = None) -> bytes:
    body = kind.to_bytes(4, "big")
    if content_type is not None:
        body += (1).to_bytes(4, "big") + len(content_type).to_bytes(4, "big") + content_type
    return b"\0\0\0\0" + len(body).to_bytes(4, "big") + body


def data(frame: bytes) -> bytes:
    return len(frame).to_bytes(4, "big") + frame


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def fixed32(field: int, value: int) -> bytes:
    return varint(field << 3 | 5) + value.to_bytes(4, "little")


def text(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def query(name: str, identity: int, kind: str = "A") -> bytes:
    return dns.message.make_query(name, kind, id=identity).to_wire()


def answer(name: str, identity: int, *addresses: str) -> bytes:
    reply = dns.message.make_response(dns.message.make_query(name, "A", id=identity))
    if addresses:
        reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "A", *addresses))
    return reply.to_wire()


def message(
    kind: int,
    *,
    client: str = "192.0.2.7",
    port: int = 40000,
    asked: bytes | None = None,
    answered: bytes | None = None,
    protocol: int = 1,
    extra: bytes = b"",
) -> bytes:
    """Return a dnstap frame of a message at 2026-11-22T10:00:00.5Z."""
    body = number(1, kind) + number(2, 1) + number(3, protocol) + text(4, ip_address(client).packed)
    body += text(5, ip_address("198.51.100.53").packed) + number(6, port) + number(7, 53)
    if asked is not None:
        body += number(8, 1795341600) + fixed32(9, 500_000_000) + text(10, asked)
    if answered is not None:
        body += number(12, 1795341601) + fixed32(13, 0) + text(14, answered)
    return text(1, b"resolver.example") + text(14, body + extra) + number(15, 1)


def stream(*frames: bytes, content_type: bytes = b"protobuf:dnstap.Dnstap", stop: bool = True) -> bytes:
    return control(START, content_type) + b"".join(map(data, frames)) + (control(STOP) if stop else b"")
