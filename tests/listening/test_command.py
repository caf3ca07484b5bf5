"""`skiagram listen` as its users meet it: addresses, warnings, refusals, a clean end, and kills."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.command_line import variables
from tests.listening.syslog_bench import squid

pytestmark = pytest.mark.network
CODE = "from api.cli import main; main()"


class Command:
    """A running `skiagram listen`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE, "listen", *arguments],
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
            env=variables(folder, {"SKIAGRAM_DATA_DIRECTORY": str(folder)}),
        )
        self.said: list[str] = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.strip())
            if "messages are kept in" in line:
                break

    def port(self, transport: str) -> int:
        (found,) = (
            int(m[1]) for m in re.finditer(rf"on {transport} \S+?:(\d+)$", "\n".join(self.said), re.M)
        )
        return found

    def end(self, number: int) -> int:
        if self.process.stderr is not None and not self.process.stderr.closed:
            self.process.send_signal(number)
            self.said += self.process.communicate(timeout=100)[1].splitlines()
        return self.process.returncode

    def kept(self) -> int:
        return sum(path.read_bytes().count(b"\n<") for path in (self.folder / "received").glob("*.log"))

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < end, self.said
            time.sleep(0.05)


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    started: list[Command] = []

    def start(*arguments: str) -> Command:
        started.append(Command(tmp_path, *arguments))
        return started[-1]

    yield start
    for command in started:
        command.end(signal.SIGKILL)


def test_starts_warns_and_ends_cleanly(listen: Callable[..., Command]) -> None:
    command = listen("--udp", "0", "--tcp", "0.0.0.0:0", "--no-scan")
    said = "\n".join(command.said)
    assert "listening on udp 127.0.0.1:" in said
    assert "syslog without TLS can be read and forged" in said
    assert said.count("warning") == 1
    with socket.create_connection(("127.0.0.1", command.port("tcp"))) as sender:
        sender.sendall(squid(1) + b"\n" + squid(2) + b"\n")
        # Ends while the sender is still connected: what has arrived is kept.
        assert command.end(signal.SIGTERM) == 0
    assert "2 messages were received and kept" in command.said[-1]
    assert command.kept() == 2


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--tcp", "proxy.example:514"], "no address to listen on"),
        (["--tls", "6514"], "TLS needs a certificate"),
        (["--tls", "6514", "--cert", "/nonexistent.pem"], "cannot be used for TLS"),
        (["--udp", "192.0.2.77:0"], "no such address"),
    ],
)
def test_what_cannot_start_is_refused(
    listen: Callable[..., Command], arguments: list[str], advice: str
) -> None:
    command = listen(*arguments)
    assert command.process.wait(60) == 2
    assert advice in "\n".join(command.said)


@pytest.mark.full
def test_killed_again_and_again_everything_written_is_read_once(
    listen: Callable[..., Command], tmp_path: Path
) -> None:
    from sqlalchemy import func, select

    from storage.database import open_database
    from storage.tables import sighting

    url = f"sqlite:///{tmp_path / 'skiagram.db'}"
    database = open_database(url)
    database.upgrade()
    database.close()
    sent = 0
    for _ in range(4):
        command = listen("--tcp", "0", "--every", "1")
        with socket.create_connection(("127.0.0.1", command.port("tcp"))) as sender:
            for _ in range(300):
                sender.sendall(squid(sent) + b"\n")
                sent += 1
            command.until(lambda sent=sent, command=command: command.kept() >= sent)
            command.end(signal.SIGKILL)
    command = listen("--tcp", "0", "--every", "1")

    def counted() -> int:
        database = open_database(url)
        try:
            with database.read() as conn:
                return int(conn.execute(select(func.coalesce(func.sum(sighting.c.count), 0))).scalar_one())
        finally:
            database.close()

    command.until(lambda: counted() == sent)
    assert command.end(signal.SIGTERM) == 0
    assert counted() == sent
