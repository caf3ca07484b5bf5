"""Reads the server name out of TLS and DTLS client hellos (RFC 8446, 6066, 6347, 9849)."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.captures.text import escaped_name

SERVER_NAME, ENCRYPTED_HELLO, ENCRYPTED_NAME = 0, 0xFE0D, 0xFFCE
CLIENT_HELLO, HANDSHAKE_RECORD = 1, 22
MAX_HELLO = 65_536

_MAJOR, _MINOR = (b"", b"\3"), (b"", b"\0", b"\1", b"\2", b"\3", b"\4")
_CLIENT_HELLO = (b"", b"\1")

COVER_NAMES = frozenset({"cloudflare-ech.com"})
"""Public names that many hosts share for Encrypted Client Hello: they say nothing about the host."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What a client hello shows."""

    name: str | None
    offers_ech: bool
    encrypted_name: bool
    """The old ESNI extension is there."""

    @property
    def ech(self) -> str | None:
        """Return "cover" if the name is a known cover, "offered" if the extension is there, else None.

        Browsers send the extension to every host, so its presence alone hides nothing.
        """
        if not self.offers_ech:
            return None
        return "cover" if (self.name or "").lower().rstrip(".") in COVER_NAMES else "offered"

    @property
    def hides_name(self) -> bool:
        """Tell whether the host behind this hello stays unknown."""
        return self.name is None or self.encrypted_name or self.ech == "cover"


class NotAHello(Exception):
    """The bytes are no client hello."""


def looks_like_hello(head: bytes) -> bool:
    """Tell whether a TCP payload may begin a client hello, also if it is cut after some bytes."""
    if not head:
        return False
    if head[0] & 0x80 and len(head) >= 5:
        return _is_old_hello(head)
    return (
        head[0] == HANDSHAKE_RECORD
        and head[1:2] in _MAJOR
        and head[2:3] in _MINOR
        and head[5:6] in _CLIENT_HELLO
    )


def _is_old_hello(head: bytes) -> bool:
    """SSL 2.0 framing of a hello for TLS, as old clients send it."""
    length = (head[0] & 0x7F) << 8 | head[1]
    return 9 <= length <= 512 and head[2] == CLIENT_HELLO and head[3] == 3 and head[4] <= 4


def read_tls(stream: bytes, *, ended: bool = False) -> tuple[Hello, int] | None:
    """Read the hello at the beginning of a TCP stream.

    Args:
        ended: nothing follows; a hello cut short is read as far as it goes.

    Returns:
        The hello and the bytes it took, or None if more bytes are needed.

    Raises:
        NotAHello: the stream begins with something else.
    """
    if not looks_like_hello(stream):
        raise NotAHello
    if stream[0] & 0x80:
        length = 2 + ((stream[0] & 0x7F) << 8 | stream[1])
        return None if len(stream) < length else (Hello(None, False, False), length)
    message, position = bytearray(), 0
    while True:
        if len(stream) < position + 5:
            if ended and len(message) > 4:
                return read_message(bytes(message[4:])), len(stream)
            return None
        if stream[position] != HANDSHAKE_RECORD:
            raise NotAHello
        size = stream[position + 3] << 8 | stream[position + 4]
        if not 0 < size <= 18_432:
            raise NotAHello
        message += stream[position + 5 : position + 5 + size]
        if len(message) >= 4:
            if message[0] != CLIENT_HELLO:
                raise NotAHello
            needed = 4 + int.from_bytes(message[1:4], "big")
            if needed > MAX_HELLO:
                raise NotAHello
            if len(message) >= needed:
                return read_message(bytes(message[4:needed])), min(position + 5 + size, len(stream))
        position += 5 + size


def read_datagram(payload: bytes) -> Hello | None:
    """Read an unfragmented DTLS client hello; None if the datagram is none."""
    if (
        len(payload) < 27
        or payload[0] != HANDSHAKE_RECORD
        or payload[1] != 0xFE
        or payload[13] != CLIENT_HELLO
    ):
        return None
    length = int.from_bytes(payload[14:17], "big")
    start, part = int.from_bytes(payload[19:22], "big"), int.from_bytes(payload[22:25], "big")
    if start or part != length or len(payload) < 25 + length:
        return None
    try:
        return read_message(payload[25 : 25 + length], cookie=True)
    except NotAHello:
        return None


def read_message(body: bytes, *, cookie: bool = False) -> Hello:
    """Read the body of a client hello; extensions cut short give what was readable of them.

    Raises:
        NotAHello: not even the fixed part is there.
    """
    if len(body) < 35 or body[0] not in (3, 0xFE, 0x7F):
        raise NotAHello
    position = 35 + body[34]
    if cookie and position < len(body):
        position += 1 + body[position]
    position += 2 + int.from_bytes(body[position : position + 2], "big")
    if position >= len(body):
        if position > len(body):
            raise NotAHello
        return Hello(None, False, False)
    position += 1 + body[position]
    end = min(len(body), position + 2 + int.from_bytes(body[position : position + 2], "big"))
    position += 2
    name, seen = None, set()
    while position + 4 <= end:
        kind = body[position] << 8 | body[position + 1]
        size = body[position + 2] << 8 | body[position + 3]
        position += 4
        seen.add(kind)
        if kind == SERVER_NAME and name is None:
            name = _server_name(body[position : min(position + size, end)])
        position += size
    return Hello(name, ENCRYPTED_HELLO in seen, ENCRYPTED_NAME in seen)


def _server_name(extension: bytes) -> str | None:
    position = 2
    while position + 3 <= len(extension):
        kind, size = extension[position], extension[position + 1] << 8 | extension[position + 2]
        position += 3
        if kind == 0 and 0 < size <= len(extension) - position:
            return escaped_name(extension[position : position + size])
        position += size
    return None
