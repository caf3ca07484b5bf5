"""Finds, in many packets at once, those whose payload begins like something that is read here."""

from __future__ import annotations

import numpy as np

from scanner.captures.batch import Batch, Ints, Octets
from scanner.captures.http import METHODS, PREFACE
from scanner.captures.layers import TCP, UDP, Flags, Table
from scanner.captures.quic_keys import VERSION_2

DNS_PORTS = (53, 5353, 5355)
"""DNS, mDNS, LLMNR."""

_FIRST_WORDS = np.array(
    sorted({int.from_bytes((method + b" ")[:4].ljust(4), "big") for method in (*METHODS, PREFACE)}),
    dtype=np.int64,
)


def interesting(batch: Batch, table: Table) -> Flags:
    """Return true for packets that begin a client hello or request, or are DNS or QUIC with long header."""
    octets, at = batch.octets, table.payload
    captured = table.captured_end - table.payload
    is_tcp, is_udp = table.protocol == TCP, table.protocol == UDP
    first = octets[at].astype(np.int64)
    word = first << 24 | octets[at + 1].astype(np.int64) << 16
    word |= octets[at + 2].astype(np.int64) << 8 | octets[at + 3]
    found: Flags = is_tcp & (captured >= 6) & (word >> 16 == 0x1603) & (octets[at + 5] == 1)
    found |= is_tcp & (captured >= 4) & np.isin(word, _FIRST_WORDS)
    found |= is_udp & (captured >= 7) & _begins_quic(octets, at, first)
    found |= is_udp & (captured >= 27) & (word >> 8 == 0x16FEFF)
    found |= is_udp & (captured >= 27) & (word >> 8 == 0x16FEFD)
    found |= (captured > 0) & ((table.source_port == 53) | (table.destination_port == 53))
    found |= named(table)
    return found


def named(table: Table) -> Flags:
    """Return true for datagrams of ports whose messages are DNS."""
    found: Flags = np.isin(table.source_port, DNS_PORTS) | np.isin(table.destination_port, DNS_PORTS)
    found &= (table.protocol == UDP) & (table.captured_end > table.payload)
    return found


def _begins_quic(octets: Octets, at: Ints, first: Ints) -> Flags:
    """Tell which datagrams begin with a long header that may be of an Initial packet or a Retry."""
    kind, is_second = first >> 4 & 3, octets[at + 1] == VERSION_2 >> 24
    begins: Flags = (first >= 0xC0) & np.where(is_second, kind <= 1, (kind == 0) | (kind == 3))
    return begins
