"""The sockets: take messages from UDP, TCP and TLS, and put each into the spool or make its sender wait."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from api.listening.addresses import Address, bound, kernel_drops
from api.listening.errors import SpoolFull
from scanner.syslog.framing import FrameReader
from scanner.syslog.lines import line_of

TOO_LONG: Final = "messages longer than a mebibyte"
CUT_OFF: Final = "messages cut off when a connection ended"
REFUSED: Final = "connections refused, too many at once"
DROPPED: Final = "datagrams dropped by the kernel"
UNWRITTEN: Final = "messages received and not written at the end"

_READ: Final = 1 << 16
_DATAGRAM: Final = 1 << 16
_AT_ONCE: Final = 256
_BYTES_AT_ONCE: Final = 256 << 10
_HELD: Final = 256 << 20
"""Bytes of unfinished messages, over all connections, above which the largest holder has to go."""
_RETRY: Final = 1.0
_QUIET: Final = 0.5
_DRAIN: Final = 5.0

Write = Callable[[str, list[bytes]], None]
"""Keeps messages of one sender, all or none. Raises SpoolFull."""


class Receiver:
    """Open sockets and what has not been written of what came in through them.

    `losses` counts what was lost, by (place, what), until somebody takes it. `blocked` says why senders wait.
    """

    def __init__(self, write: Write, *, most_connections: int = 1000) -> None:
        self.losses: Counter[tuple[str, str]] = Counter()
        self.blocked: str | None = None
        self.connections: dict[asyncio.Task[Any], str] = {}
        self._write = write
        self._most = most_connections
        self._room = asyncio.Event()
        self._held = 0
        self._heard = 0.0
        self._servers: list[asyncio.Server] = []
        self._udp: dict[int, tuple[socket.socket, Address]] = {}
        self._waiting: dict[int, dict[str, list[bytes]]] = {}
        self._drops: dict[int, int] = {}

    async def open(self, addresses: Iterable[Address], context: ssl.SSLContext | None) -> list[Address]:
        """Begin to receive; return the addresses with the ports really taken. Raises AddressUnusable."""
        taken: list[Address] = []
        for address in addresses:
            made = bound(address)
            address = Address(address.transport, address.host, made.getsockname()[1])
            if address.transport == "udp":
                self._udp[made.fileno()] = (made, address)
                asyncio.get_running_loop().add_reader(made.fileno(), self._datagrams, made.fileno())
            else:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                tls: dict[str, Any] = {}
                if address.transport == "tls":
                    tls = {"ssl": context, "ssl_handshake_timeout": 15.0, "ssl_shutdown_timeout": 5.0}
                server = await asyncio.start_server(self._connected, sock=made, limit=_READ, **tls)
                self._servers.append(server)
            taken.append(address)
        return taken

    def room(self) -> None:
        """Let senders go on that wait."""
        self._room.set()
        for descriptor in list(self._waiting):
            self._datagrams(descriptor)

    def note_drops(self) -> None:
        """Count what the kernel dropped since the last call."""
        now = kernel_drops([made for made, _ in self._udp.values()])
        for descriptor, total in now.items():
            more = total - self._drops.get(descriptor, 0)
            if more > 0:
                self.losses[f"syslog {self._udp[descriptor][1]}", DROPPED] += more
            self._drops[descriptor] = total

    def take_losses(self) -> Counter[tuple[str, str]]:
        """Return what was lost since the last call."""
        taken, self.losses = self.losses, Counter()
        return taken

    async def close(self) -> None:
        """Receive what is on its way, then close; what cannot be written any more is counted."""
        for server in self._servers:
            server.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + _DRAIN
        while self.connections and loop.time() < min(end, max(self._heard, end - _DRAIN) + _QUIET):
            await asyncio.sleep(_QUIET / 10)
        for task in list(self.connections):
            task.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)
        for descriptor in list(self._udp):
            while self._datagrams(descriptor):
                pass
            for sender, lines in self._waiting.pop(descriptor, {}).items():
                self.losses[sender, UNWRITTEN] += len(lines)
            with contextlib.suppress(OSError):
                while True:  # the folder is full, or nothing is left to read
                    self.losses[sender_of(self._udp[descriptor][0].recvfrom(_DATAGRAM)[1]), UNWRITTEN] += 1
        self.note_drops()
        for descriptor, (made, _) in self._udp.items():
            loop.remove_reader(descriptor)
            made.close()
        self._udp.clear()

    def _datagrams(self, descriptor: int) -> bool:
        """Take what has arrived, unless earlier datagrams still wait; return whether there may be more."""
        loop = asyncio.get_running_loop()
        made, _ = self._udp[descriptor]
        lines = self._waiting.pop(descriptor, {})
        paused = bool(lines)
        number = 0
        taken = 0
        while not paused and number < _AT_ONCE and taken < _BYTES_AT_ONCE:
            number += 1
            try:
                data, peer = made.recvfrom(_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                number = 0
                break
            except OSError:
                continue  # an ICMP answer to nobody's question
            taken += len(data)
            if line := line_of(data):
                lines.setdefault(sender_of(peer), []).append(line)
        for sender in list(lines):
            try:
                self._write(sender, lines[sender])
            except SpoolFull as full:
                # Not reading on is all that UDP allows: the kernel keeps what fits and counts what does not.
                self._block(full)
                self._waiting[descriptor] = lines
                loop.remove_reader(descriptor)
                return False
            del lines[sender]
        if paused:
            loop.add_reader(descriptor, self._datagrams, descriptor)
        return number > 0 or paused

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        sender = sender_of(writer.get_extra_info("peername"))
        senders = Counter(self.connections.values())
        # A quarter for one address, so that one sender gone wild does not shut out the others.
        if task is None or len(self.connections) >= self._most or senders[sender] >= max(1, self._most // 4):
            self.losses[sender, REFUSED] += 1
            writer.transport.abort()
            return
        self.connections[task] = sender
        frames = FrameReader()
        try:
            await self._converse(reader, frames, sender)
        except asyncio.CancelledError:
            pass  # close() ends what is left; asyncio's own callback would report it as a fault
        except (OSError, EOFError):  # reset, timed out, or TLS broken
            pass
        finally:
            self._held -= frames.held
            if frames.within:
                self.losses[sender, CUT_OFF] += 1
            del self.connections[task]
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, frames: FrameReader, sender: str) -> None:
        loop = asyncio.get_running_loop()
        while data := await reader.read(_READ):
            self._heard = loop.time()
            before, too_long = frames.held, frames.too_long
            messages = frames.feed(data)
            self._held += frames.held - before
            if frames.too_long > too_long:
                self.losses[sender, TOO_LONG] += frames.too_long - too_long
            if messages:
                await self._put(sender, messages)
            if self._held > _HELD:
                return
        held = frames.held
        last = frames.close()
        self._held -= held
        if last is not None:
            await self._put(sender, [last])
        elif held:
            self.losses[sender, CUT_OFF] += 1

    async def _put(self, sender: str, messages: Sequence[bytes]) -> None:
        """Write messages, however long it takes until there is room: meanwhile nothing is read from there."""
        lines = [line for message in messages if (line := line_of(message))]
        while lines:
            try:
                self._write(sender, lines)
                return
            except SpoolFull as full:
                self._block(full)
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._room.wait(), _RETRY)
            except asyncio.CancelledError:
                self.losses[sender, UNWRITTEN] += len(lines)
                raise

    def _block(self, full: SpoolFull) -> None:
        self.blocked = str(full)
        self._room.clear()


def sender_of(peer: Any) -> str:
    """Return the address of the other side, an IPv4 address in IPv6 clothing as IPv4."""
    if not peer:
        return "unknown"
    address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)
