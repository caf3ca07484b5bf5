"""The command line as its users meet it: output, exit codes, refusals."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import Run, run_apart

SQUID = (
    "{time}.000     84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {host}:443 arivera HIER_DIRECT/203.0.113.9 -\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    hosts = ["chatgpt.com", "www.example.org", "notopenai.com", "scribe.heidihealth.com"] * 5
    path.write_text("".join(SQUID.format(time=1793606400 + n, host=host) for n, host in enumerate(hosts)))
    return path


def test_a_scan_prints_feed_and_coverage_and_nothing_else(tmp_path: Path, log: Path) -> None:
    result = run_apart(tmp_path, "scan", str(log))
    assert result.returncode == 0, result.stderr
    assert re.search(r"ChatGPT +chatgpt ", result.stdout)
    assert "heidi" in result.stdout.lower()
    assert "20 new lines, 20 events, 0 lines could not be read" in result.stdout
    assert "\x1b" not in result.stdout
    assert "notopenai" not in result.stdout


def test_json_is_one_document(run: Run, log: Path) -> None:
    document = json.loads(run("scan", str(log), "--json").stdout)
    assert document["status"] == "ok"
    assert {tool["id"] for tool in document["tools"]} >= {"chatgpt"}
    assert document["this_scan"]["lines"] == 20
    assert "arivera" not in json.dumps(document)


def test_scanning_again_changes_nothing(run: Run, log: Path) -> None:
    run("scan", str(log))
    first = json.loads(run("tools", "--json").stdout)
    again = run("scan", str(log))
    assert "(1 read before), 0 new lines" in again.stdout
    assert json.loads(run("tools", "--json").stdout) == first


def test_standard_input_and_its_name(run: Run, log: Path) -> None:
    document = json.loads(run("scan", "-", "--json", stdin=log.read_text()).stdout)
    assert document["this_scan"]["files"][0]["file"] == "standard input"
    assert document["this_scan"]["lines"] == 20


def test_fail_on_a_band(run: Run, log: Path) -> None:
    assert run("scan", str(log), "--fail-on", "minimal").returncode == 1
    refusal = run("scan", str(log), "--fail-on", "terrible")
    assert refusal.returncode == 2
    assert "critical, high, moderate, low, minimal" in refusal.stderr


def test_unread_input_is_never_clean(run: Run, tmp_path: Path, log: Path) -> None:
    prose = tmp_path / "letter.txt"
    prose.write_text("Dear colleague,\nplease find attached the plan.\n" * 30)
    result = run("scan", str(prose), str(log), str(tmp_path / "missing.log"))
    assert result.returncode == 3
    assert "ChatGPT" in result.stdout
    assert "letter.txt" in result.stdout
    assert "missing.log: no such file" in result.stdout
    assert "Some input was not read" in result.stdout


def test_every_part_of_a_score_adds_up(run: Run, log: Path) -> None:
    run("scan", str(log))
    report = json.loads(run("tools", "show", "chatgpt", "--json").stdout)
    assert sum(part["points"] for part in report["parts"]) == report["tool"]["score"]
    assert all(part["reason"] and part["citation"] for part in report["parts"])
    printed = run("tools", "show", "chatgpt").stdout
    assert f"{report['tool']['score']} of 100" in printed
    assert "source" in printed


def test_a_decision_takes_a_tool_out_of_the_feed(run: Run, log: Path) -> None:
    run("scan", str(log))
    taken = run(
        "tools",
        "decide",
        "chatgpt",
        "--status",
        "approved",
        "--by",
        "C. Ruiz",
        "--reason",
        "Enterprise contract",
    )
    assert taken.returncode == 0, taken.stderr
    assert "chatgpt" not in {tool["id"] for tool in json.loads(run("tools", "--json").stdout)}
    approved = json.loads(run("tools", "--status", "approved", "--json").stdout)
    assert [tool["id"] for tool in approved] == ["chatgpt"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["scan"], 2, "Missing argument"),
        (["scna"], 2, "scan"),
        (["tools", "show", "no-such-tool"], 2, "no-such-tool"),
        (["tools", "decide", "chatgpt", "--status", "blessed", "--by", "x", "--reason", "y"], 2, "blessed"),
        (["read", "/does/not/exist.log"], 3, "no such file"),
        (["scan", "README.md", "--format", "sqiud"], 3, "did you mean squid"),
        (["scan", "README.md", "--db", "sqlite:////does/not/exist/x.db"], 5, "/does/not/exist"),
        (["scan", "README.md", "--db", "nonsense"], 5, "database URL cannot be read"),
        (["serve", "--host", "0.0.0.0"], 2, "does not listen"),
        (["catalog", "show", "chatgtp"], 2, "did you mean chatgpt"),
    ],
)
def test_refusals_say_what_and_what_next(run: Run, arguments: list[str], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.returncode == code, result.stderr + result.stdout
    assert words.lower() in (result.stderr + result.stdout).lower()
    assert "Traceback" not in result.stderr


def test_wrong_settings_are_named_with_their_origin(run: Run, tmp_path: Path, log: Path) -> None:
    file = tmp_path / "skiagram.toml"
    file.write_text("colour = 'blue'\n")
    result = run("scan", str(log), SKIAGRAM_CONFIG=str(file))
    assert result.returncode == 4
    assert "colour" in result.stderr
    assert str(file) in result.stderr


def test_match_reads_hosts_and_objects(run: Run) -> None:
    asked = 'chatgpt.com\nwww.example.org\n{"host": "www.bing.com", "path": "/chat"}\n'
    asked += '{"host": "www.bing.com"}\n{broken\n'
    answers = [json.loads(line) for line in run("catalog", "match", stdin=asked).stdout.splitlines()]
    assert [answer["tool"] for answer in answers[:2]] == ["chatgpt", None]
    assert answers[2]["signature"] is not None
    assert answers[3]["tool"] is None
    assert answers[4]["error"] == "not valid JSON"


def test_read_prints_events_with_their_lines(run: Run, log: Path) -> None:
    with log.open("a") as file:
        file.write("half a li\n")
    result = run("read", str(log), "--ndjson")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 3
    assert rows[0]["line"] == 1
    assert rows[0]["destination_domain"] == "chatgpt.com"
    assert rows[-1] == {"line": 21, "dropped": True, "unreadable": True, "reason": "matches no known shape"}


def test_read_takes_a_squid_logformat(run: Run) -> None:
    line = '1793606400.000 10.1.2.3 TCP_MISS/200 GET https://claude.ai/chat?q=secret "Mozilla/5.0 (x)"\n'
    result = run(
        "read", "-", "--format", 'logformat:%ts.%03tu %>a %Ss/%03>Hs %rm %ru "%{User-Agent}>h"', stdin=line
    )
    (event,) = [json.loads(row) for row in result.stdout.splitlines()]
    assert event["destination_domain"] == "claude.ai"
    assert event["user_agent"] == "Mozilla/5.0 (x)"
    assert "secret" not in result.stdout


def test_terminal_escapes_and_markup_come_out_as_text(run: Run, tmp_path: Path) -> None:
    evil = tmp_path / "ev\x1b[31mil [bold]x.log"
    evil.write_text(
        "".join(SQUID.format(time=1793606400 + n, host="chatgpt.com") for n in range(4)) + "x\n" * 3
    )
    result = run("scan", str(evil))
    assert "\x1b" not in result.stdout + result.stderr
    document = run("formats", "detect", str(evil)).stdout
    assert "\\x1b" in document
    assert "[bold]" in document


def test_detect_names_the_format(run: Run, log: Path) -> None:
    result = run("formats", "detect", str(log), "--json")
    assert json.loads(result.stdout)[0]["format"] == "squid"


def test_help_needs_no_heavy_library() -> None:
    heavy = "pandas", "sqlalchemy", "fastapi", "apprise", "pyshark", "numpy"
    code = f"import sys; from api.cli import app; print([m for m in {heavy} if m in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert printed.stdout.strip() == "[]", printed.stdout + printed.stderr
