"""Give tests of signatures small catalogues in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest

from signatures.catalogue import load_catalogue
from signatures.matcher import Matcher
from tests.signatures.catalogue_files import Signature, Write, vendor_text


@pytest.fixture
def write_vendor(tmp_path: Path) -> Write:
    """Give a function that writes one vendor file into `tmp_path/vendors` and returns its path."""

    def write(vendor: str, tools: dict[str, Sequence[Signature]], **options: object) -> Path:
        path = tmp_path / "vendors" / f"{vendor}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(vendor_text(vendor, tools, **options), "utf-8")  # type: ignore[arg-type]
        return path

    return write


@pytest.fixture
def matcher_of(tmp_path: Path) -> Callable[[dict[str, Sequence[Signature]]], Matcher]:
    """Give a function that makes a matcher of tools, each of a vendor of its own."""
    numbers = count()

    def build(tools: dict[str, Sequence[Signature]]) -> Matcher:
        directory = tmp_path / f"catalogue-{next(numbers)}"
        directory.mkdir()
        for tool, signatures in tools.items():
            (directory / f"v-{tool}.toml").write_text(vendor_text(f"v-{tool}", {tool: signatures}), "utf-8")
        return Matcher(load_catalogue([directory]))

    return build
