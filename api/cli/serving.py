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
    """Serve the pages and the API on this machine, and run the nightly scan if settings name a time."""
    from api.cli.options import workplace
    from api.http.app import create_app
    from api.nightly import run_night
    from api.schedule import nightly_schedule
    from api.serve import loopback
    from api.serve import serve as serve_app
    from api.workplace import now
    from api.zones import zone_of

    loopback(host)
    place = workplace(db)
    app = create_app(database=place.database, catalogue=place.catalogue, weights=place.weights, clock=now)
    with ExitStack() as stack:
        if place.settings.nightly:
            zone = zone_of(place.settings.time_zone)
            stack.enter_context(
                nightly_schedule(lambda day: run_night(place, day), place.settings.nightly, zone, now)
            )
        serve_app(app, host, port)
