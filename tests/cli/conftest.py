"""Run the command line as its users do: in a process of its own, with its data in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SQUID = (
    "{time}.000     84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {host}:443 arivera HIER_DIRECT/203.0.113.9 -\n"
)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that runs skiagram with arguments, standard input and more environment."""

    def call(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "SKIAGRAM_DATA_DIRECTORY": str(tmp_path / "data"),
            "HOME": str(tmp_path),
            "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
            "PATH": "/usr/bin:/bin",
        }
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", "from api.cli import main; main()", *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env=settings | environment,
            timeout=60,
            cwd=Path(__file__).parents[2],
        )

    return call


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Give a proxy log in which one person uses ChatGPT and Heidi Health."""
    path = tmp_path / "access.log"
    hosts = ["chatgpt.com", "www.example.org", "scribe.heidihealth.com"] * 5
    path.write_text("".join(SQUID.format(time=1793606400 + n, host=host) for n, host in enumerate(hosts)))
    return path
