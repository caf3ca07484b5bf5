"""No input makes a reader raise, loop or lose a line: a taste on every run, a million runs each with test-full."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.damage.damaged_contents import flips
from tests.fuzz.targets import corpus, targets

TARGETS = targets()
RUNS = int(os.environ.get("SKIAGRAM_FUZZ_RUNS", "1000000"))


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_begins_with_is_read_and_so_is_damage(name: str) -> None:
    beginnings = list(corpus(name))
    assert beginnings
    dice = random.Random(7)
    for data in dice.sample(beginnings, min(len(beginnings), 25)):
        TARGETS[name](data)
        for _, damaged in flips(data, 3, seed=len(data)):
            TARGETS[name](damaged)


@pytest.mark.full
@pytest.mark.timeout(7200)
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed; enable with: .venv/bin/pip install atheris",
)
@pytest.mark.parametrize("name", TARGETS)
def test_a_million_guided_runs_find_nothing(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", name, str(tmp_path / "corpus")]
    options = [f"-runs={RUNS}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=2048", "-print_final_stats=1"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    assert f"stat::number_of_executed_units: {RUNS}" in done.stderr
