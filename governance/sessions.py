"""Tell sessions, sound of visits and use next to the record (EHR) from minutes of use."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, pstdev

from governance.weights_file import SessionEntry
from storage.usage import HourUse, MinuteUse, RecordHour

_HOUR = 60
_STRETCH = 2
"""Minutes in which upload is added up before its evenness is judged: recordings go up in pieces."""


@dataclass(frozen=True, slots=True)
class Session:
    """Use by one principal without a longer pause; start and end are minutes since 1970."""

    principal: str
    start: int
    end: int
    events: int
    bytes_up: int | None
    bytes_down: int | None
    audio: bool | None
    """Whether it holds an upload shaped like the sound of a visit; None if its log cannot show one."""
    minutes_after_record: int | None
    """Fewest minutes between use of the record and an upload; None if none follows such use."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the sessions of one tool come to; None is unknown."""

    sessions: int
    people: int
    audio_sessions: int | None
    largest_upload: int | None
    """Bytes of the session that sent most."""
    largest_sender: int | None
    """Bytes of the principal that sent most."""
    minutes_after_record: float | None
    """Fewest over all sessions; infinite if use of the record is known and no session follows it."""
    after_record: int
    """Sessions that begin to send within the time of the weights after use of the record."""


@dataclass(frozen=True, slots=True)
class RecordUse:
    """When principals used the record."""

    minutes: Mapping[str, Sequence[int]]
    """Pseudonym -> minutes since 1970, ascending."""
    kinds: frozenset[str]
    """Kinds of principals that logs of the record name."""
    first: int
    last: int


def record_use(hours: Iterable[RecordHour]) -> RecordUse | None:
    """Put together when the record was used; None if no log tells."""
    found: dict[str, set[int]] = defaultdict(set)
    kinds: set[str] = set()
    for one in hours:
        kinds.add(one.kind)
        seen, bits = found[one.principal], one.minutes
        while bits:  # most hours have one or two of their sixty
            seen.add(one.hour * _HOUR + (bits & -bits).bit_length() - 1)
            bits &= bits - 1
    if not found:
        return None
    minutes = {principal: sorted(seen) for principal, seen in found.items()}
    return RecordUse(
        minutes,
        frozenset(kinds),
        min(seen[0] for seen in minutes.values()),
        max(seen[-1] for seen in minutes.values()),
    )


def facts_by_tool(
    hours: Iterable[HourUse], record: RecordUse | None, rules: SessionEntry
) -> dict[str, SessionFacts]:
    """Return the facts of every tool; `hours` are ordered by tool."""
    return {
        tool_id: _facts(list(of_tool), record, rules)
        for tool_id, of_tool in groupby(hours, key=lambda one: one.tool_id)
    }


def sessions_of(hours: Iterable[HourUse], record: RecordUse | None, rules: SessionEntry) -> list[Session]:
    """Return the sessions of one tool, whatever batches, files and sources tell of them.

    Batches of one source add up. Two sources that tell of the same minute are two views of one thing, so the
    larger counts.
    """
    merged: dict[str, dict[str, dict[int, MinuteUse]]] = defaultdict(lambda: defaultdict(dict))
    for one in hours:
        of_source = merged[one.principal][one.source]
        for minute, use in one.minutes.items():
            at = one.hour * _HOUR + minute
            before = of_source.get(at)
            of_source[at] = use if before is None else before.plus(use.up, use.down, use.events)
    found: list[Session] = []
    for principal, sources in sorted(merged.items()):
        timeline = _one_view(sources.values())
        used = record.minutes.get(principal, ()) if record else ()
        found.extend(
            _session(principal, {at: timeline[at] for at in minutes}, used, rules)
            for minutes in _cut(sorted(timeline), rules.gap)
        )
    return found


def _facts(hours: Sequence[HourUse], record: RecordUse | None, rules: SessionEntry) -> SessionFacts:
    # A person whom one log names and another knows by address only would count twice.
    named = [one for one in hours if one.kind == "user"] or list(hours)
    sessions = sessions_of(named, record, rules)
    sent: dict[str, int] = defaultdict(int)
    for one in sessions:
        if one.bytes_up is not None:
            sent[one.principal] += one.bytes_up
    shaped = sum(one.audio is True for one in sessions)
    after = [one.minutes_after_record for one in sessions if one.minutes_after_record is not None]
    return SessionFacts(
        sessions=len(sessions),
        people=len({one.principal for one in sessions}),
        audio_sessions=None if not shaped and any(one.audio is None for one in sessions) else shaped,
        largest_upload=max((one.bytes_up for one in sessions if one.bytes_up is not None), default=None),
        largest_sender=max(sent.values(), default=None),
        minutes_after_record=float(min(after)) if after else _never(named, sessions, record),
        after_record=sum(minutes <= rules.ehr_within for minutes in after),
    )


def _never(hours: Sequence[HourUse], sessions: Sequence[Session], record: RecordUse | None) -> float | None:
    """Return infinity if logs of the record would have shown use before these sessions, else None."""
    if record is None or not {one.kind for one in hours} <= record.kinds:
        return None
    covered = all(record.first <= one.start and one.end <= record.last + _HOUR for one in sessions)
    return float("inf") if covered else None


def _one_view(sources: Iterable[Mapping[int, MinuteUse]]) -> dict[int, MinuteUse]:
    seen: dict[int, MinuteUse] = {}
    for source in sources:
        for at, use in source.items():
            before = seen.get(at)
            seen[at] = use if before is None else MinuteUse(*map(_larger, before, use))  # type: ignore[arg-type]
    return seen


def _larger(one: int | None, two: int | None) -> int | None:
    return one if two is None else two if one is None else max(one, two)


def _cut(minutes: Sequence[int], pause: int) -> Iterator[list[int]]:
    """Yield runs of minutes that no longer pause interrupts."""
    run: list[int] = []
    for at in minutes:
        if run and at - run[-1] > pause:
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _session(
    principal: str, minutes: Mapping[int, MinuteUse], record: Sequence[int], rules: SessionEntry
) -> Session:
    ordered = sorted(minutes)
    ups = [use.up for use in minutes.values() if use.up is not None]
    downs = [use.down for use in minutes.values() if use.down is not None]
    sending = [at for at in ordered if minutes[at].up != 0]
    return Session(
        principal,
        ordered[0],
        ordered[-1],
        sum(use.events for use in minutes.values()),
        sum(ups) if ups else None,
        sum(downs) if downs else None,
        _audio(minutes, rules),
        _after(sending, record, rules.ehr_forgotten),
    )


def _after(sending: Sequence[int], record: Sequence[int], forgotten: int) -> int | None:
    least: int | None = None
    for at in sending:
        place = bisect_right(record, at)
        if place and (minutes := at - record[place - 1]) <= forgotten:
            least = minutes if least is None else min(least, minutes)
    return least


def _audio(minutes: Mapping[int, MinuteUse], rules: SessionEntry) -> bool | None:
    """Say whether an even, one-way upload lasts as long as a visit; None where a log could not show it."""
    sending = [at for at, use in sorted(minutes.items()) if use.up]
    if any(
        _is_sound([(at, minutes[at]) for at in run], rules) for run in _cut(sending, rules.audio_pause + 1)
    ):
        return True
    if any(use.up is None for use in minutes.values()):
        return None
    # One request may carry the sound of a whole visit: its log has the sum and not the course.
    whole_visit = rules.audio_from * rules.audio_least
    alone = any(
        use.events == 1 and (use.up or 0) >= max(whole_visit, rules.audio_one_way * (use.down or 0))
        for use in minutes.values()
    )
    return None if alone else False


def _is_sound(run: Sequence[tuple[int, MinuteUse]], rules: SessionEntry) -> bool:
    length = run[-1][0] - run[0][0] + 1
    if not rules.audio_from <= length <= rules.audio_until:
        return False
    up = sum(use.up or 0 for _, use in run)
    down = sum(use.down or 0 for _, use in run)
    if not rules.audio_least <= up / length <= rules.audio_most or up < rules.audio_one_way * down:
        return False
    stretches = [0] * -(-length // _STRETCH)
    for at, use in run:
        stretches[(at - run[0][0]) // _STRETCH] += use.up or 0
    inner = stretches[:-1] if len(stretches) > _STRETCH else stretches  # the last one may be half a stretch
    return pstdev(inner) <= rules.audio_even * fmean(inner)
