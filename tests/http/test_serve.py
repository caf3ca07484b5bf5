"""The service listens on loopback addresses only, and says what to do when it cannot."""

from __future__ import annotations

import socket

import pytest

from api import serve
from api.serve import AddressRefused, PortUnusable, address_of, listen, loopback


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("127.3.2.1", "127.3.2.1"),
    ],
)
def test_loopback_hosts_are_taken(host: str, address: str) -> None:
    assert loopback(host) == address


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "::",
        "",
        "10.0.0.5",
        "192.168.1.1",
        "example.org",
        "localhost.evil.example",
        "::ffff:10.0.0.1",
    ],
)
def test_every_other_host_is_refused_with_a_way_out(host: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        listen(host, 0)
    assert repr(host) in str(refused.value)
    assert "127.0.0.1" in str(refused.value)


@pytest.mark.network
def test_a_taken_port_is_named_with_the_next_free_one() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnusable) as refused:
            listen("127.0.0.1", port)
        suggestion = int(str(refused.value).rsplit("--port ", 1)[1].rstrip("."))
        assert f"Port {port} on 127.0.0.1 is in use" in str(refused.value)
        assert port < suggestion <= port + serve.PORTS_TRIED
        listen("127.0.0.1", suggestion).close()


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(PortUnusable, match="does not exist"):
        listen("127.0.0.1", port)


@pytest.mark.network
def test_address_can_be_opened_in_a_browser() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"
    if socket.has_ipv6:
        with listen("::1", 0) as listener:
            assert address_of(listener).startswith("http://[::1]:")
