"""Real mail and web hook servers on this machine, down first: each accepts every alert exactly once."""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from governance.alerts import raise_alerts
from governance.channels import apprise_sender
from governance.delivery import DeliveryReport, deliver_due
from governance.errors import DeliveryFailed
from governance.messages import Message
from storage import outbox
from storage.batches import record_batch
from storage.database import Database
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

pytestmark = pytest.mark.network


class Mailbox:
    """Accept mail and keep it."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.recipients: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content.decode())
        self.recipients += envelope.rcpt_tos
        return "250 kept"


class Hook(BaseHTTPRequestHandler):
    """Answer as the server says and keep what was accepted."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200  # type: ignore[attr-defined]
        if status == 200:
            self.server.accepted.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_servers_that_come_back_accept_each_alert_once(database: Database) -> None:
    mail_port, hook_port = free_port(), free_port()
    send = apprise_sender(
        {
            "mail": f"mailto://127.0.0.1:{mail_port}?from=skiagram@h.example&to=privacy@h.example&format=text",
            "hook": f"json://127.0.0.1:{hook_port}/s3cret-token",
        }
    )
    with database.write() as conn:
        scan_id, content = begin(conn)
        batch = record(scan_id, content, 0, 100, part())
        record_batch(conn, batch)
        raise_alerts(conn, batch, CATALOGUE, ("mail", "hook"), NOW)

    def deliver(minutes: int) -> DeliveryReport:
        return deliver_due(database, send, NOW + timedelta(minutes=minutes))

    assert deliver(0) == DeliveryReport(0, 2, 0)  # both are down
    with database.read() as conn:
        errors = " ".join(one.last_error or "" for one in outbox.deliveries(conn))
    assert "did not accept" in errors
    assert "s3cret-token" not in errors

    mailbox = Mailbox()
    mail_server = Controller(mailbox, hostname="127.0.0.1", port=mail_port)
    hook_server = HTTPServer(("127.0.0.1", hook_port), Hook)
    hook_server.accepted, hook_server.statuses = [], [503]  # type: ignore[attr-defined]
    hook_thread = threading.Thread(target=hook_server.serve_forever)
    mail_server.start()
    hook_thread.start()
    try:
        assert deliver(20) == DeliveryReport(1, 1, 0)  # mail is back, the hook still answers 503
        assert deliver(40) == DeliveryReport(1, 0, 0)
        for minutes in (60, 600, 6000):
            assert deliver(minutes) == DeliveryReport(0, 0, 0)
    finally:
        mail_server.stop()
        hook_server.shutdown()
        hook_thread.join()
        hook_server.server_close()
    (mail,) = mailbox.mails
    (hook,) = hook_server.accepted  # type: ignore[attr-defined]
    with database.read() as conn:
        (alert,) = outbox.alerts(conn)
    assert mailbox.recipients == ["privacy@h.example"]
    assert alert.message_id in mail
    assert alert.message_id in hook["message"]
    assert hook["title"] == "New AI tool in use: Scribe One (Vendor One)"
    assert "p-0001" not in mail + json.dumps(hook)


def test_line_breaks_in_a_title_add_no_header() -> None:
    port = free_port()
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        send = apprise_sender(
            {"mail": f"mailto://127.0.0.1:{port}?from=a@h.example&to=b@h.example&format=text"}
        )
        send("mail", Message("id", "Tool\r\nBcc: eve@h.example\0\nX-Odd: 1", "body"))
    finally:
        server.stop()
    (mail,) = mailbox.mails
    head = mail.replace("\r\n", "\n").partition("\n\n")[0]
    assert not any(line.lower().startswith(("bcc:", "x-odd:")) for line in head.splitlines())
    assert mailbox.recipients == ["b@h.example"]


def test_a_refused_connection_is_a_failure_without_secrets() -> None:
    send = apprise_sender({"hook": f"json://user:s3cretpass@127.0.0.1:{free_port()}/token-1234"})
    with pytest.raises(DeliveryFailed) as caught:
        send("hook", Message("id", "title", "body"))
    assert "s3cretpass" not in str(caught.value)
    assert "token-1234" not in str(caught.value)
