"""Write events out: one JSON object each, with the line they came from."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scanner.clock import TimeContext, iso
from scanner.compiled import Drop
from scanner.date_order import decided
from scanner.errors import SourceUnreadable, unrecognised
from scanner.fields import TIME_FIELDS, Event
from scanner.inputs import BlockReader, open_members
from scanner.ledger import Ledger
from scanner.pihole import FORMAT_ID as PIHOLE
from scanner.pihole import is_database, opened_queries
from scanner.reading import BLANK, Outcome, SourceReader, Unreadable, choose_chain, read_lines, stated
from scanner.recognise import Formats
from scanner.recordings import recorded_events, recording_of
from scanner.sources import Content, begin, document_records, sample_of, text_lines
from scanner.spec import FormatSpec


def writable(event: Event) -> dict[str, Any]:
    """Return an event with its time as ISO 8601."""
    times = {name: iso(event[name]) for name in TIME_FIELDS if isinstance(event.get(name), float | int)}
    return {**event, **times} if times else event


def rows_of(number: int, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield what is written for one line."""
    if isinstance(outcome, Drop):
        yield {"line": number, "dropped": True, "reason": outcome.reason}
    elif isinstance(outcome, Unreadable):
        yield {"line": number, "dropped": True, "unreadable": True, "reason": outcome.reason}
    else:
        for event in outcome:
            yield {"line": number, **writable(event)}


def read_events(
    path: Path,
    format_id: str | None,
    context: TimeContext,
    specs: Sequence[FormatSpec] | None = None,
    told: Callable[[str], object] = str,
) -> Iterator[dict[str, Any]]:
    """Yield every event of a file, and every line that is none with the reason.

    `specs` are the formats to recognise, the shipped ones if left out. `told` hears what was taken for what where
    a file is read by its content.

    Raises FormatUnknown where nothing recognises the content, SourceUnreadable where it cannot be opened.
    """
    formats = Formats.for_context(context, specs)
    for member in open_members(path):
        content = begin(member.stream)
        if not content.head:
            refuse_damage(content, member.label)
        kind = recording_of(content.head)
        if kind is not None:
            yield from _recorded_rows(kind, content, context)
            continue
        if is_database(content.head):
            reader = SourceReader([formats.by_id(PIHOLE)])
            with opened_queries(path, member.label) as queries:
                for number, text in queries.lines():
                    yield from rows_of(number, reader.read(text))
                if queries.damage is not None:
                    yield {"dropped": True, "unreadable": True, "reason": queries.damage}
            continue
        chain = [formats.by_id(format_id)] if format_id else choose_chain(formats, sample_of(content))
        if not chain:
            raise unrecognised(member.label, str(path))
        told(stated(chain) or "")
        formats.at(decided(context, path, member.label, content.decoded_head))
        reader = SourceReader(chain)
        notes: list[str] = []
        lines = iter(document_records(content, notes)) if content.document else text_lines(content, notes)
        for number, outcome in read_lines(reader, lines):
            if outcome is not BLANK:
                yield from rows_of(number, outcome)
        for note in notes:
            yield {"dropped": True, "unreadable": True, "reason": note}


def refuse_damage(content: Content, label: str) -> None:
    """Raise SourceUnreadable where a content is empty because nothing sound could be taken from it."""
    reader = BlockReader(content.stream)
    list(reader)
    if reader.damage is not None:
        raise SourceUnreadable(f"{label}: {reader.damage}; copy it again")


def _recorded_rows(kind: str, content: Content, context: TimeContext) -> Iterator[dict[str, Any]]:
    notes: list[str] = []
    for event in recorded_events(kind, content.stream, Ledger(), context, notes):
        yield writable(event)
    for note in notes:
        yield {"dropped": True, "unreadable": True, "reason": note}


def as_json(row: dict[str, Any]) -> str:
    """Return one row as JSON text; control characters and lone surrogates come out escaped."""
    try:
        text = json.dumps(row, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(row)
    except ValueError:  # JSON knows no infinity
        return json.dumps({name: str(value) for name, value in row.items()})
    return text
