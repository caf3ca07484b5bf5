"""The command `skiagram`: its commands, and what each failure means as an exit code.

0 fine, 1 the --fail-on band was met, 2 usage, 3 some input could not be read or some alert not be sent (the
rest was), 4 configuration or catalogue invalid, 5 storage unavailable, 130 interrupted.
"""

import signal
import sys
from collections.abc import Callable
from enum import IntEnum
from io import TextIOWrapper

import typer

from api.cli.agreements import agreements
from api.cli.alerts import alerts
from api.cli.candidates import candidates
from api.cli.capturing import capture
from api.cli.catalog import catalog
from api.cli.committee import committee
from api.cli.config import config
from api.cli.database import db
from api.cli.datamap import datamap
from api.cli.demonstration import demo
from api.cli.directory import directory
from api.cli.evaluating import evaluate
from api.cli.findings import findings
from api.cli.formats import formats
from api.cli.gaps import gaps
from api.cli.governance_report import report
from api.cli.incidents import incidents
from api.cli.kpis import kpis
from api.cli.listening import listen
from api.cli.night import nightly
from api.cli.policy import policy
from api.cli.pulling import pull
from api.cli.read import read
from api.cli.readiness import readiness
from api.cli.reviews import reviews
from api.cli.risk import risk
from api.cli.scan import scan
from api.cli.serving import serve
from api.cli.sources import sources
from api.cli.survey import survey
from api.cli.tools import tools


class Exit(IntEnum):
    """What the process says to the shell."""

    FINE = 0
    BAND_MET = 1
    USAGE = 2
    INCOMPLETE = 3
    INVALID = 4
    NO_STORAGE = 5
    INTERRUPTED = 130


app = typer.Typer(
    name="skiagram",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Find the AI tools a hospital uses without having approved them, "
        "ranked by exposure of patient data.\n\n"
        "Begin with:  skiagram scan /var/log/squid\n\n"
        "Exit codes: 0 fine, 1 --fail-on band met, 2 usage, 3 some input could not be read or some "
        "alert not be sent, 4 configuration or catalogue invalid, 5 storage unavailable."
    ),
)
app.command()(scan)
app.command()(read)
app.command()(serve)
app.command()(listen)
app.command()(pull)
app.command()(capture)
app.command()(nightly)
app.command()(demo)
app.command()(sources)
app.command()(findings)
app.command()(evaluate)
app.command()(gaps)
app.command()(kpis)
app.add_typer(tools, name="tools")
app.add_typer(candidates, name="candidates")
app.add_typer(risk, name="risk")
app.add_typer(agreements, name="agreements")
app.add_typer(committee, name="committee")
app.add_typer(readiness, name="readiness")
app.add_typer(directory, name="directory")
app.add_typer(survey, name="survey")
app.add_typer(datamap, name="datamap")
app.add_typer(policy, name="policy")
app.add_typer(incidents, name="incidents")
app.add_typer(reviews, name="reviews")
app.add_typer(report, name="report")
app.add_typer(alerts, name="alerts")
app.add_typer(catalog, name="catalog")
app.add_typer(formats, name="formats")
app.add_typer(db, name="db")
app.add_typer(config, name="config")


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and end."),
) -> None:
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"skiagram {version_of('skiagram')}")
        raise typer.Exit


def main() -> None:
    """Run the command line and exit; every known failure is one sentence on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no letters but English ones
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(guarded(app))


def _terminated(number: int, frame: object) -> None:
    # Leaving by an exception removes the copy of standard input, which holds raw lines.
    raise SystemExit(128 + number)


def guarded(command: Callable[[], object]) -> int:
    """Run a command and return its exit code."""
    try:
        command()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            return Exit.FINE  # `| head` has seen enough
        return leaving.code if isinstance(leaving.code, int) else Exit.FINE
    except KeyboardInterrupt:
        print("skiagram: interrupted; what was read is kept, run again to go on", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left, which is its right
        return Exit.FINE
    except OSError as problem:
        from api.pages.text import shown

        where = problem.filename or "output or temporary files"
        said = shown(f"{where}: {problem.strerror}; check space, path and permissions")
        print(f"skiagram: {said}", file=sys.stderr)
        return Exit.INCOMPLETE
    except Exception as problem:
        code = exit_code_of(problem)
        if code is None:
            raise
        from api.pages.text import shown

        # A file that could not be read may be called anything: its name must not begin a line of ours.
        for line in [str(problem)] if code is Exit.INCOMPLETE else str(problem).splitlines():
            print(f"skiagram: {shown(line)}", file=sys.stderr)
        return code
    return Exit.FINE


def exit_code_of(problem: Exception) -> Exit | None:
    """Return the exit code of a known failure, None for a fault of our own."""
    codes = {
        "ScannerError": Exit.INCOMPLETE,
        "FormatInvalid": Exit.INVALID,
        "UnknownFormatId": Exit.USAGE,
        "SettingsInvalid": Exit.INVALID,
        "CatalogueInvalid": Exit.INVALID,
        "SignaturesError": Exit.INVALID,
        "WeightsInvalid": Exit.INVALID,
        "RulesInvalid": Exit.INVALID,
        "DeliveryFailed": Exit.INCOMPLETE,
        "ImportRefused": Exit.INCOMPLETE,
        "SecretUnusable": Exit.INVALID,
        "ReportRefused": Exit.INVALID,
        "PullUnknown": Exit.USAGE,
        "PullExtraMissing": Exit.INVALID,
        "PullError": Exit.INCOMPLETE,
        "CaptureRefused": Exit.USAGE,
        "CaptureFault": Exit.INVALID,
        "GovernanceError": Exit.USAGE,
        "NotRecorded": Exit.USAGE,
        "StorageError": Exit.NO_STORAGE,
        "ServeRefused": Exit.USAGE,
        "ListenRefused": Exit.USAGE,
        "CronInvalid": Exit.INVALID,
        "ZoneUnknown": Exit.USAGE,
    }
    # By name along the class tree: importing the rooms here would make --help slow.
    return next((codes[kind.__name__] for kind in type(problem).__mro__ if kind.__name__ in codes), None)
