"""Hold the catalogue in force, and take over a changed one without a restart; a bad one never replaces a good one."""

import os
from collections.abc import Callable, Hashable
from functools import cached_property
from pathlib import Path
from threading import Lock

from api.catalogues import bundle_store, local_folders, open_catalogue
from api.settings import Settings
from signatures.catalogue import Catalogue
from signatures.errors import SignaturesError
from signatures.matcher import Matcher


class Loaded:
    """One catalogue and the matcher over it, which always go together."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @cached_property
    def matcher(self) -> Matcher:
        """Return the matcher, made on first use: many commands need none."""
        return Matcher(self.catalogue)


class CatalogueInForce:
    """Reads the catalogue on first use, and again whenever the files it is made of have changed.

    `read` returns the catalogue of the files as they are, `stamp` something that differs after any change of
    them and costs only a look at the folders.
    """

    def __init__(self, read: Callable[[], Catalogue], stamp: Callable[[], Hashable]) -> None:
        self._read = read
        self._stamp = stamp
        self._lock = Lock()
        self._seen: Hashable = None
        self._loaded: Loaded | None = None
        self.problem: str | None = None
        """Why the files as they are now are not in force, but what was before."""

    @property
    def loaded(self) -> Loaded:
        """Return what is in force. Raises SignaturesError where nothing has been yet and the files are bad."""
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    seen = self._stamp()  # before reading: what changes meanwhile is noticed the next time
                    self._loaded, self._seen = Loaded(self._read()), seen
        return self._loaded

    def refresh(self) -> bool:
        """Take over the files where they changed; say whether another catalogue is in force since."""
        before = self.loaded
        with self._lock:
            if (seen := self._stamp()) == self._seen:
                return False
            self._seen = seen
            try:
                new = Loaded(self._read())
            except (SignaturesError, OSError) as problem:
                self.problem = " ".join(str(problem).split())
                return False
            self.problem = None
            if new.catalogue.version == before.catalogue.version:
                return False
            _ = new.matcher  # made before anybody has to wait for it
            self._loaded = new
            return True

    def refreshed(self) -> Loaded:
        """Return what is in force after a look at the files. Raises SignaturesError as `loaded` does."""
        self.refresh()
        return self.loaded


def catalogue_in_force(settings: Settings) -> CatalogueInForce:
    """Return the catalogue that settings name."""
    return CatalogueInForce(lambda: open_catalogue(settings), lambda: stamp_of(settings))


def only(catalogue: Catalogue) -> CatalogueInForce:
    """Return one that never changes."""
    return CatalogueInForce(lambda: catalogue, lambda: None)


def stamp_of(settings: Settings) -> Hashable:
    """Return what changes when a bundle is installed or a vendor file of the organisation's own is touched.

    The program's own files come with the program, and count from its next start.
    """
    folders = local_folders(settings)
    return (_facts(bundle_store(settings).pointer), *((folder, _vendor_files(folder)) for folder in folders))


def _vendor_files(folder: Path) -> Hashable:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".toml"))
    except OSError as problem:
        return problem.errno
    return tuple((name, _facts(folder / name)) for name in names)


def _facts(path: Path) -> Hashable:
    try:
        found = path.stat()
    except OSError as problem:
        return problem.errno
    # The change time too: a copy may keep the time of modification, and nothing can set the other.
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
