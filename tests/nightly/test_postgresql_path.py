"""Every command works on PostgreSQL as on SQLite, and says what to do when the server will not."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.nightly.hospital_at_night import Hospital, write_log

pytestmark = pytest.mark.postgresql


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    hosts = ["chatgpt.com", "www.example.org", "claude.ai", "scribe.heidihealth.com"] * 6
    return [
        write_log(tmp_path / "access.log", hosts),
        write_log(tmp_path / "branch.log", [*hosts, "chatgpt.com"], user="bkim"),
    ]


def walk(hospital: Hospital, logs: list[Path], url: str) -> dict[str, Any]:
    """Go the whole way on one database and return what it says, without what differs by nature."""
    hospital.environment["SKIAGRAM_DATABASE"] = url
    upgraded = hospital.inside("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert "tables are up to date" in upgraded.stderr
    scanned = hospital.inside("scan", str(logs[0]), "--source", "Proxy", "--json")
    assert scanned.returncode == 0, scanned.stderr
    decided = hospital.inside(
        "tools", "decide", "claude", "--status", "approved", "--by", "C. Ruiz", "--reason", "Contract"
    )
    assert decided.returncode == 0, decided.stderr
    night = hospital.inside("nightly")
    assert night.returncode == 0, night.stderr
    again = hospital.inside("nightly")
    assert again.returncode == 0, again.stderr
    assert "was done before" in again.stderr
    shown = hospital.document("tools", "show", "chatgpt")
    return {
        "scan": json.loads(scanned.stdout)["this_scan"],
        "night": night.stderr,
        "tools": hospital.document("tools"),
        "parts": [(part["points"], part["reason"]) for part in shown["parts"]],
        "alerts": [(one["vendor_id"], one["facts"]) for one in hospital.document("alerts")],
    }


@pytest.mark.full
def test_both_engines_say_the_same(hospital: Hospital, logs: list[Path], postgresql_server: Any) -> None:
    sources = "".join(
        f"[[sources]]\nname = '{name}'\npaths = ['{log}']\n"
        for name, log in zip(("Proxy", "Branch"), logs, strict=True)
    )
    hospital.settings(f"{sources}")
    url = postgresql_server.url(postgresql_server.create())
    on_server = walk(hospital, logs, url)
    file = hospital.folder / "other.db"
    on_file = walk(hospital, logs, f"sqlite:///{file}")
    warnings = [line for line in on_file["night"].splitlines() if line.startswith("warning: ")]
    on_file["night"] = "".join(f"{line}\n" for line in on_file["night"].splitlines() if line not in warnings)
    assert on_server == on_file
    assert {tool["id"]: tool["events"] for tool in on_server["tools"]}["chatgpt"] == 13
    assert "claude" not in {tool["id"] for tool in on_server["tools"]}
    with sqlite3.connect(file) as conn:
        assert conn.execute("SELECT count(*) FROM alert").fetchone() == (3,)


def test_a_server_that_will_not_is_exit_5_with_advice(
    hospital: Hospital, logs: list[Path], postgresql_server: Any
) -> None:
    hospital.settings(f"[[sources]]\nname = 'Proxy'\npaths = ['{logs[0]}']\n")
    name = postgresql_server.create()
    postgresql_server.run(
        "psql", "-h", str(postgresql_server.folder), "-U", "tester", "-d", name,
        "-c", "CREATE ROLE guarded LOGIN PASSWORD 'right'",
    )  # fmt: skip
    access = postgresql_server.folder / "data" / "pg_hba.conf"
    before = access.read_text()
    access.write_text(f"local all guarded scram-sha-256\n{before}")
    try:
        postgresql_server.control("reload")
        url = f"postgresql://guarded:s3cretpass@/{name}?host={postgresql_server.folder}"
        wrong = hospital.inside("nightly", SKIAGRAM_DATABASE=url)
        assert wrong.returncode == 5, wrong.stderr
        assert "refused this user or password; correct them in the database URL" in wrong.stderr
        assert "s3cretpass" not in wrong.stderr
        assert "Traceback" not in wrong.stderr
    finally:
        access.write_text(before)
        postgresql_server.control("reload")
    missing = hospital.inside("tools", "--db", postgresql_server.url("no_such_database"))
    assert missing.returncode == 5
    assert "createdb" in missing.stderr
    down = hospital.inside("scan", str(logs[0]), "--db", f"postgresql://tester@/x?host={hospital.folder}")
    assert down.returncode == 5, down.stderr
    assert "server is down or cannot be reached" in down.stderr
    assert "Traceback" not in down.stderr
