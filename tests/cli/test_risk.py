"""Scenarios in, answers out, line by line; and what a score would be if."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.loss_inputs import shipped_inputs

Run = Callable[..., subprocess.CompletedProcess[str]]

Answers = list[dict[str, object]]


def answers(stdout: str) -> Answers:
    return [json.loads(line) for line in stdout.splitlines()]


def test_every_line_is_answered_in_order(run: Run, tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "category": "ambient_scribe", "people": 1}',
        "",
        '{"peple": 1}',
        "oops",
        '{"people": 2}',
    ]
    file = tmp_path / "scenarios.ndjson"
    file.write_text("\ufeff" + "\n".join(lines))
    result = run("risk", "score", str(file), "--ndjson")
    found = answers(result.stdout)
    assert result.returncode == 3
    assert [one["line"] for one in found] == [1, 3, 4, 5]
    assert found[1]["error"] == "unknown key 'peple'; did you mean people?"
    assert "line 3: unknown key" in result.stderr
    assert "Traceback" not in result.stderr
    first = found[0]
    assert (first["id"], first["band"]) == ("a", "critical")
    assert set(first) == {
        "line", "id", "score", "low", "high", "band", "exposure", "posture", "unknown", "to_find_out", "parts",
        "weights",
    }  # fmt: skip
    for name, key in (("points", "score"), ("low", "low"), ("high", "high")):
        assert sum(part[name] for part in first["parts"]) == first[key]
    assert all(part["reason"] and part["citation"] for part in first["parts"])


def test_the_pairs_hold_on_the_command_line_too(run: Run) -> None:
    """All pairs as one organisation: those without volumes must hold among each other as well."""
    pairs = tomllib.loads(
        (Path(__file__).parents[1] / "governance" / "scenarios.toml").read_text(encoding="utf-8")
    )["pairs"]
    chosen = [
        pair
        for pair in pairs
        if not any(key.startswith("bytes") for side in ("more", "less") for key in pair[side])
    ]
    assert len(chosen) >= 40
    lines = [json.dumps(pair[side]) for pair in chosen for side in ("more", "less")]
    result = run("risk", "score", "--ndjson", stdin="\n".join(lines))
    assert result.returncode == 0, result.stderr
    scores = [one["score"] for one in answers(result.stdout)]
    assert len(scores) == len(lines)
    for number, pair in enumerate(chosen):
        assert scores[2 * number] > scores[2 * number + 1], pair["reason"]


def test_people_read_a_table_and_one_scenario_in_full(run: Run) -> None:
    two = run(
        "risk",
        "score",
        stdin='{"id": "ward \\u001b[31m", "category": "dictation"}\n{"category": "writing"}\n',
    )
    assert two.returncode == 0
    assert "dictation" not in two.stdout
    assert "\x1b" not in two.stdout
    assert "ward \\x1b" in two.stdout
    one = run("risk", "score", stdin='{"category": "dictation"}')
    assert "Takes clinical notes as speech." in one.stdout
    assert "sum" in one.stdout
    nothing = run("risk", "score", stdin="\n")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "no scenario was given" in nothing.stderr


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "none.ndjson", tmp_path):
        result = run("risk", "score", str(path))
        assert result.returncode == 3
        assert str(path) in result.stderr
        assert "Traceback" not in result.stderr


def test_weights_of_the_organisation_are_used(run: Run, tmp_path: Path) -> None:
    from governance.weights import default_path

    own = tmp_path / "weights.toml"
    text = default_path().read_text(encoding="utf-8")
    own.write_text(text.replace("writing = { value = 14", "writing = { value = 1", 1))
    lines = '{"category": "writing"}'
    ours = answers(run("risk", "score", "--ndjson", stdin=lines).stdout)[0]
    theirs = answers(run("risk", "score", "--ndjson", stdin=lines, SKIAGRAM_WEIGHTS_FILE=str(own)).stdout)[0]
    assert ours["score"] == theirs["score"] + 13
    assert ours["weights"] != theirs["weights"]


@pytest.mark.full
def test_explain_prints_both_sums(run: Run, log: Path) -> None:
    run("scan", str(log))
    as_it_is = run("risk", "explain", "chatgpt")
    assert "As it is:" in as_it_is.stdout
    assert "Assumed:" not in as_it_is.stdout
    told = run("risk", "explain", "chatgpt", "--assume", "baa=signed,department=radiology")
    assert "What the tool takes in  " in told.stdout  # no column squeezes another to nothing
    assert told.returncode == 0, told.stderr
    assert (
        "Other points: Used where patients are treated, Agreement the vendor offers, Agreement we have"
        in told.stdout
    )
    document = json.loads(
        run("risk", "explain", "chatgpt", "--assume", "baa=signed,department=radiology", "--json").stdout
    )
    shown = json.loads(run("tools", "show", "chatgpt", "--json").stdout)
    now, then = document["now"], document["then"]
    assert now["score"] == shown["tool"]["score"]
    assert [part["points"] for part in now["parts"]] == [part["points"] for part in shown["parts"]]
    assert sum(part["points"] for part in then["parts"]) == then["score"]
    assert then["score"] < now["score"]
    assert (now["rank"], then["rank"]) == (2, 2)
    assert document["assumed"] == {"agreement": "in_force", "departments": 1, "clinical_department": True}
    scribe = "category=ambient_scribe,ehr=1,audio=9,clinical_tool=yes"
    worse = json.loads(run("risk", "explain", "chatgpt", "--assume", scribe, "--json").stdout)
    assert worse["then"]["rank"] == 1
    approved = run("risk", "explain", "chatgpt", "--assume", "status=approved").stdout
    assert "not in the feed (approved)" in approved


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", "chatgtp"], "did you mean chatgpt"),
        (["explain", "nuance-dax"], "was seen here"),
        (["explain", "chatgpt", "--assume", "bia=signed"], "'bia' is no fact to assume; did you mean baa?"),
        (["explain", "chatgpt", "--assume", "baa=sgned"], "did you mean signed?"),
        (["explain", "chatgpt", "--assume", "baa"], "write key=value"),
        (["weights", "--update", "/does/not/exist.md"], "No such file"),
        (["weights", "--update", "README.md"], "needs one pair of marks"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, log: Path, arguments: list[str], words: str) -> None:
    if arguments[0] == "explain":
        run("scan", str(log))
    result = run("risk", *arguments)
    assert result.returncode == 2, result.stderr
    assert words.replace(" ", "") in result.stderr.replace(" ", "").replace("\n", "")
    assert "Traceback" not in result.stderr


def test_weights_bring_a_page_up_to_date(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "risk.md"
    current = (Path(__file__).parents[2] / "docs" / "risk.md").read_text(encoding="utf-8")
    page.write_text(current.replace("Records whole visits", "Records nothing"), encoding="utf-8")
    assert run("risk", "weights", "--update", str(page)).returncode == 0
    assert page.read_text(encoding="utf-8") == current
    assert "Records whole visits" in run("risk", "weights").stdout


def test_what_a_scan_found_can_be_scored_read_again_and_estimated(
    run: Run, log: Path, tmp_path: Path
) -> None:
    run("scan", str(log))
    facts = run("risk", "explain", "chatgpt", "--inputs")
    (again,) = answers(run("risk", "score", "--ndjson", stdin=facts.stdout).stdout)
    (past,) = json.loads(run("risk", "history", "chatgpt", "--json").stdout)
    assert past["inputs"] == {key: value for key, value in json.loads(facts.stdout).items() if key != "id"}
    for name in ("score", "low", "high", "exposure", "posture"):
        assert again[name] == past[name], name
    found = json.loads(run("risk", "quantify", "--json", "--seed", "5", "--runs", "2000").stdout)
    assert found["estimate"] is True
    assert {one["tool_id"] for one in found["tools"]} == {"chatgpt", "heidi"}
    own = tmp_path / "own.toml"
    own.write_text(shipped_inputs().read_text().replace("least = 30", "least = 3000"))
    wrong = run("risk", "quantify", "--inputs", str(own))
    assert wrong.returncode == 2
    assert "cost_per_record: must rise" in wrong.stderr
