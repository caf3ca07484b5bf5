"""Replace names of people and devices by keyed pseudonyms before anything is stored."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.errors import KeyUnusable

KEY_BYTES = 32
_LETTERS = {"user": "p", "device": "d", "address": "a"}


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Make the same pseudonym for the same person, and one that nobody can guess without the key.

    A plain hash would not do: a staff list of 100,000 names is hashed in well under a second.
    """

    _key: bytes
    _own_domains: frozenset[str] = frozenset()

    @classmethod
    def from_key(cls, key: bytes, own_domains: Iterable[str] = ()) -> Pseudonyms:
        """Use a key of at least 32 bytes.

        `own_domains` are the organisation's mail or Kerberos domains: `jdoe@own.example` is then the same
        person as `jdoe` and `HOSPITAL\\jdoe`. Addresses of other domains stay whole.
        """
        if len(key) < KEY_BYTES:
            raise KeyUnusable(f"the pseudonym key has {len(key)} bytes; it needs at least {KEY_BYTES}.")
        return cls(key, frozenset(domain.strip().lstrip("@").casefold() for domain in own_domains))

    def principal(self, name: str, kind: str = "user") -> str:
        """Return "p-", "d-" or "a-" and 20 hexadecimal digits; "" if the name names nobody.

        `kind` is user, device or address.
        """
        canonical = self.canonical(name, kind)
        if not canonical:
            return ""
        message = f"{kind}\0{canonical}".encode("utf-8", "surrogatepass")
        digest = hmac.new(self._key, message, hashlib.sha256).hexdigest()
        return f"{_LETTERS[kind]}-{digest[:20]}"

    def device(self, name: str) -> str:
        """Return the pseudonym of a device name."""
        return self.principal(name, "device")

    def address(self, address: str) -> str:
        """Return the pseudonym of a network address."""
        return self.principal(address, "address")

    def canonical(self, name: str, kind: str = "user") -> str:
        """Return the one spelling of a name: no surrounding space, no case, no Windows domain.

        "-" and similar marks mean that the log names nobody.
        """
        text = unicodedata.normalize("NFKC", name).strip().strip('"').strip().casefold()
        if kind == "user":
            text = text.replace("%5c", "\\").rpartition("\\")[2]  # Squid writes the backslash as %5c
            local, at, domain = text.rpartition("@")
            if at and domain in self._own_domains:
                text = local
        elif kind == "device":
            text = text.rstrip(".$")
        elif kind == "address":
            text = _address(text)
        return "" if text in ("", "-", "(null)", "null", "none", "n/a", "unknown", "anonymous") else text


def _address(text: str) -> str:
    from ipaddress import IPv6Address, ip_address

    try:
        parsed = ip_address(text.strip("[]"))
    except ValueError:
        return text
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed)


def load_or_create_key(path: Path) -> bytes:
    """Read the key file, or create it with 32 random bytes and permission for its owner only.

    Keep it outside the database and outside the database's backups: whoever has both can test names against
    pseudonyms. Losing it is no loss of data, but people seen before and after cannot be recognised as the
    same. Raises KeyUnusable.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return _create(path)
    except OSError as fault:
        raise KeyUnusable(
            f"{path}: the pseudonym key cannot be read ({fault.strerror}). Make it readable for this user."
        ) from fault
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise KeyUnusable(f"{path}: the pseudonym key must be a regular file; name another path.")
        if mode & 0o077:
            raise KeyUnusable(f"{path}: other users may read the pseudonym key. Run: chmod 600 {path}")
        key = os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
    if len(key) < KEY_BYTES:
        raise KeyUnusable(
            f"{path}: the pseudonym key has {len(key)} bytes, it needs {KEY_BYTES}. Restore it from a "
            "backup; only if there is none, delete the file and a new key is made."
        )
    return key


def _create(path: Path) -> bytes:
    # Written whole under another name, then linked: of two programs that start at once, one key wins.
    key = secrets.token_bytes(KEY_BYTES)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(key)
                stream.flush()
                os.fsync(stream.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                return load_or_create_key(path)
        finally:
            draft.unlink()
    except OSError as fault:
        raise KeyUnusable(
            f"{path}: the pseudonym key cannot be created ({fault.strerror}). "
            f"Create the directory {path.parent} and make it writable for this user."
        ) from fault
    return key
