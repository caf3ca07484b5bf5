"""One log file of the imaginary hospital: its lines, a few damaged ones among them, and the count of both."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from api.demo.truth import FileTruth, ToolTruth

DAMAGE_EVERY = 1000
"""One line in so many is damaged, about what copying, rotating and full disks leave in real logs."""

KINDS = ("cut", "torn", "binary", "nul", "foreign")

FOREIGN = b'<46>Nov 12 03:10:01 loghost rsyslogd: [origin software="rsyslogd" swVersion="8.2302.0"] HUPed'


def cut_early(line: str, share: float) -> str:
    """Return the beginning of a line, ``share`` of it, at least eight characters."""
    return line[: max(8, int(len(line) * share))]


def cut_at_field(line: str, share: float) -> str:
    """Return the beginning of a line of quoted CSV up to the end of a field, so that quotes stay paired."""
    end = line.find('",', int(len(line) * share))
    return line[: end + 1]


class LogFile:
    """Collect lines with what is true about them, then write the file once."""

    def __init__(
        self,
        root: Path,
        path: str,
        format_id: str,
        rng: random.Random,
        *,
        counts_uploads: bool = False,
        cut: Callable[[str, float], str] = cut_early,
    ) -> None:
        self._root = root
        self._path = path
        self._format = format_id
        self._rng = rng
        self._cut = cut
        self._counts_uploads = counts_uploads
        self._lines: list[str] = []
        self._ordinary: list[int] = []
        self._count: Counter[str] = Counter()
        self._blocked: Counter[str] = Counter()
        self._up: Counter[str] = Counter()
        self._people: dict[str, set[str]] = {}
        self._addresses: dict[str, set[str]] = {}

    def add(self, line: str) -> None:
        """Add a line in which no AI tool occurs."""
        self._ordinary.append(len(self._lines))
        self._lines.append(line)

    def add_use(
        self, line: str, tool: str, *, person: str = "", address: str = "", blocked: bool = False, up: int = 0
    ) -> None:
        """Add a line that shows the use of ``tool`` by a person, or by an address where that is all."""
        self._lines.append(line)
        self._count[tool] += 1
        self._blocked[tool] += blocked
        self._up[tool] += up
        self._people.setdefault(tool, set())
        self._addresses.setdefault(tool, set())
        if person:
            self._people[tool].add(person)
        else:
            self._addresses[tool].add(address)

    def write(self, header: Sequence[str] = (), footer: Sequence[str] = ()) -> FileTruth:
        """Write the file, gzipped if its name says so, and return what is true about it."""
        damaged = self._damaged_lines()
        body = [line.encode() for line in self._lines]
        places = sorted(self._rng.sample(range(5, len(body)), len(damaged)), reverse=True) if damaged else []
        for place, (_, line) in zip(places, damaged, strict=True):
            body.insert(place, line)
        lines = [*(line.encode() for line in header), *body, *(line.encode() for line in footer)]
        content = b"".join(line + b"\n" for line in lines)
        target = self._root / self._path
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._path.endswith(".gz"):
            content = gzip.compress(content, compresslevel=4, mtime=0)
        target.write_bytes(content)
        return FileTruth(
            path=self._path,
            format=self._format,
            lines=len(lines),
            malformed=dict(Counter(kind for kind, _ in damaged)),
            tools={tool: self._truth(tool) for tool in sorted(self._count)},
        )

    def _truth(self, tool: str) -> ToolTruth:
        return ToolTruth(
            lines=self._count[tool],
            blocked=self._blocked[tool],
            people=frozenset(self._people[tool]),
            addresses=frozenset(self._addresses[tool]),
            bytes_up=self._up[tool] if self._counts_uploads else None,
        )

    def _damaged_lines(self) -> list[tuple[str, bytes]]:
        """Make damaged lines out of ordinary ones, so that no trace of a tool is lost or made up by them."""
        wanted = round(len(self._lines) / DAMAGE_EVERY)
        if not self._ordinary or len(self._lines) < 20:
            return []
        start = self._rng.randrange(len(KINDS))
        return [self._damage(KINDS[(start + number) % len(KINDS)]) for number in range(wanted)]

    def _damage(self, kind: str) -> tuple[str, bytes]:
        line = self._lines[self._rng.choice(self._ordinary)]
        if kind == "cut":
            return kind, self._cut(line, self._rng.uniform(0.15, 0.3)).encode()
        if kind == "torn":
            follower = self._lines[self._rng.choice(self._ordinary)]
            return kind, (self._cut(line, self._rng.uniform(0.15, 0.3)) + follower).encode()
        if kind == "binary":
            # Never a line end inside: the damage is one line, as counted.
            return kind, b"\xff\xfe" + self._rng.randbytes(60).translate(None, b"\r\n")
        if kind == "nul":
            return kind, b"\x00" * self._rng.randrange(64, 512)
        return kind, FOREIGN
