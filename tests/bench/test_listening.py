"""Measure how many messages a second the receiver takes from TCP and UDP into its folder."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from api.listening.addresses import Address, address_of
from api.listening.service import ListenPlan, ListenService
from storage.database import open_database
from storage.losses import losses

pytestmark = [pytest.mark.bench, pytest.mark.network]
MESSAGE = (
    b"<134>Nov 22 10:00:00 proxy squid[7]: 1793606400.000     84 10.20.4.17 TCP_TUNNEL/200 5120 "
    b"CONNECT www.example.org:443 arivera HIER_DIRECT/203.0.113.9 -"
)
NUMBER = 200_000


def test_messages_a_second(tmp_path: Path) -> None:
    async def run(transport: str) -> tuple[int, float]:
        ready: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        plan = ListenPlan(
            (address_of(transport, "0"),),
            tmp_path / transport,
            1 << 30,
            every=3600.0,
            scan=False,
            database=f"sqlite:///{tmp_path / 'bench.db'}",
        )
        service = ListenService(plan, print, lambda taken: ready.set_result(taken[0]))
        task = asyncio.create_task(service.run())
        port = (await ready).port
        sender = threading.Thread(target=send, args=(transport, port))
        begun = time.process_time()
        sender.start()
        while sender.is_alive() or (transport == "tcp" and service.received < NUMBER):
            await asyncio.sleep(0.05)
        seconds = time.process_time() - begun
        service.stop()
        await task
        return service.received, seconds

    def send(transport: str, port: int) -> None:
        if transport == "tcp":
            with socket.create_connection(("127.0.0.1", port)) as sender:
                block = b"".join(b"%d %s" % (len(MESSAGE), MESSAGE) for _ in range(1000))
                for _ in range(NUMBER // 1000):
                    sender.sendall(block)
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(("127.0.0.1", port))
            for _ in range(NUMBER):
                sender.send(MESSAGE)

    for transport in ("tcp", "udp"):
        received, seconds = asyncio.run(run(transport))
        kept = sum(path.read_bytes().count(b"\n<") for path in (tmp_path / transport).glob("*.log"))
        print(
            f"{transport}: {received / seconds:,.0f} messages a second of processor (sender included), "
            f"{received:,} of {NUMBER:,} received, {os.cpu_count()} processors"
        )
        assert kept == received
        database = open_database(f"sqlite:///{tmp_path / 'bench.db'}")
        database.upgrade()
        with database.read() as conn:
            lost = sum(loss.count for loss in losses(conn))
        database.close()
        assert received + lost == NUMBER
