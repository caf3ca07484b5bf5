"""Say which folders make the catalogue: the program's files or a bundle in their place, and the organisation's."""

from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from signatures.catalogue import Catalogue, load_catalogue
from signatures.installed import Base, BundleStore


@dataclass(frozen=True, slots=True)
class Folders:
    """Hold the folders of a catalogue, each lying over those before it."""

    base: Base
    local: tuple[Path, ...]

    @property
    def all(self) -> list[Path]:
        """Return every folder in order."""
        return [self.base.directory, *self.local]

    @property
    def bundle(self) -> Path | None:
        """Return the folder that is an installed bundle."""
        return self.base.directory if self.base.bundle else None


def bundle_store(settings: Settings) -> BundleStore:
    """Return where bundles are installed."""
    return BundleStore(settings.data_directory / "bundles")


def local_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the organisation's own folders: those of the settings, then the one in the data folder, if there."""
    own = settings.data_directory / "catalogue"
    named = [folder for folder in settings.catalogue_directories if folder != own]
    return (*named, *([own] if own.is_dir() else []))


def catalogue_folders(settings: Settings) -> Folders:
    """Return the folders of the catalogue. Raises BundleRefused."""
    return Folders(bundle_store(settings).base(), local_folders(settings))


def trusted_places(settings: Settings) -> list[Path]:
    """Return where keys stand whose bundles may be installed."""
    own = settings.data_directory / "trusted-keys"
    return settings.trusted_keys or ([own] if own.is_dir() else [])


def open_catalogue(settings: Settings) -> Catalogue:
    """Return the catalogue in force. Raises CatalogueInvalid, CatalogueMissing, BundleRefused."""
    folders = catalogue_folders(settings)
    return load_catalogue(folders.all, bundle=folders.bundle, cache=settings.cache_directory)
