"""Hold the known vendors, their tools, signatures and terms, loaded from directories of vendor files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from signatures.errors import CatalogueInvalid, Problem
from signatures.kinds import Baa, Category, Grade, Kind, Maturity, Surface, Training

if TYPE_CHECKING:
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


def default_directory() -> Path:
    """Return the directory of the built-in vendor files."""
    return Path(__file__).parent / "vendors"


def load_catalogue(directories: Sequence[Path]) -> Catalogue:
    """Load vendor files; a vendor in a later directory replaces the same vendor of an earlier one as a whole.

    Raise `CatalogueMissing` if a directory cannot be read and `CatalogueInvalid` with every problem found.
    """
    # Imported here so that reading the types of this module does not cost the start of Pydantic.
    from signatures.vendor_files import read_vendor_files, vendor_paths

    problems: list[Problem] = []
    chosen: dict[str, VendorDocument] = {}
    for directory in directories:
        documents, faults = read_vendor_files(vendor_paths(directory))
        problems += faults
        problems += repeated_vendors(documents)
        chosen.update((document.entry.id, document) for document in documents)
    problems += repeated_tools(chosen.values())
    if problems:
        raise CatalogueInvalid(tuple(problems))
    return catalogue_of(chosen.values())


def catalogue_of(documents: Iterable[VendorDocument]) -> Catalogue:
    """Build a catalogue from documents that follow the schema; of repeated ids the first stays."""
    digest = sha256()
    vendors: dict[str, Vendor] = {}
    tools: dict[str, Tool] = {}
    for document in sorted(documents, key=lambda document: document.entry.id):
        digest.update(document.entry.id.encode() + b"\0" + sha256(document.content).digest())
        vendor = _vendor(document)
        vendors.setdefault(vendor.id, vendor)
        for tool in vendor.tools:
            tools.setdefault(tool.id, tool)
    return Catalogue(digest.hexdigest()[:12], MappingProxyType(vendors), MappingProxyType(tools))


def repeated_vendors(documents: Iterable[VendorDocument]) -> list[Problem]:
    """Return a problem for every vendor id that a second file of the same directory uses."""
    first: dict[str, VendorDocument] = {}
    problems = []
    for document in documents:
        known = first.setdefault(document.entry.id, document)
        if known is not document:
            message = f"vendor id {document.entry.id!r} is also in {known.path.name}"
            problems.append(Problem(document.path, document.line("id"), message, "merge the two files"))
    return problems


def repeated_tools(documents: Iterable[VendorDocument]) -> list[Problem]:
    """Return a problem for every tool id that occurs twice."""
    first: dict[str, VendorDocument] = {}
    problems = []
    for document in documents:
        for place, tool in enumerate(document.entry.tools):
            if tool.id in first:
                message = f"tool id {tool.id!r} is already used in {first[tool.id].path.name}"
                line = document.line("tools", place, "id")
                problems.append(Problem(document.path, line, message, "give this tool an id of its own"))
            first.setdefault(tool.id, document)
    return problems


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
                Signature(s.kind, s.value, s.surface, s.source, s.tier, s.false_positives, s.note)
                for s in tool.signatures
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
                )
                for terms in tool.phi_terms
            ),
        )
        for tool in entry.tools
    )
    return Vendor(
        entry.id, entry.name, entry.homepage, entry.country, entry.maturity, entry.checked_on, tools
    )


def _protection(terms: PhiTerms) -> tuple[int, int]:
    return _BAA_ORDER[terms.baa], _TRAINING_ORDER[terms.training]
