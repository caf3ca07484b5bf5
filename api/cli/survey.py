"""`skiagram survey`: ask department heads which AI tools they use, and lay the answers beside the logs."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.declared import DepartmentComparison

survey = typer.Typer(
    help="Ask department heads which AI tools they use: links to a form, answers, and the difference to the logs.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
By = Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")]


@survey.command()
def create(
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day on which answers are taken.")
    ],
    by: By,
    department: Annotated[str | None, typer.Option("--department", help="The department to ask.")] = None,
    heads: Annotated[
        Path | None,
        typer.Option("--heads", help="CSV file with columns department and head: a link for each."),
    ] = None,
    base_url: Annotated[
        str, typer.Option("--base-url", help="Address under which the service is reached.")
    ] = "http://127.0.0.1:8642",
    db: Database = None,
) -> None:
    """Make a link for a department head, who answers a form without an account, and print it.

    The link is shown once: only a digest of it is stored. It is for one department, ends by itself, and can be
    revoked.

    Example: skiagram survey create --department Radiology --until 2026-12-31 --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.imports import content_of
    from api.pages.text import several, shown
    from api.workplace import now
    from governance.imports.records import decoded, read_table
    from governance.survey import HEAD_COLUMNS, SurveyInvalid, begin_survey

    asked: list[tuple[str, str]] = [(department, "")] if department else []
    if heads is not None:
        rows = read_table(decoded(content_of(heads)), HEAD_COLUMNS, [["department"]])
        asked += [(row.first("department") or "", row.first("head") or "") for row in rows]
    if not asked:
        raise SurveyInvalid(
            "department", "Name a department with --department, or several in a file with --heads."
        )
    place = workplace(db)
    with place.database.write() as conn:
        made = [begin_survey(conn, name, until.date(), by, now()) for name, _ in asked]
    for (name, head), (_, token) in zip(asked, made, strict=True):
        link = f"{base_url.rstrip('/')}/survey/{token}"
        print("\t".join(shown(part) for part in (link, name, head) if part))
    note(f"{several(len(made), 'link')}, open until {until.date()}; only now is it shown")


@survey.command("list")
def list_surveys(db: Database = None, as_json: AsJson = False) -> None:
    """Print every link that was handed out, without its token."""
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from api.workplace import now
    from storage.surveys import count_answers, surveys

    place = workplace(db)
    with place.database.read() as conn:
        found = [(one, count_answers(conn, one.id)) for one in surveys(conn)]
    today = now().date()
    rows = [
        {
            "number": one.id,
            "department": one.department,
            "until": one.until.isoformat(),
            "state": "revoked" if one.revoked_at else "open" if one.open_on(today) else "over",
            "answers": number,
        }
        for one, number in found
    ]
    if as_json:
        print_json(rows)
        return
    columns = (
        ("number", "right"), ("department", "left"), ("until", "left"), ("state", "left"), ("answers", "right"),
    )  # fmt: skip
    table(columns, [[str(value) for value in row.values()] for row in rows])


@survey.command()
def revoke(
    number: Annotated[int, typer.Argument(help="Number of the link, as the list shows it.")],
    by: By,
    db: Database = None,
) -> None:
    """Let a link take no more answers; those it took stay."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.survey import end_survey

    place = workplace(db)
    with place.database.write() as conn:
        ended = end_survey(conn, number, by, now())
    note(f"the link for {ended.department} takes no more answers")


@survey.command("import")
def import_answers(
    file: Annotated[
        Path, typer.Argument(help="CSV: department, tool, purpose, people, patient_data, account.")
    ],
    by: By,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="FIELD=COLUMN", help="Name a column.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Where it is not UTF-8.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count, but keep nothing.")] = False,
    db: Database = None,
) -> None:
    """Take answers from a file; "none" under tool says that a department uses no AI tool."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.imports import carried_out, column_names, content_of
    from api.workplace import now
    from governance.survey import import_answers as import_all

    place = workplace(db)
    content, columns = content_of(file), column_names(column or ())
    rows, new = carried_out(
        place.database,
        file,
        lambda conn: import_all(conn, content, place.catalogue, by, now(), encoding, columns),
        dry_run=dry_run,
    )
    note(f"{rows} answers, {new} of them new{'; nothing was kept (--dry-run)' if dry_run else ''}")


@survey.command()
def report(db: Database = None, as_json: AsJson = False) -> None:
    """Print per department what was declared but not seen, and seen but not declared.

    Counts of people below five are not told.
    """
    from api.cli.options import workplace
    from api.cli.output import print_json
    from governance.declared import compare_declared

    place = workplace(db)
    with place.database.read() as conn:
        found = compare_declared(conn, place.catalogue, place.settings.small_cell_threshold)
    if as_json:
        print_json([comparison_document(one) for one in found])
    else:
        _print(found)


def comparison_document(one: "DepartmentComparison") -> dict[str, Any]:
    """Return a department's comparison for programs."""
    from dataclasses import asdict

    return {
        "department": one.department,
        "asked": one.asked,
        "answered": one.answered,
        "says_none": one.says_none,
        "declared": [asdict(tool) for tool in one.declared],
        "seen_but_undeclared": [asdict(tool) for tool in one.undeclared],
    }


def _print(found: "list[DepartmentComparison]") -> None:
    from api.cli.output import table

    if not found:
        print("No department is known yet: nothing was scanned, nobody was asked.")
        return
    rows = []
    for one in found:
        if not one.answered:
            state = "asked, no answer" if one.asked else "not asked"
        else:
            state = "says none" if one.says_none and not one.declared else "answered"
        rows.append(
            [
                one.department,
                state,
                ", ".join(tool.name for tool in one.declared if tool.seen == "here"),
                ", ".join(tool.name for tool in one.unseen),
                ", ".join(f"{tool.name} ({tool.people})" for tool in one.undeclared),
                ", ".join(tool.name for tool in one.for_review),
            ]
        )
    columns = [(title, "left") for title in ("department", "state", *_PROSE_COLUMNS)]
    table(columns, rows)


_PROSE_COLUMNS = (
    "declared and seen",
    "declared, not seen",
    "seen, not declared (people)",
    "not in the catalogue",
)
