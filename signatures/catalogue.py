"""Hold the known vendors, their tools, signatures and terms, loaded from directories of vendor files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from signatures.errors import CatalogueInvalid, CatalogueMissing, Problem
from signatures.kinds import Baa, Category, Grade, Kind, Maturity, Origin, Surface, Training

if TYPE_CHECKING:
    from signatures.schema import SubprocessorsEntry
    from signatures.vendor_files import VendorDocument

_BAA_ORDER = {baa: place for place, baa in enumerate(Baa)}
_TRAINING_ORDER = {training: place for place, training in enumerate(Training)}


@dataclass(frozen=True, slots=True)
class Signature:
    """Describe one way to recognise a tool, and where the fact comes from."""

    kind: Kind
    value: str
    surface: Surface
    source: str
    tier: str | None
    false_positives: str | None
    note: str | None
    origin: Origin = Origin.SHIPPED


@dataclass(frozen=True, slots=True)
class Subprocessors:
    """Say to whom a vendor passes what it gets: its own list, with the day it was read."""

    source: str
    as_of: date
    count: int | None = None
    named: tuple[str, ...] = ()
    bound: bool = False
    """The vendor states that each of them has signed an agreement for patient data."""

    @property
    def label(self) -> str:
        """Return the words shown to people."""
        if self.count == 0:
            return "nobody"
        number = "" if self.count is None else f"{self.count} compan{'y' if self.count == 1 else 'ies'}"
        names = ", ".join(self.named)
        who = (
            f"{number}, among them {names}" if number and names else number or names or "companies on a list"
        )
        return f"{who}; each bound for patient data, says the vendor" if self.bound else who


@dataclass(frozen=True, slots=True)
class PhiTerms:
    """State what a vendor says about patient data on some tiers, with source, day and grade."""

    tiers: tuple[str, ...]
    baa: Baa
    plan: str
    excluded: str
    training: Training
    retention_days: int | None
    retention: str
    region: str | None
    certificates: tuple[str, ...]
    source: str
    as_of: date
    grade: Grade
    origin: Origin = Origin.SHIPPED
    subprocessors: Subprocessors | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """Describe one product of a vendor."""

    id: str
    name: str
    vendor_id: str
    category: Category
    clinical: bool
    description: str
    tiers: tuple[str, ...]
    signatures: tuple[Signature, ...]
    phi_terms: tuple[PhiTerms, ...]
    origin: Origin = Origin.SHIPPED

    def terms_for(self, tier: str | None) -> PhiTerms | None:
        """Return the terms of a tier, or None if nothing is stated about it.

        An unknown tier (None) gets the least protective terms of all tiers, because hosts rarely tell a
        covered account from an uncovered one and unknown never counts as safe.
        """
        if tier is None:
            return min(self.phi_terms, key=_protection, default=None)
        by_tier = {name: terms for terms in self.phi_terms for name in terms.tiers}
        return by_tier.get(tier, by_tier.get("*"))


@dataclass(frozen=True, slots=True)
class Vendor:
    """Describe the company behind tools, and the day its file was last checked."""

    id: str
    name: str
    homepage: str
    country: str | None
    maturity: Maturity
    checked_on: date
    tools: tuple[Tool, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Hold all vendors and tools by id; `version` is a short digest of the files' content."""

    version: str
    vendors: Mapping[str, Vendor]
    tools: Mapping[str, Tool]


STALE_AFTER = timedelta(days=180)


def is_stale(as_of: date, today: date) -> bool:
    """Say whether a statement is so old that its source should be read again."""
    return today - as_of > STALE_AFTER


def default_directory() -> Path:
    """Return the directory of the built-in vendor files."""
    return Path(__file__).parent / "vendors"


def load_catalogue(
    directories: Sequence[Path], *, bundle: Path | None = None, cache: Path | None = None
) -> Catalogue:
    """Load vendor files; a vendor in a later directory replaces or extends the same vendor of an earlier one.

    `bundle` says which of the directories is an installed bundle. `cache` is a folder in which validated
    catalogues are kept; a catalogue is the same with and without it. Raise `CatalogueMissing` if a directory
    cannot be read and `CatalogueInvalid` with every problem found.
    """
    # Imported here so that reading the types of this module does not cost the start of Pydantic.
    from signatures.catalogue_cache import CatalogueCache

    found = [
        (directory, origin_of(directory, bundle), dict(vendor_contents(directory)))
        for directory in directories
    ]
    kept = CatalogueCache(cache) if cache is not None else None
    key = kept.key((origin.value, list(contents.items())) for _, origin, contents in found) if kept else ""
    known = kept.read(key) if kept else None
    if known is not None:
        return known
    catalogue = _validated(found)
    if kept:
        kept.write(key, catalogue)
    return catalogue


def origin_of(directory: Path, bundle: Path | None) -> Origin:
    """Return what a directory of vendor files is."""
    if directory == default_directory():
        return Origin.SHIPPED
    return Origin.BUNDLE if directory == bundle else Origin.LOCAL


def catalogue_of(documents: Iterable[VendorDocument]) -> Catalogue:
    """Build a catalogue from documents that follow the schema; of repeated ids the first stays."""
    digest = sha256()
    vendors: dict[str, Vendor] = {}
    for document in sorted(documents, key=lambda document: document.entry.id):
        for content in (document.content, *(extension.content for extension in document.extensions)):
            digest.update(document.entry.id.encode() + b"\0" + sha256(content).digest())
        vendor = _vendor(document)
        vendors.setdefault(vendor.id, vendor)
    return catalogue_with(digest.hexdigest()[:12], vendors.values())


def catalogue_with(version: str, vendors: Iterable[Vendor]) -> Catalogue:
    """Return a catalogue of vendors; of repeated ids the first stays."""
    by_id: dict[str, Vendor] = {}
    tools: dict[str, Tool] = {}
    for vendor in vendors:
        by_id.setdefault(vendor.id, vendor)
        for tool in vendor.tools:
            tools.setdefault(tool.id, tool)
    return Catalogue(version, MappingProxyType(by_id), MappingProxyType(tools))


def vendor_contents(directory: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each vendor file, sorted; a file that cannot be read fails later, by name.

    Raise `CatalogueMissing` if the directory cannot be read.
    """
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(".toml") and name[0] != ".")
    except OSError as error:
        raise CatalogueMissing(directory, error.strerror or str(error)) from error
    for name in names:
        try:
            yield name, Path(directory, name).read_bytes()
        except OSError as error:
            problem = Problem(
                directory / name, 1, f"cannot be read: {error}", "make it a readable UTF-8 text file"
            )
            raise CatalogueInvalid((problem,)) from error


def _validated(found: Sequence[tuple[Path, Origin, Mapping[str, bytes]]]) -> Catalogue:
    from signatures.layers import lay_documents
    from signatures.vendor_files import parse_vendor_files

    # The bytes that were read are the ones that are validated, so the key of the cache is always theirs.
    laid = lay_documents(parse_vendor_files(*one) for one in found)
    if laid.problems:
        raise CatalogueInvalid(laid.problems)
    return catalogue_of(laid.vendors.values())


def _vendor(document: VendorDocument) -> Vendor:
    entry = document.entry
    tools = tuple(
        Tool(
            id=tool.id,
            name=tool.name,
            vendor_id=entry.id,
            category=tool.category,
            clinical=tool.clinical,
            description=tool.description,
            tiers=tool.tiers,
            signatures=tuple(
                Signature(
                    kind=signature.kind,
                    value=signature.value,
                    surface=signature.surface,
                    source=signature.source,
                    tier=signature.tier,
                    false_positives=signature.false_positives,
                    note=signature.note,
                    origin=document.origin_of("tools", place, "signatures", number),
                )
                for number, signature in enumerate(tool.signatures)
            ),
            phi_terms=tuple(
                PhiTerms(
                    tiers=terms.tiers,
                    baa=terms.baa,
                    plan=terms.plan,
                    excluded=terms.excluded,
                    training=terms.training,
                    retention_days=terms.retention_days,
                    retention=terms.retention,
                    region=terms.region,
                    certificates=terms.certificates,
                    source=terms.source,
                    as_of=terms.as_of,
                    grade=terms.grade,
                    origin=document.origin_of("tools", place, "phi_terms", number),
                    subprocessors=_subprocessors(terms.subprocessors),
                )
                for number, terms in enumerate(tool.phi_terms)
            ),
            origin=document.origin_of("tools", place),
        )
        for place, tool in enumerate(entry.tools)
    )
    return Vendor(
        entry.id, entry.name, entry.homepage, entry.country, entry.maturity, entry.checked_on, tools
    )


def _subprocessors(entry: SubprocessorsEntry | None) -> Subprocessors | None:
    if entry is None:
        return None
    return Subprocessors(entry.source, entry.as_of, entry.count, entry.named, entry.bound)


def _protection(terms: PhiTerms) -> tuple[int, int]:
    return _BAA_ORDER[terms.baa], _TRAINING_ORDER[terms.training]
