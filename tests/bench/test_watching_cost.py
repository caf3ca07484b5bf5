"""Measure what everything that watches a scan costs beside reading alone and beside a plain loop, in one run."""

import sys
from pathlib import Path
from statistics import median

import pytest

from tests.bench.generated import WRITERS, write_log
from tests.bench.test_throughput import HERE, LINES, RUNS, plain, run

pytestmark = pytest.mark.bench
WORST = 6.0
"""Times the cost of reading alone: a bound against collapse. The aim is 1.15; what is measured is printed."""


@pytest.mark.parametrize("format_id", WRITERS)
def test_watching_costs_a_share_of_reading(format_id: str, tmp_path: Path) -> None:
    content, truth = write_log(format_id, LINES, hosts=100_000, people=5_000)
    path = tmp_path / f"{format_id}.log"
    path.write_bytes(content)
    script = str(HERE / "watch_file.py")
    sides: dict[str, list[float]] = {"no": [], "yes": [], "plain": []}
    for number in range(RUNS):
        for watched in ("no", "yes"):
            folder = tmp_path / f"{watched}{number}"
            said = run(sys.executable, script, str(path), str(folder), watched).said
            assert said["lines"] >= truth.lines
            sides[watched].append(said["cpu"])
        sides["plain"].append(plain(path, format_id).said["cpu"])
    alone, all_of_it, loop = (median(sides[side]) for side in ("no", "yes", "plain"))
    print(
        f"\n{format_id}: watched/alone {all_of_it / alone:.2f}, alone/plain {alone / loop:.2f}, "
        f"watched/plain {all_of_it / loop:.2f}"
    )
    assert all_of_it < WORST * alone
