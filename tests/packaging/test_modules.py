"""Every product module is short, says in one sentence what it is for, and has a name that means something."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("api", "scanner", "governance", "storage", "signatures")
CEILING = 400
MEDIAN = 150
MEANINGLESS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc"}

REPOSITORY = Path(__file__).resolve().parents[2]
MODULES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_room_has_modules() -> None:
    assert {path.relative_to(REPOSITORY).parts[0] for path in MODULES} == set(PACKAGES)


def test_no_module_is_longer_than_the_ceiling() -> None:
    assert {name_of(path): lines_of(path) for path in MODULES if lines_of(path) > CEILING} == {}


def test_half_of_the_modules_are_short() -> None:
    assert statistics.median(lines_of(path) for path in MODULES) < MEDIAN


def test_every_module_begins_with_a_sentence() -> None:
    wrong = {}
    for path in MODULES:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = docstring.split("\n\n", 1)[0].strip()
        if not first or not first.endswith(".") or first[0] != first[0].upper():
            wrong[name_of(path)] = first or "no docstring"
    assert wrong == {}


def test_no_name_is_meaningless() -> None:
    named = {part for path in MODULES for part in (*path.relative_to(REPOSITORY).parts[:-1], path.stem)}
    assert named & MEANINGLESS == set()


def test_rooms_import_downwards_only() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Contracts: 1 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_unfinished_is_marked_in_the_product(package: str) -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:", "raise NotImplemented" + "Error")
    found = {
        f"{name_of(path)}:{number}"
        for path in MODULES
        if path.relative_to(REPOSITORY).parts[0] == package
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    }
    assert found == set()
