"""Reads packet captures: names asked for in DNS, TLS, QUIC and HTTP, and bytes per conversation."""

from scanner.captures.entry import read_capture
from scanner.captures.errors import CaptureError, NotACapture, TsharkError, TsharkFailed, TsharkMissing
from scanner.captures.magic import is_capture
from scanner.captures.program import Tshark, find_tshark

__all__ = [
    "CaptureError",
    "NotACapture",
    "Tshark",
    "TsharkError",
    "TsharkFailed",
    "TsharkMissing",
    "find_tshark",
    "is_capture",
    "read_capture",
]
