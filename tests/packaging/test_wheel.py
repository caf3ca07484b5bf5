"""The wheel builds without a network and carries everything the program reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGES = ("api", "scanner", "governance", "storage", "signatures")

NEEDED = (
    "scanner/formats/*.toml",
    "signatures/vendors/*.toml",
    "api/pages/templates/*.html",
    "api/pages/static/*.css",
    "storage/migrations/**/*.py",
    "governance/weights.toml",
)


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("skiagram-*.whl")
    return zipfile.Path(built)


def names(wheel: zipfile.Path) -> set[str]:
    return set(wheel.root.namelist())


def test_every_file_of_the_packages_is_in_the_wheel(wheel: zipfile.Path, repository: Path) -> None:
    wanted = {
        path.relative_to(repository).as_posix()
        for package in PACKAGES
        for path in (repository / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert wanted - names(wheel) == set()


@pytest.mark.parametrize("pattern", NEEDED)
def test_data_read_at_run_time_is_in_the_wheel(wheel: zipfile.Path, repository: Path, pattern: str) -> None:
    wanted = {path.relative_to(repository).as_posix() for path in repository.glob(pattern)}
    assert wanted
    assert wanted <= names(wheel)


def test_nothing_else_is_in_the_wheel(wheel: zipfile.Path) -> None:
    tops = {name.split("/", 1)[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_licence_and_command_are_in_the_metadata(wheel: zipfile.Path) -> None:
    (metadata,) = (name for name in names(wheel) if name.endswith(".dist-info/METADATA"))
    text = (wheel / metadata).read_text(encoding="utf-8")
    assert "License-Expression: Apache-2.0" in text
    (entries,) = (name for name in names(wheel) if name.endswith("entry_points.txt"))
    assert "skiagram = api.cli:main" in (wheel / entries).read_text(encoding="utf-8")
    assert any(name.endswith("licenses/LICENSE") for name in names(wheel))
