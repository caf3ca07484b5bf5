"""Candidates are weighed with reasons, promoted with their evidence, dismissed and remembered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from governance.candidates.announcing import announce_candidates
from governance.candidates.queue import all_candidates, candidate, queue
from governance.candidates.review import carry_over_promoted, dismiss, dismissed_examples, promote
from governance.candidates.vendor_entry import NewTool
from governance.errors import CandidateInvalid
from governance.messages import digest, message
from signatures.catalogue import Catalogue, default_directory, load_catalogue
from signatures.evidence import Evidence
from signatures.lint import lint_directories
from signatures.matcher import Matcher
from storage import audit
from storage.batches import BatchRecord, batch_at, begin_content, record_batch
from storage.candidates import CandidatePart, candidate_evidence, record_candidates
from storage.database import Database
from storage.errors import NotRecorded
from storage.inventory import inventory_entry
from storage.outbox import alerts, deliveries
from storage.scans import begin_scan
from storage.sightings import sightings_by_tool

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
PART = CandidatePart(
    site="wardscribe.com",
    host="app.wardscribe.com",
    kind="host",
    principal="p-1",
    principal_kind="user",
    department="Nursing",
    day=DAY,
    action="allowed",
    count=4,
    bytes_up=4_000_000,
    bytes_down=9_000,
    first_seen=datetime(2026, 11, 20, 8, tzinfo=UTC),
    last_seen=datetime(2026, 11, 20, 9, tzinfo=UTC),
)
TOOL = NewTool("Ward Scribe", "Wardscribe Inc.", "ambient_scribe")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a few of the shipped vendor files, for all of them take long to read."""
    folder = tmp_path_factory.mktemp("shipped")
    for name in ("openai", "anthropic", "accurx"):
        shutil.copy(default_directory() / f"{name}.toml", folder)
    return folder


@pytest.fixture(scope="module")
def catalogue(shipped: Path) -> Catalogue:
    return load_catalogue([shipped])


def batch(conn: Connection, name: str, *, end: int = 100, final: bool = True) -> int:
    """Record a batch and return its id; the same name is the same content."""
    scan_id = begin_scan(conn, NOW)
    content = begin_content(conn, name, "proxy", f"{name}.log", "squid", NOW)
    record = BatchRecord(
        scan_id=scan_id, source="proxy", content_key=content, start=0, end=end, final=final, lines=9, events=9,
        not_events=0, unreadable={}, with_user=9, hidden_names=0, first_event=NOW - timedelta(days=9), last_event=NOW,
        parts=(), consumed_digest=f"{name}{end}", format_id="squid", label=f"{name}.log",
    )  # fmt: skip
    assert record_batch(conn, record)
    return batch_at(conn, content, 0)


def store(conn: Connection, *parts: CandidatePart, name: str = "a", **traits: int) -> None:
    """Store evidence of one batch."""
    named = {(parts[0].site, trait.replace("__", ":")): count for trait, count in traits.items()}
    record_candidates(conn, batch(conn, name), "proxy", parts, named)


def test_reasons_add_up_and_evidence_adds_up_over_batches(database: Database) -> None:
    with database.write() as conn:
        store(conn, PART, replace(PART, principal="p-2", count=1), name="a", path__transcription=5)
        store(
            conn, replace(PART, day=DAY + timedelta(days=1)), name="b", path__transcription=2, shape__upload=9
        )
    with database.read() as conn:
        (found,) = queue(conn)
    assert (found.site, found.evidence.count, len(found.evidence.people)) == ("wardscribe.com", 9, 2)
    assert found.evidence.traits == {"path:transcription": 7, "shape:upload": 9}
    assert {reason.name for reason in found.reasons} >= {"name", "path", "shape"}
    assert found.score == round(sum(reason.points for reason in found.reasons))


def test_promotion_writes_a_clean_vendor_file_and_carries_the_evidence_over(
    database: Database, catalogue: Catalogue, shipped: Path, tmp_path: Path
) -> None:
    with database.write() as conn:
        store(conn, PART, replace(PART, principal="", principal_kind="unknown", count=2))
    folder = tmp_path / "own"
    done = promote(
        database, "app.wardscribe.com", TOOL, "Ana", NOW,
        catalogue=catalogue, folders=[shipped], folder=folder,
    )  # fmt: skip
    assert (done.tool_id, done.sightings) == ("ward-scribe", 2)
    assert not [one for one in lint_directories([shipped, folder], NOW.date()) if one.path == done.path]
    merged = load_catalogue([shipped, folder])
    match = Matcher(merged).match(Evidence("eu.wardscribe.com"))
    assert match is not None
    assert match.tool_id == "ward-scribe"
    with database.read() as conn:
        assert queue(conn) == candidate_evidence(conn) == []
        seen = sightings_by_tool(conn, tool_id="ward-scribe")["ward-scribe"][""]
        assert (seen.count, seen.people, seen.bytes_up, seen.departments) == (6, 1, 8_000_000, ("Nursing",))
        assert seen.signatures == ("ward-scribe:domain:wardscribe.com",)
        assert inventory_entry(conn, "ward-scribe").name == "Ward Scribe"
        assert audit.rows(conn)[0].action == "candidate.promoted"
    with database.write() as conn:  # a scan that ran meanwhile
        store(conn, PART, name="late")
        assert carry_over_promoted(conn) == 1
        assert sightings_by_tool(conn, tool_id="ward-scribe")["ward-scribe"][""].count == 10


def test_a_promotion_that_fails_leaves_nothing(
    database: Database, catalogue: Catalogue, shipped: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    with database.write() as conn:
        store(conn, PART)
        store(
            conn,
            replace(PART, site="10.9.8.7:11434", host="10.9.8.7", kind="self_hosted"),
            name="b",
            port__model_server=4,
        )
    given = {"catalogue": catalogue, "folders": [shipped], "folder": folder}
    for name, tool, problem in (
        ("wardscribe.com", replace(TOOL, category="spaceship"), "is no category"),
        ("wardscribe.com", replace(TOOL, baa="maybe"), "is no BAA state"),
        ("wardscribe.com", replace(TOOL, name="\n"), "must be one line"),
        ("wardscribe.com", replace(TOOL, vendor="§§"), "no letter or digit"),
        ("10.9.8.7:11434", TOOL, "addresses change hands"),
    ):
        with pytest.raises(CandidateInvalid, match=problem):
            promote(database, name, tool, "Ana", NOW, **given)  # type: ignore[arg-type]
    with pytest.raises(NotRecorded):
        promote(database, "nothing.example", TOOL, "Ana", NOW, **given)  # type: ignore[arg-type]
    with pytest.raises(CandidateInvalid):
        promote(database, "wardscribe.com", TOOL, " ", NOW, **given)  # type: ignore[arg-type]
    assert not folder.exists()
    with database.read() as conn:
        assert len(queue(conn)) == 2
        assert not [row for row in audit.rows(conn) if row.action.startswith("candidate")]


def test_names_that_would_break_the_file_are_quoted(
    database: Database, catalogue: Catalogue, shipped: Path, tmp_path: Path
) -> None:
    with database.write() as conn:
        store(conn, replace(PART, site='app:Scribe "AI" \\ ]] [x]', host="app:x", kind="application"))
    tool = NewTool('Quo"te\\]', 'V" [[tools]]', "dictation")
    done = promote(
        database, 'Scribe "AI" \\ ]] [x]', tool, "Ana", NOW,
        catalogue=catalogue, folders=[shipped], folder=tmp_path / "own",
    )  # fmt: skip
    merged = load_catalogue([shipped, tmp_path / "own"])
    assert merged.tools[done.tool_id].name == tool.name


def test_a_dismissed_candidate_stays_away_until_it_behaves_in_a_new_class(database: Database) -> None:
    with database.write() as conn:
        store(conn, PART, path__chat=3)
        dismiss(conn, "WardScribe.com", "Ana", "our own voice mail", NOW)
        assert audit.rows(conn)[0].action == "candidate.dismissed"
        store(conn, PART, name="b", path__realtime=3)
        assert queue(conn) == []
        assert [one.site for one in all_candidates(conn)] == ["wardscribe.com"]
        store(conn, PART, name="c", agent__openai=3)
        (again,) = queue(conn)
        assert again.changed == ("agent",)
        _, decided = candidate(conn, "wardscribe.com")
        assert decided is not None
        assert dismissed_examples(conn) == [
            {
                "name": "wardscribe.com",
                "kind": "host",
                "classes": ["path"],
                "reason": "our own voice mail",
                "dismissed_on": "2026-11-22",
            }
        ]
        with pytest.raises(CandidateInvalid):
            dismiss(conn, "wardscribe.com", "Ana", " ", NOW)


def test_evidence_of_a_replaced_batch_vanishes(database: Database) -> None:
    with database.write() as conn:
        scan_id = begin_scan(conn, NOW)
        content = begin_content(conn, "grows", "proxy", "grows.log", "squid", NOW)
        for end in (50, 100):
            record = BatchRecord(
                scan_id=scan_id, source="proxy", content_key=content, start=0, end=end, final=False, lines=9, events=9,
                not_events=0, unreadable={}, with_user=9, hidden_names=0, first_event=NOW, last_event=NOW, parts=(),
                consumed_digest=f"g{end}", format_id="squid", label="grows.log",
            )  # fmt: skip
            assert record_batch(conn, record)
            record_candidates(
                conn, batch_at(conn, content, 0), "proxy", [PART], {("wardscribe.com", "path:chat"): 4}
            )
    with database.read() as conn:
        (found,) = candidate_evidence(conn)
    assert (found.count, found.traits) == (4, {"path:chat": 4})


def test_new_candidates_are_announced_once_and_once_a_day(database: Database) -> None:
    days = [DAY + timedelta(days=number) for number in range(4)]
    with database.write() as conn:
        assert announce_candidates(conn, ["team"], days[0], NOW) == 0
        store(conn, PART, path__transcription=5)
        assert announce_candidates(conn, ["team"], days[0], NOW) == 1
        assert announce_candidates(conn, ["team"], days[1], NOW) == 0
        dismiss(conn, "wardscribe.com", "Ana", "ours", NOW)
        other = replace(PART, site="scribe.example", host="scribe.example")
        store(conn, other, name="b", path__transcription=5)
        assert announce_candidates(conn, ["team"], days[0], NOW) == 0  # this day had its message
        assert announce_candidates(conn, ["team"], days[2], NOW) == 1
        store(conn, PART, name="c", agent__openai=2)  # it behaves in a new way
        assert announce_candidates(conn, ["team"], days[3], NOW) == 1
        told = alerts(conn)
        assert [one.payload["title"] for one in told] == ["1 new candidate to review"] * 3
        assert "scribe" not in str([one.payload for one in told])
        assert message(told[0]).title == "1 new candidate to review"
        assert "new candidates to review" in digest(told, "d").title
        assert len(deliveries(conn)) == 3
