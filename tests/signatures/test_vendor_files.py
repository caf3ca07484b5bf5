"""Every shipped vendor file is free of lint errors, sourced and dated."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from signatures.catalogue import Catalogue, Vendor, default_directory, load_catalogue
from signatures.lint import errors_of, lint_directories
from tests.shipped import shipped_catalogue

FILES = sorted(default_directory().glob("*.toml"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped_catalogue()


@pytest.fixture(scope="module")
def errors_by_file() -> dict[Path, list[str]]:
    by_file: dict[Path, list[str]] = {}
    for finding in errors_of(lint_directories([default_directory()])):
        by_file.setdefault(finding.path, []).append(str(finding))
    return by_file


def test_there_are_vendor_files() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lint_has_no_errors(path: Path, errors_by_file: dict[Path, list[str]]) -> None:
    assert errors_by_file.get(path, []) == []


def vendors_with_a_fault(catalogue: Catalogue, fault: str) -> list[str]:
    return [vendor.id for vendor in catalogue.vendors.values() if FAULTS[fault](vendor)]


FAULTS = {
    "checked before the product existed": lambda vendor: vendor.checked_on.year < 2025,
    "a signature without source": lambda vendor: any(
        not signature.source.startswith("http") for tool in vendor.tools for signature in tool.signatures
    ),
    "terms without source": lambda vendor: any(
        not terms.source.startswith("http") for tool in vendor.tools for terms in tool.phi_terms
    ),
    "terms without day": lambda vendor: any(
        terms.as_of.year < 2023 for tool in vendor.tools for terms in tool.phi_terms
    ),
    "a description that only repeats the name": lambda vendor: any(
        tool.description.casefold().strip(" .") == tool.name.casefold() for tool in vendor.tools
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_vendor_has(catalogue: Catalogue, fault: str) -> None:
    assert vendors_with_a_fault(catalogue, fault) == []


def test_a_vendor_without_agreement_terms_never_reads_as_covered(catalogue: Catalogue) -> None:
    silent: list[Vendor] = [
        vendor
        for vendor in catalogue.vendors.values()
        if any(not tool.phi_terms and tool.terms_for("enterprise") is not None for tool in vendor.tools)
    ]
    assert silent == []


@pytest.mark.bench
def test_loading_costs_at_most_a_second_per_600_files() -> None:
    start = process_time()
    load_catalogue([default_directory()])
    assert process_time() - start < max(len(FILES), 600) / 600
