"""Scan a packet capture into the database: one content, one batch, every conversation joined to its name."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from scanner.captures import CaptureError, Tshark, TsharkMissing, find_tshark, read_capture
from scanner.clock import TimeContext, parse_time
from scanner.compressed import Readable
from scanner.errors import SourceUnreadable
from scanner.fields import Event
from scanner.ledger import Ledger

FORMAT_ID: Final = "packet_capture"
PACKETS_LOST: Final = "packets lost while recording"
_CONVERSATION: Final = ("source_ip", "source_port", "destination_ip", "destination_port", "network_protocol")
_REMEMBERED: Final = 200_000


class _RawStream(io.RawIOBase):
    """A stream in the shape the capture reader wants."""

    def __init__(self, stream: Readable) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def installed_tshark() -> Tshark | None:
    """Return tshark, or None where it is missing; the capture ledger says what was then not tried."""
    try:
        return find_tshark()
    except TsharkMissing:
        return None


def capture_events(
    stream: Readable, ledger: Ledger, context: TimeContext, notes: list[str]
) -> Iterator[Event]:
    """Yield the events of a capture with times as instants; `ledger` and `notes` are complete at the end.

    Bytes are counted per conversation: they are given to the first event that named its host. Raises
    SourceUnreadable where the content is no capture after all.
    """
    reading = read_capture(cast(BinaryIO, _RawStream(stream)), tshark=installed_tshark())
    named: dict[tuple[Any, ...], Event] = {}
    waiting: list[Event] = []
    try:
        for row in reading:
            event = dict(row)
            event["timestamp"] = parse_time(row.get("timestamp"), context)
            conversation = tuple(row.get(name) for name in _CONVERSATION)
            if row.get("kind") == "flow":
                first = named.pop(conversation, None)
                if first is not None:
                    for name in ("source_bytes", "destination_bytes"):
                        if row.get(name) is not None:
                            first[name] = row[name]
            elif row.get("destination_domain") and conversation not in named and len(named) < _REMEMBERED:
                named[conversation] = event
            waiting.append(event)
            if len(waiting) > _REMEMBERED:
                yield waiting.pop(0)
    except CaptureError as problem:
        raise SourceUnreadable(str(problem)) from problem
    yield from waiting
    account = reading.ledger
    ledger.lines += account.packets
    ledger.hidden_names += account.names_hidden
    for reason, packets in account.not_tried.items():
        ledger.unreadable[reason] += packets
    if account.incomplete is not None:
        notes.append(f"stopped at packet {account.incomplete.packet}: {account.incomplete.reason}")
    if account.not_tried:
        notes.append(
            f"{account.not_tried.total()} packets of protocols that need tshark: apt-get install tshark"
        )
    if account.dropped_by_capture:
        ledger.lost[PACKETS_LOST] += account.dropped_by_capture
