"""Makes canonical events of what was read in packets and flows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from scanner.captures.dns import Message
from scanner.captures.flows import Ends, Flow
from scanner.captures.hello import Hello
from scanner.captures.http import Request

Row = dict[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799


def timestamp(nanoseconds: int) -> str | None:
    """Return ISO 8601 UTC with microseconds; None if no calendar holds the time."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    if not 0 <= seconds <= _LAST_SECOND:
        return None
    return f"{_second(seconds)}.{rest // 1000:06d}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat().removesuffix("+00:00")


def packet_row(kind: str, frame: int, time: int, ends: Ends) -> Row:
    """Return the row of a packet with its addresses, without what was read in it."""
    row: Row = {"frame": frame, "kind": kind}
    moment = timestamp(time)
    if moment is not None:
        row["timestamp"] = moment
    (
        row["source_ip"],
        row["source_port"],
        row["destination_ip"],
        row["destination_port"],
        row["network_protocol"],
    ) = ends
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


def flow_row(flow: Flow, filtered: bool = False) -> Row:
    """Return the row of one flow, seen from its client.

    Where a filter left packets out, bytes come from sequence numbers, and are unknown without SYN and FIN.
    """
    client = flow.client_side
    near, far = flow.sides[client], flow.sides[1 - client]
    row = packet_row("flow", 0, flow.started, flow.labels(client))
    del row["frame"]
    for name, side in (("source_bytes", near), ("destination_bytes", far)):
        size = side.sent if filtered else side.size
        if size is not None:
            row[name] = size
    row["packets_out"], row["packets_in"] = near.packets, far.packets
    return row
