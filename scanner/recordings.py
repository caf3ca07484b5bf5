"""Recordings: binary files that a reader of their own reads as a whole, packet captures and dnstap files."""

from collections.abc import Iterator
from typing import Final

from scanner.captures.magic import is_capture
from scanner.clock import TimeContext
from scanner.compressed import Readable
from scanner.dnstap import dnstap_events, is_frame_stream
from scanner.fields import Event
from scanner.ingest_captures import FORMAT_ID, capture_events
from scanner.ledger import Ledger

DNSTAP: Final = "dnstap"
REST: Final = {FORMAT_ID: "packets that name nothing", DNSTAP: "frames that name nothing"}
"""What is said of the parts of a recording that are neither events nor accounted for otherwise."""


def recording_of(head: bytes) -> str | None:
    """Return what recording a content is by its first bytes (packet_capture or dnstap), None for text."""
    if is_capture(head):
        return FORMAT_ID
    return DNSTAP if is_frame_stream(head) else None


def recorded_events(
    kind: str, stream: Readable, ledger: Ledger, context: TimeContext, notes: list[str]
) -> Iterator[Event]:
    """Yield the events of a recording; `ledger` and `notes` are complete at the end.

    Raises SourceUnreadable where the content is none after all.
    """
    if kind == DNSTAP:
        return dnstap_events(stream, ledger, notes)
    return capture_events(stream, ledger, context, notes)
