"""Compare what is read from samples with what was written down beside them."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from scanner.clock import TimeContext
from scanner.errors import SourceUnreadable
from scanner.events import as_json, read_events
from scanner.ingest import context_of
from scanner.spec import FormatSpec

ENDING: Final = ".expected.ndjson"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample log, and the file with the rows it must give."""

    log: Path
    expectation: Path


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a sample reads otherwise: line of the expectation, key, and both values as JSON."""

    line: int
    key: str
    expected: str
    found: str


def samples_in(directory: Path, *, lacking: bool = False) -> list[Sample]:
    """Return the samples of a folder that have an expectation, by name; with `lacking` the others too.

    Raises SourceUnreadable where the folder is none, or an expectation has no sample.
    """
    if not directory.is_dir():
        raise SourceUnreadable(f"{directory}: no such folder of samples; check the path")
    files = sorted(path for path in directory.iterdir() if path.is_file() and not path.name.startswith("."))
    logs = [path for path in files if not path.name.endswith(ENDING) and path.suffix not in {".toml", ".md"}]
    samples = [Sample(log, log.with_name(_name_of(log) + ENDING)) for log in logs]
    twice = {one.expectation: one for one in samples}
    for one in samples:
        if twice[one.expectation] is not one:
            other = twice[one.expectation].log.name
            raise SourceUnreadable(f"{one.log} and {other} share an expectation; give them different names")
    orphans = {path for path in files if path.name.endswith(ENDING)} - set(twice)
    if orphans:
        raise SourceUnreadable(f"{min(orphans)}: there is no sample of that name; rename it or remove it")
    return [one for one in samples if lacking or one.expectation.exists()]


def _name_of(log: Path) -> str:
    return log.name.split(".", 1)[0]


def rows_of_sample(sample: Sample, specs: Sequence[FormatSpec], now: datetime) -> list[Row]:
    """Return what `skiagram read` gives for a sample.

    Times without a year are read as of the latest time of the expectation, so that a sample reads alike
    whenever it was copied; as of the file's own age where there is no expectation.
    """
    latest = _latest(sample.expectation) if sample.expectation.exists() else None
    context = context_of(sample.log, now) if latest is None else TimeContext(reference=latest)
    return [json.loads(as_json(row)) for row in read_events(sample.log, None, context, specs)]


def _latest(expectation: Path) -> datetime | None:
    times = [row["timestamp"] for _, row in expected_rows(expectation) if "timestamp" in row]
    try:
        latest = max((datetime.fromisoformat(str(text)) for text in times), default=None)
    except ValueError as problem:
        raise SourceUnreadable(f"{expectation}: {problem}; times are ISO 8601 with a final Z") from problem
    return latest.astimezone(UTC) + timedelta(hours=1) if latest else None


def expected_rows(expectation: Path) -> list[tuple[int, Row]]:
    """Return (line number, row) of an expectation. Raises SourceUnreadable naming the line that is no object."""
    rows = []
    for number, text in enumerate(expectation.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as problem:
            raise SourceUnreadable(
                f"{expectation}:{number}: not valid JSON; write it anew with --update-golden"
            ) from problem
        if not isinstance(row, dict):
            raise SourceUnreadable(
                f"{expectation}:{number}: no JSON object; write it anew with --update-golden"
            )
        rows.append((number, row))
    return rows


def differences(expected: Sequence[tuple[int, Row]], found: Sequence[Row]) -> Iterator[Difference]:
    """Yield where rows differ: those of the same line of the log are compared by key."""
    at = {key: number for (number, _), key in zip(expected, _keys(row for _, row in expected), strict=True)}
    wanted = dict(zip(at, (row for _, row in expected), strict=True))
    given = dict(zip(_keys(found), found, strict=True))
    last = 1
    for key, row in wanted.items():
        last = at[key]
        if key in given:
            yield from _by_key(last, row, given[key])
        else:
            yield Difference(last, "", as_json(row), "no row")
    for key, row in given.items():
        if key not in wanted:
            yield Difference(last + 1, "", "no row", as_json(row))


def _keys(rows: Iterable[Row]) -> list[tuple[object, int]]:
    """Return a key for every row: its line, and which of the rows of that line it is."""
    times: Counter[object] = Counter()
    keys = []
    for row in rows:
        line = row.get("line", row.get("frame"))
        keys.append((line, times[line]))
        times[line] += 1
    return keys


def _by_key(number: int, wanted: Row, row: Row) -> Iterator[Difference]:
    for key in dict.fromkeys([*wanted, *row]):
        if wanted.get(key) != row.get(key) or (key in wanted) != (key in row):
            yield Difference(number, key, _shown(wanted, key), _shown(row, key))


def _shown(row: Row, key: str) -> str:
    return json.dumps(row[key], ensure_ascii=False) if key in row else "absent"
