"""Peels link-layer headers: Ethernet, VLAN, Linux cooked, PPP, MPLS, PPPoE, raw IP, null and wireless."""

from __future__ import annotations

import numpy as np

from scanner.captures.batch import Ints
from scanner.captures.layers import Flags, Handler, Layers, Work

SHORT = "cut inside the link-layer header"
NOT_IP = "not IP"

LINK_KINDS = {
    0: "null", 1: "ether", 9: "ppp", 12: "raw", 14: "raw", 50: "ppp", 51: "pppoe", 101: "raw", 104: "chdlc",
    105: "wireless", 108: "null", 113: "cooked", 127: "radiotap", 192: "ppi", 228: "raw", 229: "raw",
    276: "cooked2",
}  # fmt: skip
"""LINKTYPE_ value -> kind of header (tcpdump.org/linktypes.html)."""

VLAN_TYPES = (0x8100, 0x88A8, 0x9100, 0x9200)
TAGS = {**dict.fromkeys(VLAN_TYPES, 2), 0x8926: 4, 0x893F: 6, 0x8909: 6}
"""EtherType of a tag -> bytes before the EtherType behind it: 802.1Q, VN-Tag, E-Tag (802.1BR), Cisco metadata."""
PROVIDER_BACKBONE = 0x88E7
"""802.1ah: a whole Ethernet frame behind four bytes."""
OTHER_TUNNELS = (0x22F3, 0x8903, 0x894F, 0x88E5)
"""TRILL, FabricPath, NSH and MACsec without encryption, which tshark takes apart."""


def start(layers: Layers) -> None:
    """Queue every packet of the batch by its link type."""
    batch = layers.batch
    real_end = batch.offset + batch.original
    every = Work(np.arange(len(batch.frame), dtype=np.int64), batch.offset, batch.end, real_end, batch.link)
    for link in np.unique(batch.link).tolist():
        work = every.where(batch.link == link)
        kind = LINK_KINDS.get(link)
        if kind is None:
            layers.skip(work, f"link type {link} is not known")
            layers.unknown.append(work.rows)
        else:
            layers.push(kind, work)


def ether(layers: Layers, work: Work) -> None:
    """Ethernet II and 802.3."""
    work = layers.long_enough(work, 14, SHORT)
    by_ethertype(layers, work.advanced(14, layers.two(work.offset + 12)))


def by_ethertype(layers: Layers, work: Work) -> None:
    """Queue packets by the EtherType in `work.value`."""
    assert work.value is not None
    for ethertype in np.unique(work.value).tolist():
        some = work.where(work.value == ethertype)
        if ethertype in (0x0800, 0x86DD):
            layers.push("ip", some)
        elif ethertype in TAGS:
            _tagged(layers, some, TAGS[ethertype])
        elif ethertype in (0x8847, 0x8848):
            layers.push("mpls", some)
        elif ethertype == 0x8864:
            layers.push("pppoe", some)
        elif ethertype == 0x6558:
            layers.push("ether", some)
        elif ethertype == PROVIDER_BACKBONE:
            layers.push("ether", some.advanced(4))
        elif ethertype in OTHER_TUNNELS:
            layers.unknown.append(some.rows)
        elif ethertype <= 1500:
            layers.push("llc", some)
        else:
            layers.skip(some, NOT_IP)


def _tagged(layers: Layers, work: Work, size: int) -> None:
    """Queue what is behind a tag by the EtherType at its end."""
    work = layers.long_enough(work, size + 2, SHORT)
    layers.push("tagged", work.advanced(size + 2, layers.two(work.offset + size)))


def llc(layers: Layers, work: Work) -> None:
    """802.2 with SNAP; other LLC traffic is not IP."""
    work = layers.long_enough(work, 8, NOT_IP)
    snap = (layers.two(work.offset) == 0xAAAA) & (layers.one(work.offset + 2) == 3)
    layers.skip(work.where(~snap), NOT_IP)
    work = work.where(snap)
    by_ethertype(layers, work.advanced(8, layers.two(work.offset + 6)))


def mpls(layers: Layers, work: Work) -> None:
    """One MPLS label; behind the last one IP or Ethernet, with or without a control word."""
    work = layers.long_enough(work, 5, SHORT)
    last = (layers.one(work.offset + 2) & 1) == 1
    layers.push("mpls", work.where(~last).advanced(4))
    inner = work.where(last).advanced(4)
    nibble = layers.one(inner.offset) >> 4
    is_ip = (nibble == 4) | (nibble == 6)
    layers.push("ip", inner.where(is_ip))
    layers.push("ether", inner.where(nibble == 0).advanced(4))
    layers.push("ether", inner.where(~is_ip & (nibble != 0)))


def pppoe(layers: Layers, work: Work) -> None:
    """PPPoE session data."""
    work = layers.long_enough(work, 8, SHORT)
    session = layers.two(work.offset) == 0x1100
    layers.skip(work.where(~session), NOT_IP)
    layers.push("ppp", work.where(session).advanced(6))


def ppp(layers: Layers, work: Work) -> None:
    """PPP with or without address and control, protocol field of one or two bytes."""
    work = layers.long_enough(work, 4, SHORT)
    framed = layers.two(work.offset) == 0xFF03
    work = work.advanced(np.where(framed, 2, 0))
    short = (layers.one(work.offset) & 1) == 1
    protocol = np.where(short, layers.one(work.offset), layers.two(work.offset))
    work = work.advanced(np.where(short, 1, 2))
    is_ip = (protocol == 0x21) | (protocol == 0x57)
    is_mpls = (protocol == 0x281) | (protocol == 0x283)
    layers.push("ip", work.where(is_ip))
    layers.push("mpls", work.where(is_mpls))
    layers.skip(work.where(~is_ip & ~is_mpls), NOT_IP)


def chdlc(layers: Layers, work: Work) -> None:
    """Cisco HDLC."""
    work = layers.long_enough(work, 4, SHORT)
    by_ethertype(layers, work.advanced(4, layers.two(work.offset + 2)))


def null(layers: Layers, work: Work) -> None:
    """BSD loopback: an address family in the byte order of the machine that recorded."""
    work = layers.long_enough(work, 4, SHORT)
    layers.push("raw", work.advanced(4))


def raw(layers: Layers, work: Work) -> None:
    """IP of either version by its first four bits."""
    work = layers.long_enough(work, 1, SHORT)
    nibble = layers.one(work.offset) >> 4
    is_ip: Flags = (nibble == 4) | (nibble == 6)
    layers.skip(work.where(~is_ip), NOT_IP)
    layers.push("ip", work.where(is_ip))


def cooked(layers: Layers, work: Work) -> None:
    """Linux cooked capture, version 1."""
    work = layers.long_enough(work, 16, SHORT)
    by_ethertype(layers, work.advanced(16, layers.two(work.offset + 14)))


def cooked2(layers: Layers, work: Work) -> None:
    """Linux cooked capture, version 2."""
    work = layers.long_enough(work, 20, SHORT)
    by_ethertype(layers, work.advanced(20, layers.two(work.offset)))


def radiotap(layers: Layers, work: Work) -> None:
    """Radiotap before 802.11; its length is little-endian."""
    work = layers.long_enough(work, 8, SHORT)
    layers.push("wireless", work.advanced(_little(layers, work.offset + 2)))


def ppi(layers: Layers, work: Work) -> None:
    """Per-packet information before 802.11 or Ethernet."""
    work = layers.long_enough(work, 8, SHORT)
    link = _little(layers, work.offset + 4)
    inner = work.advanced(_little(layers, work.offset + 2))
    layers.push("wireless", inner.where(link == 105))
    layers.push("ether", inner.where(link == 1))
    layers.skip(inner.where((link != 105) & (link != 1)), NOT_IP)


def wireless(layers: Layers, work: Work) -> None:
    """802.11 data frames that are not encrypted."""
    work = layers.long_enough(work, 34, NOT_IP)
    control, flags = layers.one(work.offset), layers.one(work.offset + 1)
    # Type data, subtype with a body, not protected.
    readable = ((control & 0x0C) == 0x08) & ((control & 0x40) == 0) & ((flags & 0x40) == 0)
    layers.skip(work.where(~readable), "802.11 management, control or encrypted")
    work, control, flags = work.where(readable), control[readable], flags[readable]
    quality = (control & 0x80) != 0
    size = 24 + np.where((flags & 3) == 3, 6, 0) + np.where(quality, 2, 0)
    size = size + np.where(quality & ((flags & 0x80) != 0), 4, 0)
    layers.push("llc", work.advanced(size))


def _little(layers: Layers, at: Ints) -> Ints:
    return layers.one(at) | layers.one(at + 1) << 8


HANDLERS: dict[str, Handler] = {
    "ether": ether, "tagged": by_ethertype, "llc": llc, "mpls": mpls, "pppoe": pppoe, "ppp": ppp,
    "chdlc": chdlc, "null": null, "raw": raw, "cooked": cooked, "cooked2": cooked2, "radiotap": radiotap,
    "ppi": ppi, "wireless": wireless,
}  # fmt: skip
