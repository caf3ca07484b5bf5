"""A small catalogue and an open database for tests of the scanner."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.ingest import Outcome, ScanPlan, scan_paths
from signatures.catalogue import load_catalogue
from signatures.matcher import Matcher
from storage.database import Database, open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from storage.tables import sighting

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VENDOR = """
id = "acme-ai"
name = "Acme AI"
homepage = "https://acme.example"
country = "US"
maturity = "stable"
checked_on = 2026-11-22

[[tools]]
id = "acme-chat"
name = "Acme Chat"
category = "chat_assistant"
clinical = false
description = "A chat assistant for tests."

[[tools.signatures]]
kind = "domain"
value = "acme-ai.example"
surface = "use"
source = "https://acme.example/docs"

[[tools.signatures]]
kind = "path"
value = "search.example/assistant"
surface = "use"
source = "https://acme.example/docs"

[[examples]]
host = "app.acme-ai.example"
tool = "acme-chat"

[[examples]]
host = "notacme-ai.example"
tool = ""
"""


@pytest.fixture(scope="session")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder = tmp_path_factory.mktemp("vendors")
    (folder / "acme-ai.toml").write_text(VENDOR)
    return Matcher(load_catalogue([folder]))


@dataclass
class Bench:
    """A database, and scans into it."""

    database: Database
    matcher: Matcher

    def scan(self, *paths: Path | str, **more: Any) -> list[Outcome]:
        with self.database.write() as conn:
            scan_id = begin_scan(conn, NOW)
        plan = ScanPlan(self.database, scan_id, self.matcher, Pseudonyms.from_key(b"k" * 32), NOW, **more)
        return list(scan_paths(plan, [str(path) for path in paths]))

    def totals(self) -> dict[tuple[Any, ...], tuple[int, int]]:
        """(tool, principal, day, action) -> (events, bytes down), over everything recorded."""
        sums: dict[tuple[Any, ...], tuple[int, int]] = {}
        with self.database.read() as conn:
            for row in conn.execute(sighting.select()):
                key = (row.tool_id, row.principal, row.day, row.action)
                count, down = sums.get(key, (0, 0))
                sums[key] = (count + row.count, down + (row.bytes_down or 0))
        return sums

    def events(self) -> int:
        return sum(count for count, _ in self.totals().values())


@pytest.fixture
def bench(tmp_path: Path, matcher: Matcher, empty_database: Path) -> Iterator[Bench]:
    shutil.copy(empty_database, tmp_path / "bench.db")
    database = open_database(f"sqlite:///{tmp_path / 'bench.db'}")
    yield Bench(database, matcher)
    database.close()


def squid_line(number: int, host: str, *, user: str = "arivera", size: int = 100) -> str:
    """Return a native Squid line; times rise by a second."""
    return (
        f"{1793606400 + number}.{number % 1000:03d}     84 10.20.4.{number % 200 + 1} TCP_TUNNEL/200 {size} "
        f"CONNECT {host}:443 {user} HIER_DIRECT/203.0.113.9 -\n"
    )


@pytest.fixture
def squid_log() -> Callable[..., str]:
    """A Squid log of n lines, every fifth to the tool, users rotating."""

    def make(lines: int, start: int = 0) -> str:
        return "".join(
            squid_line(
                number,
                "app.acme-ai.example" if number % 5 == 0 else f"www{number % 37}.example.org",
                user=f"user{number % 7}",
                size=number % 1000,
            )
            for number in range(start, start + lines)
        )

    return make
