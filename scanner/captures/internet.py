"""Peels IPv4, IPv6 with its extension headers, TCP and UDP, and notes fragments."""

from __future__ import annotations

import numpy as np

from scanner.captures.batch import Ints
from scanner.captures.layers import TCP, UDP, Handler, Layers, Work

MALFORMED = "malformed IP, TCP or UDP header"
SHORT = "cut inside the IP, TCP or UDP header"

AUTHENTICATION, FRAGMENT = 51, 44
EXTENSIONS = (0, 43, 60, 135)
"""Hop-by-hop options, routing, destination options, mobility (RFC 8200, RFC 6275)."""


def ip(layers: Layers, work: Work) -> None:
    """IP of either version; the EtherType before it does not count."""
    work = layers.long_enough(work, 20, SHORT)
    version = layers.one(work.offset) >> 4
    layers.push("ip4", work.where(version == 4))
    layers.push("ip6", work.where(version == 6))
    layers.skip(work.where((version != 4) & (version != 6)), MALFORMED)


def ip4(layers: Layers, work: Work) -> None:
    """An IPv4 header; padding behind the packet is cut off."""
    table, header = layers.table, (layers.one(work.offset) & 15) * 4
    total = layers.two(work.offset + 2)
    # A length of 0 is left by network cards that segment on their own: all captured bytes count.
    total = np.where(total == 0, work.real_end - work.offset, total)
    good = (header >= 20) & (total >= header) & (work.offset + header <= work.end)
    layers.skip(work.where(~good), MALFORMED)
    work, header, total = work.where(good), header[good], total[good]
    rows = work.rows
    table.version[rows], table.protocol[rows] = 4, 0
    table.source[rows, 0], table.source[rows, 1] = 0, layers.four(work.offset + 12)
    table.destination[rows, 0], table.destination[rows, 1] = 0, layers.four(work.offset + 16)
    # Hostile or damaged lengths may point behind the packet.
    real_end = np.minimum(work.offset + total, work.real_end)
    protocol = layers.one(work.offset + 9)
    fragmented = (layers.two(work.offset + 6) & 0x3FFF) != 0
    _note_fragments(layers, work.where(fragmented))
    inner = Work(rows, work.offset + header, np.minimum(work.end, real_end), real_end, protocol)
    by_protocol(layers, inner.where(~fragmented))


def ip6(layers: Layers, work: Work) -> None:
    """An IPv6 header; a length of 0 (jumbogram, segmenting network card) means all captured bytes."""
    work = layers.long_enough(work, 40, SHORT)
    table, rows = layers.table, work.rows
    table.version[rows], table.protocol[rows] = 6, 0
    for half in (0, 1):
        table.source[rows, half] = layers.eight(work.offset + 8 + 8 * half)
        table.destination[rows, half] = layers.eight(work.offset + 24 + 8 * half)
    length = layers.two(work.offset + 4)
    real_end = np.minimum(work.real_end, work.offset + 40 + length)
    real_end = np.where(length == 0, work.real_end, real_end)
    following = layers.one(work.offset + 6)
    fragmented = following == FRAGMENT
    _note_fragments(layers, work.where(fragmented))
    inner = Work(rows, work.offset + 40, np.minimum(work.end, real_end), real_end, following)
    by_protocol(layers, inner.where(~fragmented))


def _note_fragments(layers: Layers, work: Work) -> None:
    layers.fragments.extend(zip(work.rows.tolist(), work.offset.tolist(), work.end.tolist(), strict=True))


def by_protocol(layers: Layers, work: Work) -> None:
    """Queue packets by the IP protocol in `work.value`."""
    assert work.value is not None
    for protocol in np.unique(work.value).tolist():
        some = work.where(work.value == protocol)
        kind = PROTOCOLS.get(protocol)
        if kind is not None:
            layers.push(kind, some)
        elif protocol == FRAGMENT:
            layers.skip(some, "IPv6 fragment behind other extension headers")
            layers.unknown.append(some.rows)
        elif protocol in OTHER_TUNNELS:
            layers.unknown.append(some.rows)
        elif protocol in ICMP_ERRORS:
            _icmp(layers, some, ICMP_ERRORS[protocol])
        else:
            layers.skip(some, f"IP protocol {protocol}")


def _icmp(layers: Layers, work: Work, errors: tuple[int, ...]) -> None:
    """ICMP; what its error messages quote is read for names but is no traffic."""
    layers.skip(work, "ICMP")
    work = work.where(work.end - work.offset >= 36)
    work = work.where(np.isin(layers.one(work.offset), errors))
    layers.quoted.append(work.rows)
    layers.push("ip", work.advanced(8))


ICMP_ERRORS = {1: (3, 4, 5, 11, 12), 58: (1, 2, 3, 4)}
"""Protocol number of ICMP -> types that quote the packet they complain of (RFC 792, RFC 4443)."""

OTHER_TUNNELS = (55, 115)
"""Minimal encapsulation and L2TPv3, which tshark takes apart."""
PROTOCOLS = {
    TCP: "tcp", UDP: "udp", 4: "ip", 41: "ip", 94: "ip", 47: "gre", 97: "etherip", 137: "mpls",
    AUTHENTICATION: "authentication", **dict.fromkeys(EXTENSIONS, "extension"),
}  # fmt: skip
"""IP protocol number -> kind of header."""


def extension(layers: Layers, work: Work) -> None:
    """An IPv6 extension header in units of 8 bytes."""
    work = layers.long_enough(work, 8, SHORT)
    size = (layers.one(work.offset + 1) + 1) * 8
    by_protocol(layers, work.advanced(size, layers.one(work.offset)))


def authentication(layers: Layers, work: Work) -> None:
    """An IPsec authentication header, which leaves the payload readable."""
    work = layers.long_enough(work, 12, SHORT)
    size = (layers.one(work.offset + 1) + 2) * 4
    by_protocol(layers, work.advanced(size, layers.one(work.offset)))


def tcp(layers: Layers, work: Work) -> None:
    """A TCP header."""
    work = layers.long_enough(work, 14, SHORT)
    header = (layers.one(work.offset + 12) >> 4) * 4
    good = (header >= 20) & (work.offset + header <= work.real_end)
    layers.skip(work.where(~good), MALFORMED)
    work, header = work.where(good), header[good]
    _set_payload(layers, work, TCP, work.offset + header, work.real_end - work.offset - header)
    layers.table.sequence[work.rows] = layers.four(work.offset + 4)
    layers.table.flags[work.rows] = layers.one(work.offset + 13)


def udp(layers: Layers, work: Work) -> None:
    """A UDP header, and what is known to tunnel in UDP by its port."""
    work = layers.long_enough(work, 8, SHORT)
    said = layers.two(work.offset + 4) - 8
    room = work.real_end - work.offset - 8
    length = np.where((said >= 0) & (said <= room), said, room)
    _set_payload(layers, work, UDP, work.offset + 8, length)
    table, rows = layers.table, work.rows
    end = table.captured_end[rows]
    inner = Work(rows, work.offset + 8, end, np.maximum(end, work.offset + 8 + length))
    source, destination = table.source_port[rows], table.destination_port[rows]
    for port, (kind, both) in UDP_TUNNELS.items():
        mask = destination == port
        if both:
            mask |= source == port
        if mask.any():
            layers.push(kind, inner.where(mask))


UDP_TUNNELS = {
    4789: ("vxlan", False), 8472: ("vxlan", False), 6081: ("geneve", False), 2152: ("gtp", False),
    4754: ("gre", False), 3544: ("teredo", True), 1701: ("l2tp", True),
}  # fmt: skip
"""UDP port -> kind of header, and whether the source port counts too."""


def _set_payload(layers: Layers, work: Work, protocol: int, payload: Ints, length: Ints) -> None:
    table, rows = layers.table, work.rows
    table.protocol[rows] = protocol
    table.source_port[rows] = layers.two(work.offset)
    table.destination_port[rows] = layers.two(work.offset + 2)
    table.payload[rows] = payload
    table.length[rows] = np.maximum(length, 0)
    table.captured_end[rows] = np.maximum(payload, np.minimum(work.end, payload + length))


HANDLERS: dict[str, Handler] = {
    "ip": ip, "ip4": ip4, "ip6": ip6, "extension": extension, "authentication": authentication,
    "tcp": tcp, "udp": udp,
}  # fmt: skip
