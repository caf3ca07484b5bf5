"""Read dnstap files: Frame Streams of protobuf messages in which a DNS server logs its clients' queries.

Sources: Frame Streams specification (farsightsec/fstrm), dnstap.proto (dnstap/dnstap.pb), RFC 1035.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from scanner.compressed import Readable
from scanner.errors import SourceUnreadable
from scanner.fields import Event
from scanner.ledger import Ledger

CONTENT_TYPE: Final = b"protobuf:dnstap.Dnstap"
LONGEST_FRAME: Final = 16 << 20
STOP_FRAME: Final = b"\0\0\0\0" + b"\0\0\0\x04" + b"\0\0\0\x03"
"""What stands at the end of a file that its server has closed."""
_START, _STOP, _FIELD_CONTENT_TYPE = 2, 3, 1
_CLIENT_QUERY, _CLIENT_RESPONSE = 5, 6
_KINDS: Final = {
    1: "query to an authority", 2: "answer of an authority", 3: "query of the resolver",
    4: "answer to the resolver", 7: "query to a forwarder", 8: "answer of a forwarder", 9: "query of a stub",
    10: "answer to a stub", 11: "query of a tool", 12: "answer to a tool", 13: "update", 14: "update answer",
}  # fmt: skip
_PROTOCOLS: Final = {1: "udp", 2: "tcp", 3: "tcp", 4: "tcp", 5: "udp", 6: "tcp", 7: "udp"}
"""Transport of UDP, TCP, DNS over TLS, over HTTPS, DNSCrypt twice, and DNS over QUIC."""
_IN_FLIGHT: Final = 20_000


class _Cut(Exception):
    """The bytes end, or say something impossible, at an offset."""


def is_frame_stream(head: bytes) -> bool:
    """Tell by the first 12 bytes of a decompressed file whether it is a Frame Streams file."""
    if len(head) < 12 or head[:4] != b"\0\0\0\0":
        return False
    return int.from_bytes(head[4:8], "big") <= 512 and int.from_bytes(head[8:12], "big") == _START


def first_frames(head: bytes) -> bytes:
    """Return the START frame and the first data frame, by which a file is known however far it has grown."""
    start = 8 + int.from_bytes(head[4:8], "big")
    return head[: start + 4 + int.from_bytes(head[start : start + 4], "big")]


def dnstap_events(stream: Readable, ledger: Ledger, notes: list[str]) -> Iterator[Event]:
    """Yield an event for every query of a client; `ledger` and `notes` are complete at the end.

    Queries and answers are joined by address, port, id and name: an answer adds its code and records to the
    query, and is an event of its own only where no query was logged. `frame` is the number of the data
    frame, from 1. Raises SourceUnreadable where the frames hold something other than dnstap.
    """
    waiting: OrderedDict[_Key, _Asked] = OrderedDict()
    try:
        for number, frame in enumerate(_frames(stream), 1):
            ledger.lines += 1
            try:
                message = _message(frame)
            except _Cut:
                ledger.unreadable["not a dnstap message"] += 1
                continue
            if message.kind not in {_CLIENT_QUERY, _CLIENT_RESPONSE}:
                ledger.not_events[_KINDS.get(message.kind, "message of a kind dnstap added later")] += 1
                continue
            asked = _read(message, number)
            if asked is None:
                ledger.unreadable["DNS message cannot be read"] += 1
                continue
            known = waiting.get(asked.key)
            if known is not None and asked.is_answer != known.is_answer:
                _join(known, asked)
                ledger.not_events["answer to a query already counted"] += 1
                continue
            if known is not None:
                yield waiting.pop(asked.key).event
            waiting[asked.key] = asked
            if len(waiting) > _IN_FLIGHT:
                yield waiting.popitem(last=False)[1].event
    except _Cut as problem:
        notes.append(str(problem))
    yield from (asked.event for asked in waiting.values())


_Key = tuple[str | None, int | None, int, str]


@dataclass(slots=True)
class _Asked:
    key: _Key
    event: Event
    is_answer: bool


def _join(known: _Asked, other: _Asked) -> None:
    answer = other if other.is_answer else known
    for name in ("dns_response_code", "dns_answers"):
        if name in answer.event:
            known.event.setdefault(name, answer.event[name])


def _frames(stream: Readable) -> Iterator[bytes]:
    """Yield the data frames; raises _Cut, naming the byte, where the file is cut."""
    at = 0

    def take(size: int, begun: int) -> bytes:
        nonlocal at
        data = b""
        while len(data) < size and (piece := stream.read(size - len(data))):
            data += piece
        at += len(data)
        if len(data) < size:
            raise _Cut(f"cut at byte {at}: the frame that begins at byte {begun} is not there to its end")
        return data

    started = False
    while True:
        begun = at
        first = stream.read(4)
        if not first:
            return  # without a STOP frame: the server still writes, or was killed
        at += len(first)
        size = int.from_bytes(first + take(4 - len(first), begun), "big")
        if size == 0:
            control = take(_limited(int.from_bytes(take(4, begun), "big"), begun), begun)
            kind = int.from_bytes(control[:4], "big")
            if kind == _STOP:
                return
            if kind == _START:
                _check_content(control[4:])
                started = True
        elif not started:
            raise SourceUnreadable(
                f"no START frame before byte {begun}; the file lacks its beginning, copy it again"
            )
        else:
            yield take(_limited(size, begun), begun)


def _limited(size: int, begun: int) -> int:
    if size > LONGEST_FRAME:
        raise _Cut(f"damaged at byte {begun}: a frame of {size} bytes")
    return size


def _check_content(fields: bytes) -> None:
    while len(fields) >= 8:
        kind, size = int.from_bytes(fields[:4], "big"), int.from_bytes(fields[4:8], "big")
        if kind == _FIELD_CONTENT_TYPE and fields[8 : 8 + size] != CONTENT_TYPE:
            raise SourceUnreadable(
                f"Frame Streams file of content type {fields[8 : 8 + min(size, 80)]!r}; only "
                f"{CONTENT_TYPE.decode()} can be read: export the log as dnstap"
            )
        fields = fields[8 + size :]


@dataclass(slots=True)
class _Message:
    """The fields of dnstap.Message that matter; numbers as in dnstap.proto."""

    kind: int = 0
    protocol: int = 0
    client: bytes = b""
    server: bytes = b""
    client_port: int | None = None
    server_port: int | None = None
    query_time: float | None = None
    response_time: float | None = None
    query: bytes = b""
    response: bytes = b""


def _message(frame: bytes) -> _Message:
    message = _Message()
    inner = next((value for number, value in _fields(frame) if number == 14), None)
    if not isinstance(inner, bytes):
        raise _Cut
    seconds: dict[int, int] = {}
    for number, value in _fields(inner):
        if isinstance(value, bytes):
            if number == 4:
                message.client = value
            elif number == 5:
                message.server = value
            elif number == 10:
                message.query = value
            elif number == 14:
                message.response = value
        elif number == 1:
            message.kind = value
        elif number == 3:
            message.protocol = value
        elif number == 6:
            message.client_port = value
        elif number == 7:
            message.server_port = value
        elif number in {8, 9, 12, 13}:
            seconds[number] = value
    if 8 in seconds:
        message.query_time = seconds[8] + seconds.get(9, 0) / 1e9
    if 12 in seconds:
        message.response_time = seconds[12] + seconds.get(13, 0) / 1e9
    return message


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (number, value) of protobuf wire format; groups are not used by dnstap and end the message."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        size = {1: 8, 5: 4}.get(kind)
        if kind == 2:
            size, at = _varint(data, at)
        if size is None or at + size > len(data):
            raise _Cut
        piece = data[at : at + size]
        at += size
        yield number, piece if kind == 2 else int.from_bytes(piece, "little")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise _Cut
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _Cut


def _read(message: _Message, number: int) -> _Asked | None:
    from scanner.captures.dns import ROOT, read_message

    is_answer = message.kind == _CLIENT_RESPONSE
    # Either message may be left out by the server; both carry the question.
    wire = (message.response or message.query) if is_answer else (message.query or message.response)
    read = read_message(wire)
    if read is None:
        return None
    name, kind = read.questions[0]
    name = "." if name == ROOT else name
    client, server = _address(message.client), _address(message.server)
    instant = message.query_time if message.query_time is not None else message.response_time
    event: Event = {
        "frame": number,
        "kind": "dns",
        "timestamp": instant,
        "source_ip": client,
        "source_port": message.client_port,
        "destination_ip": server,
        "destination_port": message.server_port,
        "network_protocol": _PROTOCOLS.get(message.protocol),
        "dns_question": name,
        "dns_type": kind,
    }
    if read.is_response:
        event["dns_response_code"] = read.response_code
        event["dns_answers"] = list(read.answers) or None
    key = (client, message.client_port, int.from_bytes(wire[:2], "big"), name.casefold())
    return _Asked(key, {field: value for field, value in event.items() if value is not None}, is_answer)


def _address(packed: bytes) -> str | None:
    return str(ip_address(packed)) if len(packed) in {4, 16} else None
