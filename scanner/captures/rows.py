"""Makes canonical events of what was read in packets and flows."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from scanner.captures.batch import Batch
from scanner.captures.dns import Message
from scanner.captures.flows import Flow
from scanner.captures.hello import Hello
from scanner.captures.http import Request
from scanner.captures.layers import TCP, Table

Row = dict[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799


@lru_cache(maxsize=65_536)
def address(version: int, high: int, low: int) -> str:
    """Return an address as text."""
    if version == 4:
        return str(ipaddress.IPv4Address(low))
    return str(ipaddress.IPv6Address(high << 64 | low))


def timestamp(nanoseconds: int) -> str | None:
    """Return ISO 8601 UTC with microseconds; None if no calendar holds the time."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    if not 0 <= seconds <= _LAST_SECOND:
        return None
    moment = _EPOCH + timedelta(seconds=seconds, microseconds=rest // 1000)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def packet_row(kind: str, batch: Batch, table: Table, index: int) -> Row:
    """Return the row of a packet with its addresses, without what was read in it."""
    row: Row = {"frame": int(batch.frame[index]), "kind": kind}
    if (moment := timestamp(int(batch.time[index]))) is not None:
        row["timestamp"] = moment
    version = int(table.version[index])
    row["source_ip"] = address(version, *table.source[index].tolist())
    row["source_port"] = int(table.source_port[index])
    row["destination_ip"] = address(version, *table.destination[index].tolist())
    row["destination_port"] = int(table.destination_port[index])
    row["network_protocol"] = "tcp" if table.protocol[index] == TCP else "udp"
    return row


def with_hello(row: Row, hello: Hello) -> Row:
    """Add what a client hello shows."""
    if hello.name is not None:
        row["destination_domain"] = hello.name
    if hello.ech is not None:
        row["ech"] = hello.ech
    return row


def with_request(row: Row, request: Request) -> Row:
    """Add what an HTTP request says."""
    row["http_method"] = request.method
    if request.host:
        row["destination_domain"] = request.host
    if request.path:
        row["url_path"] = request.path
    if request.user_agent:
        row["user_agent"] = request.user_agent
    return row


def with_message(row: Row, message: Message, question: tuple[str, str]) -> Row:
    """Add one question of a DNS message, and the answers if it is a response."""
    row["dns_question"], row["dns_type"] = question
    if message.is_response:
        row["dns_response_code"] = message.response_code
        if message.answers:
            row["dns_answers"] = list(message.answers)
    return row


def flow_row(flow: Flow) -> Row:
    """Return the row of one flow, seen from its client."""
    client = flow.client_side
    row: Row = {"kind": "flow"}
    if (moment := timestamp(flow.started)) is not None:
        row["timestamp"] = moment
    near, far = flow.ends[client], flow.ends[1 - client]
    row["source_ip"], row["source_port"] = address(flow.version, near[0], near[1]), near[2]
    row["destination_ip"], row["destination_port"] = address(flow.version, far[0], far[1]), far[2]
    row["network_protocol"] = "tcp" if flow.protocol == TCP else "udp"
    row["source_bytes"], row["destination_bytes"] = flow.sides[client].size, flow.sides[1 - client].size
    row["packets_out"], row["packets_in"] = flow.sides[client].packets, flow.sides[1 - client].packets
    return row
