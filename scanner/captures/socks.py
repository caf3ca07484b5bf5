"""Reads the host names that SOCKS 4a and SOCKS 5 clients ask a proxy for (RFC 1928)."""

from __future__ import annotations

from scanner.captures.text import escaped_name

PASSWORD_VERSION = 1
"""First byte of a user name and password (RFC 1929), which are not read."""


def is_greeting(payload: bytes) -> bool:
    """Tell whether a client's first payload is exactly a SOCKS 5 greeting."""
    return (
        len(payload) >= 3
        and payload[0] == 5
        and len(payload) == 2 + payload[1]
        and all(method < 10 or method == 0x80 for method in payload[2:])
    )


def requested_name(payload: bytes) -> tuple[str, int] | None:
    """Return name and port if this is a SOCKS 5 request by host name."""
    if len(payload) < 8 or payload[0] != 5 or payload[1] not in (1, 2, 3) or payload[2] or payload[3] != 3:
        return None
    size = payload[4]
    if size == 0 or len(payload) != 7 + size:
        return None
    return escaped_name(payload[5 : 5 + size]), int.from_bytes(payload[5 + size : 7 + size], "big")


def requested_name_4a(payload: bytes) -> tuple[str, int] | None:
    """Return name and port if a client's first payload is a SOCKS 4a request by host name."""
    if len(payload) < 11 or payload[0] != 4 or payload[1] not in (1, 2) or payload[4:7] != b"\0\0\0":
        return None
    parts = payload[8:].split(b"\0")
    if payload[7] == 0 or len(parts) != 3 or parts[2] or not parts[1]:
        return None
    return escaped_name(parts[1]), int.from_bytes(payload[2:4], "big")
