"""Take the wrapping off a line: syslog headers, octet counts, JSON messages."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanner.packed import packed_text

_DATE = (
    r"(?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?: (?:[A-Z]{3,5}(?=[ :])|20\d\d(?= )))?"
    r"|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2}Z?| UTC(?= ))?"
    r"|\d{4}[:/]\d{2}[:/]\d{2}-\d{2}:\d{2}:\d{2}"
    r"|\d{10}(?:\.\d{1,9})?)"
)
_OCTETS: Final = re.compile(r"\d{1,6} (?=<\d{1,3}>)")
_PRIORITY: Final = re.compile(r"<(?P<priority>\d{1,3})>(?P<version>\d{1,2} )?(?:\d+: )?")
# A date that a delimiter follows is the first cell of a table, not a header.
_TIME: Final = re.compile(rf"[*.]?(?P<time>{_DATE})(?![,;|\dZ.]|[+-]\d\d) ?(?::\s?)?")
_RELAYED: Final = re.compile(rf"(?:<\d{{1,3}}>)?{_DATE} \S")
_HOST: Final = re.compile(r"(?P<host>[A-Za-z0-9_][A-Za-z0-9_.:\-]{0,254}?|\[[0-9a-fA-F:.]+\])(?: :)? +")
_TAG: Final = re.compile(r"(?P<program>[A-Za-z0-9_./\-()]{1,64})(?:\[(?P<pid>[^\]\s]{1,32})\])?:\s*")
_MODERN: Final = re.compile(
    rf"(?P<time>{_DATE}|-) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) (?P<message_id>\S+) "
    r"(?P<data>-|(?>(?:\[(?>(?:[^\]\"\\]|\\.|\"(?>(?:[^\"\\]|\\.)*)\")*)\])+))(?: |$)"
)
Header = dict[str, str]
"""What the wrapping said: @time, @host, @program, @message_id, @data."""

MESSAGE_KEYS: Final = (
    "message",
    "_raw",
    "raw",
    "log",
    "msg",
    "Message",
    "SyslogMessage",
    "@message",
    "RawData",
    "full_message",  # GELF
    "short_message",
    "event",  # Splunk's HTTP Event Collector
    "textPayload",  # Google Cloud Logging
    "line",  # Loki
    "Line",  # Grafana's table of Loki
    "MESSAGE",  # journald, syslog-ng
    "payload",
    "utf8_payload",  # QRadar
    "UTF8(payload)",
    "event.original",
)
_MOST_CONTAINERS: Final = 3
_CONTAINER: Final = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d{4}-)"  # journalctl -o short-full
    r"|\[pod/[^\]\s]{1,300}\] "  # kubectl logs --prefix
    r"|[A-Za-z0-9_.-]{1,80}[-_]\d{1,3} {1,60}\| )?"  # docker compose logs
    r"(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) "
    r"(?:(?:stdout|stderr) [FP] "  # Kubernetes CRI
    r"|\{[A-Za-z_]\w{0,80}=\"[^}\n]{0,2000}\} "  # Loki's logcli
    r"|[\w.$\[\]-]{1,200}/[\w.$\[\]/-]{1,300} ))?"  # aws logs tail
)


def payloads(line: str, outer: Header | None = None, depth: int = 0) -> Iterator[tuple[str, Header]]:
    """Yield what may be the message of a line, the most unwrapped first, the line itself last.

    `outer` is what the wrapping around the line said, which the line's own header outranks.
    """
    base = outer or {}
    found = _CONTAINER.match(line) if depth < _MOST_CONTAINERS else None
    if found and found.end():
        time = {"@time": found["time"]} if found["time"] else {}
        yield from payloads(line[found.end() :], base | time, depth + 1)
    for text, header in _payloads(line):
        yield text, base | header if base else header


def _payloads(line: str) -> Iterator[tuple[str, Header]]:
    """Yield the readings of a line that syslog may have wrapped, the most unwrapped first.

    Which part of a header is present differs by sender, so every reading is offered and the format
    decides. Sources: RFC 3164 section 4.1, RFC 5424 section 6, RFC 6587 section 3.4.1.
    """
    # rsyslog writes control characters as # and three octal digits ($EscapeControlCharactersOnReceive).
    rest, header = line.replace("#011", "\t"), {}
    counted = _OCTETS.match(rest)
    if counted:
        rest = rest[counted.end() :]
    readings: list[tuple[str, Header]] = []
    modern = None
    found = _PRIORITY.match(rest)
    if found:
        rest = rest[found.end() :].lstrip(" ")
        header = {"@priority": found["priority"]}
        readings.append((rest, header))
        if found["version"]:
            modern = _modern(rest, header)
            if modern:
                header = modern[1]
    readings += _old_style(rest, header)
    if modern:  # what is behind a whole header of RFC 5424 comes first, whatever else it could be
        readings.append(modern)
    yield from reversed(readings)
    for text, outer in reversed(readings):
        # A collector put its own header before a line that had one, and so may another one have done.
        if text != rest and _RELAYED.match(text):
            relayed_lines = list(_old_style(_PRIORITY.sub("", text, count=1), outer))
            for inner_text, said in reversed(relayed_lines):
                if _RELAYED.match(inner_text):
                    yield from reversed(list(_old_style(_PRIORITY.sub("", inner_text, count=1), said)))
            yield from reversed(relayed_lines)
        elif text != rest and text.startswith("<") and (inner := _PRIORITY.match(text)) and inner["version"]:
            relayed = _modern(text[inner.end() :], outer)
            if relayed:
                yield relayed
    if not readings or readings[0][0] != line:
        yield line.replace("#011", "\t"), {}


def _modern(rest: str, header: Header) -> tuple[str, Header] | None:
    """Return the message after a header of RFC 5424, whose priority and version were taken off."""
    found = _MODERN.match(rest)
    if not found:
        return None
    said = {f"@{key}": text for key, text in found.groupdict().items() if text not in {None, "-"}}
    return rest[found.end() :].removeprefix("\ufeff"), header | said


def _old_style(rest: str, header: Header) -> Iterator[tuple[str, Header]]:
    found = _TIME.match(rest)
    if found:
        header = header | {"@time": found["time"]}
        rest = rest[found.end() :].lstrip(" ")
        yield rest, header
    elif not header:
        return
    tag = _TAG.match(rest)
    if tag and not re.match(r"\d+\.\d+\.\d+\.\d+", rest):
        yield rest[tag.end() :], header | _tag(tag)
    name = _HOST.match(rest)
    if name and found:
        header = header | {"@host": name["host"].rstrip(":")}
        rest = rest[name.end() :]
        yield rest, header
        tag = _TAG.match(rest)
        if tag:
            yield rest[tag.end() :], header | _tag(tag)


def _tag(tag: re.Match[str]) -> Header:
    return {"@program": tag["program"]} | ({"@pid": tag["pid"]} if tag["pid"] else {})


_TIME_KEYS: Final = (
    "time", "timestamp", "@timestamp", "_time", "__REALTIME_TIMESTAMP", "DATE", "TimeGenerated", "tsNs",
    "ApproximateArrivalTimestamp", "Timestamp", "date",
)  # fmt: skip
_PROGRAM_KEYS: Final = ("SYSLOG_IDENTIFIER", "PROGRAM", "program", "ProcessName", "appname", "_COMM")


def header_of_wrapper(record: dict[str, Any]) -> Header:
    """Return the time and the program that a JSON record states for the message it carries."""
    header = {}
    for name, keys in (("@time", _TIME_KEYS), ("@program", _PROGRAM_KEYS)):
        for part in (record, record.get("result"), record.get("_source"), record.get("event")):
            values = (part.get(key) for key in keys) if isinstance(part, dict) else ()
            said = next((value for value in values if isinstance(value, str | int | float) and value), None)
            if said is not None:
                header[name] = str(said)
                break
    return header


OBJECT_KEYS: Final = (
    "event",
    "Event",
    "result",
    "_source",
    "json",
    "detail",
    "data",
    "body",
    "payload",
    "jsonPayload",
)


def inner_records(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield objects that a JSON record wraps: collectors put the vendor's record under a key of theirs."""
    for key in OBJECT_KEYS:
        value = record.get(key)
        if isinstance(value, dict):
            yield value


def inner_messages(record: dict[str, Any]) -> Iterator[str]:
    """Yield texts that a JSON record carries as its message."""
    for key in MESSAGE_KEYS:
        value = record.get(key)
        if isinstance(value, str) and len(value) > 8:
            yield value.rstrip("\r\n")
    for outer, key in (
        ("event", "original"),
        ("result", "_raw"),
        ("_source", "message"),
        ("json", "message"),
        ("attributes", "message"),  # Datadog
        ("properties", "Message"),  # Azure
    ):
        inner = record.get(outer)
        if isinstance(inner, dict) and isinstance(inner.get(key), str):
            yield inner[key].rstrip("\r\n")
    # Kinesis: a record of a stream, as Lambda and as the API give it, and of a delivery stream.
    stream, logs = record.get("kinesis"), record.get("awslogs")
    sent = None
    if isinstance(stream, dict):
        sent = packed_text(stream.get("data"))
    elif isinstance(logs, dict):
        sent = packed_text(logs.get("data"))
    elif "PartitionKey" in record:
        sent = packed_text(record.get("Data"))
    elif "recordId" in record:
        sent = packed_text(record.get("data"))
    if sent:
        yield sent.rstrip("\r\n")
