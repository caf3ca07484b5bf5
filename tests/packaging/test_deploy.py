"""The files in deploy/ are shut tight and keep the night's run where it belongs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = tuple(sorted(path.name for path in DEPLOY.glob("*.service")))
TIMERS = tuple(sorted(path.name for path in DEPLOY.glob("*.timer")))
PROGRAM = "/opt/skiagram/bin/skiagram"

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


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for name in (*SERVICES, *TIMERS):
        # The program is not installed where the tests run; any other stands in for it.
        text = (DEPLOY / name).read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in (*SERVICES, *TIMERS))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("timer", TIMERS)
def test_timers_speak_utc_and_start_a_service(timer: str) -> None:
    found = directives(timer)
    assert all(value.endswith(" UTC") for value in found["OnCalendar"])
    assert timer.replace(".timer", ".service") in SERVICES


def test_a_missed_night_is_caught_up_and_a_failed_one_done_again() -> None:
    assert directives("skiagram-nightly.timer")["Persistent"] == ["true"]
    nightly = directives("skiagram-nightly.service")
    assert nightly["Restart"] == ["on-failure"]
    assert nightly["SuccessExitStatus"] == ["3"]


def test_all_ways_in_use_the_same_program_settings_and_data() -> None:
    for service in SERVICES:
        found = directives(service)
        assert found["ExecStart"][0].split()[0] == PROGRAM
        assert found["User"] == found["StateDirectory"] == ["skiagram"]
        assert found["LoadCredential"] == ["skiagram.toml:/etc/skiagram/skiagram.toml"]
        assert found["Environment"] == [
            "SKIAGRAM_CONFIG=%d/skiagram.toml",
            "SKIAGRAM_DATA_DIRECTORY=%S/skiagram",
        ]
    here = (DEPLOY / "skiagram-here").read_text(encoding="utf-8")
    cron = (DEPLOY / "skiagram.cron").read_text(encoding="utf-8")
    for text in (here, cron):
        assert PROGRAM in text
        assert "/etc/skiagram/skiagram.toml" in text
        assert "SKIAGRAM_DATA_DIRECTORY=/var/lib/skiagram" in text
    for expected in ("User=skiagram", "StateDirectory=skiagram", "DynamicUser=yes"):
        assert f"--property={expected}" in here
    subprocess.run(["sh", "-n", str(DEPLOY / "skiagram-here")], check=True, timeout=20)


def test_services_cron_and_container_start_commands_that_exist() -> None:
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    command = re.search(r'^CMD \["(\w+)"', container, re.MULTILINE)
    assert command
    started = {tuple(directives(name)["ExecStart"][0].split()[1:]) for name in SERVICES}
    started |= {tuple(job.partition(PROGRAM)[2].partition("2>&1")[0].split()) for job in cron_jobs()}
    from typer.main import get_command

    from api.cli import app

    for words in started | {(command[1],)}:
        found: Any = get_command(app)
        for word in words:
            if word.startswith("-"):
                break
            found = getattr(found, "commands", {}).get(word)
            assert found is not None, words
        assert not hasattr(found, "commands"), words


def test_what_serves_listens_where_it_may() -> None:
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    from api.serve import loopback

    for text in (container, (DEPLOY / "skiagram-web.service").read_text(encoding="utf-8")):
        host = re.search(r'--host[", ]+([\w.:]+)', text)
        assert host
        assert loopback(host[1]) == host[1]


def test_container_runs_as_an_ordinary_user_from_the_locked_libraries() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    user = re.search(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert user
    assert user[1] != "0"
    assert user[2] != "0"
    assert "--require-hashes -r requirements/runtime.txt" in text


def cron_jobs() -> list[str]:
    """Return the lines of the cron file that start something."""
    lines = (DEPLOY / "skiagram.cron").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.match(r"[\d*]", line)]


def test_cron_lines_run_as_the_account_and_never_scan_twice_at_once() -> None:
    nightly, alerts = cron_jobs()
    assert re.match(r"\d+ \d+ \* \* \*  skiagram  flock -n \S+ \S+/skiagram nightly ", nightly)
    assert re.match(r"\*/10 \* \* \* \*  skiagram  \S+/skiagram alerts send ", alerts)
