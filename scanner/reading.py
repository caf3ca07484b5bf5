"""Read one source exactly, line by line: every line becomes events, a reason why not, or a header."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.compiled import CompiledFormat, Drop
from scanner.documents import records_of
from scanner.fields import Event
from scanner.inputs import Oversized
from scanner.line import Line
from scanner.readers import Columns
from scanner.recognise import ENOUGH, Formats
from scanner.syslog.lines import SPOOL_MARK

HEADER: Final = Drop("header line")
REPLY: Final = "dns_reply"
"""Kind of an event that is the answer to a question, and counts unless the file logs questions too."""
RESPONSE: Final = "dns_response"
"""Kind of an event that only says what a name server answered."""
ANSWERS: Final = frozenset({REPLY, RESPONSE})
BLANK: Final = Drop("blank line")
UNREADABLE: Final = Drop("matches no known shape")
OVERSIZED: Final = "longer than a mebibyte"
TOO_DEEP: Final = "nested too deeply"
_STRANGERS: Final = 60
"""Lines of the beginning that the first choice cannot read and every other format is tried on."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line nothing could read, and why."""

    reason: str


Outcome = list[Event] | Drop | Unreadable


@dataclass(slots=True)
class SourceReader:
    """Reads the lines of one source in order; the columns in force are its state."""

    chain: list[CompiledFormat]
    columns: Columns = field(default_factory=Columns)

    def read(self, text: str) -> Outcome:
        """Read the next line."""
        if isinstance(text, Oversized):
            return Unreadable(OVERSIZED)
        text = text.rstrip("\r\n").strip("\ufeff")
        if text[:1] == "\0":
            text = text.strip("\0") or text  # the end of a hole left by truncation
        if not text.strip():
            return BLANK
        if text.startswith(SPOOL_MARK) or self.see_header(text):
            return HEADER
        line = Line(text)
        try:
            for compiled in self.chain:
                reading = compiled.read(line, self.columns)
                if reading is not None:
                    return reading
            wrapped = self._wrapped(line)
        except RecursionError:
            return Unreadable(TOO_DEEP)
        return Unreadable(why_unreadable(text)) if wrapped is None else wrapped

    def see_header(self, text: str) -> bool:
        """Take note of a header line; False where the line is none."""
        for compiled in self.chain:
            header = compiled.header(text.rstrip("\r\n"), self.columns)
            if header is not None:
                self.columns = header
                return True
        return False

    def _wrapped(self, line: Line) -> Outcome | None:
        """Read an object that holds several records on one line."""
        if line.json is None:
            return None
        records = records_of(line.json[0])
        if len(records) == 1 and records[0] is line.json[0]:
            return None
        events: list[Event] = []
        for record in records:
            inner = Line("", depth=line.depth + 1)
            inner.__dict__["json"] = (record, line.json[1])
            for compiled in self.chain:
                reading = compiled.read(inner, self.columns)
                if isinstance(reading, list):
                    events += reading
                    break
        return events or None


def opened(text: str) -> list[str]:
    """Return the records that one line wraps, none where it is a record itself or no JSON."""
    json_of = Line(text).json
    if json_of is None:
        return []
    try:
        records = records_of(json_of[0])
        return [] if records == [json_of[0]] else [json.dumps(record) for record in records]
    except RecursionError:
        return []


def why_unreadable(text: str) -> str:
    """Return the reason a line could not be read, one of a small set."""
    if "\0" in text:
        return "holds NUL bytes"
    if text.count("\ufffd") + 4 * text.count("\\x") > len(text) / 8 or any(ord(c) < 9 for c in text[:200]):
        return "binary content"
    if text.lstrip()[:1] == "{":
        return "not valid JSON" if Line(text).json is None else "JSON of an unknown kind"
    if text.count('"') % 2:
        return "quotes do not close"
    return UNREADABLE.reason


def choose_chain(formats: Formats, sample: Sequence[str]) -> list[CompiledFormat]:
    """Return the formats to read a source with, the main one first; empty where nothing is recognised.

    Several feeds may stand in one file: what the first choice cannot read of the sample is offered to every
    other format. The choice depends on the beginning of the source alone, so that it is the same however
    often and from wherever the source is read.
    """
    ranked = formats.recognise(sample)
    if not ranked:
        # Objects that hold several records each.
        ranked = formats.recognise([record for text in sample for record in opened(text)])
        if not ranked:
            return []
    chain = [ranked[0].format]
    reader = SourceReader(chain)
    strangers = [text for text in sample if isinstance(reader.read(text), Unreadable)]
    if strangers:
        others = [
            other
            for other in formats.recognise(strangers[:_STRANGERS])
            if other.format not in chain and other.format.spec.family != "generic"
        ]
        # A feed of which the sample shows no event counts where its format reads whatever is left.
        chain += [other.format for other in others if other.events] or [
            other.format for other in others[:1] if other.share == 1
        ]
        reader = SourceReader(chain)
        strangers = [text for text in sample if isinstance(reader.read(text), Unreadable)]
    return chain if len(strangers) <= len(sample) * (1 - ENOUGH) else []


def read_lines(
    reader: SourceReader, lines: Iterator[tuple[int, str]], window: int = 400
) -> Iterator[tuple[int, Outcome]]:
    """Yield (line number, outcome); events wait up to `window` lines for one that amends them."""
    waiting: list[tuple[int, Outcome]] = []
    amends = any(record.spec.annotate for compiled in reader.chain for record in compiled.records)
    for number, text in lines:
        outcome = reader.read(text)
        if isinstance(outcome, Drop) and outcome.key:
            amend((earlier for _, earlier in reversed(waiting)), outcome)
        if not amends:
            yield number, outcome
            continue
        waiting.append((number, outcome))
        if len(waiting) > window:
            yield waiting.pop(0)
    yield from waiting


def amend(earlier: Iterator[Outcome], drop: Drop) -> None:
    """Write what a later line says into the latest event with the same key."""
    for outcome in earlier:
        if isinstance(outcome, list):
            for event in outcome:
                if (
                    event.get("kind") not in ANSWERS
                    and str(event.get("dns_question", "")).casefold() == drop.key
                ):
                    event.update(drop.fields)
                    return
