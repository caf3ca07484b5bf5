"""Holds what the dissectors share while they read one batch: packets, rows found, packets for tshark."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.captures.batch import Batch
from scanner.captures.dns import read_message
from scanner.captures.hello import Hello
from scanner.captures.http import Request
from scanner.captures.layers import Flags, Table
from scanner.captures.ledger import Ledger
from scanner.captures.rows import Row, packet_row, with_hello, with_message, with_request


@dataclass(slots=True)
class Page:
    """One batch on its way through the dissectors."""

    batch: Batch
    table: Table
    hits: Flags
    ledger: Ledger
    rows: list[Row] = field(default_factory=list)
    for_tshark: set[int] = field(default_factory=set)
    """Indexes of packets that nothing here understands."""
    cover_names: set[str] = field(default_factory=set)
    """Public names for Encrypted Client Hello that DNS answers announced."""

    def payload(self, index: int) -> bytes:
        """Return the captured payload of a packet."""
        return bytes(self.batch.data[int(self.table.payload[index]) : int(self.table.captured_end[index])])

    def hello(self, kind: str, index: int, hello: Hello) -> None:
        """Add the row of a client hello."""
        self.ledger.names_hidden += hello.hides_name
        self.rows.append(with_hello(packet_row(kind, self.batch, self.table, index), hello))

    def request(self, index: int, request: Request) -> None:
        """Add the row of an HTTP request."""
        self.rows.append(with_request(packet_row("http", self.batch, self.table, index), request))

    def dns(self, index: int, data: bytes) -> bool:
        """Add a row per question of a DNS message; False if it is none."""
        message = read_message(data)
        if message is None:
            return False
        self.cover_names.update(message.cover_names)
        kind = "dns_response" if message.is_response else "dns_query"
        for question in message.questions:
            row = packet_row(kind, self.batch, self.table, index)
            self.rows.append(with_message(row, message, question))
        return True

    def socks(self, index: int, name: str) -> None:
        """Add the row of a host name asked of a SOCKS proxy."""
        row = packet_row("socks", self.batch, self.table, index)
        row["destination_domain"] = name
        self.rows.append(row)
