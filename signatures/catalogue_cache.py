"""Keep validated catalogues on disk, so that commands need not validate thousands of files again.

A catalogue is found by a digest over every byte it was made from: the vendor files, their names and folders'
roles, and our own code. All files are read each time (25 ms), so a change is never missed, whatever its time
stamp says. What is kept is JSON with its own digest in front, decoded into the catalogue's types; anything that
is cut, changed, of another owner or writable by others counts as not there.
"""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from signatures.catalogue import Catalogue, Vendor, catalogue_with

_NAME = "catalogue-"
_SUFFIX = ".cache"
_KEPT = 8
_LARGEST = 256 << 20
_DIGEST = 32


class _Kept(msgspec.Struct):
    version: str
    vendors: list[Vendor]


class CatalogueCache:
    """Read and write catalogues in one folder; a folder that cannot be used costs time, never a result."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def key(self, layers: Iterable[tuple[str, Sequence[tuple[str, bytes]]]]) -> str:
        """Return the name of what becomes of folders: each its role, and names and bytes of its files."""
        digest = sha256(_own_code())
        for role, files in layers:
            digest.update(f"\0folder {role} {len(files)}\0".encode())
            for name, content in files:
                digest.update(os.fsencode(name) + b"\0%d\0" % len(content))
                digest.update(content)
        return digest.hexdigest()

    def read(self, key: str) -> Catalogue | None:
        """Return the catalogue kept under a key, or None."""
        try:
            content = self._content(self._path(key))
        except OSError:
            return None
        body = content[_DIGEST:]
        if sha256(key.encode() + body).digest() != content[:_DIGEST]:
            return None
        collecting = gc.isenabled()
        gc.disable()  # nothing of what is decoded here can be garbage, and looking for it takes most of the time
        try:
            kept = msgspec.json.decode(body, type=_Kept)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        finally:
            if collecting:
                gc.enable()
        return catalogue_with(kept.version, kept.vendors)

    def write(self, key: str, catalogue: Catalogue) -> None:
        """Keep a catalogue; writers at the same time each put a whole file in place."""
        body = msgspec.json.encode(_Kept(catalogue.version, list(catalogue.vendors.values())))
        path = self._path(key)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with NamedTemporaryFile(dir=self._folder, prefix=_NAME, suffix=".tmp", delete=False) as file:
                try:
                    file.write(sha256(key.encode() + body).digest() + body)
                    file.close()
                    os.replace(file.name, path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
            self._forget(path)

    def _path(self, key: str) -> Path:
        return self._folder / f"{_NAME}{key[:40]}{_SUFFIX}"

    def _content(self, path: Path) -> bytes:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(file.fileno())
            mine = facts.st_uid == os.geteuid() if hasattr(os, "geteuid") else True
            theirs = facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not stat.S_ISREG(facts.st_mode) or not mine or theirs or facts.st_size > _LARGEST:
                raise PermissionError(path)
            return file.read()

    def _forget(self, newest: Path) -> None:
        # Catalogues of older files, and leavings of killed writers.
        kept = [path for path in self._folder.glob(f"{_NAME}*") if path != newest]
        for path in sorted(kept, key=lambda path: -path.lstat().st_mtime)[_KEPT - 1 :]:
            path.unlink(missing_ok=True)


@cache
def _own_code() -> bytes:
    # Another version of the program may judge or read the same files differently.
    digest = sha256(msgspec.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()
