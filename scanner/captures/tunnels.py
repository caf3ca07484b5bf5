"""Peels tunnels: GRE with ERSPAN, VXLAN, Geneve, GTP, Teredo, L2TP and Ethernet in IP.

The addresses of the innermost IP header count. A tunnel packet that holds no IP stays a packet of the tunnel.
"""

from __future__ import annotations

import numpy as np

from scanner.captures.batch import Ints
from scanner.captures.layers import Handler, Layers, Work
from scanner.captures.links import by_ethertype

SHORT = "cut inside a tunnel header"
UNKNOWN = "tunnel payload of another kind"

PPP, ERSPAN_1_OR_2, ERSPAN_3 = 0x880B, 0x88BE, 0x22EB


def gre(layers: Layers, work: Work) -> None:
    """GRE versions 0 and 1 (RFC 2784, 2890, 2637), and the ERSPAN of mirror ports in it."""
    work = layers.long_enough(work, 4, SHORT)
    flags, kind = layers.two(work.offset), layers.two(work.offset + 2)
    size = 4 + np.where((flags & 0xC000) != 0, 4, 0) + np.where((flags & 0x2000) != 0, 4, 0)
    size = size + np.where((flags & 0x1000) != 0, 4, 0)
    size = size + np.where(((flags & 7) == 1) & ((flags & 0x0080) != 0), 4, 0)
    inner = work.advanced(size, kind)
    sequenced = (flags & 0x1000) != 0
    layers.push("ppp", inner.where(kind == PPP))
    layers.push("ether", inner.where((kind == ERSPAN_1_OR_2) & ~sequenced))
    layers.push("ether", inner.where((kind == ERSPAN_1_OR_2) & sequenced).advanced(8))
    layers.push("erspan3", inner.where(kind == ERSPAN_3))
    by_ethertype(layers, inner.where((kind != PPP) & (kind != ERSPAN_1_OR_2) & (kind != ERSPAN_3)))


def erspan3(layers: Layers, work: Work) -> None:
    """ERSPAN type III: 12 bytes and an optional 8."""
    work = layers.long_enough(work, 12, SHORT)
    optional = (layers.one(work.offset + 11) & 1) == 1
    layers.push("ether", work.advanced(np.where(optional, 20, 12)))


def vxlan(layers: Layers, work: Work) -> None:
    """VXLAN (RFC 7348)."""
    work = layers.long_enough(work, 22, SHORT)
    valid = ((layers.one(work.offset) & 0x08) != 0) & (layers.one(work.offset + 7) == 0)
    layers.push("ether", work.where(valid).advanced(8))


def geneve(layers: Layers, work: Work) -> None:
    """Geneve (RFC 8926)."""
    work = layers.long_enough(work, 8, SHORT)
    version = layers.one(work.offset) >> 6
    work = work.where(version == 0)
    size = 8 + (layers.one(work.offset) & 0x3F) * 4
    by_ethertype(layers, work.advanced(size, layers.two(work.offset + 2)))


def gtp(layers: Layers, work: Work) -> None:
    """GTP-U version 1 with its extension headers (3GPP TS 29.281)."""
    work = layers.long_enough(work, 9, SHORT)
    first = layers.one(work.offset)
    data = ((first >> 4) == 3) & (layers.one(work.offset + 1) == 0xFF)
    work, first = work.where(data), first[data]
    plain = (first & 7) == 0
    layers.push("raw", work.where(plain).advanced(8))
    optional = work.where(~plain).advanced(8)
    optional = optional.where(optional.end - optional.offset >= 5)
    following = np.where((layers.one(optional.offset - 8) & 4) != 0, layers.one(optional.offset + 3), 0)
    layers.push("gtp_extension", optional.advanced(4, following))


def gtp_extension(layers: Layers, work: Work) -> None:
    """One GTP-U extension header, or the packet behind the last one."""
    assert work.value is not None
    layers.push("raw", work.where(work.value == 0))
    work = layers.long_enough(work.where(work.value != 0), 4, SHORT)
    size = layers.one(work.offset) * 4
    work, size = work.where(size > 0), size[size > 0]
    work = work.where(work.end - work.offset > size) if len(work.rows) else work
    if len(work.rows):
        size = layers.one(work.offset) * 4
        layers.push("gtp_extension", work.advanced(size, layers.one(work.offset + size - 1)))


def teredo(layers: Layers, work: Work) -> None:
    """IPv6 in UDP, with the optional indications before it (RFC 4380)."""
    work = work.where(work.end - work.offset >= 40)
    origin = layers.two(work.offset) == 0
    work = work.advanced(np.where(origin, 8, 0))
    work = work.where(work.end - work.offset >= 40)
    layers.push("ip6", work.where((layers.one(work.offset) >> 4) == 6))


def l2tp(layers: Layers, work: Work) -> None:
    """L2TP version 2 data messages (RFC 2661)."""
    work = work.where(work.end - work.offset >= 14)
    flags = layers.two(work.offset)
    data = ((flags & 0x8000) == 0) & ((flags & 15) == 2)
    work, flags = work.where(data), flags[data]
    size = 6 + np.where((flags & 0x4000) != 0, 2, 0) + np.where((flags & 0x0800) != 0, 4, 0)
    padding_at = work.offset + size
    offset_given = (flags & 0x0200) != 0
    padding: Ints = np.where(offset_given, layers.two(padding_at) + 2, 0)
    layers.push("ppp", work.advanced(size + padding))


def etherip(layers: Layers, work: Work) -> None:
    """Ethernet in IP (RFC 3378)."""
    layers.push("ether", work.advanced(2))


HANDLERS: dict[str, Handler] = {
    "gre": gre, "erspan3": erspan3, "vxlan": vxlan, "geneve": geneve, "gtp": gtp,
    "gtp_extension": gtp_extension, "teredo": teredo, "l2tp": l2tp, "etherip": etherip,
}  # fmt: skip
