"""The command line answers at once: asking for help loads none of the heavy libraries."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "alembic", "apprise", "apscheduler", "fastapi", "httpx2", "jinja2", "lxml", "numpy", "pandas", "pyshark",
    "requests", "sqlalchemy", "starlette", "tldextract", "uvicorn", "xlsxwriter",
}  # fmt: skip
BUDGET = 0.3
"""Seconds of processor time for `skiagram --help`."""

REPORT = """
import sys
sys.argv = ["skiagram", *sys.argv[1:]]
try:
    from api.cli import main
    main()
except SystemExit as stop:
    code = stop.code
print("\\nLOADED", code, *sorted(sys.modules), file=sys.stderr)
"""


def ask_for_help(repository: Path) -> subprocess.CompletedProcess[str]:
    return report_of(repository, "--help")


def report_of(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REPORT, *arguments],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository), "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_loads_nothing_heavy(repository: Path) -> None:
    done = ask_for_help(repository)
    loaded = done.stderr.rpartition("LOADED ")[2].split()
    assert loaded, done.stderr
    assert loaded[0] in ("0", "None"), done.stderr
    assert "Usage" in done.stdout or "usage" in done.stdout
    assert HEAVY & set(loaded[1:]) == set()


def test_a_feed_loads_nothing_that_scanning_or_making_tables_needs(
    repository: Path, empty_database: Path
) -> None:
    done = report_of(repository, "tools", "--db", f"sqlite:///{empty_database}")
    loaded = set(done.stderr.rpartition("LOADED ")[2].split())
    assert {"storage.database", "governance.ranking"} <= loaded, done.stderr
    assert (HEAVY - {"sqlalchemy"}) & loaded == set()
    assert {"scanner.spec", "scanner.ingest", "cryptography.hazmat", "api.scanning"} & loaded == set()


@pytest.mark.bench
def test_help_stays_within_its_budget(repository: Path) -> None:
    ask_for_help(repository)  # bytecode
    best = float("inf")
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ask_for_help(repository)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert best < BUDGET
