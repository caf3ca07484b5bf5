"""Fold a block of lines to a small table of activities and a ledger that accounts for every line."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from typing import Any, Final, cast

from scanner.answers import Aliases
from scanner.clock import IMPOSSIBLE, NO_TIME, UNDECIDED, TimeContext
from scanner.compiled import NULLS, CompiledFormat, Drop
from scanner.convert import url_parts
from scanner.detect import Activity, ActivityKey, Detector, activity_of
from scanner.fields import Event
from scanner.inputs import Block
from scanner.kernels import kernel_for
from scanner.ledger import Ledger
from scanner.moments import Moments, context_of_kernel
from scanner.observing import Observer, Watch
from scanner.questions import Questions
from scanner.reading import BLANK, REPLY, RESPONSE, SourceReader, Unreadable, amend
from scanner.table import Kernel, Part, Table
from signatures.evidence import HostInterest, Match

ANSWER: Final = "answer of a name server, not a question"
OVERSIZED: Final = "longer than a mebibyte"
_REMEMBERED: Final = 300_000
_WITH_HEADERS: Final = frozenset({"w3c", "zeek", "csv"})
_HEADER_TRIES: Final = 5
_PASS, _READ = 0, 1
"""What to do with lines that name a host: nothing more, or an exact reading. A tuple of path beginnings
stands for an exact reading where one of them occurs."""
_Seen = tuple[Event, Match]
_Plan = int | tuple[bytes, ...]
_URL: Final = re.compile(r"(?:https?://)?([A-Za-z0-9-]+\.[A-Za-z0-9.-]+)(?:/|:(\d{1,5})(?:/|\Z))")
_LONGEST_HOST: Final = 120
"""Longer ones are addresses with paths, which seldom come again."""
_LONGEST_AGENT: Final = 500


class _Memory(dict[Part, Any]):
    """Answers, each worked out once: logs repeat themselves."""

    def __init__(self, answer: Callable[[Part], Any], longest: int) -> None:
        super().__init__()
        self._answer = answer
        self._longest = longest
        self.fresh: list[Part] = []
        """Parts worked out since somebody last emptied this."""

    def __missing__(self, part: Part) -> Any:
        answer = self._answer(part)
        self.fresh.append(part)
        if not isinstance(part, bytes | str) or len(part) <= self._longest:
            self[part] = answer
        return answer

    def trim(self) -> None:
        """Forget everything once there is too much of it."""
        if len(self) > _REMEMBERED:
            self.clear()


@dataclass(slots=True)
class Folded:
    """What a stretch of a source comes to."""

    activities: dict[ActivityKey, Activity] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    watches: Sequence[Watch] = ()
    inferring: Sequence[Watch] = ()
    """Those of them that may tell a tool from what an event says."""

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
        self,
        reader: SourceReader,
        detector: Detector,
        context: TimeContext,
        *,
        use_kernel: bool = True,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._reader = reader
        self._detector = detector
        self._context = context
        self._use_kernel = use_kernel
        self._observers = observers
        self._wanting = [
            one.wants_host for one in observers if type(one).wants_host is not Observer.wants_host
        ]
        self._judging = [one.judge for one in observers if type(one).judge is not Observer.judge]
        self._kernel: Kernel | None = None
        self._kernel_made_for: tuple[CompiledFormat, object] | None = None
        self._nulls = NULLS.union(*(compiled.spec.nulls for compiled in reader.chain[:1]))
        self._plans = _Memory(self._plan, _LONGEST_HOST)
        self._others = _Memory(self._tells, _LONGEST_AGENT)
        self._named = _Memory(self._is_named, _LONGEST_AGENT)
        self._aliases = Aliases(self._is_alias)
        self._questions = Questions(reader.chain)
        self._moments = Moments(context_of_kernel(reader.chain, context))

    def begin(self) -> Folded:
        """Return what nothing comes to, watched by every observer."""
        watches = [observer.watch() for observer in self._observers]
        inferring = [watch for watch in watches if type(watch).infer is not Watch.infer]
        return Folded(watches=watches, inferring=inferring)

    def fold(self, block: Block) -> Folded:
        """Fold one block."""
        folded = self.begin()
        if block.oversized:
            folded.ledger.lines += block.oversized
            folded.ledger.unreadable[OVERSIZED] += block.oversized
        data = block.data
        if not data:
            return folded
        self._questions.see(data, block.line)
        if data.endswith(b"\n"):
            data = data[:-1]
        pending: list[_Seen] = []
        for stretch, number, may in self._stretches(data, block.line):
            kernel = self._current_kernel() if may else None
            if kernel is None:
                texts = (piece.decode("utf-8", "backslashreplace") for piece in stretch.split(b"\n"))
                self._exact(folded, enumerate(texts, start=number), pending)
            else:
                self._fast(folded, kernel, stretch, number, pending)
        for watch in folded.watches:
            watch.see_columns(self._reader.columns.names)
        self._settle(folded, pending)
        return folded

    def fold_records(self, records: Iterable[tuple[int, str]]) -> Folded:
        """Fold records that are not lines of text: JSON documents, rows of a capture."""
        folded = self.begin()
        pending: list[_Seen] = []
        self._exact(folded, records, pending)
        self._settle(folded, pending)
        return folded

    def fold_events(self, folded: Folded, events: Iterable[Event]) -> None:
        """Fold events that a capture gave; its ledger is kept by the caller."""
        pending: list[_Seen] = []
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
        if not self._use_kernel or self._reader.wrapped:
            return None
        key = (self._reader.chain[0], self._reader.columns)
        if self._kernel_made_for != key:
            self._kernel = kernel_for(*key)
            self._kernel_made_for = key
        return self._kernel

    def _fast(self, folded: Folded, kernel: Kernel, data: bytes, number: int, pending: list[_Seen]) -> None:
        """Count the lines that certainly are events of no interest, and read the others exactly."""
        table = kernel(data)
        times, users = table.times, table.users
        lines = data.split(b"\n")
        rows = self._rows_of_interest(table, lines)
        undated = self._moments.see(folded.ledger, times)
        rows.update(compress(count(), map(undated.__contains__, times)))
        for judge in self._judging:
            judge(self._plans.fresh, self._others.fresh)
        for watch in folded.watches:
            if folded.ledger.first is not None and folded.ledger.last is not None:
                watch.see_times(folded.ledger.first, folded.ledger.last, self._moments.moment)
            rows.update(watch.wanted_rows(table, data, lines, rows))
        for watch in folded.watches:
            watch.see_table(table, lines, rows)
        certain = len(times) - len(rows)
        ledger = folded.ledger
        ledger.lines += certain
        ledger.event_lines += certain
        ledger.events += certain
        if users is not None:
            named = self._named
            named.trim()
            ledger.with_user += sum(map(named.__getitem__, users)) - sum(named[users[row]] for row in rows)
        if rows:
            texts = ((number + row, lines[row].decode("utf-8", "backslashreplace")) for row in sorted(rows))
            self._exact(folded, texts, pending)

    def _rows_of_interest(self, table: Table, lines: list[bytes]) -> set[int]:
        """Return the rows whose host, user agent or application may belong to a tool."""
        rows: set[int] = set()
        self._plans.trim()
        self._others.trim()
        self._plans.fresh, self._others.fresh = [], []
        plans = list(map(self._plans.__getitem__, table.hosts))
        for row in compress(count(), plans):
            plan: _Plan = plans[row]
            if not isinstance(plan, tuple) or any(path in lines[row].lower() for path in plan):
                rows.add(row)
        for column in table.also:
            rows.update(compress(count(), map(self._others.__getitem__, column)))
        if table.answers is not None:
            rows.update(self._aliases.rows(table.answers))
        return rows

    def _is_alias(self, raw: bytes) -> bool:
        """Say whether a word among answers may be the host of a tool."""
        return self._detector.answer_interest(raw.decode("utf-8", "backslashreplace"))

    def _plan(self, raw: Part) -> _Plan:
        """Return what to do with lines that name a host or URL."""
        if raw is None:
            return _PASS
        text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else str(raw)
        text = text.strip('"')
        if ":" in text or "/" in text:
            found = _URL.match(text)
            if found:
                if found[2] and self._detector.port_interest(found[1], int(found[2])):
                    return _READ
                return cast(_Plan, self._plans[found[1].encode()])
            text = url_parts(text)[0] or ""
        interest = self._detector.host_interest(text)
        if interest is HostInterest.PATHS:
            return tuple(path.encode() for path in self._detector.path_prefixes(text)) or _READ
        if interest:
            return _READ
        for wants in self._wanting:
            if wants(text):
                return _READ
        return _PASS

    def _tells(self, raw: Part) -> bool:
        """Say whether a user agent or an application may belong to a tool."""
        if not raw:
            return False
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        return self._detector.also_interest(text.strip('"'))

    def _is_named(self, raw: Part) -> bool:
        """Say whether a part names a user, and is no word for none."""
        if raw is None:
            return False
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        return text.strip() not in self._nulls and text.strip().strip('"').strip() not in self._nulls

    def _exact(self, folded: Folded, lines: Iterable[tuple[int, str]], pending: list[_Seen]) -> None:
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
                    amend(([event] for event, _ in reversed(pending)), outcome)
            elif all(event.get("kind") == RESPONSE for event in outcome):
                ledger.not_events[ANSWER] += 1
                for event in outcome:
                    self._tell(folded, event)
            else:
                ledger.event_lines += 1
                self.take(folded, outcome, pending, answers=number >= self._questions.line)

    def see_skipped(self, piece: bytes) -> None:
        """Take note of what stands in front of the first block."""
        self._questions.see(piece, 0)

    def _tell(self, folded: Folded, event: Event) -> None:
        if self._context.believable(event.get("timestamp") or 0.0):
            for watch in folded.watches:
                watch.see_answer(event)

    def take(
        self, folded: Folded, events: list[Event], pending: list[_Seen], *, answers: bool = False
    ) -> None:
        """Count events and keep those that show a tool; `answers` says that questions have lines of their own."""
        ledger, doubts = folded.ledger, self._context.doubts
        for event in events:
            ledger.events += 1
            moment = event.get("timestamp")
            if moment is None:
                ledger.doubtful[doubts.reason or NO_TIME] += 1
            elif not self._context.believable(moment):
                ledger.doubtful[IMPOSSIBLE] += 1
                del event["timestamp"]  # counted on the day the file was written, not in year 2343
            else:
                ledger.saw(moment)
                if doubts.undecided:
                    ledger.doubtful[UNDECIDED] += 1
            doubts.reason, doubts.undecided = None, False
            if event.get("user_name") or event.get("actor") or event.get("user_email"):
                ledger.with_user += 1
            match = self._detector.match(event)
            if answers and event.get("kind") == REPLY and self._shown_by_question(event, match):
                self._tell(folded, event)
                continue
            if match is None and folded.inferring:
                match = next((told for watch in folded.inferring if (told := watch.infer(event))), None)
            if match is not None:
                pending.append((event, match))
            for watch in folded.watches:
                watch.see(event, match)

    def _shown_by_question(self, event: Event, match: Match | None) -> bool:
        """Say whether the line of the question tells as much as its answer does."""
        return match is None or self._detector.match({"dns_question": event.get("dns_question")}) is not None

    def _settle(self, folded: Folded, pending: list[_Seen]) -> None:
        # Only now: a later line may have said that an event was blocked.
        for event, match in pending:
            key, activity = activity_of(event, match)
            earlier = folded.activities.get(key)
            if earlier is None:
                folded.activities[key] = activity
            else:
                earlier.add(
                    activity.count, activity.bytes_up, activity.bytes_down, activity.first, activity.last
                )
