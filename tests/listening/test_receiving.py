"""What is sent over UDP, TCP and TLS is in the database, once, and what is not is counted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import stat
import struct
from collections.abc import Callable

import pytest

from api.listening.addresses import address_of, bound, kernel_drops
from api.listening.errors import AddressUnusable, CertificateUnusable, SpoolUnusable
from api.listening.spool import Spool
from api.listening.transport_security import tls_context
from tests.listening.syslog_bench import Certificates, Run, squid

pytestmark = pytest.mark.network
Receive = Callable[..., Run]


async def over_tcp(port: int, *pieces: bytes, context: ssl.SSLContext | None = None) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert reader is not None


def counted(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


def test_udp_tcp_and_tls_end_up_in_the_database_once(receive: Receive, certificates: Certificates) -> None:
    async def scenario(run: Run) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(("127.0.0.1", run.port("udp")))
            for number in range(10):
                sender.send(squid(number))
            sender.send(b"<134>Nov 22 10:00:00 proxy one\n<134>Nov 22 10:00:01 proxy forged")
        await over_tcp(run.port("tcp"), *(counted(squid(number)) for number in range(10, 20)))
        await over_tcp(run.port("tcp"), b"".join(squid(number) + b"\n" for number in range(20, 30)))
        client = ssl.create_default_context(cafile=str(certificates.ca))
        await over_tcp(run.port("tls"), *(counted(squid(number)) for number in range(30, 40)), context=client)
        await run.until(lambda: run.lines() == 41)

    context = tls_context(certificates.server, certificates.server_key, None)
    run = receive(scenario, "udp 127.0.0.1:0", "tcp 127.0.0.1:0", "tls 127.0.0.1:0", context=context)
    assert run.events() == 40
    source = run.coverage()["syslog 127.0.0.1"]
    assert (source.lines - source.files, source.events, source.unreadable_lines) == (41, 40, 1)
    assert source.losses == ()
    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700
    segments = list(run.folder.glob("*.log"))
    assert segments
    assert {stat.S_IMODE(path.stat().st_mode) for path in segments} == {0o600}
    # A second receiver finds the files of the first and counts nothing again.
    # The same words said again count again.

    async def repeated(run: Run) -> None:
        await over_tcp(run.port("tcp"), squid(7) + b"\n")
        await run.until(lambda: run.events() == 41)
        await over_tcp(run.port("tcp"), squid(7) + b"\n")
        await run.until(lambda: run.events() == 42)

    assert receive(repeated, "tcp 127.0.0.1:0").events() == 42


@pytest.mark.full
def test_full_spool_makes_senders_wait_and_loses_nothing(receive: Receive) -> None:
    number = 2000
    blocked: list[str] = []

    async def scenario(run: Run) -> None:
        sending = asyncio.create_task(over_tcp(run.port("tcp"), *(counted(squid(n)) for n in range(number))))
        await run.until(lambda: blocked.append(run.service.blocked or "") or any(blocked))
        assert sum(path.stat().st_size for path in run.folder.glob("*.log")) <= 96 << 10
        await run.until(lambda: run.lines() == number)
        await sending

    run = receive(scenario, "tcp 127.0.0.1:0", limit=96 << 10, every=0.5)
    assert run.events() == number
    assert any("limit" in text for text in run.told)
    assert run.coverage()["syslog 127.0.0.1"].losses == ()


@pytest.mark.full
def test_datagrams_a_full_spool_cannot_take_are_counted(receive: Receive) -> None:
    padded = squid(1) + b" " + b"x" * 60_000

    async def scenario(run: Run) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(("127.0.0.1", run.port("udp")))
            for _ in range(1000):
                sender.send(padded)
        await run.until(lambda: any("have to wait" in text for text in run.told))

    # Nobody reads the folder: what fits stays there, the kernel drops the rest and says so.
    run = receive(scenario, "udp 127.0.0.1:0", limit=512 << 10, every=3600.0, scan=False)
    kept = run.kept()
    assert 0 < kept < 1000
    lost = run.lost()
    assert kept + sum(lost.values()) == 1000, lost
    # What this one could not report any more the next one does, and nothing twice.
    after = receive(lambda run: asyncio.sleep(0), "udp 127.0.0.1:0", scan=False)
    assert after.lost() == lost
    assert after.unreported() == {}


@pytest.mark.full
def test_hostile_connections_are_counted_and_the_others_go_on(receive: Receive) -> None:
    async def scenario(run: Run) -> None:
        port = run.port("tcp")
        await over_tcp(port, b"%d <14>" % (2 << 20), b"x" * ((2 << 20) - 4), counted(squid(1)))
        await over_tcp(port, counted(squid(2)), b"99 <14>cut")
        await over_tcp(port, squid(3))  # no line feed: the end of the connection ends it
        _, reset = await asyncio.open_connection("127.0.0.1", port)
        reset.write(squid(4) + b"\n<14>half")
        await reset.drain()
        await run.until(lambda: run.service.received == 4)
        reset.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        reset.transport.abort()
        slow = await asyncio.open_connection("127.0.0.1", port)
        for byte in squid(5):
            slow[1].write(bytes([byte]))
            await slow[1].drain()
        slow[1].write(b"\n")
        await run.until(lambda: run.kept() == 5)
        slow[1].close()

    run = receive(scenario, "tcp 127.0.0.1:0", scan=False)
    assert run.kept() == 5
    assert run.lost() == {
        "messages longer than a mebibyte": 1,
        "messages cut off when a connection ended": 2,
    }


def test_connections_above_the_cap_are_refused_and_counted(receive: Receive) -> None:
    async def scenario(run: Run) -> None:
        open_ones = [await asyncio.open_connection("127.0.0.1", run.port("tcp")) for _ in range(3)]
        await run.until(lambda: run.service.connections == 2)
        assert await asyncio.wait_for(open_ones[2][0].read(), 30) == b""
        open_ones[0][1].write(squid(1) + b"\n")
        await run.until(lambda: run.kept() == 1)
        for _, writer in open_ones:
            writer.close()

    run = receive(scenario, "tcp 127.0.0.1:0", connections=8, scan=False)
    assert run.kept() == 1
    assert run.lost() == {"connections refused, too many at once": 1}


def test_clients_without_the_right_certificate_are_not_heard(
    receive: Receive, certificates: Certificates
) -> None:
    async def scenario(run: Run) -> None:
        client = ssl.create_default_context(cafile=str(certificates.ca))
        # In TLS 1.3 a client learns only after its first words that it was not welcome.
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", run.port("tls"), ssl=client)
            writer.write(counted(squid(1)))
            await writer.drain()
            assert await reader.read(100) == b""
        client.load_cert_chain(certificates.client, certificates.client_key)
        await over_tcp(run.port("tls"), counted(squid(2)), context=client)
        await run.until(lambda: run.kept() == 1)

    context = tls_context(certificates.server, certificates.server_key, certificates.ca)
    assert receive(scenario, "tls 127.0.0.1:0", context=context, scan=False).kept() == 1


def test_what_cannot_start_says_why(receive: Receive, certificates: Certificates) -> None:
    async def beside(run: Run) -> None:
        taken = address_of("tcp", str(run.port("tcp")))
        with pytest.raises(AddressUnusable, match="another program uses it"):
            bound(taken)
        with pytest.raises(SpoolUnusable, match="another `skiagram listen`"):
            Spool(run.folder, 1 << 20, lambda: 0.0).start()

    receive(beside, "tcp 127.0.0.1:0", scan=False)
    for text in ("proxy:514", "127.0.0.1:", "127.0.0.1:99999", "", "1.2.3:5"):
        with pytest.raises(AddressUnusable, match="no address to listen on"):
            address_of("udp", text)
    assert address_of("udp", "5514").is_loopback
    assert str(address_of("tcp", "[::]:601")) == "tcp [::]:601"
    with pytest.raises(CertificateUnusable, match="belong together"):
        tls_context(certificates.server, certificates.client_key, None)
    assert (
        tls_context(certificates.server, certificates.server_key, None).minimum_version
        >= ssl.TLSVersion.TLSv1_2
    )
    with pytest.raises(CertificateUnusable, match="TLS needs a certificate"):
        tls_context(None, None, None)


def test_kernel_drops_are_read_from_its_table() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        assert kernel_drops([made]) == {made.fileno(): 0}
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(100):
                sender.sendto(b"x" * 1000, made.getsockname())
        dropped = kernel_drops([made])[made.fileno()]
        made.setblocking(False)
        read = 0
        with contextlib.suppress(BlockingIOError):
            while made.recv(2000):
                read += 1
        assert read + dropped == 100
        assert dropped > 0
