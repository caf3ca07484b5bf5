"""Install bundles: a folder for each, and one small file that says which is in force."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from signatures.bundles import Bundle, edition_of, version_key
from signatures.catalogue import default_directory, load_catalogue, vendor_contents
from signatures.errors import BundleRefused, CatalogueInvalid, CatalogueMissing

_POINTER, _LOG, _LOCK = "in-force.json", "install.log", ".lock"
_KEPT = 3
_FOLDER = re.compile(r"[0-9.]+-[0-9a-f]{16}")


class Installation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Remember one installed bundle; `over` is the edition of the program's own catalogue at that time."""

    folder: str
    version: str
    edition: date
    created: date
    key: str
    installed: datetime
    over: date


class _Pointer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    installations: list[Installation]  # the last one is in force; the others can be gone back to


@dataclass(frozen=True, slots=True)
class Base:
    """Say which folder is the base of the catalogue: a bundle, or the program's own files."""

    directory: Path
    bundle: Installation | None
    outdated: Installation | None = None
    """A bundle that is installed and not used, because the program has brought a newer catalogue since."""


class BundleStore:
    """Keep the installed bundles of one folder; changes are made by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def pointer(self) -> Path:
        """Return the file that says which bundle is in force, whether it exists or not."""
        return self._folder / _POINTER

    def base(self) -> Base:
        """Return what is in force. Raise `BundleRefused` if the record of it cannot be read."""
        newest = next(iter(self.installations()), None)
        if newest is None:
            return Base(default_directory(), None)
        if _shipped_edition() > max(newest.edition, newest.over):
            return Base(default_directory(), None, newest)
        directory = self._folder / newest.folder
        if not directory.is_dir():
            raise BundleRefused(directory, "is the catalogue in force and is gone", _GO_BACK)
        return Base(directory, newest)

    def installations(self) -> list[Installation]:
        """Return the installed bundles, newest installation first."""
        path = self.pointer
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise BundleRefused(path, f"cannot be read ({error.strerror})", "check its rights") from error
        try:
            found = msgspec.json.decode(content, type=_Pointer).installations
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            message = f"does not say which bundle is in force ({error})"
            raise BundleRefused(path, message, "remove it and install the bundle again") from error
        bad = next((one for one in found if _FOLDER.fullmatch(one.folder) is None), None)
        if bad is not None:
            raise BundleRefused(
                path, f"names the folder {bad.folder!r}", "remove it and install the bundle again"
            )
        return found[::-1]

    def install(
        self, bundle: Bundle, local: Sequence[Path], at: datetime, *, allow_older: bool = False
    ) -> Installation:
        """Put a bundle in force; on any refusal the one before stays. Raise `BundleRefused`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._alone():
            before = self.installations()[::-1]
            manifest = bundle.manifest
            if not allow_older:
                _refuse_older(bundle, before)
            staged = Path(mkdtemp(prefix=".incoming-", dir=self._folder))
            try:
                _write_files(staged, bundle)
                _refuse_faulty(bundle, staged, local)
                folder = f"{manifest.version}-{os.urandom(8).hex()}"
                os.replace(staged, self._folder / folder)
            except BaseException:
                shutil.rmtree(staged, ignore_errors=True)
                raise
            new = Installation(
                folder,
                manifest.version,
                manifest.edition,
                manifest.created,
                bundle.key,
                at,
                _shipped_edition(),
            )
            self._point([*before, new][-_KEPT:])
            self._note(at, f"installed {new.version} of {new.created}, signed by {new.key}")
            self._sweep()
        return new

    def rollback(self, at: datetime) -> Base:
        """Go back to what was in force before the newest installation. Raise `BundleRefused`."""
        if not self._folder.is_dir():
            raise BundleRefused(
                "The catalogue", "was never replaced by a bundle", "there is nothing to go back from"
            )
        with self._alone():
            before = self.installations()[::-1]
            if not before:
                raise BundleRefused(
                    "The catalogue", "is the program's own", "there is nothing to go back from"
                )
            self._point(before[:-1])
            self._note(at, f"went back from {before[-1].version}")
            self._sweep()
        return self.base()

    def refused(self, at: datetime, reason: str) -> None:
        """Note in the log that a bundle was refused, where there is a log."""
        if self._folder.is_dir():
            with suppress(OSError):
                self._note(at, f"refused: {reason}")

    def _point(self, installations: list[Installation]) -> None:
        path = self.pointer
        temporary = path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(_Pointer(installations))))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _fsync_folder(self._folder)

    def _sweep(self) -> None:
        # What the pointer no longer names, and what killed installations left behind.
        named = {one.folder for one in self.installations()}
        for path in self._folder.iterdir():
            if (
                path.is_dir()
                and path.name not in named
                and (path.name.startswith(".incoming-") or _FOLDER.fullmatch(path.name))
            ):
                shutil.rmtree(path, ignore_errors=True)

    def _note(self, at: datetime, what: str) -> None:
        line = " ".join(what.split())
        with (self._folder / _LOG).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{at.isoformat(timespec='seconds')} {line}\n")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            from fcntl import LOCK_EX, flock
        except ImportError:  # no such locks on this system; the pointer is still replaced as a whole
            yield
            return
        with (self._folder / _LOCK).open("ab") as file:
            flock(file, LOCK_EX)
            yield


def _refuse_older(bundle: Bundle, before: Sequence[Installation]) -> None:
    manifest = bundle.manifest
    what = f"Bundle {manifest.version}"
    advice = "use --allow-older if that is wanted"
    if before and version_key(manifest.version) < version_key(before[-1].version):
        raise BundleRefused(what, f"is older than the installed {before[-1].version}", advice)
    shipped = _shipped_edition()
    if manifest.edition < shipped:
        message = f"was last checked on {manifest.edition}, the program's own catalogue on {shipped}"
        raise BundleRefused(what, message, advice)


def _refuse_faulty(bundle: Bundle, staged: Path, local: Sequence[Path]) -> None:
    from signatures.lint import errors_of, lint_directories  # loads Pydantic, which most commands do without

    what = f"Bundle {bundle.manifest.version}"
    errors = errors_of(lint_directories([staged], bundle=staged))
    if errors:
        first = errors[0]
        message = f"has {len(errors)} errors, the first in {first.path.name}:{first.line}: {first.message}"
        raise BundleRefused(what, message, "have it corrected and packed again")
    try:
        load_catalogue([staged, *local], bundle=staged)
    except (CatalogueInvalid, CatalogueMissing) as error:
        message = f"does not go with the vendor files of your own: {error}"
        raise BundleRefused(what, message, "correct these first") from error


def _write_files(folder: Path, bundle: Bundle) -> None:
    for name, content in bundle.files.items():
        with (folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _fsync_folder(folder)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _shipped_edition() -> date:
    return edition_of(dict(vendor_contents(default_directory()))) or date.min


_GO_BACK = "install the bundle again, or go back with `skiagram catalog rollback`"
