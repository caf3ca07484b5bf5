"""Reads one capture from beginning to end: rows of names as they come, then rows of flows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from scanner.captures import internet, links, tcp_reader, tunnels, udp_reader
from scanner.captures.batch import Batch
from scanner.captures.errors import TsharkFailed
from scanner.captures.flow_table import FlowTable
from scanner.captures.fragments import Fragments
from scanner.captures.layers import TCP, Layers
from scanner.captures.ledger import Ledger
from scanner.captures.leftovers import Leftovers
from scanner.captures.opening import opened
from scanner.captures.page import Page
from scanner.captures.program import Tshark
from scanner.captures.records import RecordReader
from scanner.captures.rows import Row, flow_row
from scanner.captures.signs import interesting, named
from scanner.captures.tshark import read_with_tshark

MAX_COVER_NAMES = 10_000
HANDLERS = {**links.HANDLERS, **internet.HANDLERS, **tunnels.HANDLERS}


class CaptureReading:
    """The rows of one capture; iterate once, then look at `ledger`."""

    def __init__(self, source: Path | str | BinaryIO, tshark: Tshark | None) -> None:
        self.ledger = Ledger()
        self._source = source
        self._tshark = tshark
        self._flows = FlowTable()
        self._fragments = Fragments()
        self._cover_names: set[str] = set()
        self._filtered = False

    def __iter__(self) -> Iterator[Row]:
        """Yield canonical events: rows read in packets about in their order, then those of flows.

        Raises:
            NotACapture: the data is no pcap or pcapng.
        """
        leftovers = Leftovers()
        try:
            with opened(self._source) as stream:
                records = RecordReader(stream)
                for batch in records:
                    self.ledger.packets, self._filtered = records.packets, records.filtered
                    yield from self._batch(batch, leftovers)
            self.ledger.packets, self.ledger.incomplete = records.packets, records.incomplete
            self.ledger.dropped_by_capture = records.dropped
            unfinished = self._fragments.dropped + self._fragments.pending
            if unfinished:
                self.ledger.skipped["fragment of a packet that never became whole"] += unfinished
            yield from self._from_tshark(leftovers)
        finally:
            leftovers.close()
        for flow in self._flows.close():
            self.ledger.flows += 1
            yield flow_row(flow, self._filtered)

    def _batch(self, batch: Batch, leftovers: Leftovers) -> Iterator[Row]:
        rows: list[Row] = []
        fragments = self._layer(batch, rows, leftovers)
        # Datagrams put together may themselves be fragments inside a tunnel.
        for _ in range(4):
            whole = self._fragments.take(fragments[0], fragments[1].fragments) if fragments else None
            if whole is None:
                break
            fragments = self._layer(whole, rows, leftovers)
        rows.sort(key=_frame)
        for row in rows:
            if (
                row.get("ech") == "offered"
                and str(row.get("destination_domain")).lower() in self._cover_names
            ):
                row["ech"] = "cover"
                self.ledger.names_hidden += 1
            yield row
        for flow in self._flows.finished:
            self.ledger.flows += 1
            yield flow_row(flow, self._filtered)
        self._flows.finished.clear()

    def _layer(self, batch: Batch, rows: list[Row], leftovers: Leftovers) -> tuple[Batch, Layers]:
        layers = Layers(batch, HANDLERS)
        links.start(layers)
        layers.peel()
        self.ledger.skipped.update(layers.skipped)
        hits = interesting(batch, layers.table)
        page = Page(batch, layers.table, hits.tolist(), self.ledger)
        for unknown in layers.unknown:
            page.for_tshark.update(unknown.tolist())
        read = udp_reader.read_dns(page, np.flatnonzero(named(layers.table)))
        for quoted in layers.quoted:
            layers.table.protocol[quoted] = 0  # a name was asked for, but the packet is no traffic
        unread = layers.table.captured_end > layers.table.payload
        unread[read] = False
        for group in self._flows.take(batch, layers.table, hits, unread):
            (tcp_reader if group.flow.protocol == TCP else udp_reader).read(page, group)
        for index in sorted(page.for_tshark):
            leftovers.add(batch, index)
        rows += page.rows
        if len(self._cover_names) < MAX_COVER_NAMES:
            self._cover_names |= page.cover_names
        return batch, layers

    def _from_tshark(self, leftovers: Leftovers) -> Iterator[Row]:
        count = len(leftovers.frames)
        if leftovers.refused:
            self.ledger.not_tried["more packets of unknown protocols than are kept for tshark"] += (
                leftovers.refused
            )
        if not count:
            return
        if self._tshark is None:
            self.ledger.not_tried["tshark is not installed"] += count
            return
        try:
            for row in read_with_tshark(self._tshark, leftovers.file, leftovers.frames, leftovers.times):
                if str(row["kind"]).endswith("client_hello") and "destination_domain" not in row:
                    self.ledger.names_hidden += 1
                yield row
        except TsharkFailed as error:
            self.ledger.not_tried[str(error)] += count
            return
        self.ledger.left_to_tshark = count


def _frame(row: Row) -> int:
    frame = row["frame"]
    assert isinstance(frame, int)
    return frame
