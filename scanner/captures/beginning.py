"""Knows a capture by its beginning: everything up to the end of its first packet."""

from struct import unpack_from
from typing import Final

from scanner.captures.magic import PCAP_MAGICS, PCAPNG_MAGIC
from scanner.captures.pcap import HEADER_SIZE, LITTLE, MODIFIED

_PACKET_BLOCKS: Final = frozenset({2, 3, 6})


def first_packet(head: bytes) -> bytes:
    """Return the beginning of a capture to the end of its first packet, empty where that is not in `head`."""
    end = _end_in_pcapng(head) if head.startswith(PCAPNG_MAGIC) else _end_in_pcap(head)
    return head[:end] if end <= len(head) else b""


def _end_in_pcap(head: bytes) -> int:
    magic = head[:4]
    if magic not in PCAP_MAGICS or len(head) < HEADER_SIZE + 16:
        return len(head) + 1
    order = "<" if magic in LITTLE else ">"
    captured: int = unpack_from(f"{order}I", head, HEADER_SIZE + 8)[0]
    return HEADER_SIZE + (24 if magic in MODIFIED else 16) + captured


def _end_in_pcapng(head: bytes) -> int:
    order = "<" if head[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    at: int = 0
    while at + 12 <= len(head):
        kind, size = unpack_from(f"{order}II", head, at)
        if size < 12:
            break
        at += size
        if kind in _PACKET_BLOCKS:
            return at
    return len(head) + 1
