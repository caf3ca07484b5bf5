"""The imaginary hospital: the same bytes every time, and a truth that counts right."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.demo import DemoTruth, write_demo_logs
from api.demo.hospital import rotated
from api.demo.web import HOSTS

END = date(2026, 11, 20)
"""A Friday; two days before it are weekdays too."""

SHAPES = {
    "squid": r"^\d{10}\.\d{3} +\d+ 10\.20\.\d+\.\d+ [A-Z_]+/\d{3} \d+ [A-Z]+ \S+ \S+ \S+ \S+$",
    "bind": r"^\d\d-[A-Z][a-z]{2}-2026 \d\d:\d\d:\d\d\.\d{3} queries: info: client @0x[0-9a-f]+ [\d.]+#\d+"
    r" \((\S+)\): query: \1 IN (A|AAAA|HTTPS) \+E\(0\)K \([\d.]+\)$",
    "zeek_ssl_tsv": r"^#separator \\x09$",
    "zeek_dns_tsv": r"^#separator \\x09$",
    "cisco_umbrella_dns": r'^"2026-11-\d\d \d\d:\d\d:\d\d","[^"]+, [^"]+ \([^"]+@lakeside\.example\)",',
    "dnsmasq_pihole": r"^Nov 18 [\d:]{8} dnsmasq-dhcp\[676\]: DHCPACK\(eth0\) [\d.]+ [0-9a-f:]{17} \S+$",
    "panos": r"^<14>Nov 18 \d\d:\d\d:\d\d LSH-FW-01 1,2026/11/18 \d\d:\d\d:\d\d,013201004771,THREAT,url,",
    "zscaler_zia_web": r'^\{"sourcetype":"zscalernss-web","event":\{"datetime":"2026-11-18 ',
    "okta_system": r'^\{"actor":\{"id":"00u',
    "entra_signin": r'^\{"time": "2026-11-18T\d\d:\d\d:\d\d\.\d{6}Z", "resourceId": "/tenants/',
    "google_workspace": r'^\{"kind":"admin#reports#activity","id":\{"time":"2026-11-18T',
}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> DemoTruth:
    return write_demo_logs(tmp_path_factory.mktemp("hospital"), days=3, end=END)


def content(truth: DemoTruth, path: str) -> bytes:
    raw = (truth.directory / path).read_bytes()
    return gzip.decompress(raw) if path.endswith(".gz") else raw


def digests(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_the_same_bytes_and_truth(truth: DemoTruth, tmp_path: Path) -> None:
    again = write_demo_logs(tmp_path / "again", days=3, end=END)
    assert digests(again.directory) == digests(truth.directory)
    assert again.files == truth.files


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    one = write_demo_logs(tmp_path / "one", seed=7, days=1, end=END)
    two = write_demo_logs(tmp_path / "two", seed=8, days=1, end=END)
    assert digests(one.directory).keys() == digests(two.directory).keys()
    assert not set(digests(one.directory).values()) & set(digests(two.directory).values())


def test_a_day_does_not_depend_on_how_many_days_are_written(truth: DemoTruth, tmp_path: Path) -> None:
    alone = write_demo_logs(tmp_path, days=1, end=END)
    for path in ("proxy/squid/access.log", "dns/bind/queries.log", "zeek/current/ssl.log"):
        assert content(alone, path) == content(truth, path)


def test_truth_names_every_file_and_counts_its_lines(truth: DemoTruth) -> None:
    written = {path for path in digests(truth.directory) if path != "people.csv"}
    assert {file.path for file in truth.files} == written
    for file in truth.files:
        assert content(truth, file.path).count(b"\n") == file.lines, file.path
        assert content(truth, file.path).endswith(b"\n"), file.path


def test_damage_is_about_one_line_in_a_thousand_and_of_every_kind(truth: DemoTruth) -> None:
    kinds = Counter[str]()
    for file in truth.files:
        kinds.update(file.malformed)
    assert set(kinds) == {"cut", "torn", "binary", "nul", "foreign"}
    assert 0.0008 < truth.malformed_lines / truth.lines < 0.0012


def test_damaged_lines_are_in_the_files_as_counted(truth: DemoTruth) -> None:
    for file in truth.files:
        lines = content(truth, file.path).split(b"\n")
        assert sum(line.startswith(b"\xff\xfe") for line in lines) == file.malformed.get("binary", 0)
        assert sum(line.startswith(b"\x00") for line in lines) == file.malformed.get("nul", 0)
        assert sum(b"rsyslogd" in line for line in lines) == file.malformed.get("foreign", 0)


def test_json_logs_are_json_except_for_the_damage(truth: DemoTruth) -> None:
    for file in truth.files:
        if not file.path.endswith(".ndjson"):
            continue
        broken = 0
        for line in content(truth, file.path).splitlines():
            try:
                assert isinstance(json.loads(line), dict)
            except ValueError:
                broken += 1
        assert broken == file.malformed_lines, file.path


@pytest.mark.parametrize("format_id", sorted(SHAPES))
def test_first_line_has_the_shape_of_its_format(truth: DemoTruth, format_id: str) -> None:
    files = [file for file in truth.files if file.format == format_id]
    assert files
    for file in files:
        first = content(truth, file.path).split(b"\n", 1)[0].decode()
        assert re.match(SHAPES[format_id], first), f"{file.path}: {first}"


def test_columns_are_as_many_as_the_format_has(truth: DemoTruth) -> None:
    for file in truth.files:
        text = content(truth, file.path).decode("utf-8", "replace")
        if file.format == "cisco_umbrella_dns":
            counts = Counter(len(row) for row in csv.reader(text.replace("\x00", "").splitlines()))
            assert counts[16] >= file.lines - file.malformed_lines
        elif file.format in ("zeek_ssl_tsv", "zeek_dns_tsv"):
            lines = text.split("\n")
            fields = next(line for line in lines if line.startswith("#fields")).count("\t")
            kinds = next(line for line in lines if line.startswith("#types")).count("\t")
            assert fields == kinds
            assert {line.count("\t") + 1 for line in lines if line.startswith("1795")} >= {fields}
            assert any(line.startswith("#close") for line in lines) == file.path.endswith(".gz")


def hosts_of(line: str, format_id: str) -> str:
    """Return the name a line is about, read by hand and not by the writer's code."""
    patterns = {
        "squid": r" (?:CONNECT|GET|POST) (?:http://)?([^:/ ]+)",
        "bind": r" query: (\S+) IN ",
        "dnsmasq_pihole": r" query\[\w+\] (\S+) from ",
        "cisco_umbrella_dns": r'","NOERROR","([^"]+)\.",',
        "panos": r',tcp,(?:alert|block-url),"([^/"]+)',
        "zscaler_zia_web": r'"hostname":"([^"]+)"',
        "zeek_ssl_tsv": r"\tx25519\t(\S+)\t",
        "zeek_dns_tsv": r"\t0\.\d+\t(\S+)\t1\tC_INTERNET",
    }
    found = re.search(patterns[format_id], line)
    return found.group(1) if found else ""


TOOL_OF = {
    "chatgpt.com": "chatgpt",
    "claude.ai": "claude",
    "scribe.heidihealth.com": "heidi",
    "registrar.api.heidihealth.com": "heidi",
    "api.openai.com": "openai-api",
    "chat.deepseek.com": "deepseek",
    "app.upheal.io": "upheal",
}


def test_truth_of_tools_agrees_with_the_lines(truth: DemoTruth) -> None:
    for file in truth.files:
        if file.path.startswith("sso/"):
            continue
        seen = Counter[str]()
        for line in content(truth, file.path).decode("utf-8", "replace").split("\n"):
            tool = TOOL_OF.get(hosts_of(line, file.format))
            if tool:
                seen[tool] += 1
        expected = {tool: file.tools[tool].lines for tool in TOOL_OF.values() if tool in file.tools}
        assert dict(seen) == expected, file.path


def test_truth_of_sign_ins_agrees_with_the_lines(truth: DemoTruth) -> None:
    names = {
        "chatgpt": '"ChatGPT"',
        "otter": '"Otter.ai"',
        "claude": '"Claude"',
        "fireflies": '"Fireflies.ai"',
    }
    for file in truth.files:
        if not file.path.startswith("sso/"):
            continue
        lines = content(truth, file.path).decode("utf-8", "replace").split("\n")
        for tool, name in names.items():
            expected = file.tools[tool].lines if tool in file.tools else 0
            assert sum(name in line for line in lines) == expected, (file.path, tool)


def test_the_story_the_demo_tells(truth: DemoTruth) -> None:
    tools = truth.tools
    with (truth.directory / "people.csv").open(encoding="utf-8") as stream:
        staff = {row["principal"]: row for row in csv.DictReader(stream)}
    (physician,) = tools["heidi"].people
    assert (staff[physician]["department"], staff[physician]["role"]) == ("Emergency", "physician")
    assert (tools["heidi"].bytes_up or 0) / tools["heidi"].lines > 100_000  # a minute of sound at a time
    coders = {user for user, row in staff.items() if row["role"] in ("coder", "biller")}
    assert coders <= tools["chatgpt"].people
    assert tools["openai-api"].people == frozenset()
    assert {staff[address]["role"] for address in tools["openai-api"].addresses} == {"batch server"}
    assert 0 < tools["deepseek"].blocked <= tools["deepseek"].lines
    assert set(truth.approved) <= set(tools)


def test_everybody_in_the_truth_is_in_the_table_of_people(truth: DemoTruth) -> None:
    with (truth.directory / "people.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    principals = {row["principal"] for row in rows}
    assert len(principals) == len(rows)
    assert sum(not row["principal"][0].isdigit() for row in rows) == truth.people
    assert {row["clinical"] for row in rows} == {"true", "false"}
    for tool in truth.tools.values():
        assert tool.people <= principals
        assert tool.addresses <= principals


def test_decoys_candidates_and_query_strings_occur(truth: DemoTruth) -> None:
    everything = b"".join(content(truth, file.path) for file in truth.files).decode("utf-8", "replace")
    for name in (*truth.decoys, *truth.candidates, truth.query_marker):
        assert name in everything, name
    assert not {host.name for host in HOSTS} & set(TOOL_OF)


def test_a_week_is_big_enough_and_quick(tmp_path: Path) -> None:
    began = time.process_time()
    truth = write_demo_logs(tmp_path, end=END)
    assert time.process_time() - began < 20
    assert 130_000 < truth.lines < 180_000
    assert truth.last_day == END
    assert (truth.last_day - truth.first_day).days == 6


def test_files_look_as_old_as_what_is_in_them(truth: DemoTruth) -> None:
    def changed(path: str) -> datetime:
        return datetime.fromtimestamp((truth.directory / path).stat().st_mtime, UTC)

    assert changed("dns/riverside/pihole.log") == datetime(2026, 11, 21, tzinfo=UTC)
    assert changed("proxy/squid/access.log.1") == datetime(2026, 11, 20, tzinfo=UTC)


def test_names_of_rotated_files() -> None:
    assert [rotated("a.log", age) for age in range(4)] == ["a.log", "a.log.1", "a.log.2.gz", "a.log.3.gz"]


def test_less_than_a_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        write_demo_logs(tmp_path, days=0)
