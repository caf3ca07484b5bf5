"""The command line in the hands of somebody who mistypes, runs out of space or loses patience."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.database import open_database
from storage.scanlock import scan_lock
from tests.command_line import Run, run_apart
from tests.command_line import run as run

ROOT = Path(__file__).parents[2]
START = [sys.executable, "-c", "from api.cli import main; main()"]
LINE = (
    "{time}.000 84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT chatgpt.com:443 {user} HIER_DIRECT/203.0.113.9 -\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text("".join(LINE.format(time=1793606400 + n, user=f"u{n % 9}") for n in range(200)))
    return path


def refused(result: subprocess.CompletedProcess[str], code: int) -> str:
    """Return what was said, which is no traceback."""
    said = result.stderr
    assert result.returncode == code, said + result.stdout
    assert "Traceback" not in said
    assert said.startswith("skiagram: ")
    return said


def test_databases_that_are_none(run: Run, tmp_path: Path, log: Path) -> None:
    (tmp_path / "noise.db").write_bytes(os.urandom(5000))
    (tmp_path / "folder").mkdir()
    for url in (str(tmp_path), f"sqlite:///{tmp_path}/folder", f"sqlite:///{tmp_path}/noise.db", "mysql://x"):
        refused(run("scan", str(log), "--db", url), 5)


def test_a_database_of_a_newer_version_is_left_alone(run: Run, tmp_path: Path, log: Path) -> None:
    run("scan", str(log))
    connection = sqlite3.connect(tmp_path / "data" / "skiagram.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert "another version" in refused(run("scan", str(log)), 5)


@pytest.mark.parametrize(("content", "mode"), [(b"short", 0o600), (b"k" * 32, 0o644)])
def test_keys_that_cannot_be_trusted(run: Run, tmp_path: Path, log: Path, content: bytes, mode: int) -> None:
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(mode)
    assert str(tmp_path / "key") in refused(run("scan", str(log), SKIAGRAM_KEY_FILE=str(tmp_path / "key")), 5)


@pytest.mark.parametrize("content", [b"x = [", b'x = "\xff"', b"sources = 5", b"colour = 1"])
def test_broken_settings(run: Run, tmp_path: Path, log: Path, content: bytes) -> None:
    (tmp_path / "s.toml").write_bytes(content)
    assert "s.toml" in refused(run("scan", str(log), SKIAGRAM_CONFIG=str(tmp_path / "s.toml")), 4)


def test_a_data_folder_that_cannot_be_looked_into_is_named(run: Run, log: Path) -> None:
    for command in (("scan", str(log)), ("sources",)):
        said = refused(run(*command, SKIAGRAM_DATA_DIRECTORY=str(log)), 5)
        assert f"{log}: the data folder cannot be looked into" in said


def test_the_name_of_a_file_begins_no_line_of_ours(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a\nskiagram: all is well\x1b[2J").write_bytes(bytes(range(128, 256)) * 9)
    said = refused(run("read", str(tmp_path / "a\nskiagram: all is well\x1b[2J")), 3)
    assert said.count("\n") == 1
    assert "\x1b" not in said


@pytest.mark.parametrize("command", ["read", "formats"])
def test_a_reader_that_leaves_is_no_fault(tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(LINE.format(time=1793606400 + n % 900, user="u") for n in range(20_000)))
    arguments = ["read", str(path)] if command == "read" else ["formats", "list"]
    process = subprocess.Popen([*START, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (0, b"")


def test_a_full_disk_behind_the_output_is_told(log: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [*START, "read", str(log)], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
    assert "No space left" in refused(
        subprocess.CompletedProcess(result.args, result.returncode, "", result.stderr), 3
    )


def test_output_in_english_letters_only(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("".join(LINE.format(time=1793606400 + n, user="éric") for n in range(9)))
    result = run_apart(tmp_path, "read", str(tmp_path / "a.log"), PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert "\\xe9ric" in result.stdout


@pytest.mark.full
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_scan_goes_on_where_it_ended(
    run: Run, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(LINE.format(time=1793606400 + n % 900, user=f"u{n}") for n in range(120_000)))
    environment = {**os.environ, "SKIAGRAM_DATA_DIRECTORY": str(tmp_path / "data"), "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [*START, "scan", str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
    )
    database = tmp_path / "data" / "skiagram.db"
    while process.poll() is None and not _batches(database):
        time.sleep(0.02)
    process.send_signal(sent)  # the first of several batches is recorded, so there is something to go on from
    _, said = process.communicate(timeout=30)
    assert process.returncode == code, said
    assert b"Traceback" not in said
    again = run("scan", str(path))
    assert again.returncode == 0, again.stderr
    connection = sqlite3.connect(tmp_path / "data" / "skiagram.db")
    assert connection.execute("SELECT sum(count) FROM sighting").fetchone() == (120_000,)
    connection.close()


def _batches(database: Path) -> int:
    """Return how many batches are recorded so far; none while there is no database or no table yet."""
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(connection.execute("SELECT count(*) FROM batch").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_the_second_of_two_scans_leaves(run: Run, tmp_path: Path, log: Path) -> None:
    run("scan", str(log))
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'skiagram.db'}")
    with scan_lock(database):
        assert "another scan is running" in refused(run("scan", str(log)), 5)
    database.close()


@pytest.mark.full
def test_a_disk_that_fills_up_keeps_nothing_half(run: Run, tmp_path: Path, log: Path) -> None:
    run("scan", str(log))
    more = tmp_path / "more.log"
    more.write_text("".join(LINE.format(time=1793606400 + n % 900, user=f"v{n}") for n in range(4_000)))
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600 << 10,) * 2); from api.cli import main; main()"
    )
    environment = {**os.environ, "SKIAGRAM_DATA_DIRECTORY": str(tmp_path / "data"), "HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", limited, "scan", str(more)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    said = refused(result, 5)
    assert "full" in said
    assert run("scan", str(more)).returncode == 0
    connection = sqlite3.connect(tmp_path / "data" / "skiagram.db")
    assert connection.execute("SELECT sum(count) FROM sighting").fetchone() == (4_200,)
    connection.close()
