"""`skiagram serve`: the pages and the HTTP API, on this machine only."""

from contextlib import ExitStack
from typing import Annotated

import typer

from api.cli.options import Database


def serve(
    host: Annotated[
        str, typer.Option("--host", help="A loopback address; others are refused, there are no accounts yet.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes any free one.")] = 8642,
    db: Database = None,
) -> None:
    """Serve the pages and the API on this machine, send waiting alerts, and run the nightly scan.

    The nightly scan runs here only if the setting `nightly` names a time; alerts are sent every few minutes.
    """
    from api.candidates import promote_candidate
    from api.cli.options import workplace
    from api.health import expected_sources
    from api.http.app import create_app
    from api.nightly import tasks_of
    from api.schedule import catalogue_schedule, delivery_schedule, nightly_schedule
    from api.serve import loopback
    from api.serve import serve as serve_app
    from api.unattended import Renewal, deliver_and_tell, run_and_tell
    from api.uploads import Uploads
    from api.workplace import now

    loopback(host)
    place = workplace(db)
    folder = place.settings.data_directory / "uploads"
    uploads = Uploads(place, folder, place.settings.upload_limit << 20)
    uploads.clean()
    app = create_app(
        database=place.database,
        catalogue=place.in_force,
        weights=place.weights,
        clock=now,
        expected=expected_sources(place.settings),
        small_cell_threshold=place.settings.small_cell_threshold,
        uploads=uploads,
        rules=place.settings.committee.rules,
        promote=lambda name, tool, by: promote_candidate(place, name, tool, by, now()),
        pseudonym=place.pseudonyms.principal,
        paper=place.settings.report_paper,
        organisation=place.settings.organisation,
    )
    with ExitStack() as stack:
        if place.settings.nightly:
            tasks_of(place.settings)  # refuses settings without sources now, not at two in the morning
            stack.enter_context(
                nightly_schedule(
                    lambda day: run_and_tell(place, day), place.settings.nightly, place.settings.zone, now
                )
            )
        if place.settings.channels:
            stack.enter_context(delivery_schedule(lambda: deliver_and_tell(place)))
        stack.enter_context(catalogue_schedule(Renewal(place)))
        serve_app(app, host, port)
