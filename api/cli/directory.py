"""`skiagram directory`: who and what the names in logs stand for, imported from the organisation's own lists."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.importing import By, Columns, DryRun, Encoding, ImportFile, bring_in, kept
from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.directory import Imported

directory = typer.Typer(
    help="Import people, devices and subnets, so that names in logs become persons with a department.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@directory.command("import")
def import_people(
    file: ImportFile,
    by: By,
    kind: Annotated[
        str | None, typer.Option("--format", help="csv, ldif or scim, where the content does not say.")
    ] = None,
    column: Columns = None,
    encoding: Encoding = None,
    date_format: Annotated[
        str | None, typer.Option("--date-format", help="How days are written, such as %m/%d/%Y.")
    ] = None,
    dry_run: DryRun = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Replace the people of the directory by those of a CSV, LDIF or SCIM 2.0 export.

    Names are stored as keyed pseudonyms only. Fields: account, sign_in, mail, aliases, employee_id,
    distinguished_name, domain, department, role, clinical, manager, active_from, active_until, enabled,
    account_control; columns with the usual names of Active Directory and HR exports are found by themselves.

    Example: skiagram directory import people.csv --column account=Login --by "A. Chen" --dry-run
    """
    from dataclasses import asdict

    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.workplace import now
    from governance.directory import ReadAs
    from governance.directory import import_people as import_all

    place = workplace(db)
    words = place.weights.clinical_words
    found = bring_in(
        place,
        file,
        column,
        lambda conn, content, columns: import_all(
            conn, content, ReadAs(kind, encoding, columns, date_format), place.pseudonyms, words, by, now()
        ),
        dry_run=dry_run,
    )
    if as_json:
        print_json({**asdict(found), "dry_run": dry_run})
    else:
        _print_people(found, dry_run)


@directory.command("import-subnets")
def import_subnets(
    file: ImportFile,
    by: By,
    column: Columns = None,
    encoding: Encoding = None,
    dry_run: DryRun = False,
    db: Database = None,
) -> None:
    """Replace the subnets by those of a CSV file: cidr, site, department, clinical, kind.

    An address belongs to the smallest subnet that holds it. Counts for what is read from now on.
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.places import import_subnets as import_all

    place = workplace(db)
    total, changed = bring_in(
        place,
        file,
        column,
        lambda conn, content, columns: import_all(conn, content, by, now(), encoding, columns),
        dry_run=dry_run,
    )
    note(f"{total} subnets, {changed} of them changed{kept(dry_run)}")


@directory.command("import-devices")
def import_devices(
    file: ImportFile,
    by: By,
    column: Columns = None,
    encoding: Encoding = None,
    dry_run: DryRun = False,
    db: Database = None,
) -> None:
    """Replace the devices by those of a CSV file: name, mac or asset, ip, owner, department, kind.

    A device with an owner counts as its owner; import people first, so that owners are known by all their names.
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.places import import_devices as import_all

    place = workplace(db)
    domains = place.settings.own_domains
    found = bring_in(
        place,
        file,
        column,
        lambda conn, content, columns: import_all(
            conn, content, place.pseudonyms, domains, by, now(), encoding, columns
        ),
        dry_run=dry_run,
    )
    note(f"{found.devices} devices, {found.owned} of them with an owner{kept(dry_run)}")
    if found.ambiguous:
        note(f"{found.ambiguous} names or addresses stand for several devices and are joined to none")


@directory.command()
def status(db: Database = None, as_json: AsJson = False) -> None:
    """Print how much the directory knows, and how much of what logs name it does not."""
    from dataclasses import asdict

    from api.cli.options import workplace
    from api.cli.output import print_json
    from storage.directory import ambiguous_in_use, directory_counts
    from storage.subnets import subnets

    place = workplace(db)
    with place.database.read() as conn:
        known, unclear, networks = directory_counts(conn), ambiguous_in_use(conn), len(subnets(conn))
    if as_json:
        print_json({**asdict(known), "subnets": networks, "events_of_ambiguous_names": sum(unclear.values())})
        return
    print(
        f"{known.people} people, {known.clinical} of them clinical, {known.without_department} without department"
    )
    print(f"{known.devices} devices without an owner, {known.spellings} spellings in all, {networks} subnets")
    print(f"{known.users_unknown} of {known.users_seen} user names in logs are in no directory")
    print(f"{known.ambiguous} spellings mean several people; logs use {len(unclear)} of them")


@directory.command()
def show(
    name: Annotated[str, typer.Argument(help="A name in any spelling, or a pseudonym.")],
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print what the directory says of one person or device, now and before."""
    from dataclasses import asdict

    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from governance.directory import found_by_name

    place = workplace(db)
    with place.database.read() as conn:
        principal, past = found_by_name(conn, name, place.pseudonyms)
    if as_json:
        rows = [{**asdict(one.entry), "from": one.valid_from, "until": one.valid_until} for one in past]
        print_json({"principal": principal, "entries": rows})
        return
    print(principal)
    columns = [
        (title, "left") for title in ("from", "until", "department", "role", "clinical", "active until")
    ]
    table(
        columns,
        [
            [
                f"{one.valid_from:%Y-%m-%d}",
                f"{one.valid_until:%Y-%m-%d}" if one.valid_until else "now",
                one.entry.department or "unknown",
                one.entry.role or "unknown",
                _clinical(one.entry.clinical, one.entry.clinical_derived),
                str(one.entry.active_until or "no end"),
            ]
            for one in past
        ],
    )


def _clinical(stated: bool | None, derived: bool) -> str:
    if stated is None:
        return "unknown"
    return ("yes" if stated else "no") + (", derived" if derived else "")


def _print_people(found: "Imported", dry_run: bool) -> None:
    from api.cli.output import note

    changes = found.changes
    note(
        f"{found.people} people in {found.rows} rows, {found.spellings} spellings of their names; "
        f"{changes.added} new, {changes.changed} changed, {changes.ended} gone{kept(dry_run)}"
    )
    note(
        f"{found.clinical} clinical, {found.clinical_derived} of them derived from title or department; "
        f"{found.without_department} without department; {found.ended} whose last day is over"
    )
    if found.unknown_managers:
        note(f"{found.unknown_managers} managers are not in the file")
    if found.ambiguous:
        named = ", ".join(found.ambiguous[:10]) + (", ..." if len(found.ambiguous) > 10 else "")
        note(f"{len(found.ambiguous)} names mean several people and are joined to none of them: {named}")
