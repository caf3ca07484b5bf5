"""Writes IP addresses as text."""

from __future__ import annotations

from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop


@lru_cache(maxsize=8192)
def address(version: int, high: int, low: int) -> str:
    """Return an address as text."""
    if version == 4:
        return inet_ntop(AF_INET, low.to_bytes(4, "big"))
    return inet_ntop(AF_INET6, (high << 64 | low).to_bytes(16, "big"))
