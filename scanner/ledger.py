"""Account for every line: what it became, and why not, if nothing."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from scanner.clock import UNDECIDED, Instant

SAMPLES: Final = 5


@dataclass(slots=True)
class Ledger:
    """Sums over a stretch of a source; ledgers add up.

    Always holds: lines == events_lines + sum(not_events) + sum(unreadable). `events` may exceed
    `event_lines`, since one line can hold several.
    """

    lines: int = 0
    event_lines: int = 0
    events: int = 0
    not_events: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    with_user: int = 0
    hidden_names: int = 0
    doubtful: Counter[str] = field(default_factory=Counter)
    """Events of doubtful time by reason; those without one to be believed count on the day the file was written."""
    lost: Counter[str] = field(default_factory=Counter)
    """What the recording itself says never reached it, in words people read after a number."""
    first: Instant | None = None
    last: Instant | None = None
    samples: list[tuple[int, str, str]] = field(default_factory=list)
    """A few unreadable lines (number, reason, beginning) to show; never stored."""

    def add(self, other: "Ledger") -> None:
        """Add another ledger's sums."""
        self.lines += other.lines
        self.event_lines += other.event_lines
        self.events += other.events
        self.not_events.update(other.not_events)
        self.unreadable.update(other.unreadable)
        self.with_user += other.with_user
        self.hidden_names += other.hidden_names
        self.doubtful.update(other.doubtful)
        self.lost.update(other.lost)
        for moment in (other.first, other.last):
            if moment is not None:
                self.saw(moment)
        self.samples += other.samples[: SAMPLES - len(self.samples)]

    def saw(self, moment: Instant) -> None:
        """Widen the time span."""
        if self.first is None or moment < self.first:
            self.first = moment
        if self.last is None or moment > self.last:
            self.last = moment

    def refuse(self, number: int, reason: str, text: str) -> None:
        """Count an unreadable line."""
        self.unreadable[reason] += 1
        if len(self.samples) < SAMPLES:
            self.samples.append((number, reason, text[:160]))

    @property
    def undated(self) -> int:
        """Return the number of events without a time to be believed."""
        return self.doubtful.total() - self.doubtful[UNDECIDED]

    @property
    def balanced(self) -> bool:
        """Say whether every line is accounted for."""
        return self.lines == self.event_lines + self.not_events.total() + self.unreadable.total()
