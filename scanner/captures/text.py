"""Makes hostile bytes into text that is safe to show and store."""

from __future__ import annotations

import re

_UNSAFE = re.compile(rb"[^\x21-\x7e]|\\")
_UNSAFE_OR_SPACE = re.compile(rb"[^\x20-\x7e]|\\")
MAX_TEXT = 2048


def escaped_name(raw: bytes) -> str:
    """Return a name with every byte outside printable ASCII, and the backslash, as \\xNN."""
    return _UNSAFE.sub(_escape, raw[:MAX_TEXT]).decode("ascii")


def escaped_text(raw: bytes) -> str:
    """Return free text, spaces kept, with every other byte outside printable ASCII as \\xNN."""
    return _UNSAFE_OR_SPACE.sub(_escape, raw[:MAX_TEXT]).decode("ascii")


def _escape(match: re.Match[bytes]) -> bytes:
    return b"\\x%02x" % match.group()[0]
