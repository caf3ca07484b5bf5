"""Reads DNS out of datagrams, and QUIC and DTLS client hellos and HTTP out of UDP flows."""

from __future__ import annotations

from scanner.captures import hello, http
from scanner.captures.addresses import address
from scanner.captures.batch import Ints
from scanner.captures.flow_table import Group
from scanner.captures.flows import Ends, Fate, Flow
from scanner.captures.page import Page
from scanner.captures.quic import Connection, is_long_header

PAYLOADS_FOR_TSHARK = 4
PAYLOADS_OF_OLD_QUIC = 8
"""Google's QUIC repeats its hello within the first packets."""
PACKETS_OF_TUNNEL = 100_000

SILENT_PORTS = frozenset(
    {67, 68, 69, 123, 137, 138, 161, 162, 500, 514, 546, 547, 1812, 1813, 2055, 4500, 6343}
)
"""DHCP, TFTP, NTP, NetBIOS, SNMP, IKE, syslog, RADIUS, NetFlow: no names of web services in them."""
TUNNEL_PORTS = frozenset({1701, 5246, 5247, 4790, 6635, 7348})
"""L2TP, CAPWAP and others that hold whole packets, of which tshark knows more kinds than are read here."""
QUIC_PORTS = frozenset({80, 443, 853, 4433, 8443})


def read(page: Page, group: Group) -> None:
    """Read one UDP flow's packets of one batch."""
    flow = group.flow
    if flow.fate == Fate.KNOWN and not group.interesting:
        return
    for index, side in zip(group.rows, group.sides, strict=True):
        if page.ends[index] <= page.starts[index]:
            continue
        if page.hits[index] or flow.fate != Fate.KNOWN:
            flow.sides[side].payloads += 1
            _datagram(page, flow, index, side)


def read_dns(page: Page, rows: Ints) -> list[int]:
    """Read DNS messages, which need nothing of their flow; return the packets that held one."""
    table = page.table
    columns = (
        rows, table.version[rows], table.source[rows, 0], table.source[rows, 1], table.source_port[rows],
        table.destination[rows, 0], table.destination[rows, 1], table.destination_port[rows],
    )  # fmt: skip
    found: list[int] = []
    for index, version, high, low, port, far_high, far_low, far_port in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        near, far = address(version, high, low), address(version, far_high, far_low)
        if page.dns(index, Ends(near, port, far, far_port, "udp"), page.payload(index)):
            found.append(index)
    return found


def _datagram(page: Page, flow: Flow, index: int, side: int) -> None:
    ports = flow.ends[0][2], flow.ends[1][2]
    payload = page.payload(index)
    if flow.quic is not None or is_long_header(payload):
        _quic(page, flow, index, side, payload)
    elif (found := hello.read_datagram(payload)) is not None:
        flow.fate = Fate.KNOWN
        page.hello("dtls_client_hello", index, flow.labels(side), found)
    elif payload[:1].isupper() and _request(page, index, flow.labels(side), payload):
        flow.fate = Fate.KNOWN
    elif flow.fate != Fate.KNOWN:
        _unknown(page, flow, index, payload, ports, flow.sides[side].payloads)


def _quic(page: Page, flow: Flow, index: int, side: int, payload: bytes) -> None:
    if flow.quic is None:
        flow.quic, flow.fate = Connection(), Fate.KNOWN
    found = flow.quic.take(payload, side)
    if found is not None:
        page.hello("quic_client_hello", index, flow.labels(side), found)


def _request(page: Page, index: int, ends: Ends, payload: bytes) -> bool:
    try:
        found = http.read_request(payload, ended=True)
    except ValueError:
        return False
    if found is None:
        return False
    page.request(index, ends, found[0])
    return True


def _unknown(page: Page, flow: Flow, index: int, payload: bytes, ports: tuple[int, int], number: int) -> None:
    if not TUNNEL_PORTS.isdisjoint(ports):
        flow.fate = Fate.WHOLLY_TO_TSHARK
        if number <= PACKETS_OF_TUNNEL:
            page.for_tshark.add(index)
        return
    may_be_quic = not QUIC_PORTS.isdisjoint(ports)
    is_running_quic = may_be_quic and payload[0] & 0xC0 == 0x40
    if flow.fate == Fate.UNDECIDED and (is_running_quic or not SILENT_PORTS.isdisjoint(ports)):
        flow.fate = Fate.KNOWN
        return
    flow.fate = Fate.TO_TSHARK
    if number > (PAYLOADS_OF_OLD_QUIC if may_be_quic else PAYLOADS_FOR_TSHARK):
        flow.fate = Fate.KNOWN
    elif not is_running_quic:
        page.for_tshark.add(index)
