"""Reads DNS, QUIC and DTLS client hellos, and HTTP over UDP, out of UDP flows."""

from __future__ import annotations

from scanner.captures import hello, http
from scanner.captures.addresses import address
from scanner.captures.flow_table import Group
from scanner.captures.flows import Ends, Fate, Flow
from scanner.captures.page import Page
from scanner.captures.quic import Connection, is_long_header
from scanner.captures.signs import DNS_PORTS

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


def read_quoted(page: Page, indexes: list[int]) -> None:
    """Read DNS in packets that ICMP errors quote: the name was asked for, wherever the packet went."""
    table = page.table
    for index in indexes:
        version = int(table.version[index])
        near = address(version, *table.source[index].tolist()), int(table.source_port[index])
        far = address(version, *table.destination[index].tolist()), int(table.destination_port[index])
        if near[1] in DNS_PORTS or far[1] in DNS_PORTS:
            page.dns(index, Ends(*near, *far, "udp"), page.payload(index))


def _datagram(page: Page, flow: Flow, index: int, side: int) -> None:
    ports = flow.ends[0][2], flow.ends[1][2]
    payload, ends = page.payload(index), flow.labels(side)
    if (ports[0] in DNS_PORTS or ports[1] in DNS_PORTS) and page.dns(index, ends, payload):
        flow.fate = Fate.KNOWN
    elif flow.quic is not None or is_long_header(payload):
        _quic(page, flow, index, side, payload)
    elif (found := hello.read_datagram(payload)) is not None:
        flow.fate = Fate.KNOWN
        page.hello("dtls_client_hello", index, ends, found)
    elif payload[:1].isupper() and _request(page, index, ends, payload):
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
    if TUNNEL_PORTS.intersection(ports):
        flow.fate = Fate.WHOLLY_TO_TSHARK
        if number <= PACKETS_OF_TUNNEL:
            page.for_tshark.add(index)
        return
    is_running_quic = payload[0] & 0xC0 == 0x40 and QUIC_PORTS.intersection(ports)
    if flow.fate == Fate.UNDECIDED and (SILENT_PORTS.intersection(ports) or is_running_quic):
        flow.fate = Fate.KNOWN
        return
    flow.fate = Fate.TO_TSHARK
    if number <= (PAYLOADS_OF_OLD_QUIC if QUIC_PORTS.intersection(ports) else PAYLOADS_FOR_TSHARK):
        page.for_tshark.add(index)
    else:
        flow.fate = Fate.KNOWN
