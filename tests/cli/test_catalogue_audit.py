"""`skiagram catalog audit`: a list of popular hosts held against the catalogue."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]
HOSTS = """# rank,host
1,google.com
2,chatgpt.com
2,ChatGPT.com.
3,notopenai.com
"4","www.example.org"
5,*.zoom.us
6,https://chatgpt.com/c/1

7,-
"""


def test_use_is_printed_and_everything_is_counted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "popular.csv"
    path.write_text(HOSTS)
    result = run("catalog", "audit", str(path))
    assert result.returncode == 0, result.stderr
    assert [line.split()[:2] for line in result.stdout.splitlines() if "." in line] == [
        ["chatgpt.com", "chatgpt"]
    ]
    assert "5 hosts: 3 no match, 1 use, 1 embedded; 2000.00 of 10,000" in result.stderr
    assert "2 lines name no host" in result.stderr


def test_json_from_standard_input(run: Run) -> None:
    document = json.loads(run("catalog", "audit", "-", "--json", stdin=HOSTS).stdout)
    assert document["hosts"] == 5
    assert document["by_surface"] == {"no match": 3, "use": 1, "embedded": 1}
    assert [found["host"] for found in document["use"]] == ["chatgpt.com"]
    assert document["lines_without_host"] == 2


def test_an_empty_list_and_one_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert json.loads(run("catalog", "audit", "-", "--json").stdout)["use_of_10000"] == 0
    missing = run("catalog", "audit", str(tmp_path / "none.csv"))
    assert missing.returncode == 3
    assert "none.csv" in missing.stderr
