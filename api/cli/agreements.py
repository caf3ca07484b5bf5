"""`skiagram agreements`: the register of business associate agreements the organisation has signed."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.importing import By, Columns, DryRun, Encoding, bring_in, kept
from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from datetime import date

    from storage.agreements import Agreement

agreements = typer.Typer(
    help="Enter, list or end the business associate agreements (BAAs) the organisation has signed.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
_DAY = ["%Y-%m-%d"]


@agreements.command()
def add(
    vendor: Annotated[str, typer.Option("--vendor", help="Id of the vendor, as the catalogue has it.")],
    valid_from: Annotated[datetime, typer.Option("--from", formats=_DAY, help="First day in force.")],
    document: Annotated[
        str, typer.Option("--document", help="Where the signed document is: contract number, file.")
    ],
    by: Annotated[str, typer.Option("--by", help="Who enters it; kept in the audit log.")],
    tool: Annotated[
        list[str] | None, typer.Option("--tool", help="Id of a covered tool; all of the vendor if left out.")
    ] = None,
    tier: Annotated[
        list[str] | None, typer.Option("--tier", help="A covered plan; all plans if left out.")
    ] = None,
    valid_until: Annotated[
        datetime | None, typer.Option("--until", formats=_DAY, help="Last day in force; no end if left out.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option("--sha256", help="Digest of the signed document, as sha256sum prints it.")
    ] = None,
    remark: Annotated[str | None, typer.Option("--note", help="What else to know.")] = None,
    counterparty: Annotated[
        str | None, typer.Option("--counterparty", help="Company that signed, as the document names it.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who here answers for it.")] = None,
    subcontractors: Annotated[
        str, typer.Option("--subcontractors", help="Bound likewise: yes, no or unknown.")
    ] = "unknown",
    notice_days: Annotated[
        int | None, typer.Option("--notice-days", help="Days within which a breach must be reported to us.")
    ] = None,
    training: Annotated[
        str, typer.Option("--training", help="Training on our data: forbidden, allowed or unknown.")
    ] = "unknown",
    deidentification: Annotated[
        str,
        typer.Option("--deidentification", help="Use of de-identified data: forbidden, allowed or unknown."),
    ] = "unknown",
    review: Annotated[
        datetime | None, typer.Option("--review", formats=_DAY, help="Day of the next review.")
    ] = None,
    db: Database = None,
) -> None:
    """Enter a signed agreement. That a vendor offers one is no agreement; only a signed one counts.

    Example: skiagram agreements add --vendor openai --tool chatgpt --tier enterprise --from 2026-01-01
    --document DMS-4711 --by "C. Ruiz"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.agreements import Entry, enter
    from storage.agreements import Clauses

    entry = Entry(
        vendor=vendor,
        tools=tool or (),
        tiers=tier or (),
        valid_from=valid_from.date(),
        valid_until=valid_until.date() if valid_until else None,
        document=document,
        sha256=sha256,
        note=remark,
        clauses=Clauses(
            counterparty=counterparty,
            owner=owner,
            subcontractors=subcontractors,
            training=training,
            deidentification=deidentification,
            notice_days=notice_days,
            review_on=review.date() if review else None,
        ),
    )
    place = workplace(db)
    with place.database.write() as conn:
        number = enter(conn, entry, place.catalogue, by, now())
    note(f"agreement {number} with {vendor} is on record, and in the audit log")


@agreements.command("list")
def list_agreements(db: Database = None, as_json: AsJson = False) -> None:
    """Print every agreement on record, in force or not.

    Example: skiagram agreements list --json
    """
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.workplace import now
    from governance.agreements import to_act_on
    from storage.agreements import agreements as on_record

    place = workplace(db)
    with place.database.read() as conn:
        found = on_record(conn)
    today = now().date()
    if as_json:
        print_json([agreement_document(one, today) for one in found])
    else:
        _print(found, today)
        for one, why in to_act_on(found, today):
            print(f"Due: agreement {one.id} with {one.vendor_id}: {why}")


@agreements.command()
def show(
    number: Annotated[int, typer.Argument(help="Number of the agreement, as the list shows it.")],
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print everything on record about one agreement."""
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.pages.text import shown
    from api.workplace import now
    from storage.agreements import agreement_of

    place = workplace(db)
    with place.database.read() as conn:
        document = agreement_document(agreement_of(conn, number), now().date())
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        words = ", ".join(value) or "all" if isinstance(value, list) else value
        if isinstance(words, bool):
            words = "yes" if words else "no"
        print(f"{name.replace('_', ' ')}: {shown('not known' if words is None else str(words))}")


@agreements.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: vendor, tools, tiers, from, until, document, sha256, counterparty, owner, subcontractors, "
            "notice days, training, deidentification, review, note; lists with ;"
        ),
    ],
    by: By,
    column: Columns = None,
    encoding: Encoding = None,
    date_format: Annotated[
        str | None, typer.Option("--date-format", help="Where days are not 2026-06-30: %m/%d/%Y")
    ] = None,
    dry_run: DryRun = False,
    db: Database = None,
) -> None:
    """Enter the agreements of a CSV file, all of them or none; what is on record already stays as it is.

    Example: skiagram agreements import register.csv --by "C. Ruiz"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.imports.agreements import import_agreements

    place = workplace(db)
    rows, entered = bring_in(
        place,
        file,
        column,
        lambda conn, content, columns: import_agreements(
            conn, content, place.catalogue, by, now(), encoding, columns, date_format
        ),
        dry_run=dry_run,
    )
    note(f"{rows} agreements, {entered} new{kept(dry_run)}")


@agreements.command()
def end(
    number: Annotated[int, typer.Argument(help="Number of the agreement, as the list shows it.")],
    last_day: Annotated[datetime, typer.Option("--last-day", formats=_DAY, help="Last day in force.")],
    by: Annotated[str, typer.Option("--by", help="Who ends it; kept in the audit log.")],
    db: Database = None,
) -> None:
    """Set the last day of an agreement; it stays on record."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.agreements import end as end_one

    place = workplace(db)
    with place.database.write() as conn:
        ended = end_one(conn, number, last_day.date(), by, now())
    note(
        f"agreement {number} with {ended.vendor_id} ends on {last_day.date()}; use after that day is not covered"
    )


def agreement_document(one: "Agreement", today: "date") -> dict[str, Any]:
    """Return an agreement for programs; empty lists of tools and tiers mean all."""
    return {
        "number": one.id,
        "vendor": one.vendor_id,
        "tools": list(one.tool_ids),
        "tiers": list(one.tiers),
        "from": one.valid_from.isoformat(),
        "until": one.valid_until.isoformat() if one.valid_until else None,
        "in_force": one.in_force(today),
        "document": one.document,
        "sha256": one.document_sha256,
        "note": one.note,
        "by": one.added_by,
        "at": one.added_at.isoformat(),
        "kept_until": one.kept_until.isoformat() if one.kept_until else None,
        "counterparty": one.counterparty,
        "owner": one.owner,
        "subcontractors": one.subcontractors,
        "notice_days": one.notice_days,
        "training": one.training,
        "deidentification": one.deidentification,
        "review": one.review_on.isoformat() if one.review_on else None,
    }


def _print(found: "list[Agreement]", today: "date") -> None:
    from api.cli.output import table

    if not found:
        print("No agreement is on record, so for no vendor is it known whether one was signed.")
        print("Enter one: skiagram agreements add --help")
        return
    columns = (
        ("number", "right"), ("vendor", "left"), ("tools", "left"), ("plans", "left"), ("from", "left"),
        ("until", "left"), ("state", "left"), ("document", "left"),
    )  # fmt: skip
    table(
        columns,
        [
            [
                str(one.id),
                one.vendor_id,
                ", ".join(one.tool_ids) or "all",
                ", ".join(one.tiers) or "all",
                one.valid_from.isoformat(),
                one.valid_until.isoformat() if one.valid_until else "no end",
                agreement_state(one, today),
                one.document,
            ]
            for one in found
        ],
    )


def agreement_state(one: "Agreement", today: "date") -> str:
    """Say in a word or two whether an agreement is in force."""
    if one.in_force(today):
        return "in force"
    return "not begun" if today < one.valid_from else "ended"
