"""Nothing in the repository points at the machine it was written on, or at a package index."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

# Written in two pieces each, so that this file does not find itself.
MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.~/-])/wo" + r"rk/(?!\")",  # a path of a site ends here
            r"(?<![\w.~/-])/ro" + r"ot/",
            r"(?<![\w.~/-])/ho" + r"me/(?!arivera/)[a-z]",  # of people in sample logs
            r"(?<![\w.~/-])/Us" + r"ers/(?!lbrandt/)[a-z]",
            r"/tmp/con" + r"tract",
            r"(?i:\bissue " + r"#\d)",
            r"(?i:co-authored" + r"-by:)",
            r"(?i:generated " + r"with \[)",
        )
    )
)
INDEXES = re.compile(
    "py" + r"pi\.org|python" + r"hosted\.org|--(extra-)?index" + r"-url|npm" + r"js\.(org|com)"
)
BUILD_FILES = ("Makefile", "pyproject.toml", "requirements/", "tools/", ".ci/", "deploy/")


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout: which files are tracked is not known")
    return [REPOSITORY / name for name in done.stdout.decode().split("\0") if name]


def found_in(files: list[Path], pattern: re.Pattern[str]) -> dict[str, str]:
    found = {}
    for path in files:
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
            match = pattern.search(line)
            if match:
                found[f"{path.relative_to(REPOSITORY)}:{number}"] = match.group()
    return found


def test_no_path_of_a_machine_and_no_note_to_somebody() -> None:
    assert found_in(tracked(), MACHINE) == {}


def test_build_files_name_no_package_index() -> None:
    files = [path for path in tracked() if str(path.relative_to(REPOSITORY)).startswith(BUILD_FILES)]
    assert files
    assert found_in(files, INDEXES) == {}


@pytest.mark.parametrize("name", ["runtime", "dev", "objects", "bootstrap"])
def test_every_locked_requirement_is_pinned_and_hashed(name: str) -> None:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 3
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==\S+", entry), entry[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:80]


def test_patterns_find_what_they_are_for() -> None:
    assert MACHINE.search("see " + "/wo" + "rk/main")
    assert MACHINE.search("fixes is" + "sue #12")
    assert not MACHINE.search("https://www.example.com/" + "work/home/x")
    assert INDEXES.search("https://" + "py" + "pi.org/simple")


def test_links_between_documents_lead_somewhere() -> None:
    broken = set()
    for path in tracked():
        if path.suffix != ".md" or not path.is_file():
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.add(f"{path.relative_to(REPOSITORY)} -> {target}")
    assert broken == set()
