"""Accounts for every packet of a capture: read, skipped and why, lost, and names that stay hidden."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Where and why reading stopped before the end of the file."""

    packet: int
    """Number of the packet (from 1) that could not be read; all packets before it were."""
    reason: str


@dataclass(slots=True)
class Ledger:
    """What became of the packets of one capture; complete once the last row was taken."""

    packets: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Packets without TCP or UDP, or that could not be decoded, by reason."""
    incomplete: Incomplete | None = None
    names_hidden: int = 0
    """Client hellos whose name is absent, encrypted or a known cover name."""
    dropped_by_capture: int = 0
    """Packets the recording program itself reports as lost (pcapng interface statistics)."""
    flows: int = 0
    left_to_tshark: int = 0
    """Packets of protocols the built-in engine does not know, handed to tshark."""
    not_tried: Counter[str] = field(default_factory=Counter)
    """Packets that only tshark could have read but did not, by reason."""
