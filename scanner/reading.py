"""Read one source exactly, line by line: every line becomes events, a reason why not, or a header."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.compiled import CompiledFormat, Drop
from scanner.documents import records_of
from scanner.fields import Event
from scanner.inputs import Oversized
from scanner.line import Line, carrying
from scanner.message_tables import MessageTable, message_table
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
BY_CONTENT: Final = "by_content"
"""Id of a format that was made for one source from its content."""
BULK: Final = Drop("says where the next record is to be stored")
UNREADABLE: Final = Drop("matches no known shape")
OVERSIZED: Final = "longer than a mebibyte"
TOO_DEEP: Final = "nested too deeply"
_BY_NAMES: Final = frozenset({"generic_kv", "generic_json"})
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
    table: MessageTable | None = None
    """The table whose rows carry the messages, where the file is one."""
    _begun: bool = False

    @property
    def wrapped(self) -> bool:
        """Say whether the lines of the log stand within something that must be taken off first."""
        return self.columns.wrapped or self.table is not None

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
        row = self.table.row(text) if self.table is not None else None
        line = Line(text) if row is None else carrying(row)
        try:
            if self.columns.wrapped and self._see_within(line):
                return HEADER
            for compiled in self.chain:
                reading = compiled.read(line, self.columns)
                if reading is not None:
                    return reading
            if self._see_within(line):
                return HEADER
            wrapped = self._wrapped(line)
            if wrapped is None and is_bulk_action(line):
                return BULK
        except RecursionError:
            return Unreadable(TOO_DEEP)
        return Unreadable(why_unreadable(text)) if wrapped is None else wrapped

    def see_header(self, text: str, *, within: bool = False) -> bool:
        """Take note of a header line; False where the line is none. `within` looks into wrappings, too."""
        first, self._begun = not self._begun, self._begun or bool(text.strip())
        for compiled in self.chain:
            header = compiled.header(text.rstrip("\r\n"), self.columns)
            if header is not None:
                self.columns = header
                return True
        if first:
            self.table = message_table(text)
        return (first and self.table is not None) or (within and self._see_within(Line(text.rstrip("\r\n"))))

    def _see_within(self, line: Line) -> bool:
        for compiled in self.chain:
            header = compiled.header_within(line, self.columns)
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
            return next((found for inner in line.inner if (found := self._wrapped(inner)) is not None), None)
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


def is_bulk_action(line: Line) -> bool:
    """Say whether a line tells Elasticsearch what to do with the next one, which is the record."""
    record = line.json[0] if line.json is not None else {}
    return len(record) == 1 and all(
        name in {"index", "create", "update"}
        and isinstance(said, dict)
        and all(key[:1] == "_" for key in said)
        for name, said in record.items()
    )


def opened(text: str) -> list[str]:
    """Return the records that one line wraps, none where it is a record itself or no JSON."""
    try:
        return _opened(Line(text))
    except RecursionError:
        return []


def _opened(line: Line) -> list[str]:
    if line.json is None:
        return []
    records = records_of(line.json[0])
    if records != [line.json[0]]:
        return [json.dumps(record) for record in records]
    return next((found for inner in line.inner if (found := _opened(inner))), [])


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

    What none describes is read by its content, where that leaves no doubt. Where the source is a table with a
    column of messages, and no vendor's format knows the table, the formats of the messages are sought.
    """
    chain = _chain(formats, sample)
    table = message_table(sample[0]) if sample else None
    if table is None or (chain and chain[0].spec.family != "generic"):
        return chain or formats.inferred(sample)
    rows = [json.dumps(row) for text in sample[1:] if (row := table.row(text)) is not None]
    carried = _chain(formats, rows) if rows else []
    return carried if carried and (not chain or carried[0].spec.family != "generic") else chain


def stated(chain: Sequence[CompiledFormat]) -> str | None:
    """Return what a person should know of how a source was read: where a format was made for it alone."""
    return chain[0].spec.notes if chain and chain[0].id == BY_CONTENT else None


def _chain(formats: Formats, sample: Sequence[str]) -> list[CompiledFormat]:
    """Return the formats of lines as they stand.

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
    if chain[0].id in _BY_NAMES:
        # Names alone read the lines of many makers, and less well than the formats made for them, which come first.
        made = (other.format for other in ranked if other.events and other.format.spec.family != "generic")
        chain = [*made, *chain]
    strangers, unread = _strangers(chain, sample)
    if unread:
        others = [
            other
            for other in formats.recognise(strangers[:_STRANGERS])
            if other.format not in chain and other.format.spec.family != "generic"
        ]
        # A feed of which the sample shows no event counts where its format reads whatever is left.
        chain += [other.format for other in others if other.events] or [
            other.format for other in others[:1] if other.share == 1
        ]
        _, unread = _strangers(chain, sample)
    return chain if unread <= len(sample) * (1 - ENOUGH) else []


def _strangers(chain: list[CompiledFormat], sample: Sequence[str]) -> tuple[list[str], int]:
    """Return the lines that formats cannot read, behind header lines that stand before them, and their number."""
    reader = SourceReader(chain)
    found: list[str] = []
    headers: list[str] = []
    unread = 0
    for text in sample:
        outcome = reader.read(text)
        if outcome is HEADER:
            headers.append(text)
            continue
        if isinstance(outcome, Unreadable):
            found += [*headers, text]
            unread += 1
        headers = []
    return found, unread


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
