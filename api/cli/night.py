"""`skiagram nightly`: the unattended run."""

import typer

from api.cli.options import Database


def nightly(db: Database = None) -> None:
    """Scan the sources named in the settings, assess, and send alerts; one run per local day.

    For a systemd timer or cron (see deploy/). A second call on the same day only sends what still waits. Exits
    with 3 where some input was not read or some alert was not accepted; what is missing is on stderr.
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.nightly import local_day, notes, run_night

    place = workplace(db)
    night = run_night(place, local_day(place.settings))
    for line in notes(night):
        note(line)
    for warning in place.database.warnings:
        note(f"warning: {warning}")
    if not night.complete:
        raise typer.Exit(3)
