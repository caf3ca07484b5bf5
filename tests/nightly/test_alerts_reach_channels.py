"""The real command line, a real mail server and a real web hook: down, up, killed; one message each."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.nightly.hospital_at_night import Hospital, kill, write_log

pytestmark = pytest.mark.network

SECRET_IN_PATH = "s3cret-token-of-the-hook"
SECRET_PASSWORD = "s3cret-pass-of-the-hook"


class Mailbox:
    """Accept mail and keep it."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content.decode())
        return "250 kept"


class Hook(BaseHTTPRequestHandler):
    """Keep what is posted; a server that hangs says nothing until it is let go."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.arrived.set()  # type: ignore[attr-defined]
        if self.server.hangs.is_set():  # type: ignore[attr-defined]
            self.server.let_go.wait(30)  # type: ignore[attr-defined]
            return
        self.server.accepted.append(body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


class Channels:
    """A mail server and a web hook on this machine, which can be up or down."""

    def __init__(self) -> None:
        self.mail_port, self.hook_port = _free_port(), _free_port()
        self.mailbox = Mailbox()
        self.hooked: list[dict[str, Any]] = []
        self.hangs, self.arrived, self.let_go = threading.Event(), threading.Event(), threading.Event()

    def settings(self, log: str, more: str = "") -> str:
        return (
            f"{more}\n[[sources]]\nname = 'Main proxy'\npaths = ['{log}']\n"
            f"[channels]\nmail = 'mailto://127.0.0.1:{self.mail_port}?from=skiagram@h.example"
            f"&to=privacy@h.example&format=text'\n"
            f"hook = 'json://robot:{SECRET_PASSWORD}@127.0.0.1:{self.hook_port}/{SECRET_IN_PATH}'\n"
        )

    @contextmanager
    def up(self) -> Iterator[None]:
        mail = Controller(self.mailbox, hostname="127.0.0.1", port=self.mail_port)
        hook = HTTPServer(("127.0.0.1", self.hook_port), Hook)
        hook.accepted, hook.hangs = self.hooked, self.hangs  # type: ignore[attr-defined]
        hook.arrived, hook.let_go = self.arrived, self.let_go  # type: ignore[attr-defined]
        thread = threading.Thread(target=hook.serve_forever)
        mail.start()
        thread.start()
        try:
            yield
        finally:
            self.let_go.set()
            mail.stop()
            hook.shutdown()
            thread.join()
            hook.server_close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def channels(hospital: Hospital) -> Channels:
    """Give channels that are down, and settings that name them and a log with one new vendor."""
    made = Channels()
    log = write_log(hospital.folder / "access.log", ["chatgpt.com"] * 3 + ["www.example.org"] * 3)
    hospital.settings(made.settings(str(log)))
    return made


def test_three_nights_give_each_channel_exactly_one_message(hospital: Hospital, channels: Channels) -> None:
    first = hospital.process("nightly")
    assert first.returncode == 3, first.stderr
    assert "1 new vendor" in first.stderr
    assert "alerts: 0 sent, 2 to be tried again, 0 given up now" in first.stderr
    assert "channel mail: 1 alert not accepted" in first.stderr
    (alert,) = hospital.document("alerts")
    assert {way["channel"]: (way["status"], way["attempts"]) for way in alert["deliveries"]} == {
        "hook": ("pending", 1),
        "mail": ("pending", 1),
    }
    hospital.a_day_passes()
    with channels.up():
        second = hospital.process("nightly")
        assert second.returncode == 0, second.stderr
        assert "0 new vendors" in second.stderr
        assert "alerts: 2 sent, 0 to be tried again, 0 given up now" in second.stderr
        hospital.a_day_passes()
        third = hospital.process("nightly")
        assert third.returncode == 0, third.stderr
        assert "alerts: 0 sent, 0 to be tried again, 0 given up now" in third.stderr
    (mail,) = channels.mailbox.mails
    (hook,) = channels.hooked
    assert "To: privacy@h.example" in mail
    assert alert["message_id"] in mail
    assert alert["message_id"] in hook["message"]
    assert "ChatGPT" in hook["title"]
    said = first.stderr + second.stderr + third.stderr + hospital.inside("alerts").stdout + json.dumps(alert)
    shown = hospital.inside("config", "show").stdout
    for secret in (SECRET_IN_PATH, SECRET_PASSWORD):
        assert secret not in said + shown
        assert secret.encode() not in hospital.database.read_bytes()
    assert "arivera" not in mail + json.dumps(hook) + said


def test_death_between_commit_and_delivery_loses_and_doubles_nothing(
    hospital: Hospital, channels: Channels
) -> None:
    with channels.up():
        hospital.killed("nightly", before="api.alerting:deliver_due")
        assert (channels.mailbox.mails, channels.hooked) == ([], [])
        assert hospital.rows("SELECT status, attempts FROM delivery") == [("pending", 0), ("pending", 0)]
        again = hospital.process("nightly")  # the same day: nothing is scanned, what waits is sent
        assert again.returncode == 0, again.stderr
        assert "was done before" in again.stderr
        assert "alerts: 2 sent" in again.stderr
        assert hospital.inside("nightly").returncode == 0
    assert (len(channels.mailbox.mails), len(channels.hooked)) == (1, 1)


@pytest.mark.full
def test_death_while_a_channel_takes_the_message_sends_it_again(
    hospital: Hospital, channels: Channels
) -> None:
    channels.hangs.set()
    with channels.up():
        process = hospital.start("nightly")
        assert channels.arrived.wait(40)
        kill(process)
        channels.hangs.clear()
        channels.let_go.set()
        (alert,) = hospital.document("alerts")
        assert {way["channel"]: way["status"] for way in alert["deliveries"]}["hook"] == "pending"
        early = hospital.inside("alerts", "send")  # the lease of the dead process still runs
        assert "in hand at this moment" in early.stderr
        assert channels.hooked == []
        hospital.pauses_end()
        later = hospital.inside("nightly")
        assert later.returncode == 0, later.stderr
    (hook,) = channels.hooked
    assert alert["message_id"] in hook["message"]
    assert len(channels.mailbox.mails) == 1


def test_a_decision_meanwhile_cancels_what_waits(hospital: Hospital, channels: Channels) -> None:
    assert hospital.inside("nightly").returncode == 3
    decided = hospital.inside(
        "tools", "decide", "chatgpt", "--status", "approved", "--by", "C. Ruiz", "--reason", "Contract signed"
    )
    assert decided.returncode == 0, decided.stderr
    hospital.a_day_passes()
    with channels.up():
        night = hospital.inside("nightly")
        assert night.returncode == 0, night.stderr
        assert "alerts: 0 sent, 0 to be tried again" in night.stderr
    (alert,) = hospital.document("alerts")
    assert {way["status"] for way in alert["deliveries"]} == {"cancelled"}
    assert (channels.mailbox.mails, channels.hooked) == ([], [])


def test_a_channel_can_be_tried_out(hospital: Hospital, channels: Channels) -> None:
    down = hospital.inside("alerts", "test", "hook")
    assert down.returncode == 3
    assert "did not accept" in down.stderr
    assert SECRET_IN_PATH not in down.stderr
    assert SECRET_PASSWORD not in down.stderr
    with channels.up():
        assert hospital.inside("alerts", "test", "hook").returncode == 0
    assert [one["title"] for one in channels.hooked] == ["Test message from Skiagram"]
    unknown = hospital.inside("alerts", "test", "pager")
    assert unknown.returncode == 4
    assert "hook, mail" in unknown.stderr
    assert hospital.document("alerts") == []


def test_what_was_given_up_is_shown_and_can_be_sent_again(hospital: Hospital, channels: Channels) -> None:
    assert hospital.inside("nightly").returncode == 3
    hospital.pauses_end()
    with sqlite3.connect(hospital.database) as conn:  # the first attempt was three days ago
        conn.execute("UPDATE delivery SET first_try_at = '2020-01-01 00:00:00.000000'")
    gave_up = hospital.inside("alerts", "send")
    assert gave_up.returncode == 3
    assert "2 given up now" in gave_up.stderr
    assert "skiagram alerts retry hook" in gave_up.stderr
    with channels.up():
        assert "alerts: 0 sent" in hospital.inside("nightly").stderr
        again = hospital.inside("alerts", "retry", "hook")
        assert again.returncode == 0, again.stderr
        assert "alerts: 1 sent" in again.stderr
    assert (len(channels.hooked), len(channels.mailbox.mails)) == (1, 0)


@pytest.mark.full
def test_the_service_scans_by_schedule_and_sends_alerts(hospital: Hospital, channels: Channels) -> None:
    # The schedule names midnight, which has passed wherever the day has begun: the service makes up for it.
    hospital.settings(channels.settings(str(hospital.folder / "access.log"), "nightly = '0 0 * * *'"))
    code = (
        "import api.schedule as s; from datetime import timedelta; from functools import partial; "
        "s.nightly_schedule = partial(s.nightly_schedule, catch_up=timedelta(seconds=1)); "
        "s.delivery_schedule = partial(s.delivery_schedule, every=timedelta(seconds=1)); "
    )
    with channels.up():
        process = _serving(hospital, code)
        try:
            deadline = time.monotonic() + 40
            while time.monotonic() < deadline and not (channels.mailbox.mails and channels.hooked):
                time.sleep(0.2)
            # Killed between acceptance and its mark, a message is sent again, which another test shows.
            while time.monotonic() < deadline and hospital.rows(
                "SELECT 1 FROM delivery WHERE status <> 'sent'"
            ):
                time.sleep(0.2)
        finally:
            kill(process)
        from_cron = hospital.inside("nightly")
    assert (len(channels.mailbox.mails), len(channels.hooked)) == (1, 1)
    assert from_cron.returncode == 0, from_cron.stderr
    assert "was done before" in from_cron.stderr
    assert hospital.rows("SELECT started_by, status FROM scan") == [("nightly", "ok")]
    assert hospital.rows("SELECT local_day FROM nightly_run") in (
        [(datetime.now(UTC).date().isoformat(),)],
        [(date.fromordinal(datetime.now(UTC).date().toordinal() - 1).isoformat(),)],
    )


def _serving(hospital: Hospital, code: str) -> Any:
    import subprocess
    import sys

    from tests.nightly.hospital_at_night import MAIN, REPOSITORY

    return subprocess.Popen(
        [sys.executable, "-c", code + MAIN, "serve", "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=hospital.variables(),
        cwd=REPOSITORY,
    )
