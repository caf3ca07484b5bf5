"""What is fuzzed: a function of bytes for every family of readers, which raises where the product is at fault."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

from scanner.captures import CaptureError, read_capture
from scanner.clock import TimeContext, iso, parse_time
from scanner.compiled import CompiledFormat, compile_format
from scanner.detect import Detector
from scanner.dnstap import dnstap_events
from scanner.documents import documents, is_document
from scanner.envelope import payloads
from scanner.errors import ScannerError
from scanner.events import as_json, rows_of
from scanner.fold import Folder
from scanner.inputs import BlockReader
from scanner.ledger import Ledger
from scanner.logformat import format_of_logformat
from scanner.reading import SourceReader
from scanner.recognise import Formats
from scanner.spec import FormatSpec, shipped_formats
from signatures.catalogue import catalogue_of
from signatures.hosts import normalise_host, registrable_domain
from signatures.matcher import Matcher
from tests.captures.capture_packets import (
    ETHERNET,
    dns,
    ethernet,
    hello,
    hello_message,
    pcap,
    pcapng,
    quic_initial,
    tcp_packet,
    udp_packet,
)
from tests.damage.damaged_contents import sample_files
from tests.formats_tools.frames import answer, message, query, stream

CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
MOST_LINES = 6
SAMPLES = {path.stem: path for path in sample_files()}

Target = Callable[[bytes], None]


def families() -> dict[str, list[FormatSpec]]:
    """Return the shipped formats by the reader their first record has."""
    found: dict[str, list[FormatSpec]] = defaultdict(list)
    for spec in shipped_formats():
        found[spec.records[0].reader].append(spec)
    return dict(found)


@cache
def formats() -> Formats:
    return Formats.for_context(CONTEXT)


@cache
def chain_of(format_id: str) -> list[CompiledFormat]:
    return [formats().by_id(format_id)]


@cache
def detector() -> Detector:
    return Detector(Matcher(catalogue_of(())))


def read_lines_of(family: str) -> Target:
    """Return a target: the first byte chooses a format of a family, the second how to read; the rest is its log."""
    specs = families()[family]

    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        chain = chain_of(specs[data[0] % len(specs)].id)
        way = data[1] % 16
        log = data[2:]
        if way > 1:
            reader = SourceReader(chain)
            for number, line in enumerate(log.split(b"\n")[:MOST_LINES], start=1):
                for row in rows_of(number, reader.read(line.decode("utf-8", "backslashreplace"))):
                    json.loads(as_json(row))
            return
        folder = Folder(SourceReader(chain), detector(), CONTEXT, use_kernel=way == 1)
        for block in BlockReader(io.BytesIO(log)):
            ledger = folder.fold(block).ledger
            accounted = ledger.event_lines + ledger.not_events.total() + ledger.unreadable.total()
            assert ledger.lines == accounted, f"{chain[0].id}: {ledger.lines} lines, {accounted} accounted"

    return run


def read_document(data: bytes) -> None:
    """Read JSON documents in any layout."""
    text = data.decode("utf-8", "backslashreplace")
    is_document(text)
    for _, record in documents(text):
        record.encode("utf-8", "backslashreplace")


def read_envelope(data: bytes) -> None:
    """Unwrap syslog and other envelopes, and read times and host names."""
    text = data.decode("utf-8", "backslashreplace")
    list(payloads(text))
    instant = parse_time(text, CONTEXT)
    assert instant is None or iso(instant).endswith("Z")
    host = normalise_host(text)
    assert host is None or normalise_host(host) == host
    if host is not None:
        registrable_domain(host)


def read_logformat(data: bytes) -> None:
    """Read a Squid logformat string, then a line with it."""
    form, _, line = data.decode("utf-8", "backslashreplace").partition("\n")
    try:
        spec = format_of_logformat(form)
    except ScannerError:
        return
    SourceReader([compile_format(spec, CONTEXT)]).read(line)


def read_dnstap(data: bytes) -> None:
    """Read a dnstap recording."""
    try:
        for event in dnstap_events(io.BytesIO(data), Ledger(), []):
            as_json(event)
    except ScannerError:
        pass


def read_packets(data: bytes) -> None:
    """Read a packet capture with the engine alone."""
    try:
        for row in read_capture(io.BytesIO(data), tshark=None):
            as_json(row)
    except (CaptureError, ScannerError):
        pass


def targets() -> dict[str, Target]:
    """Return every target by name."""
    lines = {family: read_lines_of(family) for family in sorted(families())}
    others: dict[str, Target] = {
        "document": read_document,
        "envelope": read_envelope,
        "logformat": read_logformat,
        "dnstap": read_dnstap,
        "capture": read_packets,
    }
    return {**lines, **others}


def corpus(name: str) -> Iterator[bytes]:
    """Yield inputs for a target to begin with."""
    specs = families().get(name)
    if specs is not None:
        for number, spec in enumerate(specs):
            lines = SAMPLES[spec.id].read_bytes().split(b"\n")
            header = b"\n".join(line for line in lines[:8] if line.startswith(b"#") or lines.index(line) == 0)
            for at, line in enumerate(islice(filter(None, lines), 12)):
                yield bytes([number, at]) + header[:500] + b"\n" + line[:1500]
    elif name in ("document", "envelope"):
        for path in SAMPLES.values():
            yield path.read_bytes()[:2000]
    elif name == "logformat":
        yield (
            b"%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %un %Sh/%<a %mt\n"
            b"1.000 1 10.0.0.1 A/200 1 GET http://a/ - B/- -"
        )
    elif name == "dnstap":
        asked = [
            message(5, asked=query("chatgpt.com", 7)),
            message(6, answered=answer("api.openai.com", 8, "192.0.2.1")),
        ]
        yield stream(*asked)
        yield stream(*asked, stop=False)
    else:
        packets = [
            ethernet(udp_packet(dns("chatgpt.com"))),
            ethernet(udp_packet(dns("chatgpt.com", answers=[(1, b"\xc0\0\2\1")], response=True)), 7),
            ethernet(tcp_packet(hello(b"api.openai.com"), 1)),
            ethernet(udp_packet(quic_initial([(0, hello_message(b"claude.ai"))]), (50000, 443))),
            ethernet(tcp_packet(b"GET / HTTP/1.1\r\nHost: web.example.com\r\n\r\n", 1)),
        ]
        for packet in packets:
            yield pcap([packet])
        yield pcap(packets)
        yield pcapng([(0, packet) for packet in packets], [ETHERNET])


def write_corpus(name: str, folder: Path) -> None:
    """Write the beginnings of a target, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(corpus(name)):
        (folder / f"{number:05d}").write_bytes(data)
