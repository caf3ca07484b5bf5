"""Derives the keys of QUIC Initial packets and removes their protection (RFC 9001, RFC 9369, drafts).

These keys follow from the connection id on the wire, so that any observer of the first packet has them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION_1, VERSION_2 = 1, 0x6B3343CF
_SALT_1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_SALT_2 = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_SALT_29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_SALT_23 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_SALT_21 = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_MVFST = {0xFACEB001: _SALT_21, 0xFACEB002: _SALT_23, 0xFACEB00E: _SALT_23}


def salt_of(version: int) -> bytes | None:
    """Return the salt of a QUIC version, or None if the version is not known here."""
    if version == VERSION_1:
        return _SALT_1
    if version == VERSION_2:
        return _SALT_2
    if version >> 8 == 0xFF0000:
        draft = version & 0xFF
        if 29 <= draft <= 34:
            return _SALT_29 if draft < 33 else _SALT_1
        if 23 <= draft <= 28:
            return _SALT_23
        if draft in (21, 22):
            return _SALT_21
    return _MVFST.get(version)


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label of TLS 1.3 for results of one hash block (RFC 8446, 7.1)."""
    label = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0\1"
    return hmac.digest(secret, info, hashlib.sha256)[:size]


@dataclass(frozen=True, slots=True)
class InitialKeys:
    """The client's keys for one connection id."""

    key: bytes
    vector: bytes
    mask_key: bytes

    @classmethod
    def derive(cls, version: int, connection_id: bytes) -> InitialKeys | None:
        """Derive the keys from the destination connection id of the client's first Initial packet."""
        salt = salt_of(version)
        if salt is None:
            return None
        initial = hmac.digest(salt, connection_id, hashlib.sha256)
        secret = _expand(initial, b"client in", 32)
        prefix = b"quicv2 " if version == VERSION_2 else b"quic "
        return cls(
            _expand(secret, prefix + b"key", 16),
            _expand(secret, prefix + b"iv", 12),
            _expand(secret, prefix + b"hp", 16),
        )

    def open(self, packet: bytes, number_at: int) -> bytes | None:
        """Return the frames of the packet, whose packet number begins at `number_at`; None if keys differ."""
        sample = packet[number_at + 4 : number_at + 20]
        if len(sample) < 16:
            return None
        # ECB of one block is how RFC 9001, 5.4.3 makes the mask; nothing is kept secret with it here.
        mask = Cipher(algorithms.AES(self.mask_key), modes.ECB()).encryptor().update(sample)  # noqa: S305
        header = bytearray(packet[: number_at + 4])
        header[0] ^= mask[0] & 0x0F
        size = (header[0] & 3) + 1
        for index in range(size):
            header[number_at + index] ^= mask[1 + index]
        number = bytes(header[number_at : number_at + size])
        nonce = bytes(a ^ b for a, b in zip(self.vector, number.rjust(12, b"\0"), strict=True))
        try:
            return AESGCM(self.key).decrypt(
                nonce, packet[number_at + size :], bytes(header[: number_at + size])
            )
        except InvalidTag:
            return None
