"""The files in deploy/ are shut tight and keep the night's run where it belongs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = ("skiagram-nightly.service", "skiagram-web.service")

HARDENED = {
    "NoNewPrivileges": "yes",
    "DynamicUser": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "MemoryDenyWriteExecute": "yes",
    "IPAddressDeny": "any",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "LimitCORE": "0",
}


def directives(name: str) -> dict[str, list[str]]:
    """Return every directive of a unit file with its values, comments left out."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";")):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_services_give_up_what_they_do_not_need(service: str) -> None:
    found = directives(service)
    assert {key: found.get(key) for key in HARDENED} == {key: [value] for key, value in HARDENED.items()}
    assert "MemoryMax" in found
    assert "TasksMax" in found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("service", SERVICES)
def test_services_pass_the_security_review_of_systemd(service: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(DEPLOY / service)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr


def test_timer_speaks_utc_and_catches_up() -> None:
    found = directives("skiagram-nightly.timer")
    assert all(value.endswith(" UTC") for value in found["OnCalendar"])
    assert found["Persistent"] == ["yes"] or found["Persistent"] == ["true"]


def test_services_and_container_start_commands_that_exist() -> None:
    started = {directives(name)["ExecStart"][0].split()[1] for name in SERVICES}
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    command = re.search(r'^CMD \["(\w+)"', container, re.MULTILINE)
    assert command
    from typer.main import get_command

    from api.cli import app

    known = set(getattr(get_command(app), "commands", {}))
    assert started | {command[1]} <= known


def test_container_runs_as_an_ordinary_user_from_the_locked_libraries() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    user = re.search(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert user
    assert user[1] != "0"
    assert user[2] != "0"
    assert "--require-hashes -r requirements/runtime.txt" in text


def test_cron_line_never_runs_twice_at_once() -> None:
    lines = (DEPLOY / "skiagram.cron").read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if re.match(r"[\d*]", line)]
    assert len(jobs) == 1
    assert re.match(r"\d+ \d+ \* \* \*  skiagram  flock -n \S+ \S+/skiagram nightly ", jobs[0])
