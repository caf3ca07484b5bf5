"""`skiagram demo`: an imaginary hospital, scanned before your eyes."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

LAST_DAY = date(2026, 11, 21)
MORNING_AFTER = datetime(2026, 11, 22, 8, tzinfo=UTC)
"""The demo's own present, so that it shows the same on every day it is run."""

RECORD_SYSTEM = """[[systems]]
id = "lakeside-record"
name = "Record of the imaginary hospital"
hosts = ["ehr.lakeside.example"]
source = "the hospital's own"
as_of = 2026-11-21
basis = "own"
"""
"""What a hospital writes to have its record's host known."""


def demo(
    directory: Annotated[
        Path | None,
        typer.Option("--directory", help="Where logs and database go; a new temporary folder if left out."),
    ] = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the pages after the table.")] = True,
    port: Annotated[
        int, typer.Option("--port", help="Port of the pages; the next free one if taken.")
    ] = 8642,
    seed: Annotated[int, typer.Option("--seed", help="Another number makes another week.")] = 7,
) -> None:
    """Write a week of an imaginary hospital's logs, scan them, print the ranking, serve the pages.

    Nothing leaves this machine and nothing outside the folder is touched.
    """
    import tempfile

    from api.cli.output import note
    from api.cli.progress import progress_over
    from api.cli.report import print_result
    from api.demo import write_demo_logs
    from api.demo.organisation import write_organisation
    from api.demo_context import import_organisation
    from api.demo_decisions import decide_as_the_hospital
    from api.scanning import ScanTask, run_scan
    from api.settings import Settings
    from api.workplace import Workplace
    from governance.open_findings import Setting, open_findings

    folder = directory or Path(tempfile.mkdtemp(prefix="skiagram-demo-"))
    logs = folder / "logs"
    note(f"writing a week of logs of an imaginary hospital to {logs}")
    truth = write_demo_logs(logs, seed=seed, end=LAST_DAY)
    (logs / "people.csv").replace(folder / "people.csv")  # who is who: for readers, no log
    record = folder / "ehr.toml"
    record.write_text(RECORD_SYSTEM)
    place = Workplace(Settings(data_directory=folder / "data", database=None, ehr_files=[record]))
    import_organisation(place, write_organisation(folder / "organisation", truth, seed), MORNING_AFTER)
    decide_as_the_hospital(place, MORNING_AFTER)
    with progress_over([str(logs)]) as progress:
        result = run_scan(
            place, [ScanTask((str(logs),))], started_by="demo", clock=lambda: MORNING_AFTER, progress=progress
        )
    print_result(result, 25)
    with place.database.read() as conn:
        for finding in open_findings(Setting(conn, place.catalogue, place.weights, MORNING_AFTER), "breach"):
            print(f"Approval exceeded: {finding.summary}")
    if not serve:
        return
    from api.http.app import create_app
    from api.serve import PortUnusable
    from api.serve import serve as serve_app

    app = create_app(
        database=place.database, catalogue=place.catalogue, weights=place.weights, clock=lambda: MORNING_AFTER
    )
    for candidate in (port, 0):
        try:
            serve_app(app, "127.0.0.1", candidate)
            return
        except PortUnusable as problem:
            if candidate == 0:
                raise
            note(f"{problem} Taking another one.")
