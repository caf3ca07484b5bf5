"""Fold a block of lines to a small table of activities and a ledger that accounts for every line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from scanner.clock import Instant, TimeContext, parse_time
from scanner.compiled import NULLS, CompiledFormat, Drop
from scanner.convert import url_parts
from scanner.detect import Activity, ActivityKey, Detector, activity_of
from scanner.fields import Event
from scanner.inputs import Block
from scanner.kernels import Kernel, kernel_for
from scanner.ledger import Ledger
from scanner.reading import BLANK, SourceReader, Unreadable, amend
from signatures.evidence import HostInterest

OVERSIZED: Final = "longer than a mebibyte"
_REMEMBERED: Final = 300_000
_WITH_HEADERS: Final = frozenset({"w3c", "zeek", "csv"})
_HEADER_TRIES: Final = 5
_NOBODY: Final = frozenset(word.encode() for word in NULLS)
_PASS, _READ = 0, 1
"""What to do with lines that name a host: nothing more, or an exact reading. A tuple of path beginnings
stands for an exact reading where one of them occurs."""


@dataclass(slots=True)
class Folded:
    """What a stretch of a source comes to."""

    activities: dict[ActivityKey, Activity] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)

    def add(self, other: "Folded") -> None:
        """Add another stretch."""
        self.ledger.add(other.ledger)
        for key, activity in other.activities.items():
            self.activities.setdefault(key, Activity()).add(
                activity.count, activity.bytes_up, activity.bytes_down, activity.first, activity.last
            )


class Folder:
    """Folds the blocks of one source in order; `use_kernel=False` reads every line exactly."""

    def __init__(
        self, reader: SourceReader, detector: Detector, context: TimeContext, *, use_kernel: bool = True
    ) -> None:
        self._reader = reader
        self._detector = detector
        self._context = context
        self._use_kernel = use_kernel
        self._kernel: Kernel | None = None
        self._kernel_made_for: tuple[CompiledFormat, object] | None = None
        self._hosts: dict[bytes, int | tuple[bytes, ...]] = {}
        self._others: dict[bytes, bool] = {}
        self._moments: dict[bytes, Instant | None] = {}

    def fold(self, block: Block) -> Folded:
        """Fold one block."""
        folded = Folded()
        if block.oversized:
            folded.ledger.lines += block.oversized
            folded.ledger.unreadable[OVERSIZED] += block.oversized
        data = block.data
        if not data:
            return folded
        if data.endswith(b"\n"):
            data = data[:-1]
        pending: list[Event] = []
        for stretch, number, may in self._stretches(data, block.line):
            kernel = self._current_kernel() if may else None
            if kernel is None:
                texts = (piece.decode("utf-8", "backslashreplace") for piece in stretch.split(b"\n"))
                self._exact(folded, enumerate(texts, start=number), pending)
            else:
                self._fast(folded, kernel, stretch, number, pending)
        self._settle(folded, pending)
        return folded

    def fold_records(self, records: Iterable[tuple[int, str]]) -> Folded:
        """Fold records that are not lines of text: JSON documents, rows of a capture."""
        folded = Folded()
        pending: list[Event] = []
        self._exact(folded, records, pending)
        self._settle(folded, pending)
        return folded

    def fold_events(self, folded: Folded, events: Iterable[Event]) -> None:
        """Fold events that a capture gave; its ledger is kept by the caller."""
        pending: list[Event] = []
        for event in events:
            folded.ledger.event_lines += event.get("kind") != "flow"
            self.take(folded, [event], pending)
        self._settle(folded, pending)

    def _stretches(self, data: bytes, number: int) -> Iterable[tuple[bytes, int, bool]]:
        """Yield (lines, number of the first, whether a kernel may read them), cut where headers stand."""
        if not any(record.spec.reader in _WITH_HEADERS for record in self._reader.chain[0].records):
            yield data, number, True
            return
        at = tried = 0
        while at < len(data):
            end = data.find(b"\n", at)
            if data.startswith(b"#", at) or (not self._reader.columns.names and tried < _HEADER_TRIES):
                tried += 1
                kernel = False
            else:
                end = data.find(b"\n#", at)
                kernel = True
            end = len(data) if end < 0 else end
            yield data[at:end], number, kernel
            number += data.count(b"\n", at, end) + 1
            at = end + 1

    def _current_kernel(self) -> Kernel | None:
        if not self._use_kernel:
            return None
        key = (self._reader.chain[0], self._reader.columns)
        if self._kernel_made_for != key:
            self._kernel = kernel_for(*key)
            self._kernel_made_for = key
        return self._kernel

    def _fast(self, folded: Folded, kernel: Kernel, data: bytes, number: int, pending: list[Event]) -> None:
        hosts, others, ledger = self._hosts, self._others, folded.ledger
        if len(hosts) > _REMEMBERED or len(self._moments) > _REMEMBERED:
            hosts.clear()
            self._moments.clear()
        certain = with_user = 0
        latest = b""
        at_host, at_time, at_user, at_also, at_rest = (
            kernel.host,
            kernel.time,
            kernel.user,
            kernel.also,
            kernel.rest,
        )
        for offset, row in enumerate(kernel.rows(data)):
            if not row[0]:
                self._exact_bytes(folded, number + offset, row[at_rest], pending)
                continue
            time = row[at_time]
            if time != latest:
                moment = self._moment(time)
                if moment is None:
                    self._exact_bytes(folded, number + offset, row[0], pending)
                    continue
                ledger.saw(moment)
                latest = time
            host = row[at_host]
            plan = hosts.get(host)
            if plan is None:
                plan = hosts[host] = self._plan(host)
            for at in at_also:
                also = row[at]
                if also:
                    known = others.get(also)
                    if known is None:
                        if len(others) > _REMEMBERED:
                            others.clear()
                        known = others[also] = self._detector.also_interest(
                            also.strip(b'"').decode("utf-8", "replace")
                        )
                    if known:
                        plan = _READ
            if plan and (plan == _READ or any(path in row[0].lower() for path in plan)):  # type: ignore[union-attr]
                self._exact_bytes(folded, number + offset, row[0], pending)
                continue
            certain += 1
            user = row[at_user]
            if user.strip(b'"') not in _NOBODY:
                with_user += 1
        ledger.lines += certain
        ledger.event_lines += certain
        ledger.events += certain
        ledger.with_user += with_user

    def _moment(self, time: bytes) -> Instant | None:
        """Return the instant of a raw time; whole minutes are parsed once."""
        if len(time) == 10 and time.isdigit():
            seconds = float(time)
            return seconds if self._context.believable(seconds) else None
        if time[-3:-2] == b":" == time[-6:-5] and time[-2:].isdigit():
            minute, seconds = time[:-2] + b"00", float(time[-2:])
        else:
            minute, seconds = time, 0.0
        moment = self._moments.get(minute)
        if moment is None:
            moment = parse_time(minute.decode("utf-8", "replace"), self._context)
            if moment is None or not self._context.believable(moment):
                return None
            self._moments[minute] = moment
        return moment + seconds

    def _plan(self, raw: bytes) -> int | tuple[bytes, ...]:
        text = raw.strip(b'"').decode("utf-8", "backslashreplace")
        if ":" in text or "/" in text:
            text = url_parts(text)[0] or ""
        interest = self._detector.host_interest(text)
        if interest is HostInterest.PATHS:
            return tuple(path.encode() for path in self._detector.path_prefixes(text)) or _READ
        return _READ if interest else _PASS

    def _exact_bytes(self, folded: Folded, number: int, line: bytes, pending: list[Event]) -> None:
        self._exact(folded, ((number, line.decode("utf-8", "backslashreplace")),), pending)

    def _exact(self, folded: Folded, lines: Iterable[tuple[int, str]], pending: list[Event]) -> None:
        ledger = folded.ledger
        for number, text in lines:
            outcome = self._reader.read(text)
            if outcome is BLANK:
                continue
            ledger.lines += 1
            if isinstance(outcome, Unreadable):
                ledger.refuse(number, outcome.reason, text)
            elif isinstance(outcome, Drop):
                ledger.not_events[outcome.reason] += 1
                if outcome.key:
                    amend(([event] for event in reversed(pending)), outcome)
            else:
                ledger.event_lines += 1
                self.take(folded, outcome, pending)

    def take(self, folded: Folded, events: list[Event], pending: list[Event]) -> None:
        """Count events and keep those that show a tool."""
        ledger = folded.ledger
        for event in events:
            ledger.events += 1
            moment = event.get("timestamp")
            if moment is None:
                ledger.undated += 1
            elif not self._context.believable(moment):
                ledger.undated += 1
                del event["timestamp"]  # counted on the day the file was written, not in year 2343
            else:
                ledger.saw(moment)
            if event.get("user_name") or event.get("actor") or event.get("user_email"):
                ledger.with_user += 1
            if self._detector.match(event) is not None:
                pending.append(event)

    def _settle(self, folded: Folded, pending: list[Event]) -> None:
        for event in pending:
            match = self._detector.match(event)
            if match is not None:
                key, activity = activity_of(event, match)
                folded.activities.setdefault(key, Activity()).add(
                    activity.count, activity.bytes_up, activity.bytes_down, activity.first, activity.last
                )
