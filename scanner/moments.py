"""Read the times of a block at once: its first, its last, and those that are none."""

import re
from collections.abc import Sequence
from typing import Final

from scanner.clock import Instant, TimeContext, parse_time
from scanner.compiled import CompiledFormat
from scanner.convert import stated_context
from scanner.ledger import Ledger
from scanner.table import Part

_REMEMBERED: Final = 300_000
_SECONDS: Final = re.compile(rb"(?>(?:[^\n]{6,18}:[0-5]\d(?:\n|\Z))*)")
_CLOCK: Final = re.compile(r"(.{10,14}?\d\d:\d\d:)([0-5]\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d| \d{4})?")
_ISO: Final = re.compile(
    r"(?>(?:\d{4}-[01]\d-[0-3]\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?>(?:\.\d{1,9})?)(?:Z|\+00:?00)(?:\n|\Z))*)"
)
_SMALLEST_MILLISECONDS: Final = 1e11


class Moments:
    """Reads the times of one source, each minute once."""

    def __init__(self, context: TimeContext) -> None:
        self._context = context
        self._minutes: dict[str, Instant] = {}

    def see(self, ledger: Ledger, times: Sequence[Part]) -> set[Part]:
        """Widen the time span of a ledger; return the times that are none, or none to be believed."""
        ends = _ends(times)
        if ends and all(map(self._context.believable, ends)):
            ledger.saw(ends[0])
            ledger.saw(ends[1])
            return {None}
        if len(self._minutes) > _REMEMBERED:
            self._minutes.clear()
        distinct = set(times)
        moments = self._by_order(distinct) or self._by_minute(distinct)
        if moments is None:
            moments = {time: self.moment(time) for time in distinct}
        good = [moment for moment in moments.values() if moment is not None]
        if good:
            ledger.saw(min(good))
            ledger.saw(max(good))
        return {None, *(time for time, moment in moments.items() if moment is None)}

    def _by_order(self, distinct: set[Part]) -> dict[Part, Instant | None] | None:
        """Return the moments of the first and the last time where texts are in the order of their times."""
        texts = [time for time in distinct if isinstance(time, str)]
        if not texts or len(texts) < len(distinct - {None}) or len(set(map(len, texts))) != 1:
            return None
        if not _ISO.fullmatch("\n".join(texts)):
            return None
        days = {text[:10] for text in texts}
        if any(self.moment(f"{day}T00:00:00Z") is None for day in days):
            return None
        ends: dict[Part, Instant | None] = {end: self.moment(end) for end in (min(texts), max(texts))}
        return None if None in ends.values() else ends

    def _by_minute(self, distinct: set[Part]) -> dict[Part, Instant | None] | None:
        """Return the moments of the first and the last time, and of those that are none.

        None where the times do not all end in seconds, or where only a closer look can tell.
        """
        texts = [time for time in distinct if isinstance(time, bytes)]
        if not texts or len(texts) < len(distinct - {None}) or not _SECONDS.fullmatch(b"\n".join(texts)):
            return None
        moments: dict[Part, Instant | None] = {}
        minutes = {minute: self.moment(minute + b"00") for minute in {text[:-2] for text in texts}}
        known = [moment for moment in minutes.values() if moment is not None]
        if len(known) < len(minutes) or not all(self._context.believable(end + 60) for end in known):
            return None
        for end in (min(known), max(known)):
            for text in texts:
                if minutes[text[:-2]] == end:
                    moments[text] = end + int(text[-2:])
        return moments

    def moment(self, time: Part) -> Instant | None:
        """Return the instant of a raw time, or None where it is none to be believed; parses minutes once."""
        if not isinstance(time, bytes | str):
            moment = parse_time(time, self._context)
            return moment if moment is not None and self._context.believable(moment) else None
        text = time.decode("utf-8", "replace") if isinstance(time, bytes) else time
        if len(text) == 10 and text.isascii() and text.isdigit():
            return seconds if self._context.believable(seconds := float(text)) else None
        found = _CLOCK.fullmatch(text.strip('"'))
        minute, offset = text, 0.0
        if found:
            before, second, fraction, zone = found.groups("")
            minute, offset = f"{before}00{zone}", float(second + fraction)
        moment = self._minutes.get(minute)
        if moment is None:
            moment = parse_time(minute, self._context)
            if moment is None:
                return None
            self._minutes[minute] = moment
        moment += offset
        return moment if self._context.believable(moment) else None


def context_of_kernel(chain: Sequence[CompiledFormat], context: TimeContext) -> TimeContext:
    """Return the context of the times a kernel reads: some vendors state their zone or the order of their dates."""
    for compiled in chain[:1]:
        for record in compiled.spec.records:
            if record.fast is not None:
                sources = compiled.spec.fields_of(record).get("timestamp", ())
                steps = [step for source in sources for step in source.convert if step.startswith("time:")]
                return stated_context(steps[0], context) if steps else context
    return context


def _ends(times: Sequence[Part]) -> tuple[Instant, Instant] | None:
    """Return the first and the last of times that are all seconds since 1970; None where they are not."""
    known = [time for time in times if time is not None]
    kinds = set(map(type, known))
    if kinds == {float}:
        seconds: list[float] = known  # type: ignore[assignment]
        first, last = min(seconds), max(seconds)
    elif kinds == {bytes}:
        texts: list[bytes] = known  # type: ignore[assignment]
        # Digits of one length are in the order of their numbers.
        if set(map(len, texts)) != {10} or not b"".join(texts).isdigit():
            return None
        first, last = float(min(texts)), float(max(texts))
    else:
        return None
    return (first, last) if last < _SMALLEST_MILLISECONDS else None
