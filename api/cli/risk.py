"""`skiagram risk`: score scenarios, ask what would change a score, print the weights."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Annotated

import typer

from api.cli.options import AsJson, Database

risk = typer.Typer(
    help="Score scenarios, ask what would change a tool's score, print the weights.", rich_markup_mode=None
)


@risk.command()
def score(
    file: Annotated[
        str, typer.Argument(help="Scenarios, one JSON object a line; - is standard input.")
    ] = "-",
    ndjson: Annotated[bool, typer.Option("--ndjson", help="Print one JSON object a line.")] = False,
) -> None:
    """Score scenarios as the pipeline scores tools: score, range, band and parts.

    Every key may be left out, which means unknown; docs/risk.md explains keys and units. Volumes are measured
    against the greatest among the scenarios unless a scenario states its yardstick. Lines that cannot be read
    get an answer with "error" and their number, and the exit code is 3.

    Example: echo '{"category": "ambient_scribe", "people": 1}' | skiagram risk score --ndjson
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_line
    from api.cli.risk_report import answer_document, print_answers, score_lines

    weights = workplace().weights
    with _lines(file) as lines:
        answers = score_lines(lines, weights)
    refused = [answer for answer in answers if answer.error is not None]
    if ndjson:
        for answer in answers:
            print_line(answer_document(answer))
    else:
        print_answers(answers)
    for answer in refused:
        note(f"skiagram: line {answer.line}: {answer.error}")
    if not answers:
        note("skiagram: no scenario was given; write one JSON object a line (docs/risk.md has the keys)")
    if refused:
        raise typer.Exit(3)


@risk.command()
def explain(
    tool: Annotated[str, typer.Argument(help="Id of a tool that was seen, as the feed shows it.")],
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", metavar="KEY=VALUE,...", help="Facts to replace; may be given often."),
    ] = None,
    inputs: Annotated[
        bool,
        typer.Option("--inputs", help="Print the facts as one line for `skiagram risk score`, and end."),
    ] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print the sum of a tool's score, and beside it the sum under other assumptions.

    Keys are those of `skiagram risk score`; short names: baa, department, audio, ehr. Several departments are
    separated by semicolons; "unknown" takes a fact away.

    Example: skiagram risk explain chatgpt --assume baa=signed,department=radiology
    The same score again: skiagram risk explain chatgpt --inputs | skiagram risk score
    """
    from api.cli.options import workplace
    from api.cli.output import print_json, print_line
    from api.cli.risk_report import comparison_document, print_comparison
    from api.workplace import now
    from governance.ranking import judged_tools, judged_with
    from governance.scenario import scenario_document
    from governance.what_if import compare, parse_assumptions

    place = workplace(db)
    assumed = parse_assumptions(assume or (), place.weights)
    with place.database.read() as conn:
        judged = judged_tools(conn, place.catalogue, place.weights, now())
    found = next((one for one in judged if one.tool_id == tool), None)
    if found is None:
        raise typer.BadParameter(
            _unseen(tool, [one.tool_id for one in judged], known=tool in place.catalogue.tools),
            param_hint="TOOL",
        )
    comparison = compare(found.inputs, assumed, place.weights)
    if inputs:
        print_line({"id": tool, **scenario_document(comparison.inputs)})
        return
    moved = judged_with(judged, tool, comparison.inputs, place.weights)
    would_be = next(one for one in moved if one.tool_id == tool)
    if as_json:
        print_json(comparison_document(found, would_be, comparison, place.weights.version))
    else:
        print_comparison(found, would_be, comparison)


@risk.command()
def history(
    tool: Annotated[str, typer.Argument(help="Id of a tool.")],
    at: Annotated[
        datetime | None,
        typer.Option("--at", formats=["%Y-%m-%d"], help="Only what held at the end of this day (UTC)."),
    ] = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print how a tool was judged in the past: score, what changed, and what it was made of.

    An assessment is kept whenever a scan changed it, with its parts, facts, evidence and versions.

    Example: skiagram risk history chatgpt --at 2026-11-01
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json
    from api.cli.risk_history import past_document, print_history, print_past
    from storage.assessments import assessment_at, assessment_history
    from storage.inventory import inventory_entry

    place = workplace(db)
    with place.database.read() as conn:
        inventory_entry(conn, tool)
        if at is None:
            found = assessment_history(conn, tool)
        else:
            one = assessment_at(conn, tool, at.replace(tzinfo=UTC) + timedelta(days=1, microseconds=-1))
            found = [] if one is None else [one]
    if as_json:
        print_json([past_document(one) for one in found])
    elif not found:
        note(f"skiagram: {tool} had not been judged by then")
    elif at is None:
        print_history(found)
    else:
        print_past(found[0])


@risk.command()
def quantify(
    tool: Annotated[
        str | None, typer.Argument(help="Id of a tool; all tools in the feed if left out.")
    ] = None,
    inputs: Annotated[
        Path | None, typer.Option("--inputs", metavar="FILE", help="Assumptions of your own, as TOML.")
    ] = None,
    print_inputs: Annotated[
        bool, typer.Option("--print-inputs", help="Print the assumptions in force, and end.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same figures.")] = 1,
    runs: Annotated[int, typer.Option("--runs", min=100, max=1_000_000, help="Simulated years.")] = 10_000,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Estimate the yearly loss in money through unapproved tools: a range for each, and their sum.

    An estimate from assumptions you can print and change, by simulation (FAIR): how often, how many records,
    what a record, a breach and a penalty cost.

    Example: skiagram risk quantify chatgpt --seed 7
    """
    from api.cli.options import workplace
    from api.cli.output import print_json
    from governance.loss_inputs import load_loss_inputs, load_penalties, shipped_inputs

    assumed = load_loss_inputs(inputs)
    if print_inputs:
        print((inputs or shipped_inputs()).read_text(encoding="utf-8"), end="")
        return
    from api.cli.loss_report import estimate_document, print_estimate
    from api.workplace import now
    from governance.loss import estimate, use_of
    from governance.ranking import judged_tools

    place = workplace(db)
    with place.database.read() as conn:
        judged = judged_tools(conn, place.catalogue, place.weights, now())
    chosen = [one for one in judged if (one.in_feed if tool is None else one.tool_id == tool)]
    if tool is not None and not chosen:
        known = tool in place.catalogue.tools
        raise typer.BadParameter(
            _unseen(tool, [one.tool_id for one in judged], known=known), param_hint="TOOL"
        )
    found = estimate([use_of(one) for one in chosen], assumed, load_penalties(), seed=seed, runs=runs)
    if as_json:
        print_json(estimate_document(found, found.tools))
    else:
        print_estimate(found, found.tools, with_sum=tool is None)


@risk.command()
def weights(
    update: Annotated[
        Path | None, typer.Option("--update", metavar="PAGE", help="Bring the tables of a page up to date.")
    ] = None,
) -> None:
    """Print every weight in force with its reason and citation, as Markdown.

    Example: skiagram risk weights --update docs/risk.md
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from governance.weights_page import fill_sections, page_sections

    sections = page_sections(workplace().weights)
    if update is None:
        print(f"{sections['bands']}\n\n{sections['weights']}")
        return
    try:
        page = update.read_text(encoding="utf-8")
        update.write_text(fill_sections(page, sections), encoding="utf-8")
    except OSError as problem:
        raise typer.BadParameter(
            f"{update}: {problem.strerror}; name a page this user may write", param_hint="--update"
        ) from problem
    except ValueError as problem:
        raise typer.BadParameter(f"{update}: {problem}", param_hint="--update") from problem
    note(f"wrote the tables of {update}")


def _unseen(tool: str, seen: list[str], *, known: bool) -> str:
    if known:
        return (
            f"{tool!r} is in the catalogue but was not seen here; score it as a scenario: skiagram risk score"
        )
    from difflib import get_close_matches

    near = get_close_matches(tool, seen, 3)
    advice = f"did you mean {', '.join(near)}?" if near else "skiagram tools prints the ids"
    return f"no tool {tool!r} was seen here; {advice}"


@contextmanager
def _lines(name: str) -> Iterator[IO[str]]:
    if name == "-":
        from io import TextIOWrapper

        yield TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="backslashreplace")
        return
    try:
        with Path(name).open(encoding="utf-8-sig", errors="backslashreplace") as file:
            yield file
    except OSError as problem:
        from api.cli.output import note

        note(f"skiagram: {name}: {problem.strerror}; name a file of scenarios, or - for standard input")
        raise typer.Exit(3) from problem
