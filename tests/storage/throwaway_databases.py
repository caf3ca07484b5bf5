"""Give tests databases of their own: SQLite files, and a PostgreSQL server started for the occasion."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.tables import metadata


@dataclass
class Server:
    """A PostgreSQL server that listens on a unix socket in its own folder only."""

    programs: Path
    folder: Path
    user: str | None
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **({"user": self.user, "group": pwd.getpwnam(self.user).pw_gid} if self.user else {}),
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def control(self, *arguments: str) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), *arguments)

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        self.control("-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self.control("-m", mode, "stop")

    def url(self, name: str) -> str:
        return f"postgresql://tester@/{name}?host={self.folder}"

    def create(self) -> str:
        name = f"test_{next(self.numbers)}"
        self.run("createdb", "-h", str(self.folder), "-U", "tester", "-E", "UTF8", "-T", "template0", name)
        return name


@pytest.fixture(scope="session")
def postgresql_server(postgresql_programs: Path) -> Iterator[Server]:
    """Start a server for the session; as another user where the tests run as root, which initdb refuses."""
    user = None
    if os.geteuid() == 0:
        known = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in ("postgres", "nobody") if name in known), None)
        if user is None:
            pytest.skip("initdb refuses root, and there is neither a user postgres nor nobody")
    folder = Path(tempfile.mkdtemp(prefix="skiagram-pg-", dir="/tmp"))
    server = Server(postgresql_programs, folder, user)
    try:
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        server.run(
            "initdb", "-D", str(folder / "data"), "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_shared(postgresql_server: Server) -> Iterator[Database]:
    """Make one database with the newest tables, to be emptied between tests."""
    made = open_database(postgresql_server.url(postgresql_server.create()))
    made.upgrade()
    yield made
    made.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one database file with the newest tables, to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    made = open_database(f"sqlite:///{path}")
    made.upgrade()
    made.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run the test once per engine."""
    return str(request.param)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    server: Server = request.getfixturevalue("postgresql_server")
    return server.url(server.create())


@pytest.fixture
def database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an open database with the newest tables and nothing in them."""
    if engine_name == "postgresql":
        shared: Database = request.getfixturevalue("postgresql_shared")
        yield shared
        with shared.write() as conn:
            names = ", ".join(f'"{name}"' for name in metadata.tables)
            conn.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        return
    path = tmp_path / "test.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    opened = open_database(f"sqlite:///{path}")
    try:
        yield opened
    finally:
        opened.close()
