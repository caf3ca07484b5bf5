"""What the product imports is declared in pyproject.toml, and what is declared is in the lock files."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGES = ("api", "scanner", "governance", "storage", "signatures")
PART_OF = {"markupsafe": "jinja2", "pydantic_core": "pydantic", "starlette": "fastapi"}
"""Modules that are the inner half of a declared library; their versions only make sense together."""

REPOSITORY = Path(__file__).resolve().parents[2]


def name_of(requirement: str) -> str:
    """Return the distribution a requirement names, as indexes spell it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]).lower()


def declared() -> dict[str, set[str]]:
    """Return the declared distributions: of the program with all extras, and of the groups."""
    text = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = text["project"], text["dependency-groups"]
    extras = dict(project["optional-dependencies"])
    clouds = extras.pop("objects")  # has a lock of its own: the libraries of three clouds are many
    listed = [project["dependencies"], *extras.values()]
    return {
        "clouds": {name_of(requirement) for requirement in clouds},
        "program": {name_of(requirement) for part in listed for requirement in part},
        "build": {name_of(requirement) for requirement in groups["build"]},
        "dev": {name_of(requirement) for requirement in groups["dev"]},
    }


def locked(name: str) -> set[str]:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {name_of(line) for line in text.splitlines() if re.match(r"[a-zA-Z0-9]", line)}


def imported() -> dict[str, str]:
    """Return each top-level module the product imports from elsewhere, with one file that does."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                    names = [node.module]
                else:
                    continue
                for name in names:
                    found.setdefault(name.split(".")[0], str(path.relative_to(REPOSITORY)))
    own = {*PACKAGES, *sys.stdlib_module_names}
    return {name: path for name, path in found.items() if name not in own}


def test_imported_libraries_are_declared() -> None:
    distributions = packages_distributions()
    program = declared()["program"] | declared()["clouds"]
    undeclared = {}
    for name, path in imported().items():
        providers = distributions.get(name, [name])
        if not {PART_OF.get(name, name), *map(name_of, providers)} & program:
            undeclared[name] = path
    assert undeclared == {}


def test_there_are_libraries_to_check() -> None:
    assert {"pydantic", "sqlalchemy"} <= set(imported())


@pytest.mark.parametrize(
    ("lock", "parts"),
    [("runtime", ("program", "build")), ("dev", ("program", "build", "dev")), ("objects", ("clouds",))],
)
def test_declared_libraries_are_locked(lock: str, parts: tuple[str, ...]) -> None:
    wanted = set().union(*(declared()[part] for part in parts))
    assert wanted - locked(lock) == set()


def test_both_locks_hold_the_same_versions() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^([a-zA-Z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE)
        return {name_of(distribution): version for distribution, version in pins}

    runtime, dev = versions("runtime"), versions("dev")
    assert {name: dev.get(name) for name in runtime} == runtime
