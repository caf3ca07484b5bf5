"""Builds packets and capture files for the tests, byte by byte."""

from __future__ import annotations

import hashlib
import hmac
import io
import ipaddress
from collections.abc import Iterable
from struct import pack
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scanner.captures import Tshark, read_capture
from scanner.captures.ledger import Ledger

CLIENT, SERVER = "10.1.2.3", "192.0.2.80"
CLIENT6, SERVER6 = "2001:db8::1", "2001:db8::80"
ETHERNET, RAW, COOKED = 1, 101, 113
MIDNIGHT = 1_700_006_400  # 2023-11-15T00:00:00Z
SYN, ACK, PUSH, FIN = 2, 16, 24, 17


def ethernet(packet: bytes, *tags: int) -> bytes:
    """Ethernet, with a VLAN tag for each number in `tags`."""
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    vlan = b"".join(pack(">HH", 0x8100, tag) for tag in tags)
    return b"\x02\0\0\0\0\1\x02\0\0\0\0\2" + vlan + pack(">H", kind) + packet


def ip(protocol: int, payload: bytes, source: str = CLIENT, destination: str = SERVER) -> bytes:
    """An IPv4 or IPv6 packet, by the form of its addresses."""
    near, far = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if near.version == 6:
        return pack(">IHBB", 0x60000000, len(payload), protocol, 64) + near.packed + far.packed + payload
    header = pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0)
    return header + near.packed + far.packed + payload


def tcp(payload: bytes, sequence: int, ports: tuple[int, int] = (50000, 443), flags: int = PUSH) -> bytes:
    return pack(">HHIIBBHHH", *ports, sequence & 0xFFFFFFFF, 1, 0x50, flags, 65535, 0, 0) + payload


def udp(payload: bytes, ports: tuple[int, int] = (50000, 53)) -> bytes:
    return pack(">HHHH", *ports, 8 + len(payload), 0) + payload


def tcp_packet(
    payload: bytes, sequence: int, ports: tuple[int, int] = (50000, 443), flags: int = PUSH
) -> bytes:
    """A TCP packet of the client in Ethernet."""
    return ethernet(ip(6, tcp(payload, sequence, ports, flags)))


def tcp_answer(
    payload: bytes, sequence: int, ports: tuple[int, int] = (50000, 443), flags: int = PUSH
) -> bytes:
    """A TCP packet of the server, `ports` as the client has them."""
    return ethernet(ip(6, tcp(payload, sequence, (ports[1], ports[0]), flags), SERVER, CLIENT))


def udp_packet(payload: bytes, ports: tuple[int, int] = (50000, 53)) -> bytes:
    return ethernet(ip(17, udp(payload, ports)))


def fragments(packet: bytes, at: int) -> list[bytes]:
    """An IPv4 packet in two fragments, the first with `at` bytes of payload."""
    header, payload = packet[:20], packet[20:]

    def piece(start: int, part: bytes, more: int) -> bytes:
        changed = header[:2] + pack(">HHH", 20 + len(part), 7, more << 13 | start // 8) + header[8:]
        return changed + part

    return [piece(0, payload[:at], 1), piece(at, payload[at:], 0)]


def server_name(name: bytes) -> bytes:
    return pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name


def hello_message(name: bytes | None, *extensions: bytes, size: int = 0) -> bytes:
    """A ClientHello handshake message, padded with a key share of `size` bytes before its name."""
    inside = pack(">HH", 51, size) + bytes(size) if size else b""
    inside += b"".join(extensions) + (server_name(name) if name is not None else b"")
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\x13\1" + b"\1\0" + pack(">H", len(inside)) + inside
    return b"\1" + len(body).to_bytes(3, "big") + body


def hello(name: bytes | None, *extensions: bytes, size: int = 0) -> bytes:
    """A ClientHello in its TLS record."""
    message = hello_message(name, *extensions, size=size)
    return b"\x16\3\1" + pack(">H", len(message)) + message


ECH_OFFER = pack(">HH", 0xFE0D, 8) + bytes(8)


def dns_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in name.encode().split(b".") if label) + b"\0"


def dns(
    name: str, kind: int = 1, answers: Iterable[tuple[int, bytes]] = (), *, response: bool = False
) -> bytes:
    """A DNS message with one question; answers are type and data."""
    records = list(answers)
    head = pack(">HHHHHH", 99, 0x8180 if response else 0x0100, 1, len(records), 0, 0)
    question = dns_name(name) + pack(">HH", kind, 1)
    body = b"".join(pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) + data for kind, data in records)
    return head + question + body


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    label = b"tls13 " + label
    info = pack(">HB", size, len(label)) + label + b"\0\1"
    return hmac.digest(secret, info, hashlib.sha256)[:size]


SALTS = {
    1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
    0x6B3343CF: "0dede3def700a6db819381be6e269dcbf9bd2ed9",
    0xFF00001D: "afbfec289993d24c9e9786f19c6111e04390a899",
    0xFF00001B: "c3eef712c72ebb5a11a7d2432bb46365bef9f502",
}


def quic_initial(
    pieces: Iterable[tuple[int, bytes]],
    *,
    version: int = 1,
    number: int = 0,
    first_id: bytes = b"\x83\x94\xc8\xf0\x3e\x51\x57\x08",
    current_id: bytes | None = None,
) -> bytes:
    """An Initial packet of the client with CRYPTO frames (offset, bytes), as RFC 9001 protects it."""
    initial = hmac.digest(bytes.fromhex(SALTS[version]), first_id, hashlib.sha256)
    secret = _expand(initial, b"client in", 32)
    prefix = b"quicv2 " if version == 0x6B3343CF else b"quic "
    key, vector, mask_key = (
        _expand(secret, prefix + label, size) for label, size in ((b"key", 16), (b"iv", 12), (b"hp", 16))
    )
    frames = b"".join(b"\6" + pack(">HH", at | 0x4000, len(p) | 0x4000) + p for at, p in pieces)
    frames += bytes(max(0, 1162 - len(frames)))
    shown = first_id if current_id is None else current_id
    first = 0xD3 if version == 0x6B3343CF else 0xC3
    length = pack(">H", 0x4000 | 4 + len(frames) + 16)
    header = bytearray(
        pack(">BIB", first, version, len(shown)) + shown + b"\0\0" + length + pack(">I", number)
    )
    nonce = bytes(a ^ b for a, b in zip(vector, number.to_bytes(12, "big"), strict=True))
    sealed = AESGCM(key).encrypt(nonce, frames, bytes(header))
    mask = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor().update(sealed[:16])
    at = len(header) - 4
    header[0] ^= mask[0] & 15
    for index in range(4):
        header[at + index] ^= mask[1 + index]
    return bytes(header) + sealed


def pcap(
    packets: Iterable[bytes],
    *,
    order: str = "<",
    nanoseconds: bool = False,
    link: int = ETHERNET,
    snap: int = 0,
) -> bytes:
    """A pcap file, one packet a millisecond; `snap` cuts packets."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    parts = [pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap or 65535, link)]
    for index, packet in enumerate(packets):
        kept = packet[:snap] if snap else packet
        fraction = (index * 1_000_000 + 123_456_789) if nanoseconds else index * 1000
        parts.append(pack(order + "IIII", MIDNIGHT, fraction, len(kept), len(packet)) + kept)
    return b"".join(parts)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    return pack(order + "II", kind, 12 + len(body)) + body + pack(order + "I", 12 + len(body))


def pcapng(packets: Iterable[tuple[int, bytes]], links: Iterable[int], order: str = "<") -> bytes:
    """A pcapng file: interfaces of the given link types, packets as (interface, bytes)."""
    parts = [block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)]
    parts += [block(1, pack(order + "HHI", link, 0, 0), order) for link in links]
    for index, (interface, packet) in enumerate(packets):
        moment = MIDNIGHT * 1_000_000 + index * 1000
        head = pack(order + "IIIII", interface, moment >> 32, moment & 0xFFFFFFFF, len(packet), len(packet))
        parts.append(block(6, head + packet, order))
    return b"".join(parts)


def read(data: bytes, tshark: Tshark | None = None) -> tuple[list[dict[str, Any]], Ledger]:
    """The rows and the ledger of a capture."""
    reading = read_capture(io.BytesIO(data), tshark=tshark)
    rows: list[dict[str, Any]] = list(reading)
    return rows, reading.ledger


def names(packets: Iterable[bytes], link: int = ETHERNET) -> list[tuple[int, str, str | None]]:
    """Packet number, kind and name of the rows in a pcap of these packets, flows left out."""
    rows, _ = read(pcap(packets, link=link))
    return [
        (row["frame"], row["kind"], row.get("destination_domain", row.get("dns_question")))
        for row in rows
        if row["kind"] != "flow"
    ]
