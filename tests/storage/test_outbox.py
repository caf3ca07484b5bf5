"""An alert exists once, each channel has its own delivery, and one relay at a time holds it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage import outbox
from storage.database import Database
from storage.errors import NotRecorded
from tests.storage.sample_records import NOW

LATER = NOW + timedelta(hours=1)


def add(conn: Connection, number: int = 1, channels: tuple[str, ...] = ("mail", "hook")) -> bool:
    payload = {"tool": f"Tool {number}\x00"}
    return outbox.add_alert(
        conn, f"rule:{number}", "rule", f"tool-{number}", "vendor", payload, channels, NOW
    )


def test_a_key_makes_one_alert_ever(database: Database) -> None:
    with database.write() as conn:
        assert add(conn)
        assert not add(conn)
    with database.write() as conn:
        assert not add(conn)
        (alert,) = outbox.alerts(conn)
        assert alert.payload == {"tool": "Tool 1\\x00"}
        assert sorted(one.channel for one in outbox.deliveries(conn, alert.id)) == ["hook", "mail"]
        assert outbox.count_due(conn, NOW) == {"mail": 1, "hook": 1}
        assert outbox.count_due(conn, NOW - timedelta(seconds=1)) == {}


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_ends(database: Database) -> None:
    with database.write() as conn:
        add(conn, channels=("mail",))
        first = outbox.due(conn, NOW, lease_for=timedelta(minutes=5))
    with database.write() as conn:
        assert len(first) == 1
        assert outbox.due(conn, NOW) == []
        second = outbox.due(conn, NOW + timedelta(minutes=5))
        assert [one.id for one in second] == [first[0].id]
        assert second[0].attempts == 2
        assert second[0].alert.message_id == first[0].alert.message_id
        assert outbox.mark_sent(conn, first, LATER) == 0  # the first relay woke up too late
        assert outbox.mark_sent(conn, second, LATER) == 1
        assert outbox.due(conn, LATER) == []


def test_one_channels_failure_leaves_the_other_alone(database: Database) -> None:
    with database.write() as conn:
        add(conn)
        mail = outbox.due(conn, NOW, channel="mail")
        hook = outbox.due(conn, NOW, channel="hook")
        outbox.mark_sent(conn, mail, NOW)
        outbox.mark_failed(conn, hook, NOW + timedelta(minutes=1), "500")
        assert outbox.due(conn, NOW) == []
        (again,) = outbox.due(conn, NOW + timedelta(minutes=1))
        assert (again.channel, again.attempts, again.last_error) == ("hook", 2, "500")
        assert again.first_try_at == NOW


def test_a_dead_delivery_stays_visible_and_can_be_revived(database: Database) -> None:
    with database.write() as conn:
        add(conn, channels=("hook",))
        outbox.mark_dead(conn, outbox.due(conn, NOW), NOW, "gone")
        assert outbox.due(conn, LATER) == []
        (dead,) = outbox.deliveries(conn, status="dead")
        assert dead.last_error == "gone"
        assert outbox.revive(conn, "hook", LATER) == 1
        (alive,) = outbox.due(conn, LATER)
        assert (alive.attempts, alive.first_try_at) == (1, LATER)


def test_cancelled_deliveries_are_never_sent(database: Database) -> None:
    with database.write() as conn:
        add(conn)
        (alert,) = outbox.alerts_of_vendor(conn, "vendor")
        outbox.mark_sent(conn, outbox.due(conn, NOW, channel="mail"), NOW)
        assert outbox.cancel(conn, [alert.id], NOW) == 1
        assert outbox.due(conn, LATER) == []
        assert sorted(one.status for one in outbox.deliveries(conn)) == ["cancelled", "sent"]


def test_the_first_acknowledgement_stays(database: Database) -> None:
    with database.write() as conn:
        add(conn)
        add(conn, 2)
        newest, oldest = outbox.alerts(conn)
        outbox.acknowledge(conn, oldest.id, "jo", NOW)
        outbox.acknowledge(conn, oldest.id, "kim", LATER)
        assert [alert.id for alert in outbox.alerts(conn, open_only=True)] == [newest.id]
        (known,) = outbox.alerts(conn, before=newest.id)
        assert (known.acknowledged_by, known.acknowledged_at) == ("jo", NOW)
        with pytest.raises(NotRecorded):
            outbox.acknowledge(conn, 999, "jo", NOW)


def test_three_relays_share_the_work(database: Database) -> None:
    with database.write() as conn:
        for number in range(30):
            add(conn, number, ("mail",))
    claimed: list[int] = []

    def work() -> None:
        while True:
            with database.write() as conn:
                found = outbox.due(conn, NOW, 4)
            if not found:
                return
            claimed.extend(one.id for one in found)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 30
