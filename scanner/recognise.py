"""Recognise formats by content: read a sample with every format and see which understands it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.clock import TimeContext, Times
from scanner.compiled import CompiledFormat, Drop, compile_format
from scanner.errors import UnknownFormatId
from scanner.line import Line
from scanner.logformat import PREFIX, format_of_logformat
from scanner.readers import Columns
from scanner.sampling import spread
from scanner.spec import FormatSpec, shipped_formats

SAMPLE_LINES: Final = 60
INFERRED_FROM: Final = 200
_PACKED: Final = ('"PartitionKey"', '"partitionKey"', '"recordId"', '"awslogs"')
"""Texts that stand in records of streams, whose messages are base64."""
ENOUGH: Final = 0.5
"""Share of sample lines that must be understood; below it the content counts as unknown."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """How well one format reads a sample: `share` of lines understood, `events` of them events."""

    format: CompiledFormat
    share: float
    events: float


class Formats:
    """The formats at hand, each compiled when it is first tried."""

    def __init__(self, context: TimeContext, specs: Sequence[FormatSpec] | None = None) -> None:
        self._times = Times(context)
        self._specs = tuple(shipped_formats() if specs is None else specs)
        self._compiled: dict[str, CompiledFormat] = {}

    @classmethod
    def for_context(cls, context: TimeContext, specs: Sequence[FormatSpec] | None = None) -> "Formats":
        """Return the shipped formats, or the given ones, for files of one time context."""
        return cls(context, specs)

    def at(self, context: TimeContext) -> "Formats":
        """Return these formats with another time context in force, for the next file."""
        self._times.context = context
        return self

    def by_id(self, format_id: str) -> CompiledFormat:
        """Return a format by id, or the one `logformat:...` describes; raises UnknownFormatId, FormatInvalid."""
        for spec in self._specs:
            if spec.id == format_id:
                return self._compile(spec)
        if format_id.startswith(PREFIX):
            return compile_format(format_of_logformat(format_id[len(PREFIX) :]), self._times)
        from difflib import get_close_matches

        near = get_close_matches(format_id, [spec.id for spec in self._specs], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "see: skiagram formats list"
        raise UnknownFormatId(f"no format {format_id!r}; {hint}")

    def inferred(self, sample: Sequence[str]) -> list[CompiledFormat]:
        """Return a format made for a log that none describes, where its content leaves no doubt; else nothing."""
        from scanner.inferring import inferred

        found = inferred(spread(list(sample), INFERRED_FROM), self._times.context)
        return [compile_format(found.spec, self._times)] if found is not None else []

    def _compile(self, spec: FormatSpec) -> CompiledFormat:
        compiled = self._compiled.get(spec.id)
        if compiled is None:
            compiled = self._compiled[spec.id] = compile_format(spec, self._times)
        return compiled

    def recognise(self, sample: Iterable[str]) -> list[Recognised]:
        """Return the formats that understand any line of the sample, the best first.

        Order: share of lines understood, then events among them, then the format's priority; a generic
        format never outranks one that knows the vendor unless it reads twice as much.
        """
        texts = spread([text for text in sample if text.strip()], SAMPLE_LINES)
        if not texts:
            return []
        lines = [Line(text) for text in texts]
        whole = "\n".join(texts)
        if '\\"' in whole:
            whole += whole.replace('\\"', '"')  # records that stand as text within JSON
        if any(mark in whole for mark in _PACKED):
            whole += "\n".join(text for line in lines for text in line.within)
        results = [
            result
            for spec in self._specs
            if (not spec.contains or any(mark in whole for mark in spec.contains))
            and (result := _try(self._compile(spec), lines)) is not None
        ]
        return sorted(results, key=_rank, reverse=True)


def _try(compiled: CompiledFormat, lines: list[Line]) -> Recognised | None:
    columns = Columns()
    understood = events = headers = 0
    for line in lines:
        new = compiled.header(line.text, columns)
        if new is None and columns.wrapped:
            new = compiled.header_within(line, columns)
        if new is not None:
            columns = new
            headers += 1
            continue
        try:
            reading = compiled.read(line, columns)
        except RecursionError:  # JSON that is nested too deeply
            reading = None
        if reading is None:
            new = compiled.header_within(line, columns)
            if new is not None:
                columns = new
                headers += 1
            continue
        understood += 1
        events += not isinstance(reading, Drop)
    total = len(lines) - headers
    if headers and total == 0:  # an export of a time in which nothing happened
        return Recognised(compiled, 1.0, 0.0)
    if not understood:
        return None
    return Recognised(compiled, understood / total, events / total)


def _rank(result: Recognised) -> tuple[float, float, float]:
    generic = result.format.spec.family == "generic"
    # Drops alone identify a format only weakly: a line of chatter is understood by many.
    strength = result.share / 2 if generic else result.share
    return (round(strength, 1), result.format.spec.priority + (result.events > 0) * 50, result.events)
