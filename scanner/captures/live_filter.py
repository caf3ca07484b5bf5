"""The capture filter of live recordings: names and the ends of connections leave the kernel, content does not.

It is a program for the kernel (BPF), which has no memory and reads packets, not streams. Three traps decide its shape:
`tcp[...]` looks at IPv4 only, so IPv6 has its own terms at 40 + offset; a load behind the end of a packet refuses the
packet at once, so terms on payload stand last; behind `vlan` all offsets are shifted, so the whole stands once plain,
once tagged, once tagged twice.
"""

from __future__ import annotations

from typing import Final

TLS_PORTS: Final = (443, 8443)
"""Where the second segment of a long client hello is expected. Not the ports of clear HTTP and of proxies: a request
body could pass there for one."""

_METHODS: Final = ("GET ", "POST", "HEAD", "PUT ", "CONN", "OPTI", "PATC", "DELE", "PRI ")
_REST: Final = 1300
"""A segment as large as the network carries is the middle of an upload, not the rest of a hello."""
_HEADER4, _HEADER6 = "((tcp[12]&0xf0)>>2)", "((ip6[52]&0xf0)>>2)"


def capture_filter(extra: str = "", *, tagged: bool = True) -> str:
    """Return the filter; `extra` is another expression that is recorded too, `tagged` whether VLANs can be told.

    DNS over UDP and TCP (53), SYN, FIN and RST (which tell the bytes of a connection), client hellos and HTTP request
    heads on any port, the rest of a hello over several segments, QUIC long headers. DNS over TLS (853) is encrypted:
    its hello is recorded, nothing else. Fragments and tunnels are left out: they cannot be told from content.
    """
    wanted = " or ".join([*([f"({extra})"] if extra else []), *_headers(), *_payload()])
    return f"({wanted}) or (vlan and ({wanted})) or (vlan and ({wanted}))" if tagged else wanted


def _headers() -> list[str]:
    return [
        "udp port 53",
        "tcp port 53",
        "(ip and tcp and tcp[13]&7!=0)",
        "(ip6 and ip6[6]=6 and ip6[53]&7!=0)",
    ]


def _payload() -> list[str]:
    ports4 = " or ".join(f"tcp[2:2]={port}" for port in TLS_PORTS)
    ports6 = " or ".join(f"ip6[42:2]={port}" for port in TLS_PORTS)
    size4 = f"ip[2:2]-((ip[0]&0xf)<<2)-{_HEADER4}"
    size6 = f"ip6[4:2]-{_HEADER6}"
    words = [f"0x{word.encode().hex()}" for word in _METHODS]
    heads4 = " or ".join(f"tcp[{_HEADER4}:4]={word}" for word in words)
    heads6 = " or ".join(f"ip6[40+{_HEADER6}:4]={word}" for word in words)
    return [
        "(ip and udp and udp[4:2]>=1000 and udp[8]&0x80!=0)",
        "(ip6 and ip6[6]=17 and ip6[44:2]>=1000 and ip6[48]&0x80!=0)",
        # A record of application data begins with 0x17.
        f"(ip and tcp and ({ports4}) and {size4}!=0 and {size4}<{_REST} and tcp[{_HEADER4}]!=0x17)",
        f"(ip6 and ip6[6]=6 and ({ports6}) and {size6}!=0 and {size6}<{_REST} and ip6[40+{_HEADER6}]!=0x17)",
        f"(ip and tcp and tcp[{_HEADER4}]=0x16 and tcp[{_HEADER4}+5]=1)",
        f"(ip6 and ip6[6]=6 and ip6[40+{_HEADER6}]=0x16 and ip6[40+{_HEADER6}+5]=1)",
        f"(ip and tcp and ({heads4}))",
        f"(ip6 and ip6[6]=6 and ({heads6}))",
    ]
