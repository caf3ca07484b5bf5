"""Draft a format file for a log that no format recognises, with the reason for every line of it."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from scanner.clock import TimeContext
from scanner.columns import NAMING, Finding, match_columns
from scanner.compiled import compile_format
from scanner.errors import FormatUnknown
from scanner.events import writable
from scanner.guessing import NULLS
from scanner.layouts import Layout, layout_of
from scanner.reading import SourceReader
from scanner.spec import FormatSpec

_TELLING: Final = 4
"""Columns a draft asks for, so that it does not claim logs that are merely laid out alike."""
_CONDITIONS: Final = {"source_ip": r"~^[0-9A-Fa-f.:%]+$", "http_method": "~^[A-Za-z]+$"}
_FAMILIES: Final = (
    ("dns", {"dns_question"}),
    ("identity", {"application_name", "oauth_client_id", "application_id"}),
    ("proxy", {"url", "http_method", "http_status", "user_agent"}),
    ("firewall", {"destination_port", "network_protocol"}),
)


def draft(sample: Sequence[str], format_id: str, checked_on: date, context: TimeContext) -> str:
    """Return the text of a format file for the log a sample of lines is from.

    What is sure enough is in force; what is merely possible stands behind a #. The text loads as a format and
    its example holds. Raises FormatUnknown where the lines share no layout or hold nothing that a log of
    use would hold.
    """
    layout = layout_of(sample, context)
    findings = match_columns(layout.columns, layout.named, context) if layout else []
    if layout is None or not any(finding.sure for finding in findings):
        raise FormatUnknown(
            "no draft can be made: the lines share no columns that hold times, addresses or names of hosts; "
            "if this is a log of use, describe a line by hand after docs/example_format.toml"
        )
    if not layout.named:
        layout, findings = _renamed(layout, findings)
    body = list(record(layout, findings))
    top = list(head(format_id, checked_on, layout, findings))
    probe = _loaded("\n".join([*top, *body, "[[examples]]", 'line = "x"']))
    return (
        "\n".join(
            [
                *_summary(probe, sample, layout, context),
                *top,
                *body,
                *_example(probe, sample, layout, context),
            ]
        )
        + "\n"
    )


def format_id_of(file_name: str) -> str:
    """Return an id for the format of a file: the words of its name."""
    words = [word for word in re.split(r"[^a-z0-9]+", file_name.lower()) if word and not word.isdigit()]
    return "_".join(words[:-1] or words)[:40] or "new_format"


def toml_text(value: str) -> str:
    """Return text as a TOML string; nothing of it is left to a terminal or to the syntax to interpret."""
    if "'" not in value and value.isprintable():
        return f"'{value}'"
    short = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return (
        '"'
        + "".join(short.get(mark) or (mark if mark.isprintable() else _escaped(mark)) for mark in value)
        + '"'
    )


def _escaped(mark: str) -> str:
    return f"\\u{ord(mark):04X}" if ord(mark) < 0x10000 else f"\\U{ord(mark):08X}"


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value)


def _renamed(layout: Layout, findings: list[Finding]) -> tuple[Layout, list[Finding]]:
    """Call the columns of a table without names after what they hold."""
    names = {name: name for name in layout.columns}
    for finding in reversed(findings):
        for number, source in enumerate(finding.sources):
            names[source] = ("date", "clock")[number] if finding.template else finding.field
    return (
        replace(layout, columns={names[name]: values for name, values in layout.columns.items()}),
        [replace(finding, sources=tuple(names[name] for name in finding.sources)) for finding in findings],
    )


def head(format_id: str, checked_on: date, layout: Layout, findings: list[Finding]) -> Iterator[str]:
    """Yield the lines that say what a log is."""
    fields = {finding.field for finding in findings if finding.sure}
    family = next((name for name, marks in _FAMILIES if fields & marks), "network")
    yield "# The id is the name of the file: save this as <id>.toml in a folder for --formats."
    yield f"id = {toml_text(format_id)}"
    yield "# What a person calls this log, and who makes the product that writes it."
    yield f"title = {toml_text('Draft: ' + format_id.replace('_', ' '))}"
    yield 'vendor = "unknown"'
    yield "# proxy, firewall, dns, identity, network, endpoint or finance"
    yield f"family = {toml_text(family)}"
    yield 'maturity = "draft"'
    yield f"checked_on = {checked_on.isoformat()}"
    yield "# Addresses of the pages on which the vendor describes this log."
    yield "docs = []"
    yield "# Where an administrator switches this log on; and what it tells and does not (whose upload? which user?)."
    yield '# enable = "System > Logging > ..."'
    yield '# enable_source = "https://..."'
    yield '# notes = "..."'
    yield "# Texts one of which stands in every file of this log make recognition faster and surer."
    yield "# contains = []"
    yield ""


def record(layout: Layout, findings: list[Finding]) -> Iterator[str]:
    """Yield the lines that say how a log is taken apart, and which column is which field."""
    sure = [finding for finding in findings if finding.sure]
    yield "[[records]]"
    yield f"# {layout.why}"
    yield f"reader = {toml_text(layout.reader)}"
    for name, value in layout.settings.items():
        yield f"{name} = {_toml(value)}"
    names = list(layout.columns)
    if layout.reader == "regex":
        yield f"pattern = '''{_pattern(layout, names)}'''"
    elif layout.reader == "csv" and layout.header is None:
        yield f"columns = {_toml(names)}"
    always = [name for name in names if all(value.strip() not in NULLS for value in layout.columns[name])]
    needed = dict.fromkeys(name for finding in sure for name in finding.sources if name in always)
    if layout.reader == "csv" and layout.header is not None:
        first = next(iter(needed), names[0])
        yield "# The header row is known by these names."
        yield f"header = {toml_text(first)}"
        needed = {name: None for name in (needed or names) if name != first}
    if needed:
        yield f"requires = {_toml(list(needed)[:_TELLING])}"
    conditions = [f for f in sure if f.field in _CONDITIONS and f.sources[0] in always]
    if not layout.named and conditions:
        pairs = (f"{f.sources[0]} = {toml_text(_CONDITIONS[f.field])}" for f in conditions)
        yield f"when = {{ {', '.join(pairs)} }}"
    yield ""
    yield "[records.fields]"
    if not any(finding.field in NAMING for finding in sure):
        yield "# No column is known to name a host, a URL or an application: without one, no tool can be found."
    if layout.wrapped and not any(finding.field == "timestamp" for finding in sure):
        yield "# the time of the syslog header"
        yield 'timestamp = "@time"'
    taken = {finding.field for finding in findings}
    for finding in findings:
        yield from _field(finding)
        if finding.field == "action" and finding.sure and "action_raw" not in taken:
            yield f"action_raw = {toml_text(finding.sources[0])}"
    used = {name for finding in findings for name in finding.sources}
    unused = [name for name in names if name not in used]
    if unused:
        yield f"# Not used: {', '.join(map(toml_text, unused))}"
    yield ""


def _pattern(layout: Layout, names: list[str]) -> str:
    *shapes, last = layout.shapes
    *rest, last_name = [*names, "rest"][: len(layout.shapes)]
    text = r"\s++".join(shape.format(name) for shape, name in zip(shapes, rest, strict=True))
    if last == "{}":
        return rf"\s*+{text}(?>(?:\s++(?P<rest>.*+))?)"
    return rf"\s*+{text}\s++{last.format(last_name)}\s*+"


def _field(finding: Finding) -> Iterator[str]:
    if finding.template:
        value = "{ template = " + toml_text(" ".join(f"{{{name}}}" for name in finding.sources)) + " }"
    else:
        value = toml_text(finding.sources[0])
    yield f"# {finding.confidence:.0%}: {_comment(finding.reason)}"
    if finding.sure:
        yield f"{finding.field} = {value}"
    else:
        yield "# Not sure enough; if it is right, take away the # of the next line."
        yield f"# {finding.field} = {value}"


def _comment(text: str) -> str:
    return "".join(mark if mark.isprintable() else _escaped(mark) for mark in text)


def _loaded(text: str) -> FormatSpec:
    return FormatSpec.model_validate(tomllib.loads(text))


def _outcomes(
    probe: FormatSpec, sample: Sequence[str], layout: Layout, context: TimeContext
) -> Iterable[tuple[str, Any]]:
    reader = SourceReader([compile_format(probe, context)])
    if layout.header is not None:
        reader.see_header(layout.header)
    return ((text, reader.read(text)) for text in sample if text.strip() and text != layout.header)


def _summary(probe: FormatSpec, sample: Sequence[str], layout: Layout, context: TimeContext) -> Iterator[str]:
    outcomes = [outcome for _, outcome in _outcomes(probe, sample, layout, context)]
    read = sum(isinstance(outcome, list) for outcome in outcomes)
    yield f"# A draft: it reads {read} of {len(outcomes)} lines of the beginning of the log it was made from."
    yield "# Each field says how sure it is and why. Check them against the vendor's description, then fill in"
    yield "# title, vendor, docs and enable, replace people and addresses in the example, and set maturity."
    yield "# All keys: docs/example_format.toml. Try it: skiagram read --formats FOLDER FILE"
    yield ""


def _example(probe: FormatSpec, sample: Sequence[str], layout: Layout, context: TimeContext) -> Iterator[str]:
    outcomes = list(_outcomes(probe, sample, layout, context))
    line, events = next(((text, o) for text, o in outcomes if isinstance(o, list)), (outcomes[0][0], []))
    yield "# A real line: replace people, hosts and addresses by invented ones, here and in the event."
    yield "[[examples]]"
    if layout.header is not None:
        yield f"header = {toml_text(layout.header)}"
    yield f"line = {toml_text(line)}"
    if events:
        yield "[examples.event]"
        for name, value in writable(events[0]).items():
            yield f"{name} = {_toml(value)}"
