"""Run the command line inside the process of the tests, which saves the second that starting one costs."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from api.cli.app import app, guarded

Run = Callable[..., subprocess.CompletedProcess[str]]
"""Arguments, `stdin` and environment variables in; exit code and output out."""

_MAIN = "from api.cli import main; main()"
_REPOSITORY = Path(__file__).resolve().parent.parent


def variables(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a user whose home and data are in a folder; validated catalogues are shared."""
    own = {
        "SKIAGRAM_DATA_DIRECTORY": str(folder / "data"),
        "HOME": str(folder),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "PATH": "/usr/bin:/bin",
    }
    return own | dict(more)


def run_apart(
    folder: Path, *arguments: str, stdin: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `skiagram` as its users do, in a process of its own; a warning is an error there too."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", _MAIN, *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=variables(folder, more),
        timeout=100,
        cwd=_REPOSITORY,
        check=False,
    )


def run_here(folder: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run `skiagram` in this process: the same arguments, environment, streams and exit codes."""
    streams = {"stdin": _stream(stdin.encode()), "stdout": _stream(), "stderr": _stream()}
    environment = variables(folder, more)
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - {"PYTEST_CURRENT_TEST"}:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["skiagram", *arguments])
        patch.chdir(_REPOSITORY)
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        code = guarded(app)
    return subprocess.CompletedProcess(
        list(arguments), int(code), *(_text(streams[n]) for n in ("stdout", "stderr"))
    )


def give_database(folder: Path, template: Path) -> None:
    """Put a database with the newest tables where `skiagram` looks for it, unless there is one."""
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    if not (data / "skiagram.db").exists():
        shutil.copy(template, data / "skiagram.db")


@pytest.fixture
def run(tmp_path: Path, empty_database: Path) -> Run:
    """Give a function that runs skiagram with arguments, standard input and more environment."""
    give_database(tmp_path, empty_database)

    def call(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return run_here(tmp_path, *arguments, stdin=stdin, **more)

    return call


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BytesIO(content), encoding="utf-8", errors="backslashreplace", write_through=True
    )


def _text(stream: io.TextIOWrapper) -> str:
    if stream.closed:
        return ""  # which is what a command does with an output nobody reads
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
