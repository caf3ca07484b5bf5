"""A contributor's samples are held to what was written down beside them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import FormatInvalid, SourceUnreadable
from scanner.events import as_json
from scanner.expectations import Difference, differences, expected_rows, rows_of_sample, samples_in
from scanner.spec import read_formats, shipped_formats

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SQUID = "1793606400.000 84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {}:443 - HIER_DIRECT/203.0.113.9 -\n"
FORMAT = """
id = "{id}"
title = "{title}"
vendor = "Example"
family = "proxy"
checked_on = 2026-11-22
docs = []
[[records]]
reader = "regex"
pattern = 'NIGHT (?P<client>\\S+) (?P<host>\\S+)'
[records.fields]
source_ip = "client"
destination_domain = "host"
[[examples]]
line = "NIGHT 10.1.2.3 a.example"
"""


def written(folder: Path, name: str, hosts: tuple[str, ...] = ("claude.ai", "a.example")) -> Path:
    log = folder / f"{name}.log"
    log.write_text("".join(SQUID.format(host) for host in hosts))
    (sample,) = [one for one in samples_in(folder, lacking=True) if one.log == log]
    rows = rows_of_sample(sample, shipped_formats(), NOW)
    sample.expectation.write_text("".join(f"{as_json(row)}\n" for row in rows))
    return log


def compared(folder: Path) -> list[Difference]:
    return [
        difference
        for sample in samples_in(folder)
        for difference in differences(
            expected_rows(sample.expectation), rows_of_sample(sample, shipped_formats(), NOW)
        )
    ]


def test_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    written(tmp_path, "squid")
    assert compared(tmp_path) == []


def test_a_difference_is_named_by_line_and_key(tmp_path: Path) -> None:
    log = written(tmp_path, "squid")
    log.write_text(log.read_text().replace("a.example", "b.example").replace("203.0.113.9", "-", 1))
    assert compared(tmp_path) == [
        Difference(1, "destination_ip", '"203.0.113.9"', "absent"),
        Difference(2, "destination_domain", '"a.example"', '"b.example"'),
    ]


def test_missing_and_new_rows_do_not_shift_the_others(tmp_path: Path) -> None:
    log = written(tmp_path, "squid", ("a.example", "b.example", "c.example"))
    expectation = tmp_path / "squid.expected.ndjson"
    rows = expectation.read_text().splitlines()
    expectation.write_text("\n".join([rows[0], rows[2]]) + "\n")
    (extra,) = compared(tmp_path)
    assert (extra.line, extra.expected) == (3, "no row")
    assert json.loads(extra.found)["destination_domain"] == "b.example"
    expectation.write_text("\n".join(rows) + "\n")
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:2]))
    (lost,) = compared(tmp_path)
    assert (lost.line, lost.found) == (3, "no row")


def test_times_without_a_year_read_alike_whenever_the_sample_was_copied(tmp_path: Path) -> None:
    log = tmp_path / "names.log"
    line = "Dec 24 10:00:00 dnsmasq[5]: query[A] chatgpt.com from 10.0.0.7\n"
    log.write_text(line * 4)
    row = {"line": 1, "timestamp": "2024-12-24T10:00:00Z"}
    (tmp_path / "names.expected.ndjson").write_text(json.dumps(row) + "\n")
    (sample,) = samples_in(tmp_path)
    (first, *_) = rows_of_sample(sample, shipped_formats(), NOW)
    assert first["timestamp"] == "2024-12-24T10:00:00Z"


@pytest.mark.parametrize(
    ("text", "words"),
    [("{broken\n", r"names.expected.ndjson:1: not valid JSON"), ("[1]\n", ":1: no JSON object")],
)
def test_a_broken_expectation_is_named_by_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "names.expected.ndjson"
    path.write_text(text)
    with pytest.raises(SourceUnreadable, match=words):
        expected_rows(path)


def test_orphans_doubles_and_missing_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no such folder"):
        samples_in(tmp_path / "none")
    (tmp_path / "x.expected.ndjson").write_text("")
    with pytest.raises(SourceUnreadable, match="no sample of that name"):
        samples_in(tmp_path)
    (tmp_path / "x.log").write_text("")
    (tmp_path / "x.csv").write_text("")
    with pytest.raises(SourceUnreadable, match="share an expectation"):
        samples_in(tmp_path)


def test_formats_of_the_organisation_join_and_outrank_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "night.toml").write_text(FORMAT.format(id="night", title="Night log"))
    (tmp_path / "squid.toml").write_text(FORMAT.format(id="squid", title="Our squid"))
    formats = {spec.id: spec.title for spec in read_formats([tmp_path])}
    assert (formats["night"], formats["squid"]) == ("Night log", "Our squid")
    assert len(formats) == len(shipped_formats()) + 1
    assert list(formats) == sorted(formats)
    with pytest.raises(FormatInvalid, match="no such folder"):
        read_formats([tmp_path / "none"])
