"""One run per local day: sources recorded and missing ones told, dead and failed runs done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.nightly import Night, local_day, notes, run_night
from api.settings import Settings, SettingsInvalid, SourceSettings
from api.workplace import Workplace
from storage.coverage import SourceCoverage, coverage
from storage.errors import ScanRunning
from storage.nights import claim_night, nights
from storage.scanlock import scan_lock
from storage.scans import begin_scan, scans
from storage.sightings import evidence_rows
from tests.nightly.hospital_at_night import Hospital, write_log

EVENING = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def workplace(folder: Path, *sources: SourceSettings, **more: Any) -> Workplace:
    return Workplace(Settings(data_directory=folder / "data", sources=list(sources), **more))


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def night_of(place: Workplace, moment: datetime = EVENING) -> Night:
    clock = at(moment)
    return run_night(place, local_day(place.settings, clock), clock)


def covered(place: Workplace, moment: datetime) -> dict[str, SourceCoverage]:
    with place.database.read() as conn:
        return {found.source.name: found for found in coverage(conn, moment)}


@pytest.fixture
def proxy(tmp_path: Path) -> SourceSettings:
    log = write_log(tmp_path / "access.log", ["chatgpt.com", "www.example.org"] * 5)
    return SourceSettings(
        name="Main proxy", paths=[str(log)], kind="proxy", owner="network team <net@h.example>"
    )


def test_a_second_run_of_a_local_day_scans_nothing(tmp_path: Path, proxy: SourceSettings) -> None:
    place = workplace(tmp_path, proxy)
    first = night_of(place)
    assert first.result is not None
    assert first.complete
    assert first.result.ledger.events == 10
    assert first.result.new_vendors == ("openai",)
    write_log(Path(proxy.paths[0]), ["chatgpt.com", "www.example.org"] * 5 + ["claude.ai"])
    second = night_of(place, EVENING + timedelta(hours=20))
    assert second.result is None
    assert not second.elsewhere
    assert "the run of 2026-11-22 was done before; nothing was scanned again" in notes(second)
    third = night_of(place, EVENING + timedelta(hours=21))
    assert third.result is not None
    assert third.day == TODAY + timedelta(days=1)
    assert third.result.ledger.events == 1
    assert third.result.new_vendors == ("anthropic",)


def test_the_day_is_that_of_the_time_zone(tmp_path: Path, proxy: SourceSettings) -> None:
    place = workplace(tmp_path, proxy, time_zone="America/New_York")
    assert night_of(place).day == date(2026, 11, 21)
    assert night_of(place, EVENING + timedelta(hours=1)).result is None  # 23:30 there
    assert night_of(place, EVENING + timedelta(hours=2)).result is not None  # half past midnight


def test_a_missing_path_is_told_and_stops_nobody(tmp_path: Path, proxy: SourceSettings) -> None:
    gone = SourceSettings(name="Resolver", paths=[str(tmp_path / "gone.log")], kind="DNS", owner="DNS team")
    none = SourceSettings(name="Firewall", paths=[str(tmp_path / "fw" / "*.log")])
    place = workplace(tmp_path, gone, none, proxy)
    night = night_of(place)
    assert night.result is not None
    assert not night.complete
    assert night.result.status == "partial"
    assert night.result.ledger.events == 10
    told = "\n".join(notes(night))
    assert f"unread: {tmp_path / 'gone.log'}: no such file" in told
    assert "no file matches" in told
    found = covered(place, EVENING)
    assert {name: (one.files, one.events) for name, one in found.items()} == {
        "Firewall": (0, 0),
        "Main proxy": (1, 10),
        "Resolver": (0, 0),
    }
    assert [file.label for file in found["Resolver"].unread_files] == [str(tmp_path / "gone.log")]
    source = found["Resolver"].source
    assert (source.kind, source.owner, source.location) == ("DNS", "DNS team", str(tmp_path / "gone.log"))
    proxy_source = found["Main proxy"].source
    assert (proxy_source.kind, proxy_source.owner) == ("proxy", "network team <net@h.example>")
    assert proxy_source.format_id == "squid"


def test_times_without_a_zone_are_those_of_the_source(tmp_path: Path) -> None:
    log = tmp_path / "dns.csv"
    rows = "".join(f"2026-11-20 23:30:0{number},10.0.0.5,chatgpt.com\n" for number in range(5))
    log.write_text(f"timestamp,source_ip,destination_domain\n{rows}")
    here = SourceSettings(name="Here", paths=[str(log)])
    there = SourceSettings(name="There", paths=[str(log)], time_zone="Asia/Tokyo")
    first, second = tmp_path / "1", tmp_path / "2"
    for folder, source in ((first, here), (second, there)):
        place = workplace(folder, source, time_zone="America/New_York")
        night_of(place)
        with place.database.read() as conn:
            (seen,) = {found.last_event for found in coverage(conn, EVENING)}
        hour = {first: 28, second: 14}[folder]  # 23:30 is 04:30 UTC of the next day there, 14:30 UTC here
        assert seen == datetime(2026, 11, 20, 0, 30, 4, tzinfo=UTC) + timedelta(hours=hour)


def test_answers_of_one_source_name_connections_of_another_that_comes_before(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
    flows, answers = tmp_path / "conn.log", tmp_path / "dns.log"
    flows.write_text(
        "#separator \\x09\n#path\tconn\n"
        "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tconn_state\n"
        + f"{moment + 5:.2f}\t10.20.4.17\t40000\t203.0.113.7\t443\ttcp\t5000\tSF\n"
        * 3
    )
    answers.write_text(
        "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.orig_p\tproto\tquery\tqtype_name\tanswers\n"
        f"{moment:.2f}\t10.20.4.17\t5353\tudp\tchatgpt.com\tA\t203.0.113.7\n"
    )
    gone = str(tmp_path / "gone.log")
    place = workplace(
        tmp_path,
        SourceSettings(name="Firewall", paths=[str(flows), gone]),
        SourceSettings(name="Resolver", paths=[str(answers)]),
    )
    result = night_of(place).result
    assert result is not None
    assert [Path(outcome.label).name for outcome in result.outcomes] == ["dns.log", "conn.log", "gone.log"]
    with place.database.read() as conn:
        rows = evidence_rows(conn, "chatgpt")
    assert sum(row.count for row in rows if ":dns_answer:" in row.signature) == 3


def test_a_source_that_never_spoke_falls_silent(tmp_path: Path) -> None:
    place = workplace(
        tmp_path, SourceSettings(name="Resolver", paths=[str(tmp_path / "gone.log")], owner="DNS team")
    )
    assert "silent" not in "\n".join(notes(night_of(place)))
    later = night_of(place, EVENING + timedelta(days=3))
    told = [line for line in notes(later) if line.startswith("silent: Resolver since 2026-11-22")]
    assert "ask DNS team" in told[0]


def test_a_changed_source_is_taken_over(tmp_path: Path, proxy: SourceSettings) -> None:
    night_of(workplace(tmp_path, proxy))
    moved = proxy.model_copy(update={"owner": "security team"})
    place = workplace(tmp_path, moved)
    night_of(place, EVENING + timedelta(days=1))
    assert covered(place, EVENING)["Main proxy"].source.owner == "security team"


def test_no_sources_are_refused_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"\[\[sources\]\]"):
        night_of(workplace(tmp_path))
    with pytest.raises(SettingsInvalid, match="config show"):
        night_of(workplace(tmp_path))


def test_a_run_marked_running_by_a_dead_process_is_done_again_at_once(
    tmp_path: Path, proxy: SourceSettings
) -> None:
    place = workplace(tmp_path, proxy)
    with place.database.write() as conn:
        claim_night(conn, TODAY, EVENING)
        begin_scan(conn, EVENING, "nightly")
    night = night_of(place, EVENING + timedelta(minutes=1))
    assert night.result is not None
    with place.database.read() as conn:
        assert [(one.status, one.attempts) for one in nights(conn)] == [("ok", 2)]
        assert [scan.status for scan in scans(conn)] == ["ok", "interrupted"]


def test_a_failed_run_is_done_again_and_the_reason_kept(
    tmp_path: Path, proxy: SourceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "vendors"
    bad.mkdir()
    (bad / "x.toml").write_text("id = ")
    with pytest.raises(Exception, match=r"x\.toml"):
        night_of(workplace(tmp_path, proxy, catalogue_directories=[bad]))
    place = workplace(tmp_path, proxy)
    with place.database.read() as conn:
        (failed,) = nights(conn)
    assert failed.status == "failed"
    assert "x.toml" in (failed.message or "")
    assert night_of(place).result is not None


def test_a_nightly_run_in_another_process_is_left_alone(tmp_path: Path, proxy: SourceSettings) -> None:
    place = workplace(tmp_path, proxy)
    with scan_lock(place.database):
        with place.database.write() as conn:
            claim_night(conn, TODAY, EVENING)
            begin_scan(conn, EVENING, "nightly")
        night = night_of(place)
    assert night.elsewhere
    assert night.complete
    assert "the run of 2026-11-22 is under way in another process" in notes(night)


def test_a_scan_by_hand_in_the_way_leaves_the_day_open(tmp_path: Path, proxy: SourceSettings) -> None:
    place = workplace(tmp_path, proxy)
    with scan_lock(place.database):
        with place.database.write() as conn:
            begin_scan(conn, EVENING, "manual")
        with pytest.raises(ScanRunning):
            night_of(place)
    assert night_of(place).result is not None


def test_one_person_and_one_visit_raise_one_alert_that_is_kept_without_channels(
    tmp_path: Path,
) -> None:
    log = write_log(tmp_path / "one.log", ["scribe.heidihealth.com"])
    place = workplace(tmp_path, SourceSettings(name="Proxy", paths=[str(log)]))
    night = night_of(place)
    assert night.result is not None
    assert len(night.result.new_vendors) == 1
    assert night.delivered.sent == night.delivered.failed == 0


def test_the_command_ends_with_what_happened(hospital: Hospital) -> None:
    nothing = hospital.inside("nightly")
    assert nothing.returncode == 4
    assert "[[sources]]" in nothing.stderr
    log = write_log(hospital.folder / "access.log", ["chatgpt.com"] * 3)
    hospital.settings(
        f"[[sources]]\nname = 'Gone'\npaths = ['{hospital.folder}/gone']\n"
        f"[[sources]]\nname = 'Proxy'\npaths = ['{log}']\n"
    )
    hospital.killed("nightly", before="api.scanning:save_assessments")
    assert hospital.rows("SELECT status FROM nightly_run") == [("running",)]
    again = hospital.inside("nightly")
    assert again.returncode == 3, again.stderr
    assert "gone: no such file" in again.stderr
    assert hospital.rows("SELECT status, attempts FROM nightly_run") == [("partial", 2)]
    assert hospital.rows("SELECT sum(count) FROM sighting") == [(3,)]
    assert hospital.rows("SELECT vendor_id FROM alert") == [("openai",)]
    assert hospital.inside("nightly").returncode == 0  # told once; the pages and the journal keep it


@pytest.mark.full
def test_of_two_that_start_together_one_scans(hospital: Hospital) -> None:
    log = write_log(hospital.folder / "access.log", ["chatgpt.com", "www.example.org"] * 3_000)
    hospital.settings(f"[[sources]]\nname = 'Proxy'\npaths = ['{log}']\n")
    both = [hospital.start("nightly") for _ in range(2)]
    said = [process.communicate(timeout=100)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert hospital.rows("SELECT attempts, status FROM nightly_run") == [(1, "ok")]
    assert hospital.rows("SELECT started_by, status FROM scan") == [("nightly", "ok")]
    assert hospital.rows("SELECT sum(events) FROM batch") == [(6_000,)]
    assert sum("under way" in one or "was done before" in one for one in said) == 1


def test_the_service_refuses_a_schedule_without_sources(hospital: Hospital) -> None:
    hospital.settings("nightly = '15 2 * * *'\n")
    refused = hospital.inside("serve", "--port", "0")
    assert refused.returncode == 4
    assert "[[sources]]" in refused.stderr
