"""Measure the fold beside a plain loop, wc and gzip in the same run; prints ratios, which travel best."""

import gzip
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.bench.generated import WRITERS, Truth, write_log
from tests.bench.tools import catalogue

pytestmark = pytest.mark.bench

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LINES = 500_000
RUNS = 3
WORST = 8.0
"""Times the plain loop, which keeps no times, gives no reasons and checks nothing: a bound against collapse.

The aim is 1; what is measured is printed."""
MOST_MEMORY = 300  # MiB, whatever the size of the file


@dataclass(frozen=True)
class Run:
    """What one command cost: seconds from its start to its end, and what it says of itself."""

    wall: float
    said: dict[str, Any]


def run(*command: str) -> Run:
    """Run a command to its end."""
    began = time.monotonic()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, check=True
    )
    said = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return Run(time.monotonic() - began, said)


def fold(path: Path, folder: Path) -> Run:
    """Fold a file in a process of its own."""
    return run(sys.executable, str(HERE / "fold_file.py"), str(path), str(folder))


def plain(path: Path, format_id: str) -> Run:
    """Run the yardstick."""
    return run(sys.executable, str(HERE / "plain_loop.py"), str(path), format_id)


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vendors")
    catalogue(folder, strangers=1_000)
    return folder


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Truth]]:
    folder = tmp_path_factory.mktemp("logs")
    made = {}
    for format_id in WRITERS:
        content, truth = write_log(format_id, LINES, hosts=100_000, people=5_000)
        path = folder / f"{format_id}.log"
        path.write_bytes(content)
        made[format_id] = path, truth
    return made


@pytest.mark.parametrize("format_id", WRITERS)
def test_a_full_fold_costs_what_a_plain_loop_costs(
    format_id: str, logs: dict[str, tuple[Path, Truth]], vendors: Path
) -> None:
    path, truth = logs[format_id]
    pairs = [(fold(path, vendors), plain(path, format_id)) for _ in range(RUNS)]
    words = min(run("wc", "-l", str(path)).wall for _ in range(RUNS))
    ours, theirs = (median(pair[side].said["cpu"] for pair in pairs) * 1e6 / LINES for side in (0, 1))
    ratio = median(ours.said["cpu"] / theirs.said["cpu"] for ours, theirs in pairs)
    found = pairs[0][0].said
    print(
        f"\n{format_id}: fold {ours:.2f}, plain loop {theirs:.2f} CPU s per million lines, "
        f"wc -l {words * 1e6 / LINES:.2f} s; fold/plain {ratio:.2f}; peak {found['peak']:.0f} MiB"
    )
    assert (found["tools"], found["unreadable"]) == (truth.tools, truth.malformed)
    assert found["peak"] < MOST_MEMORY
    assert ratio < WORST


def test_memory_does_not_grow_with_the_file(
    logs: dict[str, tuple[Path, Truth]], vendors: Path, tmp_path: Path
) -> None:
    path, truth = logs["squid"]
    large = tmp_path / "large.log"
    large.write_bytes(path.read_bytes() * 8)
    small, eightfold = fold(path, vendors).said, fold(large, vendors).said
    per_line = eightfold["cpu"] / 8 / small["cpu"]
    print(
        f"\neightfold: {per_line:.2f} times the cost per line; "
        f"peak {small['peak']:.0f} and {eightfold['peak']:.0f} MiB"
    )
    assert eightfold["tools"] == {tool: 8 * count for tool, count in truth.tools.items()}
    assert eightfold["peak"] < min(MOST_MEMORY, small["peak"] + 50)
    assert per_line < 1.2


def test_compressed_files_cost_little_more(
    logs: dict[str, tuple[Path, Truth]], vendors: Path, tmp_path: Path
) -> None:
    path, _ = logs["squid"]
    packed = tmp_path / "squid.log.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), 6))
    ratios = []
    for _ in range(RUNS):
        ours, uncompressed = fold(packed, vendors), fold(path, vendors)
        unpacked = run("sh", "-c", f"gzip -dc '{packed}' | wc -l")
        ratios.append(ours.wall / (uncompressed.wall + unpacked.wall))
    print(f"\ngz: {median(ratios):.2f} times (gzip -dc | wc -l) and the plain file together")
    assert median(ratios) < 1.3
