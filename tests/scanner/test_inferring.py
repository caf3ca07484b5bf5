"""A log no format describes is read where its content leaves no doubt; a table that is no log never is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.clock import TimeContext
from scanner.inferring import inferred
from scanner.reading import SourceReader, choose_chain, stated
from scanner.recognise import Formats
from tests.scanner.conftest import Bench

CONTEXT = TimeContext(reference=datetime(2026, 11, 22, tzinfo=UTC))
FORMATS = Formats.for_context(CONTEXT)
HOSTS = (
    "claude.ai",
    "chatgpt.com",
    "www.example.org",
    "cdn.example.net",
    "news.example.com",
    "api.openai.com",
)
ROWS = range(60)


def time(at: int) -> str:
    return f"2025-11-22 10:{at:02d}:07"


def client(at: int) -> str:
    return f"10.20.4.{10 + at * at % 7}"


def host(at: int) -> str:
    return HOSTS[at % len(HOSTS)]


LOGS = {
    "table": [f"{time(at)},{client(at)},{host(at)},allow,{at * 977},{at * 31}" for at in ROWS],
    "tabs, questions": [f"{client(at)}\t{time(at)}\t{host(at)}\tAAAA\tNOERROR" for at in ROWS],
    "words": [f"{time(at)} {client(at)} arivera GET https://{host(at)}/p 200 {at * 977}" for at in ROWS],
    "columns": [f"{time(at)}   {client(at):<15} {host(at):<30} allow    443" for at in ROWS],
    "backwards": [f"{time(59 - at)};{client(at)};{host(at)}" for at in ROWS],
    "names nobody knows": [
        "Czas,Adres źródłowy,Cel",
        *(f"{time(at)},{client(at)},{host(at)}" for at in ROWS),
    ],
    "objects": [f'{{"t":"{time(at)}","from":"{client(at)}","to":{{"fqdn":"{host(at)}"}}}}' for at in ROWS],
}
NO_LOGS = {
    "few rows": LOGS["table"][:12],
    "out of order": [f"{time(at * 37 % 60)},{client(at)},{host(at)}" for at in ROWS],
    "devices": [f"{time(at)},10.20.4.{at},pc{at}.example.org" for at in ROWS],
    "sites, one address each": [f"{time(at)},10.20.4.{at % 6},{host(at)}" for at in ROWS],
    "own server": [f"{time(at)},{client(at)},intranet.example.org,/index.html" for at in ROWS],
    "clients outside": [f"{time(at)},203.0.113.{at % 7},{host(at)}" for at in ROWS],
    "two inside": [f"{time(at)},{client(at)},10.9.9.{at % 3},{host(at)}" for at in ROWS],
    "two hosts": [f"{time(at)},{client(at)},pc.example.org,{host(at)}" for at in ROWS],
    "days only": [f"2025-11-22,{client(at)},{host(at)}" for at in ROWS],
    "patients": [f"{90000 + at},Anna Berg,1950-03-1{at % 9},{time(at)},W{at % 9}" for at in ROWS],
    "sensor": [f"{time(at)},{client(at)},{20 + at % 7},C" for at in ROWS],
    "partners": [f"{time(at)},p{at}@example.org,www.clinic{at}.example.com" for at in ROWS],
    "servers by name": ["Server IP,Seen,Site", *(f"{client(at)},{time(at)},{host(at)}" for at in ROWS)],
}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_that_leaves_no_doubt_is_read_and_what_was_taken_is_said(name: str) -> None:
    lines = LOGS[name]
    chain = choose_chain(FORMATS, lines)
    assert [one.id for one in chain] == ["by_content"]
    reader = SourceReader(chain)
    events = [event for line in lines if isinstance(outcome := reader.read(line), list) for event in outcome]
    assert len(events) == len(ROWS)
    assert {event.get("dns_question") or event["destination_domain"] for event in events} == set(HOSTS)
    assert {event["source_ip"] for event in events} == {client(at) for at in ROWS}
    assert all("timestamp" in event for event in events)
    # Which way bytes went, nobody said.
    assert not any(key.endswith("_bytes") for event in events for key in event)
    said = stated(chain) or ""
    assert all(part in said for part in ("% sure", "as source_ip", "as timestamp"))


@pytest.mark.parametrize("name", NO_LOGS)
def test_what_leaves_a_doubt_is_not_read(name: str) -> None:
    assert inferred(NO_LOGS[name], CONTEXT) is None


@pytest.mark.parametrize(
    "line",
    [
        "host=pc{at}.example.org ip=10.20.4.{at} owner=arivera",
        '{{"hostname":"pc{at}.example.org","ip_address":"10.20.4.{at}","last_seen":"2025-11-22 10:00:07"}}',
        "pc{at}.example.org,10.20.4.{at},arivera,2025-11-22 10:00:07",
    ],
)
def test_an_inventory_of_devices_is_no_use_of_their_names(line: str) -> None:
    lines = ["Hostname,IP Address,User,Last Seen"] if line.startswith("pc") else []
    lines += [line.format(at=at) for at in ROWS]
    reader = SourceReader(choose_chain(FORMATS, lines))
    assert not any(isinstance(reader.read(text), list) for text in lines)


def test_records_of_nobody_that_carry_messages_are_not_read() -> None:
    lines = [f'{{"a": {at}, "message": "round {at} of the ward begins"}}' for at in range(40)]
    assert choose_chain(Formats.for_context(TimeContext()), lines) == []
    assert choose_chain(Formats.for_context(TimeContext()), [line[:-1] for line in lines]) == []


def test_a_scan_says_that_it_read_by_content(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "gate.txt"
    file.write_text("\n".join(LOGS["table"]) + "\n")
    (outcome,) = bench.scan(file)
    assert (outcome.status, outcome.format_id, outcome.ledger.events) == ("ok", "by_content", 60)
    assert "column3 as destination_domain" in (outcome.message or "")
