"""The commands for formats, as a contributor meets them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from api.cli.app import app, guarded
from tests.formats_tools.frames import message, query, stream
from tests.formats_tools.logs import log


@dataclass(frozen=True)
class Ended:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command as `skiagram` does, in this process, with its data in a temporary folder."""
    monkeypatch.setenv("SKIAGRAM_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("SKIAGRAM_CONFIG", "")

    def call(*arguments: str, stdin: str = "", **environment: str) -> Ended:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr("sys.stdin", TextIOWrapper(BytesIO(stdin.encode())))
            capfd.readouterr()
            code = guarded(lambda: app(list(arguments)))
        printed = capfd.readouterr()
        return Ended(int(code), printed.out, printed.err)

    return call


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    path = tmp_path / "filter.log"
    path.write_text("\n".join(log("bars")[12:]) + "\n")  # too few to be read by their content alone
    return path


def test_from_an_unread_file_to_a_scan(run: Run, strange: Path, tmp_path: Path) -> None:
    unread = run("scan", str(strange))
    assert unread.returncode == 3
    assert f"skiagram formats draft {strange}" in " ".join(unread.stdout.split())
    folder = tmp_path / "formats"
    folder.mkdir()
    draft = run("formats", "draft", str(strange), "--id", "house_filter")
    assert draft.returncode == 0, draft.stderr
    (folder / "house_filter.toml").write_text(draft.stdout)
    read = run("read", str(strange), "--formats", str(folder))
    assert read.returncode == 0, read.stderr
    assert len(read.stdout.splitlines()) == 18
    document = json.loads(
        run("scan", str(strange), "--json", SKIAGRAM_FORMAT_DIRECTORIES=json.dumps([str(folder)])).stdout
    )
    assert document["status"] == "ok"
    assert {tool["id"] for tool in document["tools"]} >= {"chatgpt", "claude"}
    listed = json.loads(run("formats", "list", "--formats", str(folder), "--json").stdout)
    assert "house_filter" in {one["id"] for one in listed}
    detected = json.loads(run("formats", "detect", str(strange), "--formats", str(folder), "--json").stdout)
    assert detected[0]["format"] == "house_filter"


def test_what_is_read_by_content_alone_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "filter.log"
    path.write_text("\n".join(log("bars")) + "\n")
    scan = run("scan", str(path))
    assert scan.returncode == 0
    said = " ".join(scan.stdout.split())
    assert "of an unknown maker, read by its content" in said
    assert f"skiagram formats draft {path}" in said
    read = run("read", str(path))
    assert (read.returncode, len(read.stdout.splitlines())) == (0, 30)
    assert "% sure" in read.stderr
    assert "as source_ip" in run("formats", "detect", str(path)).stdout


def test_standard_input_is_drafted_and_named(run: Run, strange: Path) -> None:
    text = strange.read_text()
    assert "id = 'new_format'" in run("formats", "draft", "-", stdin=text).stdout
    refused = run("read", "-", stdin=text)
    assert refused.returncode == 3
    assert refused.stderr.startswith("skiagram: -: no format")
    assert refused.stderr.rstrip().endswith("skiagram formats draft -")


@pytest.mark.parametrize("content", ["", "Dear colleague,\nthe plan is attached.\n" * 20])
def test_what_cannot_be_drafted_says_so(run: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(content)
    result = run("formats", "draft", str(path))
    assert result.returncode == 3
    assert "letter.txt: no draft can be made" in result.stderr
    assert result.stdout == ""


def test_a_recording_needs_no_draft(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "queries.tap"
    path.write_bytes(stream(message(5, asked=query("claude.ai", 7))))
    result = run("formats", "draft", str(path))
    assert result.returncode == 3
    assert "read without a format" in result.stderr
    assert json.loads(run("formats", "detect", str(path), "--json").stdout)[0]["format"] == "dnstap"


def test_a_wrong_id_and_a_wrong_folder_are_refused(run: Run, strange: Path) -> None:
    assert run("formats", "draft", str(strange), "--id", "House Filter").returncode == 2
    wrong = run("read", str(strange), "--formats", "/does/not/exist")
    assert wrong.returncode == 4
    assert "/does/not/exist: no such folder" in wrong.stderr


def test_samples_are_written_compared_and_told_apart(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    line = "1793606400.000 84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {}:443 - HIER_DIRECT/203.0.113.9 -\n"
    (folder / "squid.log").write_text(line.format("claude.ai") * 3)
    none = run("formats", "test", str(folder))
    assert none.returncode == 3
    assert "--update-golden" in none.stderr
    assert run("formats", "test", str(folder), "--update-golden").returncode == 0
    fine = run("formats", "test", str(folder))
    assert (fine.returncode, fine.stdout) == (0, "")
    (folder / "squid.log").write_text(line.format("claude.ai") * 2 + line.format("\x1b[31mb.example"))
    differs = run("formats", "test", str(folder))
    assert differs.returncode == 3
    assert 'squid.expected.ndjson:3: destination_domain: expected "claude.ai"' in differs.stdout
    assert "\x1b" not in differs.stdout
    assert "1 samples, 0 as expected, 1 not" in differs.stderr


def test_the_page_is_written_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "formats.md"
    assert run("formats", "docs", "--out", str(out)).stdout == ""
    assert out.read_text() == run("formats", "docs").stdout
    assert out.read_text().startswith("# Log formats\n")
