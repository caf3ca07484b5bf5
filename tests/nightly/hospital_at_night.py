"""Lend the tests of the unattended path a log, a settings file and the command line in its own process."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MAIN = "from api.cli import main; main()"


def squid_line(number: int, host: str, user: str = "arivera") -> str:
    """Return one line of a Squid access log, a minute after the one before."""
    return (
        f"{1793606400 + 60 * number}.000     84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {host}:443 {user} "
        "HIER_DIRECT/203.0.113.9 -\n"
    )


def write_log(path: Path, hosts: Sequence[str], user: str = "arivera") -> Path:
    """Write a Squid log with a line for each host."""
    path.write_text("".join(squid_line(number, host, user) for number, host in enumerate(hosts)))
    return path


@dataclass(frozen=True)
class Said:
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Hospital:
    """A machine with settings, a data folder and the command `skiagram`."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "skiagram.db"

    @property
    def settings_file(self) -> Path:
        return self.folder / "skiagram.toml"

    def settings(self, text: str) -> None:
        self.settings_file.write_text(text)

    def process(
        self, *arguments: str, code: str = MAIN, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `skiagram` with arguments and wait for it; warnings are errors there too."""
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *arguments],
            capture_output=True,
            text=True,
            env=self.variables(environment),
            timeout=60,
            cwd=REPOSITORY,
            check=False,
        )

    def inside(self, *arguments: str, **environment: str) -> Said:
        """Run `skiagram` with arguments in this process, which saves the time of starting one."""
        from api.cli.app import app, guarded

        stdout, stderr = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
            for name, value in self.variables(environment).items():
                patch.setenv(name, value)
            code = guarded(lambda: app(list(arguments)))
        return Said(int(code), stdout.getvalue(), stderr.getvalue())

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start `skiagram` with arguments and do not wait."""
        return subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.variables(environment),
            cwd=REPOSITORY,
        )

    def variables(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        own = {
            "SKIAGRAM_DATA_DIRECTORY": str(self.folder / "data"),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],  # in which the catalogue is validated already
            "PATH": "/usr/bin:/bin",
            "COLUMNS": "200",
        }
        if self.settings_file.exists():
            own["SKIAGRAM_CONFIG"] = str(self.settings_file)
        return own | self.environment | dict(more or {})

    def document(self, *arguments: str) -> Any:
        """Return what a command prints as JSON."""
        done = self.inside(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def killed(self, *arguments: str, before: str) -> subprocess.CompletedProcess[str]:
        """Run a command that dies by SIGKILL where it would call a function, given as module:name."""
        module, name = before.split(":")
        trap = f"import os, {module}; {module}.{name} = lambda *a, **k: os.kill(os.getpid(), {signal.SIGKILL:d}); "
        done = self.process(*arguments, code=trap + MAIN)
        assert done.returncode == -signal.SIGKILL, done.stderr
        return done

    def a_day_passes(self) -> None:
        """Move everything the database says about nights and attempts a day into the past."""
        with sqlite3.connect(self.database) as conn:
            conn.execute("UPDATE nightly_run SET local_day = date(local_day, '-1 day')")
        self.pauses_end()

    def pauses_end(self) -> None:
        """Let the pause before the next attempt and the lease of a dead process run out."""
        with sqlite3.connect(self.database) as conn:
            kind = conn.execute("SELECT next_try, lease_until FROM delivery").fetchall()
            assert kind, "no delivery is recorded"
            long_ago = "2020-01-01 00:00:00.000000"
            conn.execute("UPDATE delivery SET next_try = ? WHERE status = 'pending'", (long_ago,))
            conn.execute("UPDATE delivery SET lease_until = ? WHERE lease_until IS NOT NULL", (long_ago,))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what an SQL query finds."""
        with sqlite3.connect(self.database) as conn:
            return conn.execute(query).fetchall()


def kill(process: subprocess.Popen[str]) -> None:
    """End a process at once, as a crash does."""
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
