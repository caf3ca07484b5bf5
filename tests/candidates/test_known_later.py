"""A catalogue that changes under a running service: taken over whole, refused whole, and past evidence with it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.catalogue_in_force import CatalogueInForce, stamp_of
from api.http.app import create_app
from api.settings import Settings
from api.unattended import Renewal
from api.workplace import Workplace
from governance.weights import load_weights
from signatures.catalogue import default_directory, load_catalogue
from storage import audit
from storage.batches import BatchRecord, batch_at, begin_content, record_batch
from storage.candidates import CandidatePart, candidate_evidence, record_candidates
from storage.outbox import alerts
from storage.scans import begin_scan
from storage.sightings import sightings_by_tool

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VENDOR = """id = "wardscribe"
name = "Wardscribe Inc."
homepage = "https://wardscribe.com"
maturity = "draft"
checked_on = 2026-11-22
[[tools]]
id = "ward-scribe"
name = "Ward Scribe"
category = "ambient_scribe"
clinical = true
description = "Writes notes."
tiers = ["all"]
[[tools.signatures]]
kind = "domain"
value = "wardscribe.com"
surface = "use"
source = "https://wardscribe.com/"
[[tools.phi_terms]]
tiers = ["*"]
baa = "unknown"
source = "https://wardscribe.com/"
as_of = 2026-11-22
grade = "S"
"""


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """Give a workplace whose catalogue is one shipped file and the organisation's own folder."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    own.mkdir()
    (shipped / "openai.toml").write_bytes((default_directory() / "openai.toml").read_bytes())
    settings = Settings(data_directory=tmp_path / "data", database=None, catalogue_directories=[own])
    place = Workplace(settings)
    place.__dict__["in_force"] = CatalogueInForce(
        lambda: load_catalogue([shipped, own]), lambda: stamp_of(settings)
    )
    return place


def own_file(place: Workplace) -> Path:
    return place.settings.catalogue_directories[0] / "wardscribe.toml"


def test_a_changed_catalogue_is_taken_over_and_a_bad_one_is_not(place: Workplace) -> None:
    held, file = place.in_force, own_file(place)
    assert not held.refresh()
    file.write_text(VENDOR)
    began_with = held.loaded
    assert held.refresh()
    assert not held.refresh()
    assert "ward-scribe" in place.catalogue.tools
    assert "ward-scribe" not in began_with.catalogue.tools
    good = place.catalogue.version
    file.write_text(VENDOR.replace('baa = "unknown"', 'baa = "perhaps"'))
    assert not held.refresh()
    assert held.problem is not None
    assert "wardscribe.toml" in held.problem
    assert place.catalogue.version == good
    file.write_text(VENDOR)
    assert not held.refresh()  # the same as before the mistake
    assert place.in_force.problem is None
    times = file.stat()
    file.write_text(VENDOR.replace("Writes notes.", "Takes  notes."))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert held.refresh()  # as long as before, and with its old time
    file.unlink()
    assert held.refresh()
    assert "ward-scribe" not in place.catalogue.tools


def test_pages_of_a_running_service_change_with_it_and_say_what_is_wrong(place: Workplace) -> None:
    app = create_app(
        database=place.database, catalogue=place.in_force, weights=load_weights(), clock=lambda: NOW
    )
    client = TestClient(app, base_url="http://localhost")
    before = client.get("/healthz").json()["catalogue"]
    own_file(place).write_text(VENDOR)
    place.in_force.refresh()
    now = client.get("/healthz").json()["catalogue"]
    assert now == place.catalogue.version != before
    own_file(place).write_text("<script>")
    place.in_force.refresh()
    page = client.get("/coverage").text
    assert f"version {now} stays in force" in page
    assert "wardscribe.toml" in page
    assert "<script>" not in page
    place.database.close()


def test_what_was_stored_of_a_host_becomes_sightings_once_it_is_known(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.settings.channels["team"] = "json://127.0.0.1:9/"
    part = CandidatePart(
        "wardscribe.com", "app.wardscribe.com", "host", "p-1", "user", "Nursing", date(2026, 11, 20), "allowed", 4,
        9_000, None, NOW, NOW,
    )  # fmt: skip
    with place.database.write() as conn:
        content = begin_content(conn, "a", "proxy", "a.log", "squid", NOW)
        record = BatchRecord(
            scan_id=begin_scan(conn, NOW), source="proxy", content_key=content, start=0, end=9, final=True, lines=9,
            events=9, not_events=0, unreadable={}, with_user=9, hidden_names=0, first_event=NOW, last_event=NOW,
            parts=(), consumed_digest="a", format_id="squid", label="a.log",
        )  # fmt: skip
        assert record_batch(conn, record)
        record_candidates(
            conn, batch_at(conn, content, 0), "proxy", [part], {("wardscribe.com", "path:transcription"): 3}
        )
    renew = Renewal(place)
    renew()
    own_file(place).write_text(VENDOR)
    renew()
    with place.database.read() as conn:
        seen = sightings_by_tool(conn)["ward-scribe"][""]
        assert (seen.count, seen.people, seen.bytes_up) == (4, 1, 9_000)
        assert seen.signatures == ("ward-scribe:domain:wardscribe.com",)
        assert candidate_evidence(conn) == []
        assert [(one.rule, one.vendor_id) for one in alerts(conn)] == [("new_vendor", "wardscribe")]
        assert audit.rows(conn)[0].action == "candidate.became_known"
        recorded = len(audit.rows(conn))
    renew()
    Renewal(place)()
    with place.database.read() as conn:
        assert sightings_by_tool(conn)["ward-scribe"][""].count == 4
        assert len(audit.rows(conn)) == recorded
    said = capsys.readouterr().err
    assert "is in force" in said
    assert "1 sighting of tools the catalogue knows now" in said
    place.database.close()
