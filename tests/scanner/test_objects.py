"""Objects of a store are read like files: each content once, grown ones on, bad ones listed, nothing left behind."""

from __future__ import annotations

import builtins
import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.settings import SourceSettings
from scanner import objects
from scanner.errors import SourceUnreadable
from scanner.objects import fetched, is_stored, stored_objects

from .conftest import Bench

fsspec = pytest.importorskip("fsspec")
SquidLog = Callable[..., str]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give an empty store in memory, known by the scheme `memory`."""
    monkeypatch.setitem(objects.SCHEMES, "memory", "fsspec")
    store = fsspec.filesystem("memory")
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    yield store
    store.store.clear()


def test_only_urls_of_stores_are_objects() -> None:
    assert is_stored("s3://bucket/logs/")
    assert is_stored("az://container/x.log")
    assert is_stored("gs://bucket")
    for name in (
        "/var/log/s3",
        "s3:/bucket",
        "C:\\logs",
        "http://example.org/x",
        "file:///etc/passwd",
        "-",
        "",
    ):
        assert not is_stored(name)
    assert SourceSettings(name="a", paths=["s3://bucket/logs/", "/var/log"]).paths
    with pytest.raises(ValueError, match="no full path"):
        SourceSettings(name="a", paths=["ftp://host/x"])


def test_prefixes_globs_and_single_objects_are_read_once(
    bench: Bench, store: Any, squid_log: SquidLog
) -> None:
    store.pipe("/logs/2026/a.log", squid_log(500).encode())
    store.pipe("/logs/2026/b.log.gz", gzip.compress(squid_log(500, 1000).encode()))
    store.pipe("/logs/other/c.txt", b"nothing anybody knows\n" * 30)
    store.pipe("/logs/empty", b"")
    found = {o.label: o.status for o in bench.scan("memory://logs")}
    assert found == {
        "memory://logs/2026/a.log": "ok",
        "memory://logs/2026/b.log.gz": "ok",
        "memory://logs/other/c.txt": "unread",
        "memory://logs/empty": "ok",
    }
    assert bench.events() == 200
    again = bench.scan("memory://logs/2026/*.log", "memory://logs/2026/a.log", "memory://logs/2026")
    assert [(o.label, o.status) for o in again] == [
        ("memory://logs/2026/a.log", "already_read"),
        ("memory://logs/2026/b.log.gz", "already_read"),
    ]
    assert bench.events() == 200


def test_grown_object_is_read_on_and_a_copy_on_disk_counts_once(
    bench: Bench, store: Any, squid_log: SquidLog, tmp_path: Path
) -> None:
    store.pipe("/logs/a.log", squid_log(500).encode())
    bench.scan("memory://logs/a.log")
    store.pipe("/logs/a.log", squid_log(1000).encode())
    (outcome,) = bench.scan("memory://logs/")
    assert (outcome.status, outcome.ledger.lines) == ("ok", 500)
    copy = tmp_path / "copy.log"
    copy.write_text(squid_log(1000))
    assert [o.status for o in bench.scan(copy, "memory://logs/")] == ["already_read", "already_read"]
    assert bench.events() == 200


def test_object_that_cannot_be_read_is_listed_and_the_others_are_read(
    bench: Bench, store: Any, squid_log: SquidLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        store.pipe(f"/logs/{name}.log", squid_log(100, ord(name) * 1000).encode())
    really = type(store).get_file

    def get_file(self: Any, path: str, to: str, **more: Any) -> None:
        if path.endswith("b.log"):
            Path(to).write_bytes(b"half a fi")
            raise PermissionError("Access Denied https://key:secret@store.example/\nsecond line")
        really(self, path, to, **more)

    monkeypatch.setattr(type(store), "get_file", get_file)
    outcomes = {o.label: o for o in bench.scan("memory://logs")}
    assert {label[-5]: o.status for label, o in outcomes.items()} == {"a": "ok", "b": "unread", "c": "ok"}
    message = outcomes["memory://logs/b.log"].message or ""
    assert "Access Denied" in message
    assert "secret" not in message
    assert "second line" not in message
    assert bench.events() == 40


@pytest.mark.parametrize("name", ["memory://nowhere", "memory://logs/*.gone", "memory://"])
def test_what_names_nothing_is_said(bench: Bench, store: Any, name: str) -> None:
    (outcome,) = bench.scan(name)
    assert outcome.status == "unread"
    assert "no object there" in (outcome.message or "")


def test_missing_library_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "fsspec":
            raise ImportError(name)
        return really(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    (outcome,) = bench.scan("s3://key:secret@bucket/logs/")
    assert outcome.status == "unread"
    assert "pip install 'skiagram[objects]'" in (outcome.message or "")
    assert "secret" not in f"{outcome.label} {outcome.message}"


def test_copies_are_private_and_gone_afterwards(
    store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store.pipe("/logs/a.log", b"content")
    (found,) = stored_objects(["memory://logs/a.log"])
    assert not isinstance(found, objects.Missing)
    with fetched(found) as path:
        assert path.read_bytes() == b"content"
        assert os.stat(path).st_mode & 0o077 == 0
        assert found.changed is not None
        assert abs(os.stat(path).st_mtime - found.changed) < 1
        if path.is_relative_to("/proc"):
            assert list(tmp_path.iterdir()) == []  # a killed process leaves nothing
    assert list(tmp_path.iterdir()) == []
    store.rm("/logs/a.log")
    with pytest.raises(SourceUnreadable, match="check that it may be read"), fetched(found):
        pass


def test_too_many_objects_are_said(
    bench: Bench, store: Any, squid_log: SquidLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MOST_OBJECTS", 2)
    for number in range(4):
        store.pipe(f"/logs/{number}.log", squid_log(50, number * 1000).encode())
    outcomes = bench.scan("memory://logs")
    assert [o.status for o in outcomes] == ["ok", "ok", "unread"]
    assert "more than 2 objects" in (outcomes[-1].message or "")
