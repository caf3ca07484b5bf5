"""Every sample log, damaged in many ways: no crash, no hang, every line accounted for."""

import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.clock import TimeContext
from scanner.detect import Detector
from scanner.errors import ScannerError
from scanner.events import read_events
from scanner.fold import Folded, Folder
from scanner.inputs import BlockReader, open_members
from scanner.reading import RESPONSE, SourceReader, choose_chain
from scanner.recognise import Formats
from scanner.sources import begin, document_records, sample_of
from signatures.matcher import Matcher
from tests.damage.damaged_contents import SAMPLES, cuts, flips, rewritten, sample_files
from tests.scanner.conftest import matcher as matcher

CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
SLOW = 15.0
FEW = ("squid.log", "okta_system.ndjson", "fortigate.log", "iis_w3c.log", "umbrella_dns.csv")


def read_rows(path: Path) -> tuple[int, int] | None:
    """Return (events, other rows) as `read` prints them, None where it refuses the content.

    What a name server answered, where the log holds the questions too, is printed but counts as no event.
    """
    try:
        rows = list(read_events(path, None, CONTEXT))
    except ScannerError:
        return None
    others = sum(bool(row.get("dropped")) or row.get("kind") == RESPONSE for row in rows)
    return len(rows) - others, others


def folded(path: Path, detector: Detector, formats: Formats, *, use_kernel: bool) -> Folded | None:
    """Return what a scan makes of the content, None where nothing recognises it."""
    for member in open_members(path):
        content = begin(member.stream)
        chain = choose_chain(formats, sample_of(content))
        if not chain:
            return None
        folder = Folder(SourceReader(chain), detector, CONTEXT, use_kernel=use_kernel)
        if content.document:
            return folder.fold_records(document_records(content))
        result = Folded()
        for block in BlockReader(content.stream, size=1 << 16):
            result.add(folder.fold(block))
        return result
    return None


def check(name: str, data: bytes, path: Path, detector: Detector, formats: Formats) -> None:
    path.write_bytes(data)
    began = time.process_time()
    # Kernels may take a line for an event whose bits were turned over where they do not look.
    result = folded(path, detector, formats, use_kernel=not name.startswith("flip"))
    rows = read_rows(path)
    assert time.process_time() - began < SLOW, f"{name} holds the reader up"
    assert (result is None) == (rows is None), f"{name}: scan and read disagree on whether it can be read"
    if result is not None and rows is not None:
        ledger = result.ledger
        assert ledger.balanced, name
        assert rows[0] == ledger.events, f"{name}: read and scan count differently"
        assert rows[1] == ledger.lines - ledger.event_lines, f"{name}: other lines"


def few_damages(data: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    yield from cuts(data, 2)
    yield from flips(data, 1, seed)


def all_damages(data: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    yield from cuts(data, 50)
    yield from flips(data, 20, seed)
    yield from rewritten(data)


@pytest.fixture(scope="module")
def formats() -> Formats:
    return Formats.for_context(CONTEXT)


@pytest.fixture(scope="module")
def detector(matcher: Matcher) -> Detector:
    return Detector(matcher)


@pytest.mark.parametrize("name", FEW)
def test_damaged_samples_are_accounted_for(
    name: str, tmp_path: Path, detector: Detector, formats: Formats
) -> None:
    data = (SAMPLES / name).read_bytes()
    for damage, damaged in few_damages(data, zlib.crc32(name.encode())):
        check(damage, damaged, tmp_path / "damaged.log", detector, formats)


def test_other_encodings_and_foreign_bodies(tmp_path: Path, detector: Detector, formats: Formats) -> None:
    for damage, damaged in rewritten((SAMPLES / "squid.log").read_bytes()):
        check(damage, damaged, tmp_path / "damaged.log", detector, formats)


@pytest.mark.full
@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_every_sample_in_every_damage(
    path: Path, tmp_path: Path, detector: Detector, formats: Formats
) -> None:
    data = path.read_bytes()
    for damage, damaged in all_damages(data, zlib.crc32(path.name.encode())):
        check(damage, damaged, tmp_path / "damaged.log", detector, formats)


def beginning(path: Path) -> bytes:
    """Return some lines of a sample, each of them whole."""
    return b"".join(path.read_bytes().splitlines(keepends=True)[:15])


@pytest.mark.full
@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_every_sample_behind_those_before_it(
    path: Path, tmp_path: Path, detector: Detector, formats: Formats
) -> None:
    data = beginning(path)
    for other in sample_files():
        if other.name > path.name:
            continue
        check(f"behind {other.name}", beginning(other) + data, tmp_path / "joined.log", detector, formats)
