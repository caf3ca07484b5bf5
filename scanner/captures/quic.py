"""Puts the client hello of a QUIC connection together from the CRYPTO frames of its Initial packets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.captures.hello import MAX_HELLO, Hello, NotAHello, read_message
from scanner.captures.quic_keys import VERSION_2, InitialKeys, salt_of

MAX_PACKETS = 32
"""Initial packets of one connection looked at before its hello is given up."""
MAX_IDS = 8

_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO, _CLOSE, _CLOSE_APPLICATION = 0, 1, 2, 3, 6, 0x1C, 0x1D


@dataclass(frozen=True, slots=True)
class LongHeader:
    """One packet with a long header inside a datagram."""

    version: int
    is_initial: bool
    is_retry: bool
    destination_id: bytes
    source_id: bytes
    packet: bytes
    """From the first byte of the header to the end of the payload."""
    number_at: int


def is_long_header(payload: bytes) -> bool:
    """Tell whether a datagram begins with a long header of a QUIC version known here."""
    return (
        len(payload) >= 7
        and payload[0] & 0xC0 == 0xC0
        and salt_of(int.from_bytes(payload[1:5], "big")) is not None
    )


def long_headers(payload: bytes) -> Iterator[LongHeader]:
    """Yield the packets with long headers that a datagram coalesces."""
    position = 0
    while len(payload) - position >= 7 and payload[position] & 0x80:
        version = int.from_bytes(payload[position + 1 : position + 5], "big")
        if salt_of(version) is None:
            return
        kind = payload[position] >> 4 & 3
        if version == VERSION_2:
            kind = (kind - 1) & 3
        at = position + 5
        size = payload[at]
        destination_id = payload[at + 1 : at + 1 + size]
        at += 1 + size
        if size > 20 or at >= len(payload):
            return
        source_id = payload[at + 1 : at + 1 + payload[at]]
        at += 1 + payload[at]
        if kind == 3:
            yield LongHeader(version, False, True, destination_id, source_id, payload[position:], 0)
            return
        if kind == 0:
            token, at = _variable(payload, at)
            at += token
        length, at = _variable(payload, at)
        if at > len(payload):
            return
        end = min(len(payload), at + length)
        packet = payload[position:end]
        yield LongHeader(version, kind == 0, False, destination_id, source_id, packet, at - position)
        position = end


def _variable(data: bytes, at: int) -> tuple[int, int]:
    """Read a variable-length integer (RFC 9000, 16); behind the end of `data` it counts as huge."""
    if at >= len(data):
        return 1 << 62, len(data) + 1
    size = 1 << (data[at] >> 6)
    if at + size > len(data):
        return 1 << 62, len(data) + 1
    return int.from_bytes(data[at : at + size], "big") & ((1 << (8 * size - 2)) - 1), at + size


@dataclass(slots=True)
class Connection:
    """The Initial packets of the client of one UDP flow."""

    _keys: InitialKeys | None = None
    _id: bytes = b""
    _client: tuple[int, bytes] | None = None
    """The side of the client, and what the server calls it."""
    _server_ids: set[bytes] = field(default_factory=set)
    """What the client calls the server once it answered."""
    _pieces: dict[int, bytes] = field(default_factory=dict)
    _packets: int = 0
    _retried: bool = False
    _done: bool = False

    def take(self, payload: bytes, side: int) -> Hello | None:
        """Add one datagram of either side; return the hello when this completes it.

        Keys come from the first connection id the client chose; after a Retry from the server's new one,
        under which the client only repeats its hello.
        """
        for header in long_headers(payload):
            if header.is_retry:
                self._retried = True
            elif header.is_initial and self._packets < MAX_PACKETS:
                hello = self._initial(header, side)
                if hello is not None:
                    return hello
        return None

    def _initial(self, header: LongHeader, side: int) -> Hello | None:
        if (1 - side, header.destination_id) == self._client:  # of the server: shows no name
            if len(self._server_ids) < MAX_IDS:
                self._server_ids.add(header.source_id)
            return None
        known = header.destination_id == self._id or header.destination_id in self._server_ids
        if self._done and (known or self._retried):
            return None
        self._packets += 1
        frames = self._keys.open(header.packet, header.number_at) if self._keys else None
        if frames is None:
            keys = InitialKeys.derive(header.version, header.destination_id)
            frames = keys.open(header.packet, header.number_at) if keys else None
            if frames is None:
                return None
            if not self._retried:
                self._pieces = {}
            self._keys, self._id, self._done = keys, header.destination_id, False
            self._client, self._server_ids = (side, header.source_id), set()
        elif self._done:
            return None
        for offset, piece in _crypto_frames(frames):
            if offset + len(piece) <= MAX_HELLO and len(piece) > len(self._pieces.get(offset, b"")):
                self._pieces[offset] = piece
        return self._complete()

    def _complete(self) -> Hello | None:
        message = bytearray()
        for offset in sorted(self._pieces):
            if offset > len(message):
                break
            message[offset : offset + len(self._pieces[offset])] = self._pieces[offset]
        if len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
            return None
        self._done, self._pieces, self._packets = True, {}, 0
        if message[0] != 1:
            return None
        try:
            return read_message(bytes(message[4 : 4 + int.from_bytes(message[1:4], "big")]))
        except NotAHello:
            return None


def _crypto_frames(frames: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(frames):
        kind = frames[at]
        at += 1
        if kind == _PADDING:
            at = len(frames) - len(frames[at:].lstrip(b"\0"))
            continue
        if kind == _PING:
            continue
        if kind == _CRYPTO:
            offset, at = _variable(frames, at)
            size, at = _variable(frames, at)
            if at > len(frames):
                return
            yield offset, frames[at : at + size]
            at += size
        elif kind in (_ACK, _ACK_ECN):
            at = _behind_ack(frames, at, kind == _ACK_ECN)
        else:
            return  # closes, or what may not stand in an Initial packet


def _behind_ack(frames: bytes, at: int, counts_congestion: bool) -> int:
    _, at = _variable(frames, at)
    _, at = _variable(frames, at)
    ranges, at = _variable(frames, at)
    numbers = 1 + 2 * ranges + (3 if counts_congestion else 0)
    while numbers > 0 and at <= len(frames):
        _, at = _variable(frames, at)
        numbers -= 1
    return at
