"""Regular expressions stay clear of what older interpreters match wrongly.

Python up to 3.11.4 (Debian 12 among them) leaves a possessive group, `(?:ab)?+`, at the wrong place when its
content fails half-way (CPython issue 106052). Possessive single characters, `\\S++`, and atomic groups,
`(?>(?:ab)?)`, are right everywhere.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*?+]|\{\d*,?\d*\})\+")


@pytest.mark.parametrize("text", [r"(?:ab)?+c", r"(a|b)*+", r"(?P<x>\d)++", r"(?:a){2,3}+"])
def test_possessive_groups_are_found(text: str) -> None:
    assert POSSESSIVE_GROUP.search(text)


@pytest.mark.parametrize("text", [r"\S++", r"[)]*+", r"(?>(?:ab)?)", r"\)?+", r"(?:ab)+"])
def test_safe_expressions_are_left_alone(text: str) -> None:
    assert not POSSESSIVE_GROUP.search(re.sub(r"\[\^?\]?[^\]]*\]", "[]", text))


@pytest.mark.parametrize(
    "path",
    sorted([*(ROOT / "scanner").rglob("*.py"), *(ROOT / "scanner" / "formats").glob("*.toml")]),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_possessive_group(path: Path) -> None:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        found = POSSESSIVE_GROUP.search(line)
        assert not found, f"{path.name}:{number}: write (?>(...)?) in place of {found and found.group()}"
