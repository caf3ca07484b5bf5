"""Read the addresses to listen on, and bind them."""

import errno
import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.listening.errors import AddressUnusable

LOOPBACK: Final = "127.0.0.1"
_BACKLOG: Final = 1024
_RECEIVE_BYTES: Final = 8 << 20
_SO_RCVBUFFORCE: Final = 33  # Linux, socket(7)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: one transport (udp, tcp or tls), one address, one port."""

    transport: str
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Say whether only this machine can reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport} {host}:{self.port}"


def address_of(transport: str, text: str) -> Address:
    """Read HOST:PORT or a port alone, which means this machine only. Raises AddressUnusable."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or host == "localhost":
        host = LOOPBACK
    elif host == "*":
        host = "0.0.0.0"  # noqa: S104 - only where somebody asks for it
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = int(port) if port.isascii() and port.isdigit() else -1
        if not 0 <= number <= 65535:
            raise ValueError
    except ValueError as problem:
        raise AddressUnusable(
            f"--{transport} {text}: no address to listen on; write an address of this machine and a port, such as "
            "192.0.2.10:6514, [2001:db8::10]:6514, or a port alone for this machine only"
        ) from problem
    return Address(transport, str(address), number)


def bound(address: Address) -> socket.socket:
    """Return a socket bound to an address, listening where it is a stream. Raises AddressUnusable."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    datagrams = address.transport == "udp"
    made = socket.socket(family, socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if datagrams:
            _enlarge(made)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address.host, address.port))
        if not datagrams:
            made.listen(_BACKLOG)
    except OSError as problem:
        made.close()
        advice = {
            errno.EADDRINUSE: "another program uses it; stop that program (rsyslog?) or choose another port",
            errno.EACCES: "ports below 1024 need a right: use one above, or the service in deploy/",
            errno.EADDRNOTAVAIL: "this machine has no such address; see: ip address",
        }.get(problem.errno or 0, "choose another")
        raise AddressUnusable(f"{address}: {problem.strerror}; {advice}") from problem
    return made


def _enlarge(made: socket.socket) -> None:
    """Ask for room for a burst, above the system's limit where this process may."""
    try:
        made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BYTES)
    except OSError:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)


def kernel_drops(sockets: Iterable[socket.socket], tables: Path = Path("/proc/self/net")) -> dict[int, int]:
    """Return, by descriptor, how many datagrams the kernel dropped for want of room; nothing but on Linux."""
    wanted = {os.fstat(one.fileno()).st_ino: one.fileno() for one in sockets}
    found: dict[int, int] = {}
    for name in ("udp", "udp6"):
        try:
            rows = (tables / name).read_text(encoding="ascii").splitlines()[1:]
        except (OSError, ValueError):
            continue
        for row in rows:
            columns = row.split()
            # sl local remote st tx:rx tr:when retransmit uid timeout inode ref pointer drops
            if len(columns) >= 13 and columns[9].isdigit() and int(columns[9]) in wanted:
                found[wanted[int(columns[9])]] = int(columns[12])
    return found
