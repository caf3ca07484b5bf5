"""Open what a command works with: database, catalogue, weights, key; one place composes the rooms."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import finalize

from api.catalogue_in_force import CatalogueInForce, catalogue_in_force
from api.settings import Settings
from storage.database import Database, open_database
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    # What many commands do without is loaded by those that use it.
    from governance.weights import Weights
    from scanner.resolving import AliasResolver
    from scanner.spec import FormatSpec
    from signatures.catalogue import Catalogue
    from signatures.ehr import EhrList
    from signatures.matcher import Matcher
    from storage.pseudonyms import Pseudonyms


def now() -> datetime:
    """Return the present moment in UTC; the only clock of the product."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workplace:
    """Everything opened from settings, each on first use."""

    settings: Settings

    @cached_property
    def database(self) -> Database:
        """Return the database, its tables up to date. Raises StorageUnavailable."""
        if self.settings.database is None:
            _make_private(self.settings)
        database = open_database(self.settings.database_url)
        finalize(self, database.close)  # connections are closed when the command ends, not left to the server
        database.upgrade()
        return database

    @cached_property
    def in_force(self) -> CatalogueInForce:
        """Return what holds the catalogue, for those who outlive a change of it."""
        return catalogue_in_force(self.settings)

    @property
    def catalogue(self) -> Catalogue:
        """Return our vendor files, or a bundle's, and the organisation's own. Raises CatalogueInvalid."""
        return self.in_force.loaded.catalogue

    @property
    def matcher(self) -> Matcher:
        """Return the matcher over the catalogue."""
        return self.in_force.loaded.matcher

    @cached_property
    def aliases(self) -> AliasResolver | None:
        """Return what looks up aliases of hosts, if the settings want that. Raises SettingsInvalid."""
        from api.resolving import alias_resolver

        return alias_resolver(self.settings)

    @cached_property
    def formats(self) -> tuple[FormatSpec, ...]:
        """Return our formats and the organisation's own. Raises FormatInvalid."""
        from scanner.spec import read_formats

        return read_formats(self.settings.format_directories)

    @cached_property
    def record_systems(self) -> EhrList:
        """Return our list of patient record systems and the organisation's own. Raises EhrListInvalid."""
        from signatures.ehr import load_ehr_list

        return load_ehr_list(self.settings.ehr_files)

    @cached_property
    def weights(self) -> Weights:
        """Return the weights of the assessment. Raises WeightsInvalid."""
        from governance.weights import load_weights

        return load_weights(self.settings.weights_file)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        """Return what stands in for names; makes the key on first use."""
        from storage.pseudonyms import Pseudonyms, load_or_create_key

        _make_private(self.settings)
        return Pseudonyms.from_key(load_or_create_key(self.settings.key_path), self.settings.own_domains)


def check_open(settings: Settings) -> None:
    """Refuse a data folder this user may not look into, before anything takes it for an empty one."""
    folder = settings.data_directory
    try:
        os.stat(folder / "skiagram.db")
    except FileNotFoundError:
        pass  # it is made when something is to be kept
    except OSError as problem:
        raise StorageUnavailable(
            f"{folder}: the data folder cannot be looked into ({problem.strerror}); run this as the user it "
            "belongs to, or set SKIAGRAM_DATA_DIRECTORY to a folder this user may write"
        ) from problem


def _make_private(settings: Settings) -> None:
    folder = settings.data_directory
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise StorageUnavailable(
            f"{folder}: the data folder cannot be made ({problem.strerror}); "
            "set SKIAGRAM_DATA_DIRECTORY to a folder this user may write, or name a database with --db"
        ) from problem
