"""`skiagram nightly`: the unattended run."""

import typer

from api.cli.options import Database


def nightly(db: Database = None) -> None:
    """Scan the sources named in the settings, assess, and send alerts; one run per local day.

    For a systemd timer or cron (see deploy/). Alerts that were not accepted before are tried again.
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.nightly import run_night
    from api.workplace import now
    from api.zones import zone_of

    place = workplace(db)
    night = run_night(place, now().astimezone(zone_of(place.settings.time_zone)).date())
    sent = night.delivered
    note(f"alerts: {sent.sent} sent, {sent.failed} to be tried again, {sent.dead} given up")
    if night.result is None:
        note(f"the run of {night.day} was done before")
        return
    result = night.result
    note(
        f"{len(result.outcomes)} files, {result.ledger.lines} new lines, "
        f"{len(result.feed)} tools in the feed, {len(result.new_vendors)} new vendors"
    )
    for outcome in result.unread:
        note(f"{outcome.status}: {outcome.label}: {outcome.message or ''}")
    if result.status != "ok":
        raise typer.Exit(3)
