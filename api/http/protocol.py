"""Cut off slow clients: an HTTP/1.1 connection with deadlines for receiving and for being read.

The stock server waits for ever for the next header or body byte. A few hundred such connections would make
the pages unreachable, so each gets a number of seconds to deliver its request and to take its answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.http.headers import STRICT_HEADERS


class DeadlineProtocol(H11Protocol):
    """Serve one connection; close it when the client is too slow in either direction.

    `receive_seconds` runs from the first byte of a request (or from connecting) to its last body byte;
    `send_seconds` runs while the client leaves an answer unread; `connections_at_most` bounds the server. A body
    sent to one of the addresses `unhurried` may take longer, as long as it arrives at a useful rate.
    """

    unhurried: ClassVar[frozenset[str]] = frozenset()
    least_bytes: ClassVar[int] = 64 << 10
    """Bytes of such a body that have to arrive in `receive_seconds`."""

    receive_seconds: ClassVar[float] = 10.0
    send_seconds: ClassVar[float] = 15.0
    connections_at_most: ClassVar[int] = 768

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receive_timer: asyncio.TimerHandle | None = None
        self._send_timer: asyncio.TimerHandle | None = None
        self._heard = False
        self._received = 0
        self._counted = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.connections_at_most:
            self._refuse(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections are open. Try again in a minute."
            )
            return
        self._receive_timer = self.loop.call_later(self.receive_seconds, self._receive_deadline)

    def data_received(self, data: bytes) -> None:
        self._heard = True
        self._received += len(data)
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            if self._receive_timer is None and not self.transport.is_closing():
                self._receive_timer = self.loop.call_later(self.receive_seconds, self._receive_deadline)
        else:
            self._stop_receive_timer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE:
            # The next request has not begun: from here the keep-alive time counts, not the receive deadline.
            self._stop_receive_timer()
        if self.transport.get_write_buffer_size():
            self._start_send_timer()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_send_timer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_send_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_receive_timer()
        self._stop_send_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        if self.conn.our_state is h11.IDLE or self.conn.our_state is h11.SEND_RESPONSE:
            self._refuse(HTTPStatus.BAD_REQUEST, "The request is not valid HTTP.")
        else:
            # An answer has already begun on this connection: nothing well-formed can follow it.
            self.transport.abort()

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer before any application code ran, with the same headers every other response has."""
        body = detail.encode("ascii")
        headers = [(name.encode(), value.encode()) for name, value in STRICT_HEADERS]
        headers += [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        response = h11.Response(status_code=status.value, headers=headers, reason=status.phrase.encode())
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._start_send_timer()

    def _receive_deadline(self) -> None:
        self._receive_timer = None
        if self.transport.is_closing():
            return
        if self._arriving():
            self._receive_timer = self.loop.call_later(self.receive_seconds, self._receive_deadline)
            return
        if self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE and self._heard:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request took too long to arrive.")
        else:
            # Nothing was ever sent, or a body is dripping while the application waits for it.
            self.transport.abort()

    def _arriving(self) -> bool:
        """Say whether a large body is on its way, and enough of it came since this was asked last."""
        new, self._counted = self._received - self._counted, self._received
        within = self.conn.their_state is h11.SEND_BODY and self.scope is not None
        if not within or self.scope["path"] not in self.unhurried:
            return False
        return new >= self.least_bytes or self.flow.read_paused

    def _send_deadline(self) -> None:
        self._send_timer = None
        if self.transport.get_write_buffer_size():
            self._reset()

    def _reset(self) -> None:
        """Close with a reset: a plain close lets the kernel feed its send buffer to the slow client for minutes."""
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _start_send_timer(self) -> None:
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self.send_seconds, self._send_deadline)

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _stop_receive_timer(self) -> None:
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None
