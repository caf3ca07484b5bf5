"""`skiagram alerts`: what was alerted, what became of it, and whether a channel works."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from api.workplace import Workplace
    from governance.delivery import DeliveryReport
    from storage.outbox import Alert, Delivery

alerts = typer.Typer(
    help="List alerts and their deliveries, try a channel out, or send what waits.", rich_markup_mode=None
)
Channel = Annotated[str, typer.Argument(help="Name of a channel, as the settings call it.")]


@alerts.callback(invoke_without_command=True)
def _list(
    context: typer.Context,
    db: Database = None,
    as_json: AsJson = False,
    top: Annotated[int, typer.Option("--top", min=1, help="Newest alerts to print.")] = 50,
) -> None:
    """Print the newest alerts, and for each channel whether it was sent.

    Example: skiagram alerts --json
    """
    if context.invoked_subcommand is not None:
        return
    from api.cli.options import workplace
    from api.cli.output import print_json
    from storage import outbox

    place = workplace(db)
    with place.database.read() as conn:
        found = outbox.alerts(conn, top)
        ways: dict[int, list[Delivery]] = {alert.id: outbox.deliveries(conn, alert.id) for alert in found}
    if as_json:
        print_json([_document(alert, ways[alert.id]) for alert in found])
    else:
        _print(found, ways)


@alerts.command("test")
def try_out(channel: Channel, db: Database = None) -> None:
    """Send a message that is no alert to one channel, and say whether it was accepted."""
    from api.alerting import send_test
    from api.cli.options import workplace
    from api.cli.output import note

    send_test(workplace(db), channel)
    note(f"channel {channel}: the test message was accepted; look whether it arrived")


@alerts.command()
def acknowledge(
    numbers: Annotated[list[int], typer.Argument(help="Numbers of alerts, as the list shows them.")],
    by: Annotated[str, typer.Option("--by", help="Who takes them in hand; kept in the audit log.")],
    db: Database = None,
) -> None:
    """Take alerts in hand: from then on they have been seen by a person."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.attention import take_in_hand

    with workplace(db).database.write() as conn:
        for number in numbers:
            take_in_hand(conn, number, by, now())
    note(f"taken in hand by {by}: {', '.join(map(str, numbers))}")


@alerts.command()
def send(db: Database = None) -> None:
    """Send the alerts that are due. `skiagram serve` and `skiagram nightly` do so by themselves."""
    from api.alerting import deliver
    from api.cli.options import workplace

    place = workplace(db)
    _tell(place, deliver(place))


@alerts.command()
def retry(channel: Channel, db: Database = None) -> None:
    """Send again what was given up for a channel, after it was repaired."""
    from api.alerting import deliver_again
    from api.cli.options import workplace

    place = workplace(db)
    _tell(place, deliver_again(place, channel))


def _tell(place: "Workplace", delivered: "DeliveryReport") -> None:
    from api.alerting import waiting
    from api.cli.output import note
    from api.nightly import delivery_notes

    rest = waiting(place)
    for line in delivery_notes(delivered, rest):
        note(line)
    if delivered.dead or any(not one.given_up for one in rest):
        raise typer.Exit(3)


def _print(found: "list[Alert]", ways: "dict[int, list[Delivery]]") -> None:
    from api.cli.output import table

    if not found:
        print("No alert was raised so far.")
        return
    rows = [row for alert in found for row in _rows(alert, ways[alert.id])]
    columns = (
        ("#", "right"), ("raised", "left"), ("what", "left"), ("in hand", "left"), ("channel", "left"),
        ("status", "left"), ("tries", "right"), ("ended or next try", "left"), ("last error", "left"),
    )  # fmt: skip
    table(columns, rows)


def _rows(alert: "Alert", ways: "list[Delivery]") -> list[list[str]]:
    from api.pages.text import moment
    from api.pages.wording import alert_subject

    what = alert_subject(alert) + (f" [{alert.tool_id}]" if alert.tool_id else "")
    in_hand = alert.acknowledged_by or "nobody"
    head = [str(alert.id), moment(alert.created_at), what, in_hand]
    if not ways:
        return [[*head, "none was set", "-", "-", "-", ""]]
    return [
        [
            *head,
            one.channel,
            one.status,
            str(one.attempts),
            moment(one.next_try if one.status == "pending" else one.finished_at),
            one.last_error or "",
        ]
        for one in ways
    ]


def _document(alert: "Alert", ways: "list[Delivery]") -> dict[str, Any]:
    return {
        "id": alert.id,
        "message_id": alert.message_id,
        "rule": alert.rule,
        "vendor_id": alert.vendor_id,
        "tool_id": alert.tool_id,
        "raised": alert.created_at.isoformat(),
        "acknowledged": alert.acknowledged_at.isoformat() if alert.acknowledged_at else None,
        "acknowledged_by": alert.acknowledged_by,
        "facts": dict(alert.payload),
        "deliveries": [
            {
                "channel": one.channel,
                "status": one.status,
                "attempts": one.attempts,
                "next_try": one.next_try.isoformat() if one.status == "pending" else None,
                "ended": one.finished_at.isoformat() if one.finished_at else None,
                "last_error": one.last_error,
            }
            for one in ways
        ],
    }
