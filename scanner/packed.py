"""Unpack text that stands as base64, compressed or not, in a record of a stream."""

import zlib
from base64 import b64decode
from typing import Any, Final

_LARGEST: Final = 8 << 20
"""Bytes of a record after decompression, beyond which it is hostile: a stream's records are a mebibyte at most."""


def packed_text(value: Any) -> str | None:
    """Return the text that base64 stands for, decompressed where it is gzip; None where it is no text."""
    if not isinstance(value, str):
        return None
    try:
        data = b64decode(value, validate=True)
        if data.startswith(b"\x1f\x8b"):
            data = zlib.decompressobj(wbits=31).decompress(data, _LARGEST)
        return data.decode("utf-8")
    except (ValueError, zlib.error):
        return None
