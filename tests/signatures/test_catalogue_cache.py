"""A catalogue from the cache answers as a fresh one does, and nothing in the cache folder can change that."""

from __future__ import annotations

import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from signatures.catalogue import default_directory, load_catalogue
from signatures.catalogue_cache import CatalogueCache
from signatures.errors import CatalogueInvalid
from signatures.evidence import Evidence
from signatures.matcher import Matcher
from tests.shipped import cache_of_the_tests, shipped_catalogue
from tests.signatures.catalogue_files import Write, vendor_text

SIGNATURE = [("domain", "tool.example.com")]


def cached(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.cache"))


def test_cached_and_fresh_answer_alike_for_every_example() -> None:
    fresh = load_catalogue([default_directory()])
    written = shipped_catalogue()
    read = load_catalogue([default_directory()], cache=cache_of_the_tests())
    assert cached(cache_of_the_tests())
    assert fresh == written == read
    one, other = Matcher(fresh), Matcher(read)
    asked = 0
    for path in default_directory().glob("*.toml"):
        for example in tomllib.loads(path.read_text("utf-8")).get("examples", ()):
            given = {k: v for k, v in example.items() if k not in {"tool", "surface", "tier", "note"}}
            evidence = Evidence(
                **{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
            )
            assert one.match(evidence) == other.match(evidence)
            asked += 1
    assert asked > 3_000


def test_a_changed_file_is_never_missed(write_vendor: Write, tmp_path: Path) -> None:
    path = write_vendor("acme", {"chat": [("domain", "a.example.com")]})
    stamp = path.stat().st_mtime_ns
    assert load_catalogue([path.parent], cache=tmp_path).tools["chat"].signatures[0].value == "a.example.com"
    path.write_text(path.read_text("utf-8").replace("a.example.com", "b.example.com"), "utf-8")
    os.utime(path, ns=(stamp, stamp))  # same name, size and times
    assert load_catalogue([path.parent], cache=tmp_path).tools["chat"].signatures[0].value == "b.example.com"
    path.rename(path.with_name("zeta.toml"))
    (path.parent / "other.toml").write_text(vendor_text("other", {"more": SIGNATURE}), "utf-8")
    assert set(load_catalogue([path.parent], cache=tmp_path).tools) == {"chat", "more"}


@pytest.mark.parametrize(
    "harm", ["cut", "changed", "empty", "not json", "nested", "folder", "link", "writable"]
)
def test_a_harmed_cache_changes_nothing(write_vendor: Write, tmp_path: Path, harm: str) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    wanted = load_catalogue([path.parent], cache=tmp_path)
    (kept,) = cached(tmp_path)
    content = kept.read_bytes()
    if harm == "folder":
        kept.unlink()
        kept.mkdir()
    elif harm == "link":
        kept.rename(tmp_path / "elsewhere")
        kept.symlink_to(tmp_path / "elsewhere")
    elif harm == "writable":
        kept.write_bytes(content.replace(b"tool.example.com", b"evil.example.com"))
        kept.chmod(0o666)
    else:
        contents = {
            "cut": content[:-40],
            "changed": content.replace(b"tool.example.com", b"evil.example.com"),
            "empty": b"",
            "not json": content[:32] + b"\xff\x00nothing",
            "nested": content[:32] + b"[" * 100_000,
        }
        kept.write_bytes(contents[harm])
    assert load_catalogue([path.parent], cache=tmp_path) == wanted
    assert load_catalogue([path.parent], cache=tmp_path) == wanted


def test_a_cache_of_another_owner_is_left_alone(
    write_vendor: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    load_catalogue([path.parent], cache=tmp_path)
    kept = CatalogueCache(tmp_path)
    key = cached(tmp_path)[0].name.removeprefix("catalogue-").removesuffix(".cache")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert kept.read(key) is None


def test_what_another_program_version_made_is_not_read(write_vendor: Write, tmp_path: Path) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    catalogue = load_catalogue([path.parent], cache=tmp_path)
    kept = CatalogueCache(tmp_path / "other")
    kept.write("a" * 64, catalogue)
    assert kept.read("a" * 64) == catalogue
    (tmp_path / "other" / f"catalogue-{'a' * 40}.cache").rename(
        tmp_path / "other" / f"catalogue-{'b' * 40}.cache"
    )
    assert kept.read("b" * 64) is None  # the digest in front is over the key too


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(write_vendor: Write, tmp_path: Path) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", "utf-8")
    assert set(load_catalogue([path.parent], cache=blocked / "cache").tools) == {"chat"}


def test_faulty_files_are_never_kept(write_vendor: Write, tmp_path: Path) -> None:
    path = write_vendor("acme", {"chat": [("domain", "tool")]})
    for _ in range(2):
        with pytest.raises(CatalogueInvalid):
            load_catalogue([path.parent], cache=tmp_path)
    assert cached(tmp_path) == []


def test_writers_at_the_same_time_leave_whole_files(write_vendor: Write, tmp_path: Path) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    wanted = load_catalogue([path.parent])
    with ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(load_catalogue, [path.parent], cache=tmp_path) for _ in range(40)]
        assert all(load.result() == wanted for load in loads)
    assert cached(cache_of_the_tests())
    assert [left for left in tmp_path.iterdir() if left.suffix == ".tmp"] == []


def test_old_catalogues_are_forgotten(write_vendor: Write, tmp_path: Path) -> None:
    for number in range(20):
        path = write_vendor("acme", {"chat": [("domain", f"a{number}.example.com")]})
        load_catalogue([path.parent], cache=tmp_path)
    assert len(cached(tmp_path)) <= 8
