"""Recognise formats by content: read a sample with every format and see which understands it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.clock import TimeContext
from scanner.compiled import CompiledFormat, Drop, compile_format
from scanner.errors import UnknownFormatId
from scanner.line import Line
from scanner.logformat import PREFIX, format_of_logformat
from scanner.readers import Columns
from scanner.spec import FormatSpec, shipped_formats

SAMPLE_LINES: Final = 60
ENOUGH: Final = 0.5
"""Share of sample lines that must be understood; below it the content counts as unknown."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """How well one format reads a sample: `share` of lines understood, `events` of them events."""

    format: CompiledFormat
    share: float
    events: float


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats at hand, compiled for one time context."""

    compiled: tuple[CompiledFormat, ...]
    context: TimeContext

    @classmethod
    def for_context(cls, context: TimeContext, specs: Sequence[FormatSpec] | None = None) -> "Formats":
        """Compile the shipped formats, or the given ones."""
        return cls(tuple(compile_format(spec, context) for spec in specs or shipped_formats()), context)

    def by_id(self, format_id: str) -> CompiledFormat:
        """Return a format by id, or the one `logformat:...` describes; raises UnknownFormatId, FormatInvalid."""
        for compiled in self.compiled:
            if compiled.id == format_id:
                return compiled
        if format_id.startswith(PREFIX):
            return compile_format(format_of_logformat(format_id[len(PREFIX) :]), self.context)
        from difflib import get_close_matches

        near = get_close_matches(format_id, [compiled.id for compiled in self.compiled], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "see: skiagram formats list"
        raise UnknownFormatId(f"no format {format_id!r}; {hint}")

    def recognise(self, sample: Iterable[str]) -> list[Recognised]:
        """Return the formats that understand any line of the sample, the best first.

        Order: share of lines understood, then events among them, then the format's priority; a generic
        format never outranks one that knows the vendor unless it reads twice as much.
        """
        texts = _spread([text for text in sample if text.strip()])
        if not texts:
            return []
        lines = [Line(text) for text in texts]
        whole = "\n".join(texts)
        results = [
            result
            for compiled in self.compiled
            if (not compiled.spec.contains or any(mark in whole for mark in compiled.spec.contains))
            and (result := _try(compiled, lines)) is not None
        ]
        return sorted(results, key=_rank, reverse=True)


def _spread(texts: list[str]) -> list[str]:
    """Return the first lines, where headers stand, and others evenly from the rest."""
    half = SAMPLE_LINES // 2
    rest = texts[half:]
    return texts[:half] + rest[:: max(1, len(rest) // half)][:half]


def _try(compiled: CompiledFormat, lines: list[Line]) -> Recognised | None:
    columns = Columns()
    understood = events = headers = 0
    for line in lines:
        new = compiled.header(line.text, columns)
        if new is not None:
            columns = new
            headers += 1
            continue
        reading = compiled.read(line, columns)
        if reading is None:
            continue
        understood += 1
        events += not isinstance(reading, Drop)
    total = len(lines) - headers
    if not understood or total <= 0:
        return None
    return Recognised(compiled, understood / total, events / total)


def _rank(result: Recognised) -> tuple[float, float, float]:
    generic = result.format.spec.family == "generic"
    # Drops alone identify a format only weakly: a line of chatter is understood by many.
    strength = result.share / 2 if generic else result.share
    return (round(strength, 1), result.format.spec.priority + (result.events > 0) * 50, result.events)
