"""Lines of 100 KB made to hold the readers up cost each format a few hundredths of a second."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scanner.clock import TimeContext, parse_time
from scanner.compiled import CompiledFormat, compile_format
from scanner.line import Line
from scanner.readers import Columns
from scanner.spec import FormatSpec, shipped_formats
from tests.damage.damaged_contents import hostile_lines, sample_files

CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
SPECS = {spec.id: spec for spec in shipped_formats()}
FEW = ("aws_elb", "cisco_meraki", "fortigate", "generic_kv", "iis_w3c", "panos", "squid", "sophos_utm_http")
SAMPLES = {path.stem: path for path in sample_files()}
HOSTILE = hostile_lines()


def reference() -> float:
    """Return how long this machine takes for a fixed piece of work, in seconds of the processor."""
    began = time.process_time()
    total = 0
    for number in range(400_000):
        total += number & 7
    return time.process_time() - began


@pytest.fixture(scope="module")
def allowed() -> float:
    """Give 50 ms of a quiet machine, in seconds of this one."""
    return 0.05 * max(1.0, reference() / 0.02)


def fastest(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(3):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
        if spent[-1] < 0.02:
            break
    return min(spent)


def columns_of(compiled: CompiledFormat, lines: list[str]) -> Columns:
    columns = Columns()
    for text in lines[:30]:
        columns = compiled.header(text, columns) or columns
    return columns


def slow_lines(spec: FormatSpec, allowed: float, cuts: tuple[int, ...]) -> list[str]:
    """Return the hostile endings, behind nothing and behind parts of a good line, that take too long."""
    compiled = compile_format(spec, CONTEXT)
    lines = SAMPLES[spec.id].read_text(errors="replace").splitlines()
    columns = columns_of(compiled, lines)
    good = next((text for text in reversed(lines) if not text.startswith("#")), "")
    slow = []
    for eighths in cuts:
        start = good[: len(good) * eighths // 8]
        for name, ending in HOSTILE.items():
            text = start + ending
            line = Line(text)
            _ = line.payloads, line.json

            def read(text: str = text, line: Line = line) -> None:
                compiled.header(text, columns)
                compiled.read(line, columns)

            spent = fastest(read)
            if spent > allowed:
                slow.append(f"{name} behind {start!r}: {spent * 1000:.0f} ms")
    return slow


@pytest.mark.parametrize("format_id", FEW)
def test_hostile_lines_are_read_fast(format_id: str, allowed: float) -> None:
    assert slow_lines(SPECS[format_id], 8 * allowed, (0, 4)) == []


@pytest.mark.full
@pytest.mark.parametrize("format_id", SPECS)
def test_hostile_lines_are_read_fast_by_every_format(format_id: str, allowed: float) -> None:
    assert slow_lines(SPECS[format_id], 2 * allowed, tuple(range(9))) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_headers_and_times_are_looked_for_fast(name: str, allowed: float) -> None:
    for start in (
        "",
        "<13>1 2026-11-02T08:00:00Z h p 1 m [a",
        "Nov  2 08:00:00 host prog",
        "<13>Nov  2 08:00:00 ",
    ):
        assert fastest(lambda start=start: Line(start + HOSTILE[name]).payloads) < 2 * allowed  # type: ignore[misc]
    assert fastest(lambda: parse_time(HOSTILE[name], CONTEXT)) < allowed
