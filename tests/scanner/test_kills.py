"""A scan killed anywhere and run again counts what an undisturbed one counts."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from signatures.matcher import Matcher
from storage.database import open_database
from tests.scanner.conftest import Bench

Log = Callable[..., str]
BLOCK = 4096


def scan_in_child(url: str, matcher: Matcher, folder: str) -> None:
    """Scan in a process of its own, in small batches, so that a kill falls between or inside many."""
    bench = Bench(open_database(url), matcher)
    bench.scan(folder, block_bytes=BLOCK)


def killed_scans(url: str, matcher: Matcher, folder: Path, kills: int, seed: int) -> int:
    """Start scans and kill each at a random moment; return how many died before they were done."""
    fork = multiprocessing.get_context("fork")
    dice = random.Random(seed)
    died = 0
    while died < kills:
        child = fork.Process(target=scan_in_child, args=(url, matcher, str(folder)))
        child.start()
        time.sleep(dice.uniform(0.0, 0.25))
        if child.pid is not None and child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        if child.exitcode == 0:
            break
        died += 1
    return died


def write_logs(folder: Path, squid_log: Log, lines: int) -> None:
    folder.mkdir()
    for number in range(4):
        (folder / f"access-{number}.log").write_text(squid_log(lines, start=number * 100_000)[:-7])


@pytest.mark.parametrize(("kills", "lines"), [(8, 1500), pytest.param(50, 8000, marks=pytest.mark.full)])
def test_killed_and_run_again(
    bench: Bench, matcher: Matcher, tmp_path: Path, squid_log: Log, kills: int, lines: int
) -> None:
    logs = tmp_path / "logs"
    write_logs(logs, squid_log, lines)
    undisturbed = open_database(f"sqlite:///{tmp_path / 'undisturbed.db'}")
    undisturbed.upgrade()
    expected = Bench(undisturbed, matcher)
    expected.scan(logs, block_bytes=BLOCK)
    url = f"sqlite:///{tmp_path / 'bench.db'}"
    died = killed_scans(url, matcher, logs, kills, seed=kills)
    bench.scan(logs, block_bytes=BLOCK)
    assert died > 0, "no scan was killed in time, so nothing was shown"
    assert bench.totals() == expected.totals()
    assert bench.events() > 0
    undisturbed.close()


def test_a_checkpoint_that_is_lost_shows(
    bench: Bench, tmp_path: Path, squid_log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check above can fail: where batches forget their checkpoint, totals differ."""
    logs = tmp_path / "logs"
    write_logs(logs, squid_log, 300)
    bench.scan(logs, block_bytes=BLOCK)
    before = bench.events()
    monkeypatch.setattr("scanner.ingest.contents_with_head", lambda conn, digest: [])
    monkeypatch.setattr("storage.batches._recorded_elsewhere", lambda conn, batch: False)
    bench.scan(logs, block_bytes=BLOCK)
    assert bench.events() == 2 * before
