"""Hostile values of a log pass through scan, report and database: escaped, and only as pseudonyms."""

import json
from pathlib import Path

import pytest

from tests.command_line import Run
from tests.command_line import run as run
from tests.scanner.conftest import Bench
from tests.scanner.conftest import bench as bench
from tests.scanner.conftest import matcher as matcher

HOSTILE = [
    "\x1b[31mred\x1b[0m", "\u202eevil", "nul\0nul", "\ud800lone", "u" * 4096, '=HYPERLINK("http://x")', "@SUM(1)",
    "'; DROP TABLE sighting; --", "<script>alert(1)</script>", "[bold]x[/bold]", "../../etc/passwd", "\n\r\t",
]  # fmt: skip
SIZES = [10**30, -5, 2**63, float("inf"), 1e308]


def hostile_log(path: Path) -> Path:
    rows = [
        {
            "time": f"2026-11-02T08:{number:02}:{place:02}Z",
            "client_ip": "10.1.1.1",
            "user": "rawperson",
            "host": "chatgpt.com",
            "url": "https://chatgpt.com/c/1?q=secretquestion",
            "bytes_out": SIZES[number % len(SIZES)],
            "bytes_in": SIZES[(number + 1) % len(SIZES)],
            name: f"rawperson{value}" if name == "user" else value,
        }
        for place, name in enumerate(("user", "user_agent", "application", "department", "action"))
        for number, value in enumerate(HOSTILE)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.full
def test_hostile_values_end_in_pseudonyms_and_escapes(run: Run, tmp_path: Path) -> None:
    log = hostile_log(tmp_path / "a.ndjson")
    scanned = run("scan", str(log), "--source", "\x1b[2J=1+1\u202e", "--format", "generic_json")
    assert "Traceback" not in scanned.stderr
    assert scanned.returncode in {0, 3}, scanned.stderr
    assert "ChatGPT" in scanned.stdout
    for arguments in (("tools",), ("tools", "show", "chatgpt")):
        for form in ((), ("--json",)):
            shown = run(*arguments, *form)
            assert shown.returncode == 0, shown.stderr
            assert not {"\x1b", "\u202e", "\0"} & set(shown.stdout + shown.stderr)
            assert "rawperson" not in shown.stdout
            if form:
                json.loads(shown.stdout)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file())
    for secret in (b"rawperson", b"secretquestion"):
        assert secret not in stored


def test_sizes_no_network_carries_do_not_stop_a_scan(bench: Bench, tmp_path: Path) -> None:
    path = hostile_log(tmp_path / "a.ndjson")
    path.write_text(path.read_text().replace("chatgpt.com", "app.acme-ai.example"))
    (outcome,) = bench.scan(path, format_id="generic_json")
    assert outcome.ledger.balanced
    assert bench.events() == len(path.read_text().splitlines())


@pytest.mark.parametrize(
    "value", ["1" * 400, "1e999", "-1e999", "NaN", '"\\ud800"', '"\\u0000"', "[[]]", "{}", "true", '""']
)
def test_odd_json_values_stop_nothing(bench: Bench, tmp_path: Path, value: str) -> None:
    good = {
        "time": "2026-11-02T08:00:00Z",
        "client_ip": "10.1.1.1",
        "host": "app.acme-ai.example",
        "user": "a",
    }
    lines = [json.dumps(good)] * 20
    for name in good:
        rest = {key: stated for key, stated in good.items() if key != name}
        lines.append(f'{json.dumps(rest)[:-1]}, "{name}": {value}, "bytes_in": {value}}}')
    (tmp_path / "a.ndjson").write_text("\n".join(lines) + "\n")
    (outcome,) = bench.scan(tmp_path / "a.ndjson")
    assert (outcome.ledger.lines, outcome.ledger.balanced) == (24, True)
    assert bench.events() >= 20
