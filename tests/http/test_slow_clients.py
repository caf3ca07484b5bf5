"""The server cuts off clients that are too slow, too large or not HTTP, and stays reachable meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from api.http.guards import LARGEST_HEAD, SizeGuard
from api.http.headers import STRICT_HEADERS, StrictHeaders
from api.http.problems import Problem
from api.http.protocol import DeadlineProtocol
from api.serve import listen

pytestmark = pytest.mark.network

SECONDS = 0.6
PATIENCE = 20
"""Seconds that a busy machine may take; a client that is not cut off at all takes longer."""


class ImpatientProtocol(DeadlineProtocol):
    """The product's protocol with deadlines a test can wait for."""

    receive_seconds = SECONDS
    send_seconds = SECONDS
    connections_at_most = 40


async def reply(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body, or with 64 MB at /large."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/large":
        for _ in range(1024):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": str(len(body)).encode()})


def plain_page(problem: Problem) -> Response:
    """Stand in for the page of a problem."""
    return PlainTextResponse(problem.title, problem.status)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve `reply` behind the size guard on a free port."""
    listener = listen("127.0.0.1", 0)
    app = StrictHeaders(SizeGuard(reply, largest_body=1000, page=plain_page))
    config = uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        h11_max_incomplete_event_size=LARGEST_HEAD,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until_served(listener.getsockname()[1])
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def wait_until_served(port: int) -> None:
    """Return as soon as a request is answered."""
    for _ in range(100):
        try:
            if talk(port, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"):
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def talk(port: int, request: bytes) -> bytes:
    """Send a request at once and return everything that comes back until the connection closes."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(request)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """Return all bytes until the other side closes; a reset counts as closing."""
    found = b""
    try:
        while chunk := connection.recv(65536):
            found += chunk
    except ConnectionResetError:
        pass
    return found


def test_plain_request_is_answered(port: int) -> None:
    answer = talk(port, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\n1\r\n0\r\n" in answer


@pytest.mark.parametrize("drip", [b"", b"GET / HTTP/1.1\r\nhost: localhost\r\n"])
def test_client_that_never_finishes_its_head_is_cut_off(port: int, drip: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(drip)
        begun = time.monotonic()
        answer = read_all(connection)
    assert SECONDS * 0.5 < time.monotonic() - begun < PATIENCE
    assert answer.startswith(b"HTTP/1.1 408 ") if drip else answer == b""


def test_dripping_headers_do_not_extend_the_deadline(port: int) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        try:
            while time.monotonic() - begun < PATIENCE:
                connection.sendall(b"x-slow: 1\r\n")
                time.sleep(0.05)
        except OSError:
            pass
    assert time.monotonic() - begun < PATIENCE


def test_dripping_body_is_cut_off(port: int) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n\r\n")
        try:
            while time.monotonic() - begun < PATIENCE:
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            pass
    assert time.monotonic() - begun < PATIENCE


def test_client_that_does_not_read_is_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n")
        time.sleep(SECONDS * 3)
        begun = time.monotonic()
        assert len(read_all(connection)) < 64 * 1024 * 1024
        assert time.monotonic() - begun < PATIENCE


def test_stated_body_above_the_cap_is_refused_before_it_is_sent(port: int) -> None:
    request = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10000000000\r\n\r\n"
    assert talk(port, request).startswith(b"HTTP/1.1 413 ")


def test_chunked_body_above_the_cap_is_refused(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = talk(port, head + b"ff\r\n" + b"x" * 255 + b"\r\n" + b"fff\r\n" + b"y" * 4095 + b"\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_body_within_the_cap_arrives_whole(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 1000\r\n\r\n"
    assert b"\r\n1000\r\n" in talk(port, head + b"z" * 1000)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"no http at all\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 300_000,
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    ],
)
def test_what_is_not_http_gets_400_with_the_strict_headers(port: int, request_bytes: bytes) -> None:
    answer = talk(port, request_bytes)
    assert answer.startswith(b"HTTP/1.1 400 ")
    head = answer.split(b"\r\n\r\n")[0].decode().lower()
    for name, value in STRICT_HEADERS:
        assert f"{name}: {value.lower()}" in head


def test_a_large_head_is_refused_also_when_it_arrives_at_once(port: int) -> None:
    answer = talk(port, b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * LARGEST_HEAD + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_held_connections_leave_the_service_reachable(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(30)]
    try:
        begun = time.monotonic()
        assert talk(port, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 200 "
        )
        assert time.monotonic() - begun < PATIENCE
    finally:
        for connection in held:
            connection.close()


def test_connections_above_the_limit_get_503(port: int) -> None:
    held = [
        socket.create_connection(("127.0.0.1", port), 5) for _ in range(ImpatientProtocol.connections_at_most)
    ]
    try:
        answer = talk(port, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
    finally:
        for connection in held:
            connection.close()


def test_keep_alive_serves_a_second_request_after_the_deadline_of_the_first(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert connection.recv(65536)
        time.sleep(SECONDS * 1.5)
        connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        assert b"HTTP/1.1 200 " in read_all(connection)
