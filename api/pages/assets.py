"""Serve the static files from memory, each under an address that names its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath

PREFIX = "/static/"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file: its address, media type and bytes."""

    address: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files by name and by address; nothing is read from disk after loading."""

    by_name: Mapping[str, Asset]
    by_address: Mapping[str, Asset]

    def address(self, name: str) -> str:
        """Return the address of a static file; KeyError if there is none of that name."""
        return self.by_name[name].address


def load_assets() -> Assets:
    """Read the package's static files and give each an address with 12 hex digits of its SHA-256."""
    found = {}
    for entry in files("api.pages").joinpath("static").iterdir():
        path = PurePosixPath(entry.name)
        if path.suffix in _TYPES:
            content = entry.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            address = f"{PREFIX}{path.stem}.{digest}{path.suffix}"
            found[entry.name] = Asset(address, _TYPES[path.suffix], content)
    return Assets(found, {asset.address: asset for asset in found.values()})
