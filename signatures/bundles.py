"""Pack vendor files into one signed file, and open such a file without trusting anything in it.

A bundle is a ZIP archive without compression: `manifest.json`, `manifest.sig` and `vendors/<id>.toml`. The
manifest names every file with size and SHA-256; the signature is over the manifest's bytes. Nothing but the two
small files is read before the signature holds, and after it only what the manifest names.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from signatures.errors import BundleRefused
from signatures.signing import is_signed, key_id, private_key, sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SCHEMA_VERSION = 2
"""Of vendor files; raised when a file may hold what an older program would refuse."""

_MANIFEST, _SIGNATURE, _FOLDER = "manifest.json", "manifest.sig", "vendors/"
_FILE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.toml")
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,4}")
_CHECKED = re.compile(rb'^checked_on\s*=\s*"?(\d{4}-\d\d-\d\d)', re.M)
_LARGEST_BUNDLE = 256 << 20
_LARGEST_MANIFEST = 16 << 20
_LARGEST_FILE = 4 << 20
_MOST_FILES = 100_000
_Kind = TypeVar("_Kind")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class FileFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say what one vendor file must be."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say what is in a bundle; `edition` is the newest day on which one of its files was checked."""

    version: str
    created: date
    schema: int
    edition: date
    files: dict[str, FileFacts]


class _SignatureFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Hold a bundle whose signature and digests were found right."""

    manifest: Manifest
    key: str
    files: Mapping[str, bytes]


def pack(files: Mapping[str, bytes], key_path: Path, version: str, created: date) -> bytes:
    """Return vendor files, given by name, as a signed bundle; the same input gives the same bytes."""
    if _VERSION.fullmatch(version) is None:
        raise BundleRefused(
            "the version", f"{version!r} is not numbers with dots", "write it like 2026.11.22"
        )
    bad = next((name for name in files if _FILE.fullmatch(name) is None), None)
    if bad is not None:
        raise BundleRefused(bad, "is no name of a vendor file", "name it <vendor id>.toml")
    edition = edition_of(files)
    if edition is None:
        raise BundleRefused("the folder", "has no vendor file with a checked_on date", "name another folder")
    key = private_key(key_path)
    facts = {name: FileFacts(len(files[name]), sha256(files[name]).hexdigest()) for name in sorted(files)}
    manifest = msgspec.json.encode(Manifest(version, created, SCHEMA_VERSION, edition, facts))
    signature = msgspec.json.encode(
        _SignatureFile(key_id(key.public_key()), b64encode(sign(key, manifest)).decode())
    )
    members = [(_MANIFEST, manifest), (_SIGNATURE, signature)]
    members += [(_FOLDER + name, files[name]) for name in sorted(files)]
    out = BytesIO()
    # Stored, not compressed: what a compressor writes differs from one of its versions to the next.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def open_bundle(path: Path, keys: Mapping[str, Ed25519PublicKey]) -> Bundle:
    """Return what a bundle holds once everything about it was found right. Raise `BundleRefused`."""
    try:
        if path.stat().st_size > _LARGEST_BUNDLE:
            raise BundleRefused(path, "is larger than any bundle", "get the file again")
        with zipfile.ZipFile(path) as archive:
            return _checked(path, archive, keys)
    except OSError as error:
        raise BundleRefused(path, f"cannot be read ({error.strerror or error})", "check the path") from error
    except _DAMAGED as error:
        raise BundleRefused(
            path, f"is no bundle, or cut or damaged ({error})", "get the file again"
        ) from error


def edition_of(files: Mapping[str, bytes]) -> date | None:
    """Return the newest day on which one of these vendor files was checked."""
    days = [found[1] for content in files.values() if (found := _CHECKED.search(content))]
    return date.fromisoformat(max(days).decode()) if days else None


def version_key(version: str) -> tuple[int, ...]:
    """Return a version in the form versions are ordered by."""
    return tuple(map(int, version.split(".")))


def _checked(path: Path, archive: zipfile.ZipFile, keys: Mapping[str, Ed25519PublicKey]) -> Bundle:
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        if entry.filename in entries or len(entries) > _MOST_FILES:
            raise BundleRefused(path, f"holds {entry.filename!r} twice or too many files", _FORGED)
        entries[entry.filename] = entry
    manifest_bytes = _read(path, archive, entries, _MANIFEST, _LARGEST_MANIFEST)
    signed_by = _decoded(path, _read(path, archive, entries, _SIGNATURE, 4096), _SignatureFile, _SIGNATURE)
    if signed_by.key not in keys:
        raise BundleRefused(
            path,
            f"is signed with key {signed_by.key}, which is not trusted here",
            "if you know whose it is, put its .pub file among the trusted keys (setting trusted_keys)",
        )
    try:
        signature = b64decode(signed_by.signature, validate=True)
    except (NoBase64, ValueError) as error:
        raise BundleRefused(path, "has a signature that cannot be read", _FORGED) from error
    if not is_signed(keys, signed_by.key, signature, manifest_bytes):
        raise BundleRefused(path, f"was changed after key {signed_by.key} signed it", _FORGED)
    schema = _decoded(path, manifest_bytes, dict[str, object], _MANIFEST).get("schema")
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        message = f"has vendor files of schema {schema}, and this program knows {SCHEMA_VERSION}"
        raise BundleRefused(path, message, "upgrade Skiagram first, then install the bundle")
    manifest = _decoded(path, manifest_bytes, Manifest, _MANIFEST)
    if _VERSION.fullmatch(manifest.version) is None:
        raise BundleRefused(path, f"has the version {manifest.version!r}, not numbers with dots", _PACK_AGAIN)
    if surplus := set(entries) - {_MANIFEST, _SIGNATURE, *(_FOLDER + name for name in manifest.files)}:
        raise BundleRefused(path, f"holds {min(surplus)!r}, which its manifest does not name", _FORGED)
    files = {}
    for name, facts in manifest.files.items():
        if _FILE.fullmatch(name) is None:
            raise BundleRefused(path, f"names {name!r}, which is no name of a vendor file", _PACK_AGAIN)
        if not 0 <= facts.size <= _LARGEST_FILE:
            raise BundleRefused(path, f"says that {name} has {facts.size} bytes", _PACK_AGAIN)
        content = _read(path, archive, entries, _FOLDER + name, facts.size)
        if len(content) != facts.size or sha256(content).hexdigest() != facts.sha256:
            raise BundleRefused(path, f"holds a {name} that is not the one signed", _FORGED)
        files[name] = content
    return Bundle(manifest, signed_by.key, files)


def _read(
    path: Path, archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], name: str, limit: int
) -> bytes:
    entry = entries.get(name)
    if entry is None:
        raise BundleRefused(path, f"lacks {name}", "get the file again")
    if entry.is_dir() or (entry.external_attr >> 16) & 0o170000 not in {0, 0o100000}:
        raise BundleRefused(path, f"holds {name} as a link or folder", _FORGED)
    with archive.open(entry) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise BundleRefused(path, f"holds a {name} larger than allowed", _FORGED)
    return content


def _decoded(path: Path, content: bytes, kind: type[_Kind], name: str) -> _Kind:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleRefused(path, f"has a {name} that cannot be read ({error})", _PACK_AGAIN) from error


_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    RuntimeError,  # encrypted
    NotImplementedError,  # compressed in a way the library does not know
    ValueError,
    EOFError,
)
_FORGED = "do not use it; get the file again from whom you trust"
_PACK_AGAIN = "have it packed again with `skiagram catalog pack`"
