"""Lend the tests of commands the command line and a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import run as run

SQUID = (
    "{time}.000     84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {host}:443 arivera HIER_DIRECT/203.0.113.9 -\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Give a proxy log in which one person uses ChatGPT and Heidi Health."""
    path = tmp_path / "access.log"
    hosts = ["chatgpt.com", "www.example.org", "scribe.heidihealth.com"] * 5
    path.write_text("".join(SQUID.format(time=1793606400 + n, host=host) for n, host in enumerate(hosts)))
    return path
