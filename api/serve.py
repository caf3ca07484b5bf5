"""Serve the application on the loopback interface, and nowhere else as long as there are no accounts.

ServeRefused
├── AddressRefused   the host is not a loopback address
└── PortUnusable     the port is taken, forbidden or out of range
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

DEFAULT_PORT = 8642
PORTS_TRIED = 50  # how far above a taken port a free one is looked for


class ServeRefused(Exception):
    """The service cannot start; the message says what is wrong, where, and what to do next."""


class AddressRefused(ServeRefused):
    """The host is not a loopback address."""


class PortUnusable(ServeRefused):
    """The port is taken, forbidden or out of range."""


def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
    """Serve until interrupted; print the address to standard error. Port 0 takes any free one.

    Raises AddressRefused and PortUnusable before anything is served.
    """
    listener = listen(host, port)
    with listener:
        print(f"Skiagram is at {address_of(listener)}  (Ctrl+C stops it)", file=sys.stderr, flush=True)
        server_of(app).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket on a loopback address. Raises AddressRefused and PortUnusable."""
    address = loopback(host)
    if not 0 <= port <= 65535:
        raise PortUnusable(f"Port {port} does not exist. Choose one from 1024 to 65535 with --port.")
    try:
        return _bound(address, port)
    except OSError as fault:
        raise PortUnusable(_explain(fault, address, port)) from fault


def loopback(host: str) -> str:
    """Return the loopback address a host stands for. Raises AddressRefused for every other host.

    Names other than localhost are refused without looking them up: an answer could change after the check.
    """
    name = host.strip().strip("[]").lower()
    if name == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        address = None
    if address is not None and address.is_loopback:
        return str(address)
    raise AddressRefused(
        f"Skiagram does not listen on {host!r}: it has no accounts yet, so everyone who can reach it reads "
        "everything. Leave --host at 127.0.0.1; to use it from elsewhere, log in with SSH and "
        f"forward the port (ssh -L {DEFAULT_PORT}:127.0.0.1:{DEFAULT_PORT} this-machine)."
    )


def address_of(listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _bound(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A restart must not wait for old connections to time out; on Linux this shares no listening port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(256)
    except BaseException:
        listener.close()
        raise
    return listener


def _explain(fault: OSError, address: str, port: int) -> str:
    if fault.errno == errno.EADDRINUSE:
        free = _next_free(address, port)
        advice = f"use --port {free}" if free else "choose another with --port"
        return f"Port {port} on {address} is in use by another program. Stop that program, or {advice}."
    if fault.errno == errno.EACCES:
        return f"Port {port} on {address} is reserved for the system. Use --port {DEFAULT_PORT}."
    return f"Cannot listen on {address} port {port}: {fault.strerror}. Choose another with --port."


def _next_free(address: str, port: int) -> int | None:
    for candidate in range(port + 1, min(port + PORTS_TRIED, 65535) + 1):
        try:
            _bound(address, candidate).close()
        except OSError:
            continue
        return candidate
    return None


def server_of(app: ASGIApp) -> uvicorn.Server:
    """Return the server as the service runs it: with deadlines, without access log, trusting no proxy header."""
    import uvicorn

    from api.http.guards import LARGEST_HEAD
    from api.http.protocol import DeadlineProtocol
    from api.http.upload_routes import ADDRESSES

    DeadlineProtocol.unhurried = ADDRESSES
    config = uvicorn.Config(
        app,
        http=DeadlineProtocol,
        ws="none",
        loop="asyncio",
        lifespan="auto",
        log_config=None,
        access_log=False,  # addresses name tools and filters; who looked at what is not for a plain log
        proxy_headers=False,  # nothing may claim another client address
        server_header=False,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
