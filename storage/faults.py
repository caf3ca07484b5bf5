"""Turn a driver's failure into a sentence that says what, where and what to do next."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import StorageUnavailable

NETWORK_FILESYSTEMS = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "fuse.sshfs",
        "fuse.glusterfs",
        "ncpfs",
        "lustre",
    )
)


def filesystem_type(path: Path) -> str | None:
    """Return the type of the filesystem that holds a path, or None where the system does not tell."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place = os.path.realpath(path)
    best, found = -1, None
    for line in mounts:
        words = line.split()
        if len(words) < 3:
            continue
        point = words[1].replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, found = len(point), words[2]
    return found


def on_network_filesystem(path: Path) -> bool:
    """Say whether a path lies on a network filesystem, where SQLite's locks cannot be trusted."""
    return filesystem_type(path) in NETWORK_FILESYSTEMS


def explain(fault: Exception, display: str, path: Path | None) -> StorageUnavailable | None:
    """Return the error to raise for a driver's failure, or None if it is not about availability.

    `display` is the database URL without its password; `path` is the file of an SQLite database.
    """
    if isinstance(fault, PoolTimeout):
        return StorageUnavailable(
            f"{display}: no connection became free within 30 s. "
            "Another part of this program holds it; try again, and restart the service if it stays so."
        )
    if not isinstance(fault, DBAPIError):
        return None
    text = " ".join(str(fault.orig).split())
    advice = _sqlite_advice(text.lower(), path) if path else _server_advice(fault, text.lower())
    if advice is None:
        if not isinstance(fault, OperationalError | InterfaceError):
            return None
        advice = "See the message of the database above."
    return StorageUnavailable(f"{display}: {text}. {advice}")


def _sqlite_advice(text: str, path: Path) -> str | None:
    folder = path.parent
    network = (
        f" {folder} is on a network filesystem; move the database to a local disk, or use PostgreSQL."
        if on_network_filesystem(folder)
        else ""
    )
    if "unable to open" in text:
        return _opening_advice(path) + network
    if "readonly" in text or "read-only" in text:
        return f"Give this user write permission on {path} and on {folder} itself." + network
    if "disk is full" in text:
        return (
            f"The disk of {folder} is full. Nothing of this step was kept; "
            "free some space and run the command again."
        )
    if "locked" in text or "busy" in text:
        return "Another process has been writing for more than 30 s; wait for it, or end it." + network
    if "i/o error" in text:
        return (
            f"The disk of {folder} failed or is full. Check free space and the system log, then run it again."
            + network
        )
    if "not a database" in text:
        return f"{path} is some other file; name another file in the database URL, or restore a backup."
    if "malformed" in text:
        return f"{path} is damaged; stop the service and restore the newest backup." + network
    if "already exists" in text:
        return (
            f"{path} has tables but does not say of which version: it is damaged, or another program's. Stop the "
            "service and restore the newest backup, or name another file in the database URL." + network
        )
    return None


def _opening_advice(path: Path) -> str:
    folder = path.parent
    if not folder.exists():
        return f"There is no directory {folder}; create it, or name another one in the database URL."
    if not folder.is_dir():
        return f"{folder} is not a directory; name another path in the database URL."
    if path.is_dir():
        return f"{path} is a directory; name a file inside it in the database URL."
    return f"Give this user read and write permission on {folder} and on {path}."


def _server_advice(fault: DBAPIError, text: str) -> str | None:
    state = getattr(fault.orig, "sqlstate", None)
    if (
        state in ("28P01", "28000")
        or "password authentication failed" in text
        or "no password supplied" in text
    ):
        return "The server refused this user or password; correct them in the database URL."
    if state == "3D000" or ("database" in text and "does not exist" in text):
        return "Create the database on the server (createdb), or correct its name in the database URL."
    if state == "42P07":
        return (
            "The database has tables but does not say of which version: it is damaged, or another program's. "
            "Restore the newest backup, or name an empty database in the database URL."
        )
    if state == "53100":
        return "The disk of the server is full. Nothing of this step was kept; free space and run it again."
    if state == "55P03":
        return "Another connection has held the lock for more than 30 s; wait for it, or end it."
    if state == "57014":
        return "The statement took longer than a minute and was ended; narrow the question."
    if "resolve host" in text or "translate host" in text:
        return "No such host; correct the host in the database URL, or the name service."
    if any(
        words in text for words in ("refused", "no such file", "timeout expired", "timed out", "unreachable")
    ):
        return "The server is down or cannot be reached from here; start it, or correct host and port."
    if (state or "").startswith(("57P", "08")) or "server closed" in text or "connection" in text:
        return "The connection to the server broke; the step was rolled back and can be run again."
    return None
