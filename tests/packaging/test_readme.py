"""The README shows what the commands really print.

A ```console block is run: each line that begins with ``$ `` is a command, what follows is its output, with
``...`` for what may differ. All blocks share one folder, in which the first finds nothing. A block after the
comment ``<!-- not run: reason -->`` is only shown.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?P<skip><!-- not run: .+? -->\s*\n)?```console\n(?P<body>.*?)```", re.DOTALL)

EQUIVALENT = {"make demo SERVE=0": "skiagram demo --no-serve"}
"""What a make target runs once the environment is there; the environment itself is what runs this test."""

PLAIN = {"NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb"}


def blocks(text: str) -> list[tuple[bool, list[tuple[str, str]]]]:
    """Return for each console block whether it is run, and its commands with the output shown for them."""
    found = []
    for match in BLOCK.finditer(text):
        steps: list[tuple[str, str]] = []
        for line in match["body"].splitlines(keepends=True):
            if line.startswith("$ "):
                steps.append((line[2:].strip(), ""))
            elif steps:
                steps[-1] = (steps[-1][0], steps[-1][1] + line)
        found.append((match["skip"] is None, steps))
    return found


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(EQUIVALENT.get(command, command))
    where = folder
    if words[0] == "skiagram":
        words = [sys.executable, "-c", "from api.cli import main; main()", *words[1:]]
    elif words[0] == "make":
        where = REPOSITORY
    else:
        pytest.fail(
            f"README runs {words[0]!r}; only skiagram and make are run here, mark the block `not run`"
        )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SKIAGRAM_", "MAKE"))}
    home = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    return subprocess.run(
        words,
        cwd=where,
        env={**kept, **home, "PYTHONPATH": str(REPOSITORY), **PLAIN},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def matches(shown: str, real: str) -> bool:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(shown, real, flags)


def test_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    ran = 0
    for runs, steps in blocks((REPOSITORY / "README.md").read_text(encoding="utf-8")):
        for command, shown in steps if runs else ():
            done = run(command, tmp_path)
            assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
            assert matches(shown, done.stdout), f"$ {command}\nshown:\n{shown}\nreal:\n{done.stdout}"
            ran += 1
    assert ran > 0


def test_blocks_are_read_as_written() -> None:
    fence = "```"
    text = (
        f"x\n{fence}console\n$ make help\na\nb\n$ make x\n{fence}\n"
        f"<!-- not run: long -->\n{fence}console\n$ make test\n{fence}\n"
    )
    assert blocks(text) == [(True, [("make help", "a\nb\n"), ("make x", "")]), (False, [("make test", "")])]
    assert matches("a ... c\n", "a b c\n")
    assert not matches("a\n", "b\n")
