"""Read objects of a store (s3, az, gs) as files: list what a URL names, and lend a private copy of each."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from scanner.errors import SourceUnreadable
from scanner.sources import Missing

SCHEMES: Final[dict[str, str]] = {
    "s3": "s3fs",
    "az": "adlfs",
    "abfs": "adlfs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
}
"""Scheme -> the library of the extra `objects` that speaks to its store."""
MOST_OBJECTS: Final = 100_000
_SCHEME: Final = re.compile(r"([a-z][a-z0-9]*)://")
_SECRET: Final = re.compile(r"(?<=://)[^/@]*:[^/@]*@")
_OPEN_FILES: Final = Path("/proc/self/fd")
_CHANGED: Final = ("LastModified", "last_modified", "mtime", "updated", "created")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a store."""

    label: str
    """Its URL without credentials, the same on every scan."""
    store: Any
    path: str
    changed: float | None


def is_stored(name: str) -> bool:
    """Say whether a name is the URL of a store that is known; nothing is contacted."""
    found = _SCHEME.match(name)
    return found is not None and found.group(1) in SCHEMES


def stored_objects(urls: Iterable[str]) -> Iterator[StoredObject | Missing]:
    """Yield the objects that URLs of objects, prefixes and globs name, sorted, each once."""
    seen: set[str] = set()
    for url in urls:
        for found in _objects_of(url):
            if found.label not in seen:
                seen.add(found.label)
                yield found


def _objects_of(url: str) -> Iterator[StoredObject | Missing]:
    label = _SECRET.sub("", url)
    scheme = url.partition("://")[0]
    try:
        import fsspec

        store, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
        listed = _listed(store, path)
    except ImportError:
        yield Missing(
            label,
            f"{label}: reading from this store needs {SCHEMES[scheme]}, which is not installed; "
            "install it with: pip install 'skiagram[objects]'",
        )
        return
    except Exception as problem:  # every store has errors of its own
        yield Missing(label, f"{label}: {_said(problem)}; check the address and the credentials")
        return
    if not listed:
        yield Missing(label, f"{label}: no object there; check bucket, prefix and pattern")
    for key in sorted(listed)[:MOST_OBJECTS]:
        yield StoredObject(f"{scheme}://{key.lstrip('/')}", store, key, _changed(listed[key]))
    if len(listed) > MOST_OBJECTS:
        yield Missing(
            label, f"{label}: more than {MOST_OBJECTS:,} objects, the others were not read; name a prefix"
        )


def _listed(store: Any, path: str) -> dict[str, dict[str, Any]]:
    """Return the objects under a path and what the store says of each."""
    if any(sign in path for sign in "*?["):
        found: dict[str, dict[str, Any]] = store.glob(path, detail=True)
    else:
        found = store.find(path, detail=True)
    # Some stores say nothing of an object that is asked for by its own name.
    told = {key: info if "type" in info else store.info(key) for key, info in found.items()}
    return {key: info for key, info in told.items() if info["type"] == "file" and not key.endswith("/")}


def _changed(info: dict[str, Any]) -> float | None:
    for name in _CHANGED:
        value = info.get(name)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, float):
            return value
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value).timestamp()
            except ValueError:
                continue
    return None


@contextmanager
def fetched(found: StoredObject) -> Iterator[Path]:
    """Lend a copy of an object that only this user may read, and that is gone afterwards, also after a kill.

    Raises SourceUnreadable.
    """
    nameless = _OPEN_FILES.is_dir()  # elsewhere than on Linux a file needs a name to be opened twice
    with tempfile.TemporaryFile() if nameless else tempfile.NamedTemporaryFile(prefix="skiagram-") as copy:
        path = _OPEN_FILES / str(copy.fileno()) if nameless else Path(copy.name)
        try:
            found.store.get_file(found.path, str(path))
        except Exception as problem:  # every store has errors of its own
            raise SourceUnreadable(
                f"{found.label}: {_said(problem)}; check that it may be read, and that there is space in "
                f"{tempfile.gettempdir()}"
            ) from problem
        if found.changed is not None:
            os.utime(path, (found.changed, found.changed))  # years of times are guessed from it
        yield path


def _said(problem: Exception) -> str:
    text = _SECRET.sub("", str(problem)).strip() or type(problem).__name__
    return text.splitlines()[0][:300].rstrip(".")
