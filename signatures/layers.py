"""Lay folders of vendor files over one another: a later one replaces, extends or quietens an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from signatures import schema
from signatures.errors import Problem
from signatures.locations import Location
from signatures.names import identifier_key
from signatures.vendor_files import (
    Document,
    ExtensionDocument,
    VendorDocument,
    problems_in,
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Point to a suppression that switches nothing off."""

    document: ExtensionDocument
    location: Location
    signature: str


@dataclass(frozen=True, slots=True)
class Laid:
    """Hold what folders come to together: vendors by id, everything that was read, and what is wrong."""

    vendors: dict[str, VendorDocument]
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    unfit: tuple[Unfit, ...]


def lay_documents(read: Iterable[tuple[Sequence[Document], Sequence[Problem]]]) -> Laid:
    """Lay what was read from each folder, in order, over what was read before."""
    chosen: dict[str, VendorDocument] = {}
    documents: list[Document] = []
    problems: list[Problem] = []
    unfit: list[Unfit] = []
    for found, faults in read:
        documents += found
        problems += faults
        problems += _repeated_vendors(found)
        whole = [document for document in found if isinstance(document, VendorDocument)]
        chosen.update((document.entry.id, document) for document in whole)
        for document in found:
            if isinstance(document, ExtensionDocument):
                _extend(chosen, document, problems, unfit)
    problems += _repeated_tools(chosen.values())
    return Laid(chosen, tuple(documents), tuple(problems), tuple(unfit))


def signature_name(tool_id: str, signature: schema.SignatureEntry) -> str:
    """Return a signature as matches and suppressions write it."""
    return f"{tool_id}:{signature.kind.value}:{signature.value}"


def _repeated_vendors(documents: Iterable[Document]) -> list[Problem]:
    first: dict[str, Document] = {}
    problems = []
    for document in documents:
        known = first.setdefault(document.entry.id, document)
        if known is not document:
            message = f"vendor id {document.entry.id!r} is also in {known.path.name}"
            problems.append(
                Problem(document.path, document.line("id"), message, "merge the two files", "duplicate-id")
            )
    return problems


def _repeated_tools(documents: Iterable[VendorDocument]) -> list[Problem]:
    first: dict[str, VendorDocument] = {}
    problems = []
    for document in documents:
        for place, tool in enumerate(document.entry.tools):
            if tool.id in first:
                message = f"tool id {tool.id!r} is already used in {first[tool.id].path.name}"
                path, line = document.place("tools", place, "id")
                advice = "give this tool an id of its own"
                problems.append(Problem(path, line, message, advice, "duplicate-id"))
            first.setdefault(tool.id, document)
    return problems


def _extend(
    chosen: dict[str, VendorDocument],
    extension: ExtensionDocument,
    problems: list[Problem],
    unfit: list[Unfit],
) -> None:
    vendor = chosen.get(extension.entry.id)
    if vendor is None:
        message = f"extends vendor {extension.entry.id!r}, which no earlier folder has"
        advice = "correct the id, or write the vendor in full, without `extends`"
        problems.append(Problem(extension.path, extension.line("id"), message, advice, "extends-nothing"))
        return
    merged = _Merge(vendor, extension)
    for place, added in enumerate(extension.entry.tools):
        problems += merged.add(place, added)
    unfit += merged.unfit
    chosen[vendor.entry.id] = merged.document()


class _Merge:
    """Put one extension onto one vendor, keeping where each part came from."""

    def __init__(self, vendor: VendorDocument, extension: ExtensionDocument) -> None:
        self._vendor = vendor
        self._extension = extension
        self._moved: dict[Location, tuple[Document, Location]] = {}
        suppressed = {_key(one.signature): place for place, one in enumerate(extension.entry.suppress)}
        used: set[str] = set()
        self._tools: list[schema.ToolEntry] = []
        for place, tool in enumerate(vendor.entry.tools):
            kept: list[schema.SignatureEntry] = []
            self._keep(("tools", place), ("tools", place))
            for number, signature in enumerate(tool.signatures):
                name = _key(signature_name(tool.id, signature))
                if name in suppressed:
                    used.add(name)
                    continue
                self._keep(("tools", place, "signatures", len(kept)), ("tools", place, "signatures", number))
                kept.append(signature)
            for number in range(len(tool.phi_terms)):
                self._keep(("tools", place, "phi_terms", number), ("tools", place, "phi_terms", number))
            self._tools.append(tool.model_copy(update={"signatures": tuple(kept)}))
        for number in range(len(vendor.entry.examples)):
            self._keep(("examples", number), ("examples", number))
        self.unfit = [
            Unfit(extension, ("suppress", place, "signature"), extension.entry.suppress[place].signature)
            for name, place in suppressed.items()
            if name not in used
        ]

    def add(self, place: int, added: schema.ToolExtension) -> list[Problem]:
        """Add a tool, or to a tool; return what is wrong with it."""
        here = next((number for number, tool in enumerate(self._tools) if tool.id == added.id), None)
        given = {name: getattr(added, name) for name in added.model_fields_set}
        if here is None:
            here = len(self._tools)
            fields: dict[str, Any] = given
            self._moved["tools", here] = self._extension, ("tools", place)
            begun = {"signatures": 0, "phi_terms": 0}
        else:
            tool = self._tools[here]
            said = {tier for terms in added.phi_terms for tier in terms.tiers}
            left = self._without(here, tool.phi_terms, said)
            fields = {name: getattr(tool, name) for name in schema.ToolEntry.model_fields} | given
            fields["tiers"] = tuple(dict.fromkeys((*tool.tiers, *added.tiers)))
            fields["signatures"] = (*tool.signatures, *added.signatures)
            fields["phi_terms"] = (*left, *added.phi_terms)
            begun = {"signatures": len(tool.signatures), "phi_terms": len(left)}
        for name, start in begun.items():
            for number in range(len(getattr(added, name))):
                there = ("tools", place, name, number)
                self._moved["tools", here, name, start + number] = self._extension, there
        try:
            complete = schema.ToolEntry.model_validate(fields)
        except ValidationError as error:
            text = self._extension.content.decode("utf-8")
            return list(problems_in(self._extension.path, text, error, ("tools", place)))
        self._tools[here : here + 1] = [complete]
        return []

    def document(self) -> VendorDocument:
        """Return the vendor with what was added."""
        vendor, extension = self._vendor, self._extension
        start = len(vendor.entry.examples)
        for number in range(len(extension.entry.examples)):
            self._moved["examples", start + number] = extension, ("examples", number)
        entry = vendor.entry.model_copy(
            update={
                "tools": tuple(self._tools),
                "examples": (*vendor.entry.examples, *extension.entry.examples),
            }
        )
        return VendorDocument(
            vendor.path,
            vendor.content,
            entry,
            vendor.origin,
            (*vendor.extensions, extension),
            self._moved,
        )

    def _without(
        self, here: int, terms: Sequence[schema.PhiTermsEntry], tiers: set[str]
    ) -> list[schema.PhiTermsEntry]:
        # What an extension says about a tier replaces what was said before; other tiers keep their terms.
        left: list[schema.PhiTermsEntry] = []
        places = [self._moved.pop(("tools", here, "phi_terms", number)) for number in range(len(terms))]
        for place, one in zip(places, terms, strict=True):
            still = tuple(tier for tier in one.tiers if tier not in tiers)
            if still:
                self._moved["tools", here, "phi_terms", len(left)] = place
                left.append(one.model_copy(update={"tiers": still}))
        return left

    def _keep(self, new: Location, old: Location) -> None:
        self._moved[new] = self._vendor.moved.get(old, (self._vendor, old))


def _key(name: str) -> str:
    return identifier_key(name)
