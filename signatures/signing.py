"""Sign and verify with Ed25519 keys in PEM files, named by a digest of the public half."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from signatures.errors import KeyUnusable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_PURPOSE = b"skiagram catalogue bundle 1\n"  # a signature made for something else never fits
_LARGEST = 64 << 10


def make_key(path: Path) -> tuple[Path, str]:
    """Write a new private key, for its owner alone, and its public half beside it; return that and its id."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    public_path = path.with_name(f"{path.stem}.pub")
    for target, mode, content in (
        (
            path,
            0o600,
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        ),
        (
            public_path,
            0o644,
            private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            ),
        ),
    ):
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError as error:
            raise KeyUnusable(
                target, "exists already", "choose another name; keys are never replaced"
            ) from error
        except OSError as error:
            raise KeyUnusable(target, f"cannot be written ({error.strerror})", "check the folder") from error
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    return public_path, key_id(private.public_key())


def private_key(path: Path) -> Ed25519PrivateKey:
    """Return the private key of a file. Raise `KeyUnusable`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_content(path), password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable(path, "is no private key without a password", _MAKE_ONE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(path, "is no Ed25519 key", _MAKE_ONE)
    return key


def trusted_keys(places: Iterable[Path]) -> dict[str, Ed25519PublicKey]:
    """Return the public keys of files, and of `*.pub` and `*.pem` files of folders, by id. Raise `KeyUnusable`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    keys: dict[str, Ed25519PublicKey] = {}
    for place in places:
        paths = (
            sorted(path for path in place.iterdir() if path.suffix in _PUBLIC) if place.is_dir() else [place]
        )
        for path in paths:
            try:
                key = load_pem_public_key(_content(path))
            except ValueError as error:
                raise KeyUnusable(path, "is no public key", "trust only *.pub files of keygen") from error
            if not isinstance(key, Ed25519PublicKey):
                raise KeyUnusable(path, "is no Ed25519 key", "trust only *.pub files of keygen")
            keys[key_id(key)] = key
    return keys


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a public key: the first 16 hexadecimal digits of its digest."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign(key: Ed25519PrivateKey, content: bytes) -> bytes:
    """Return the signature of content."""
    return key.sign(_PURPOSE + content)


def is_signed(keys: Mapping[str, Ed25519PublicKey], name: str, signature: bytes, content: bytes) -> bool:
    """Say whether a signature is that of the key with this id."""
    from cryptography.exceptions import InvalidSignature

    try:
        keys[name].verify(signature, _PURPOSE + content)
    except InvalidSignature:
        return False
    return True


_PUBLIC = frozenset({".pub", ".pem"})
_MAKE_ONE = "make one with `skiagram catalog keygen FILE`"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise KeyUnusable(
            path, f"cannot be read ({error.strerror})", "check the path and its rights"
        ) from error
