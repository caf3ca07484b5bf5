"""Refuse what must not reach the application: foreign host names, oversized requests, and escaping errors."""

from __future__ import annotations

import ipaddress
import logging
import secrets
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import PageOfProblem, problem, problem_response
from storage.errors import StorageUnavailable

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
LARGEST_QUERY = 2048  # bytes
LARGEST_HEAD = 16 * 1024  # bytes of names and values of all header fields
LARGEST_BODY = 64 * 1024  # bytes; only uploads are larger, and have a cap of their own

_log = logging.getLogger("skiagram.http")


class HostGuard:
    """Answer only for known host names, so that a foreign page cannot reach us by DNS rebinding."""

    def __init__(self, app: ASGIApp, *, names: Collection[str], page: PageOfProblem) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            status = 400
        elif host_name(hosts[0].decode("latin-1")) not in self._names:
            status = 421
        else:
            await self._app(scope, receive, send)
            return
        await problem_response(scope["path"], problem(status), self._page)(scope, receive, send)


def host_name(header: str) -> str | None:
    """Return the lower-case host of a Host header without its port; None if it is not one."""
    name, colon, port = header.strip().lower().rpartition(":")
    if not colon or (header.count(":") > 1 and header.rstrip().endswith("]")):
        name, port = header.strip().lower(), "0"
    if not (port.isascii() and port.isdigit()):
        return None
    if name.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(name[1:-1])}]" if name.endswith("]") else None
        except ValueError:
            return None
    return None if ":" in name or not name else name


class SizeGuard:
    """Cap the query string and the body, and answer HEAD as GET without a body.

    A body is read whole before the application runs, so no handler ever waits for a client. Only POST to one of
    the addresses `streamed` is let through as it arrives; its handler has a cap of its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_body: int = LARGEST_BODY,
        page: PageOfProblem,
        streamed: Collection[str] = (),
    ) -> None:
        self._app = app
        self._largest_body = largest_body
        self._streamed = frozenset(streamed)
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # The server bounds only a head that arrives in pieces; one that arrives at once may be much larger.
        head = sum(len(name) + len(value) for name, value in scope["headers"])
        too_large = (
            414 if len(scope["query_string"]) > LARGEST_QUERY else 431 if head > LARGEST_HEAD else None
        )
        if too_large is not None:
            await problem_response(scope["path"], problem(too_large), self._page)(scope, receive, send)
            return
        if scope["method"] == "POST" and scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        body = await self._body(scope, receive)
        if body is None:
            await problem_response(scope["path"], problem(413), self._page)(scope, receive, send)
            return
        delivered = False

        async def receive_again() -> Message:
            nonlocal delivered
            if delivered:
                return await receive()
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}

        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
            send = _without_body(send)
        await self._app(scope, receive_again, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return the whole body, or None when it is larger than the cap."""
        headers = dict(scope["headers"])
        stated = headers.get(b"content-length", b"0")
        if b"transfer-encoding" not in headers and stated == b"0":
            return b""
        if stated.isdigit() and int(stated) > self._largest_body:
            return None
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return bytes(body)
            body += message.get("body", b"")
            if len(body) > self._largest_body:
                return None
            if not message.get("more_body", False):
                return bytes(body)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head


class ErrorGuard:
    """Turn any escaping exception into a 500 or 503 with an incident number; its cause goes to the log only."""

    def __init__(self, app: ASGIApp, *, page: PageOfProblem) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as fault:
            incident = secrets.token_hex(4)
            status = 503 if isinstance(fault, StorageUnavailable) else 500
            # %r keeps line breaks in a hostile path from forging log lines.
            _log.exception("incident %s at %r", incident, scope["path"])
            if started:
                raise
            await problem_response(scope["path"], problem(status, incident), self._page)(scope, receive, send)
