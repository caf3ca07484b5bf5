"""Sorts the packets of a batch by conversation and cuts them into stretches that count as one packet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scanner.captures.batch import Batch, Ints
from scanner.captures.flows import ACK, FIN, MASK, SYN
from scanner.captures.layers import TCP, Flags, Table, Words


@dataclass(frozen=True, slots=True)
class Stretches:
    """Packets of one side of a flow that follow one another, flow by flow in the order of the file.

    A TCP stretch ends where a sequence number is not the expected one, before a SYN and behind a FIN.
    """

    side: list[int]
    row: list[int]
    """First packet."""
    packets: list[int]
    length: list[int]
    """Sum of the payloads on the wire."""
    sequence: list[int]
    """Of the first packet, as are SYN and ACK."""
    flags: list[int]


@dataclass(frozen=True, slots=True)
class Conversations:
    """The flows of one batch in the order of their first packets, and what these say."""

    key: list[int]
    first: list[int]
    behind: list[int]
    """First stretch, and the one behind the last."""
    protocol: list[int]
    version: list[int]
    source: list[tuple[int, int, int]]
    destination: list[tuple[int, int, int]]
    """Address in two halves, and port."""
    time: list[int]


@dataclass(frozen=True, slots=True)
class Held:
    """The packets that hold unread payload or open a flow, flow by flow in the order of the file."""

    row: list[int]
    side: list[int]
    low: list[int]
    """For each flow its first such packet."""
    high: list[int]
    interesting: list[bool]
    """For each flow whether some packet begins like a message that is read here."""


def sort_out(
    batch: Batch, table: Table, rows: Ints, keys: Words, hits: Flags, unread: Flags
) -> tuple[Conversations, Stretches, Held]:
    """Sort packets by `keys`, whose lowest bit tells the sides of a flow apart; `unread` is payload to read."""
    firsts, names, stretches = _stretches(table, rows, keys)
    flows = names >> np.uint64(1)
    new = np.flatnonzero(np.concatenate(([True], flows[1:] != flows[:-1])))
    order = np.argsort(firsts[new])
    behind, new = np.append(new[1:], len(firsts))[order], new[order]
    first, key = firsts[new], flows[new]
    conversations = Conversations(
        key.tolist(),
        new.tolist(),
        behind.tolist(),
        table.protocol[first].tolist(),
        table.version[first].tolist(),
        _ends(table.source[first], table.source_port[first]),
        _ends(table.destination[first], table.destination_port[first]),
        batch.time[first].tolist(),
    )
    return conversations, stretches, _held(table, rows, keys, hits, unread, key)


def _stretches(table: Table, rows: Ints, keys: Words) -> tuple[Ints, Words, Stretches]:
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    sequence, flags, length = table.sequence[rows], table.flags[rows], table.length[rows]
    opening = (flags & SYN) != 0
    following = (sequence + length + opening) & MASK
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = opening[1:] | (sequence[1:] != following[:-1]) | ((flags[:-1] & FIN) != 0)
    new[1:] &= table.protocol[rows[1:]] == TCP
    new[1:] |= keys[1:] != keys[:-1]
    starts = np.flatnonzero(new)
    firsts, names = rows[starts], keys[starts]
    order = np.lexsort((firsts, names >> np.uint64(1)))
    columns = (
        names & np.uint64(1),
        firsts,
        np.diff(starts, append=len(rows)),
        np.add.reduceat(length, starts),
        sequence[starts],
        flags[starts] & (SYN | ACK) | np.bitwise_or.reduceat(flags & FIN, starts),
    )
    return firsts[order], names[order], Stretches(*(column[order].tolist() for column in columns))


def _held(table: Table, rows: Ints, keys: Words, hits: Flags, unread: Flags, flows: Words) -> Held:
    wanted = unread[rows] | ((table.flags[rows] & SYN) != 0)
    rows, keys = rows[wanted], keys[wanted]
    names = keys >> np.uint64(1)
    order = np.argsort(names, kind="stable")
    rows, keys, names = rows[order], keys[order], names[order]
    low, high = np.searchsorted(names, flows, "left"), np.searchsorted(names, flows, "right")
    before = np.concatenate(([0], np.cumsum(hits[rows])))
    interesting = before[high] > before[low]
    sides = (keys & np.uint64(1)).tolist()
    return Held(rows.tolist(), sides, low.tolist(), high.tolist(), interesting.tolist())


def _ends(addresses: Words, ports: Ints) -> list[tuple[int, int, int]]:
    return list(zip(addresses[:, 0].tolist(), addresses[:, 1].tolist(), ports.tolist(), strict=True))
