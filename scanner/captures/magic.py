"""Recognises captures by their first bytes, never by name."""

PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
PCAP_MAGICS = (
    *(bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1")),
    *(bytes.fromhex(magic) for magic in ("a1b2cd34", "34cdb2a1")),
)
"""Microseconds, nanoseconds and Kuznetzov's modified format, in both byte orders."""


def is_capture(head: bytes) -> bool:
    """Tell by the first 12 bytes of a decompressed file whether it is a pcap or pcapng file."""
    if head[:4] == PCAPNG_MAGIC:
        return len(head) < 12 or head[8:12] in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a")
    return head[:4] in PCAP_MAGICS
