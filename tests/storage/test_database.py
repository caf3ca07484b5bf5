"""Opening says what is wrong; writing is all or nothing; reading cannot write."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import faults
from storage.database import Database, open_database
from storage.errors import StorageUnavailable
from storage.tables import setting

NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not stop root; run as another user")


def opened(url: str) -> None:
    open_database(url).close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no url", "database URL cannot be read"),
        ("mysql://host/db", "only sqlite and postgresql"),
        ("sqlite://", "give a file"),
        ("sqlite:///:memory:", "give a file"),
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str, words: str) -> None:
    with pytest.raises(StorageUnavailable, match=words):
        opened(url)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match=r"There is no directory .*missing; create it"):
        opened(f"sqlite:///{tmp_path}/missing/test.db")


def test_a_directory_and_a_foreign_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="is a directory; name a file inside it"):
        opened(f"sqlite:///{tmp_path}")
    foreign = tmp_path / "letter.txt"
    foreign.write_text("Dear colleague, " * 100)
    with pytest.raises(StorageUnavailable, match="is some other file"):
        opened(f"sqlite:///{foreign}")
    assert foreign.read_text().startswith("Dear")


@NOT_ROOT
def test_a_directory_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageUnavailable, match="permission"):
            opened(f"sqlite:///{tmp_path}/test.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/test.db")
    database.upgrade()
    with database.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")

    def fill() -> None:
        with database.write() as conn:
            for number in range(200):
                row = (f"name {number}", "x" * 1000)
                conn.exec_driver_sql("INSERT INTO setting VALUES (?, ?, '2026-01-01')", row)

    with pytest.raises(StorageUnavailable, match=r"disk of .* is full\. Nothing of this step was kept"):
        fill()
    with database.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM setting").scalar_one() == 0
    database.close()


def test_a_long_writer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engines.WAIT_SECONDS", 0.2)
    database = open_database(f"sqlite:///{tmp_path}/test.db")
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="Another process has been writing"):
        database.upgrade()
    other.close()
    database.upgrade()
    assert database.is_current()
    database.close()


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("attempt to write a readonly database", "write permission"),
        ("disk I/O error", "failed or is full"),
        ("database disk image is malformed", "restore the newest backup"),
        ("table agreement already exists", "does not say of which version"),
    ],
)
def test_faults_of_a_file_come_with_advice(tmp_path: Path, message: str, advice: str) -> None:
    fault = OperationalError("INSERT", {}, sqlite3.OperationalError(message))
    explained = faults.explain(fault, "sqlite:///test.db", tmp_path / "test.db")
    assert advice in str(explained)


def test_a_network_filesystem_is_hinted_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "filesystem_type", lambda path: "nfs4")
    fault = OperationalError("", {}, sqlite3.OperationalError("database is locked"))
    assert "move the database to a local disk" in str(faults.explain(fault, "x", tmp_path / "test.db"))
    database = open_database(f"sqlite:///{tmp_path}/test.db")
    assert any("network filesystem" in warning for warning in database.warnings)
    database.close()


def test_the_filesystem_of_a_path_is_found(tmp_path: Path) -> None:
    assert faults.filesystem_type(Path("/proc/self")) == "proc"
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    found = faults.filesystem_type(tmp_path)
    assert found is not None or "/" not in mounted  # within chroot the root is not told, and so unknown


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        (
            'connection failed: FATAL:  password authentication failed for user "x"',
            "refused this user or password",
        ),
        ("connection failed: Connection refused", "server is down"),
        ("failed to resolve host 'db.invalid'", "No such host"),
        ('FATAL:  database "nothing" does not exist', "createdb"),
        ("server closed the connection unexpectedly", "connection to the server broke"),
    ],
)
def test_faults_of_a_server_come_with_advice(message: str, advice: str) -> None:
    fault = OperationalError("", {}, Exception(message))
    assert advice in str(faults.explain(fault, "postgresql://x", None))


def test_a_server_that_is_down_or_lacks_the_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="server is down or cannot be reached") as caught:
        opened(f"postgresql://tester:s3cret@/test?host={tmp_path}")
    assert "s3cret" not in str(caught.value)


@pytest.mark.postgresql
def test_a_database_that_does_not_exist_is_named(postgresql_server) -> None:
    with pytest.raises(StorageUnavailable, match="Create the database"):
        opened(postgresql_server.url("nothing"))


def test_a_write_is_all_or_nothing_and_a_read_cannot_write(database: Database) -> None:
    row = insert(setting).values(name="x", value=1, changed_at=text("CURRENT_TIMESTAMP"))

    class Killed(Exception):
        pass

    def killed() -> None:
        with database.write() as conn:
            conn.execute(row)
            raise Killed

    def written_by_a_reader() -> None:
        with database.read() as conn:
            conn.execute(row)

    with pytest.raises(Killed):
        killed()
    with pytest.raises((StorageUnavailable, DBAPIError), match=r"(?i)read-?only"):
        written_by_a_reader()
    with database.read() as conn:
        assert conn.execute(select(setting)).all() == []


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    def write() -> None:
        with database.write() as conn:
            conn.execute(insert(setting).values(name="x", value=1, changed_at=text("CURRENT_TIMESTAMP")))

    with database.read() as conn:
        assert conn.execute(select(setting)).all() == []
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert conn.execute(select(setting)).all() == []
    with database.read() as conn:
        assert len(conn.execute(select(setting)).all()) == 1


def test_the_file_is_private_and_durable(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/test.db")
    assert stat.S_IMODE((tmp_path / "test.db").stat().st_mode) == 0o600
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }
    with database.write() as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in expected}
    assert found == expected
    database.close()


def test_the_password_is_never_displayed(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match=r"tester:\*\*\*@"):
        opened(f"postgresql://tester:s3cret@/test?host={tmp_path}")
