"""A scan notices strangers by name, path, library, application and place, bounded, and stores no ordinary host."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.candidates.queue import all_candidates, queue
from scanner.candidates import gathering, observer
from scanner.candidates.observer import NOT_KEPT, CandidateObserver
from scanner.ingest import ScanPlan, scan_paths
from signatures.catalogue import Catalogue, catalogue_with
from signatures.matcher import Matcher
from storage.candidates import CandidateEvidence, candidate_evidence
from storage.database import Database, open_database
from storage.losses import losses
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from tests.shipped import shipped_catalogue

NOW = datetime(2026, 6, 3, tzinfo=UTC)
START = 1780358400  # 2026-06-02
TUNNEL = "{at}.000 12 10.1.2.3 TCP_TUNNEL/200 900 CONNECT {host}:443 {user} HIER_DIRECT/198.51.100.7 -\n"
FETCH = "{at}.000 12 10.1.2.3 TCP_MISS/200 900 POST http://{url} {user} HIER_DIRECT/198.51.100.7 {type}\n"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    whole = shipped_catalogue()
    return catalogue_with("some", [whole.vendors[name] for name in ("openai", "anthropic", "perplexity")])


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    opened.upgrade()
    yield opened
    opened.close()


def scan(
    database: Database, catalogue: Catalogue, paths: Sequence[Path], block_bytes: int = 1 << 22
) -> dict[str, CandidateEvidence]:
    """Scan files as one scan and return the evidence by site."""
    matcher, pseudonyms = Matcher(catalogue), Pseudonyms.from_key(b"k" * 32)
    watching = CandidateObserver(
        matcher, frozenset({"openai.com"}), pseudonyms, NOW, own_domains=("own.example",)
    )
    with database.write() as conn:
        scan_id = begin_scan(conn, NOW)
    plan = ScanPlan(
        database, scan_id, matcher, pseudonyms, NOW, observers=(watching,), block_bytes=block_bytes
    )
    for outcome in scan_paths(plan, [str(path) for path in paths]):
        assert outcome.status in {"ok", "already_read"}, outcome
    with database.read() as conn:
        return {one.site: one for one in candidate_evidence(conn)}


def test_names_paths_and_libraries_are_noticed_and_ordinary_hosts_not_stored(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    lines = [
        TUNNEL.format(at=START + n, host=f"www.ordinary{n % 50}.com", user=f"u{n % 9}") for n in range(2_000)
    ]
    lines += [TUNNEL.format(at=START + n, host="app.wardscribe.com", user="ana") for n in range(5)]
    lines += [TUNNEL.format(at=START + n, host="help.openai.com", user="ana") for n in range(5)]
    lines += [
        FETCH.format(
            at=START + n, url="quiet.example.com/v1/chat/completions", user="ben", type="text/event-stream"
        )
        for n in range(4)
    ]
    log.write_text("".join(lines))
    found = scan(database, catalogue, [log])
    assert set(found) == {"wardscribe.com", "example.com"}
    scribe, quiet = found["wardscribe.com"], found["example.com"]
    assert (scribe.count, len(scribe.people), scribe.hosts) == (5, 1, ("app.wardscribe.com",))
    assert quiet.traits == {"path:chat_completions": 4, "content:streamed_answer": 4}
    assert not any(person.startswith("ana") for person in scribe.people)
    assert scan(database, catalogue, [log]) == found  # the same content counts once


def test_a_library_on_an_unknown_host_makes_a_candidate(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    event = {
        "datetime": "2026-06-02 10:00:00", "reason": "Allowed", "event_id": "7", "protocol": "HTTPS",
        "action": "Allowed",
        "transactionsize": "1", "responsesize": "758", "requestsize": "948", "urlcategory": "Other",
        "serverip": "203.0.113.9", "requestmethod": "POST", "useragent": "OpenAI/Python 1.99.1", "ClientIP": "10.1.2.3",
        "status": "200", "user": "ana@hospital.example",
        "url": "gateway.somewhere.com/x", "hostname": "gateway.somewhere.com",
        "appname": "General Browsing", "department": "Ward", "contenttype": "application/json", "deviceowner": "NA",
        "devicehostname": "NA",
    }  # fmt: skip
    log = tmp_path / "web.ndjson"
    log.write_text((json.dumps({"sourcetype": "zscalernss-web", "event": event}) + "\n") * 6)
    found = scan(database, catalogue, [log])
    assert found["somewhere.com"].traits["agent:openai"] == 6
    assert found["somewhere.com"].departments == ("Ward",)


def test_pages_that_are_only_fetched_are_no_calls_of_models(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    urls = ("radio.example.fm/listen/live", "cast.example.org/transcripts/81", "blog.example.net/api/embed")
    lines = [
        FETCH.format(at=START + n, url=url, user="ana", type="text/html").replace("POST", method)
        for n in range(4)
        for url, method in [*((url, "GET") for url in urls), ("stt.example.io/v1/transcribe", "POST")]
    ]
    log.write_text("".join(lines))
    assert set(scan(database, catalogue, [log])) == {"example.io"}


def test_company_is_noticed_in_name_servers_logs_whoever_came_first(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    line = (
        "02-Jun-2026 10:{at:02}:00.120 queries: info: client @0x7f8bb9db0001 10.8.0.{who}#4711 ({host}): "
        "query: {host} IN A +E(0)K (10.0.0.53)\n"
    )
    asked = [(who, f"www.shop{who % 7}.com") for who in range(10, 60)]
    asked += [(who, host) for who in range(10, 14) for host in ("app.plainname.com", "api.plainname.com")]
    asked += [(who, "chat.openai.com") for who in range(10, 14)]
    log = tmp_path / "queries.log"
    log.write_text(
        "".join(line.format(at=at // 2, who=who, host=host) for at, (who, host) in enumerate(asked))
    )
    found = scan(database, catalogue, [log])
    assert set(found) == {"plainname.com"}
    assert len(found["plainname.com"].people) == 4


def test_a_server_of_models_on_the_own_network_is_a_kind_of_its_own(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    urls = ["10.9.8.7:11434/api/tags", "10.9.8.7:11434/api/generate", "gpu.own.example:8000/v1/chat/completions",
            "10.9.8.6/intranet/menu", "wiki.own.example/ai/news"]  # fmt: skip
    log.write_text(
        "".join(
            FETCH.format(at=START + n, url=urls[n % len(urls)], user="ana", type="text/html")
            for n in range(50)
        )
    )
    found = scan(database, catalogue, [log])
    assert {(one.site, one.kind) for one in found.values()} == {
        ("10.9.8.7:11434", "self_hosted"),
        ("gpu.own.example:8000", "self_hosted"),
    }
    with database.read() as conn:
        assert {one.kind for one in queue(conn)} == {"self_hosted"}


def test_unlisted_applications_with_words_of_ai(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    sample = Path(__file__).parents[1] / "formats" / "okta_system.ndjson"
    line = next(line for line in sample.read_text().splitlines() if "AppInstance" in line)
    record = json.loads(line)
    lines = []
    for name in ("Gemini Crypto Exchange", "Cursor Control Utility", "Noteworthy AI Scribe"):
        for target in record["target"]:
            if target["type"] == "AppInstance":
                target["displayName"] = name
                target.pop("alternateId", None)
        lines.append(json.dumps(record))
    taken_away = lines[-1].replace("Noteworthy", "Departed")
    lines.append(taken_away.replace(record["eventType"], "application.user_membership.remove"))
    log = tmp_path / "okta.ndjson"
    log.write_text("\n".join(lines * 3) + "\n")
    found = scan(database, catalogue, [log])
    assert [(one.site, one.kind) for one in found.values()] == [("app:Noteworthy AI Scribe", "application")]


def test_opaque_hosts_of_people_with_tools_are_noticed(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    chance = random.Random(1)
    lines = []
    for n in range(3_000):
        host, user = f"www.ordinary{chance.randrange(40)}.com", f"u{chance.randrange(60)}"
        lines.append(TUNNEL.format(at=START + n, host=host, user=user))
        if n % 10 == 0:
            lines.append(TUNNEL.format(at=START + n, host="chatgpt.com", user=f"u{n % 60}"))
        if n % 60 == 0:
            lines.append(TUNNEL.format(at=START + n, host="console.floyq.com", user=f"u{n // 60 % 6}0"))
    first, second = tmp_path / "1.log", tmp_path / "2.log"
    first.write_text("".join(lines))
    second.write_text("".join(lines).replace(str(START)[:6], str(START + 100_000)[:6]))
    found = scan(database, catalogue, [first, second])
    assert set(found) == {"floyq.com"}
    with database.read() as conn:
        (candidate,) = all_candidates(conn)
    assert "co_use" in {reason.name for reason in candidate.reasons}


def test_a_flood_of_names_is_bounded_and_said(
    database: Database, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observer, "_MOST_WATCHED", 400)
    monkeypatch.setattr(gathering, "MOST_SITES", 100)
    log = tmp_path / "access.log"
    log.write_text(
        "".join(TUNNEL.format(at=START + n // 9, host=f"x{n}.gpt{n}.com", user="u") for n in range(1_500))
    )
    found = scan(database, catalogue, [log])
    assert 0 < len(found) <= 100
    with database.read() as conn:
        lost = [one for one in losses(conn) if one.what == NOT_KEPT]
    assert lost
    assert lost[0].count + len(found) >= 1_500


def test_many_lines_of_one_host_are_counted_and_few_read(
    database: Database, catalogue: Catalogue, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(
        "".join(TUNNEL.format(at=START + n, host="app.wardscribe.com", user=f"u{n}") for n in range(1_000))
    )
    assert scan(database, catalogue, [log])["wardscribe.com"].count == 1_000


def test_the_same_is_found_in_small_blocks_and_in_one(catalogue: Catalogue, tmp_path: Path) -> None:
    lines = [
        TUNNEL.format(at=START + n, host=f"www.ordinary{n % 50}.com", user=f"u{n % 9}") for n in range(1_500)
    ]
    for n in range(0, 1_500, 10):
        lines[n] = TUNNEL.format(at=START + n, host="app.wardscribe.com", user=f"u{n % 9}")
        lines[n + 1] = FETCH.format(
            at=START + n, url="quiet.example.com/v1/chat/completions", user="ben", type="text/event-stream"
        )
    log = tmp_path / "access.log"
    log.write_text("".join(lines))
    found = []
    for name, block_bytes in (("small", 8_000), ("one", 1 << 22)):
        database = open_database(f"sqlite:///{tmp_path / name}.db")
        database.upgrade()
        evidence = scan(database, catalogue, [log], block_bytes)
        found.append({site: (one.count, one.people, one.hosts) for site, one in evidence.items()})
        database.close()
    assert found[0] == found[1]
    assert {site: count for site, (count, *_) in found[0].items()} == {
        "wardscribe.com": 150,
        "example.com": 150,
    }
