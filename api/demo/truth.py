"""What really is in the imaginary hospital's logs, for holding a scan against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ToolTruth:
    """The traces one AI tool left in one file, or in all of them.

    ``lines`` counts requests, DNS questions and sign-ins; a resolver's answers and forwards are not counted.
    ``people`` are user names (``first.last``), ``addresses`` are clients the log knows by address only.
    ``bytes_up`` is what clients sent, in bytes, or None where the format does not say.
    """

    lines: int
    blocked: int
    people: frozenset[str]
    addresses: frozenset[str]
    bytes_up: int | None


@dataclass(frozen=True, slots=True)
class FileTruth:
    """One written file: its lines, how many of them are damaged and in which way, and the AI tools in it."""

    path: str
    format: str
    lines: int
    malformed: Mapping[str, int]
    tools: Mapping[str, ToolTruth]

    @property
    def malformed_lines(self) -> int:
        """Return the number of damaged lines of every kind."""
        return sum(self.malformed.values())


@dataclass(frozen=True, slots=True)
class DemoTruth:
    """Everything that was written, file by file.

    ``approved`` are the tools this hospital has approved. ``candidates`` are hosts that behave like an AI
    tool and stand in no catalogue. ``decoys`` are names that must lead to no finding at all.
    ``query_marker`` stands in query strings of the logs and must never be found in what the product keeps.
    """

    directory: Path
    first_day: date
    last_day: date
    people: int
    files: tuple[FileTruth, ...]
    approved: tuple[str, ...]
    candidates: tuple[str, ...]
    decoys: tuple[str, ...]
    query_marker: str

    @property
    def lines(self) -> int:
        """Return the number of lines in all files."""
        return sum(file.lines for file in self.files)

    @property
    def malformed_lines(self) -> int:
        """Return the number of damaged lines in all files."""
        return sum(file.malformed_lines for file in self.files)

    @property
    def tools(self) -> dict[str, ToolTruth]:
        """Return every tool's traces over all files, by tool id in alphabetical order."""
        names = sorted({name for file in self.files for name in file.tools})
        return {name: _sum(file.tools[name] for file in self.files if name in file.tools) for name in names}


def _sum(parts: Iterable[ToolTruth]) -> ToolTruth:
    """Add up what several files say; bytes unknown in one file count as nothing seen there."""
    kept = list(parts)
    known = [part.bytes_up for part in kept if part.bytes_up is not None]
    return ToolTruth(
        lines=sum(part.lines for part in kept),
        blocked=sum(part.blocked for part in kept),
        people=frozenset().union(*(part.people for part in kept)),
        addresses=frozenset().union(*(part.addresses for part in kept)),
        bytes_up=sum(known) if known else None,
    )
