"""Every alert reaches every channel once, however the channels behave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.channels import apprise_sender
from governance.delivery import GIVE_UP_AFTER, LONGEST_PAUSE, DeliveryReport, deliver_due, pause
from governance.errors import DeliveryFailed
from governance.messages import Message, one_line
from storage import outbox
from storage.database import Database
from tests.storage.sample_records import NOW

MINUTE = timedelta(minutes=1)


class Script:
    """A sender that fails as told and remembers what each channel accepted."""

    def __init__(self, fails: Callable[[str, Message], bool] = lambda channel, message: False) -> None:
        self.fails = fails
        self.tried: list[tuple[str, str]] = []
        self.accepted: dict[str, list[Message]] = {}

    def __call__(self, channel: str, message: Message) -> None:
        self.tried.append((channel, message.id))
        if self.fails(channel, message):
            raise ConnectionError("refused")
        self.accepted.setdefault(channel, []).append(message)


def add(
    database: Database, count: int = 1, channels: tuple[str, ...] = ("mail",), first: int = 0, **given
) -> None:  # type: ignore[no-untyped-def]
    with database.write() as conn:
        for number in range(first, first + count):
            payload = {
                "tool": f"Tool {number}", "vendor": f"Vendor {number}", "tools": [], "source": "proxy",
                "people": 1, "day": "2026-11-19", "category": "Ambient scribe", "clinical": False,
                "finding_kind": "use",
                "blocked_only": False, **given,
            }  # fmt: skip
            outbox.add_alert(conn, f"new_vendor:{number}", "new_vendor", "t", "v", payload, channels, NOW)


def deliver(database: Database, send: Script, now: datetime) -> DeliveryReport:
    return deliver_due(database, send, now, jitter=lambda: 1.0)


def test_an_alert_goes_to_each_channel_once(database: Database) -> None:
    add(database, channels=("mail", "hook"))
    send = Script()
    assert deliver(database, send, NOW) == DeliveryReport(2, 0, 0)
    assert deliver(database, send, NOW + timedelta(days=30)) == DeliveryReport(0, 0, 0)
    ((mail,), (hook,)) = (send.accepted["mail"], send.accepted["hook"])
    assert mail == hook
    assert mail.title == "New AI tool in use: Tool 0 (Vendor 0)"
    assert f"Message id: {mail.id}" in mail.body
    assert "Source: proxy" in mail.body


def test_a_dead_channel_is_tried_for_three_days_and_never_resends_another(database: Database) -> None:
    add(database, channels=("hook", "mail"))
    send = Script(lambda channel, message: channel == "hook")
    now, pauses = NOW, []

    def waiting() -> outbox.Delivery:
        with database.read() as conn:
            (one,) = outbox.deliveries(conn, status="pending")
        return one

    for _ in range(10):
        assert deliver(database, send, now).failed == 1
        pauses.append(waiting().next_try - now)
        assert deliver(database, send, waiting().next_try - timedelta(seconds=1)) == DeliveryReport(0, 0, 0)
        now = waiting().next_try
    assert deliver(database, send, NOW + GIVE_UP_AFTER - timedelta(seconds=1)) == DeliveryReport(0, 1, 0)
    now = waiting().next_try
    assert deliver(database, send, now) == DeliveryReport(0, 0, 1)
    assert pauses[:6] == [MINUTE / 2, MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE]
    assert max(pauses) == LONGEST_PAUSE
    assert len(send.accepted["mail"]) == 1
    with database.read() as conn:
        (dead,) = outbox.deliveries(conn, status="dead")
    assert dead.last_error == "ConnectionError: refused"
    assert dead.attempts == 12
    with database.write() as conn:
        outbox.revive(conn, "hook", now)
    send.fails = lambda channel, message: False
    assert deliver(database, send, now) == DeliveryReport(1, 0, 0)


def test_a_relay_that_was_off_for_a_week_still_tries_for_three_days(database: Database) -> None:
    add(database)
    send = Script(lambda channel, message: True)
    assert deliver(database, send, NOW + timedelta(days=7)) == DeliveryReport(0, 1, 0)


def test_a_poisoned_message_does_not_stop_the_others(database: Database) -> None:
    add(database, 5)
    send = Script(lambda channel, message: "Tool 2" in message.title)
    assert deliver(database, send, NOW) == DeliveryReport(4, 1, 0)
    assert len(send.accepted["mail"]) == 4


def test_ten_travel_alone_and_eleven_together(database: Database) -> None:
    add(database, 10)
    send = Script()
    deliver(database, send, NOW)
    assert len(send.accepted["mail"]) == 10
    add(database, 11, first=100)
    assert deliver(database, send, NOW) == DeliveryReport(11, 0, 0)
    assert len(send.accepted["mail"]) == 11
    assert send.accepted["mail"][-1].title == "11 new AI vendors seen"


def test_a_storm_makes_one_digest_that_states_the_true_total_urgent_first(database: Database) -> None:
    add(database, 250)
    add(database, 1, first=900, clinical=True)
    send = Script()
    assert deliver(database, send, NOW) == DeliveryReport(251, 0, 0)
    (message,) = send.accepted["mail"]
    lines = message.body.splitlines()
    assert message.title == "251 new AI vendors seen"
    assert lines[0].startswith("AI tools of 251 vendors")
    assert lines[2].startswith("- Tool 900 (Vendor 900), in use: 1 person or device")
    assert "- and 201 more: Skiagram's list of alerts has all 251." in lines
    assert len(message.body) < 10_000


def test_a_digest_that_failed_travels_again_as_it_was(database: Database) -> None:
    add(database, 20)
    send = Script(lambda channel, message: True)
    assert deliver(database, send, NOW) == DeliveryReport(0, 20, 0)
    add(database, 3, first=50)
    send.fails = lambda channel, message: False
    assert deliver(database, send, NOW + MINUTE) == DeliveryReport(23, 0, 0)
    assert send.tried[0] == send.tried[1]
    titles = [message.title for message in send.accepted["mail"]]
    assert titles[0] == "20 new AI vendors seen"
    assert len(titles) == 4


def test_a_relay_that_dies_after_sending_sends_again_with_the_same_id(database: Database) -> None:
    add(database)
    accepted: list[Message] = []

    def send_and_die(channel: str, message: Message) -> None:
        accepted.append(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_due(database, send_and_die, NOW)
    send = Script()
    assert deliver(database, send, NOW + MINUTE) == DeliveryReport(0, 0, 0)  # the lease still holds
    assert deliver(database, send, NOW + 11 * MINUTE) == DeliveryReport(1, 0, 0)
    assert send.accepted["mail"] == accepted


@given(st.integers(0, 1000), st.floats(0, 1))
def test_a_pause_is_never_none_and_never_above_a_quarter_of_an_hour(attempts: int, jitter: float) -> None:
    assert timedelta(seconds=1) <= pause(attempts, lambda: jitter) <= LONGEST_PAUSE


@given(st.text(st.characters(codec=None), max_size=50))
def test_a_title_is_one_line(text: str) -> None:
    line = one_line(text)
    line.encode()
    assert len(line.splitlines()) <= 1
    assert not set(line) & set("\r\n\0\u2028\u2029\x85")


def test_hostile_facts_stay_text(database: Database) -> None:
    tool = "{{7*7}} $(id)\r\nBcc: all@hospital.example\x00"
    add(database, tool=tool, vendor="%s%n\u2028X-Header: 1", source="a\nb")
    send = Script()
    deliver(database, send, NOW)
    (message,) = send.accepted["mail"]
    assert len(message.title.splitlines()) == 1
    assert "{{7*7}} $(id)" in message.title
    assert not any(line.startswith(("Bcc:", "X-Header")) for line in message.body.splitlines())


def test_a_channel_that_is_not_in_the_settings_is_named(database: Database) -> None:
    send = apprise_sender({"odd": "no-such-service://x", "mail": "mailto://u:p@h"})
    message = Message("id", "title", "body")
    with pytest.raises(DeliveryFailed, match="channel gone: not in the settings any more"):
        send("gone", message)
    with pytest.raises(DeliveryFailed, match="channel odd: its URL is not understood"):
        send("odd", message)
