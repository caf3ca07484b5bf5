"""Holds what the dissectors share while they read one batch: packets, rows found, packets for tshark."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.captures.batch import Batch
from scanner.captures.dns import read_message
from scanner.captures.flows import Ends
from scanner.captures.hello import Hello
from scanner.captures.http import Request
from scanner.captures.layers import Table
from scanner.captures.ledger import Ledger
from scanner.captures.rows import Row, packet_row, with_hello, with_message, with_request


@dataclass(slots=True)
class Page:
    """One batch on its way through the dissectors."""

    batch: Batch
    table: Table
    hits: list[bool]
    """Packets that begin like something read here."""
    ledger: Ledger
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)
    """Where the captured payload of each packet lies."""
    lengths: list[int] = field(init=False)
    """What it measured on the wire."""
    sequences: list[int] = field(init=False)
    flags: list[int] = field(init=False)
    _frames: list[int] = field(init=False)
    _times: list[int] = field(init=False)
    rows: list[Row] = field(default_factory=list)
    for_tshark: set[int] = field(default_factory=set)
    """Indexes of packets that nothing here understands."""
    cover_names: set[str] = field(default_factory=set)
    """Public names for Encrypted Client Hello that DNS answers announced."""

    def __post_init__(self) -> None:
        self.starts, self.ends = self.table.payload.tolist(), self.table.captured_end.tolist()
        self.lengths = self.table.length.tolist()
        self.sequences, self.flags = self.table.sequence.tolist(), self.table.flags.tolist()
        self._frames, self._times = self.batch.frame.tolist(), self.batch.time.tolist()

    def payload(self, index: int) -> bytes:
        """Return the captured payload of a packet."""
        return bytes(self.batch.data[self.starts[index] : self.ends[index]])

    def _row(self, kind: str, index: int, ends: Ends) -> Row:
        return packet_row(kind, self._frames[index], self._times[index], ends)

    def hello(self, kind: str, index: int, ends: Ends, hello: Hello) -> None:
        """Add the row of a client hello."""
        self.ledger.names_hidden += hello.hides_name
        self.rows.append(with_hello(self._row(kind, index, ends), hello))

    def request(self, index: int, ends: Ends, request: Request) -> None:
        """Add the row of an HTTP request."""
        self.rows.append(with_request(self._row("http", index, ends), request))

    def dns(self, index: int, ends: Ends, data: bytes) -> bool:
        """Add a row per question of a DNS message; False if it is none."""
        message = read_message(data)
        if message is None:
            return False
        if message.cover_names:
            self.cover_names.update(message.cover_names)
        kind = "dns_response" if message.is_response else "dns_query"
        for question in message.questions:
            self.rows.append(with_message(self._row(kind, index, ends), message, question))
        return True

    def socks(self, index: int, ends: Ends, name: str) -> None:
        """Add the row of a host name asked of a SOCKS proxy."""
        row = self._row("socks", index, ends)
        row["destination_domain"] = name
        self.rows.append(row)
