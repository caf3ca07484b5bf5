"""`skiagram policy`: the policy that follows from the decisions in force, its versions, and who attested to it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.importing import Columns, DryRun, Encoding, bring_in, kept
from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.policy import Section

policy = typer.Typer(
    help="Make a policy of one page of the decisions in force, publish it, and take attestations.",
    rich_markup_mode=None,
)
By = Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")]


@policy.command()
def show(
    version: Annotated[int | None, typer.Option("--version", min=1, help="A published version.")] = None,
    html: Annotated[bool, typer.Option("--html", help="Print one HTML page.")] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print the policy as the decisions in force say it today, or a published version.

    Example: skiagram policy show --html > policy.html
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json
    from api.http.compliance_documents import SectionDocument
    from api.workplace import now
    from governance.policy import policy_in_force, sections_of
    from storage.policies import policy_of

    place = workplace(db)
    with place.database.read() as conn:
        current = policy_in_force(conn, place.catalogue, now())
        sections = current.sections if version is None else sections_of(policy_of(conn, version).sections)
    if html:
        from api.pages.policy_sheet import sheet

        print(sheet(sections, _heading(version, current.changed)))
    elif as_json:
        print_json([SectionDocument.model_validate(one).model_dump(mode="json") for one in sections])
    else:
        _print(sections)
        if version is None and current.changed:
            note("This is not published: skiagram policy publish --help")


@policy.command()
def publish(
    by: By,
    owner: Annotated[str | None, typer.Option("--owner", help="Who owns the policy.")] = None,
    contact: Annotated[str | None, typer.Option("--contact", help="To whom people report.")] = None,
    db: Database = None,
) -> None:
    """Publish what the decisions in force say as a new version, and print what changed.

    Example: skiagram policy publish --owner "AI committee" --contact "privacy@hospital.example" --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.pages.text import shown
    from api.workplace import now
    from governance.policy_versions import publish as publish_new

    place = workplace(db)
    with place.database.write() as conn:
        version = publish_new(conn, place.catalogue, owner, contact, by, now())
    for sign, lines in (("-", version.removed), ("+", version.added)):
        for line in lines:
            print(shown(f"{sign} {line}"))
    note(f"version {version.id} is published, SHA-256 {version.digest}")


@policy.command("list")
def list_versions(db: Database = None, as_json: AsJson = False) -> None:
    """Print all published versions with the number of people who attested to each."""
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from storage.policies import attested_counts, policies

    with workplace(db).database.read() as conn:
        found, counts = policies(conn), attested_counts(conn)
    if as_json:
        print_json([version_document(one, counts.get(one.id, 0)) for one in found])
        return
    if not found:
        print("No policy has been published yet: skiagram policy publish --help")
        return
    table(
        (("version", "right"), ("published", "left"), ("by", "left"), ("changed lines", "right"),
         ("attested", "right"), ("SHA-256", "left")),
        [[str(one.id), f"{one.published_at:%Y-%m-%d}", one.published_by, str(len(one.added) + len(one.removed)),
          str(counts.get(one.id, 0)), one.digest[:16]] for one in found],
    )  # fmt: skip


@policy.command()
def attest(
    by: By,
    person: Annotated[
        str | None, typer.Argument(help="Who has read it, in any spelling; stored as a pseudonym.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="CSV with a column of names, and one of days.")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Day of the attestation; today.")
    ] = None,
    version: Annotated[int | None, typer.Option("--version", min=1, help="The newest if left out.")] = None,
    column: Columns = None,
    encoding: Encoding = None,
    dry_run: DryRun = False,
    db: Database = None,
) -> None:
    """Keep that people have read the policy: one person, or all of a file. Names are never stored.

    Example: skiagram policy attest --file attested.csv --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.errors import PolicyInvalid
    from governance.policy_versions import attest as keep
    from governance.policy_versions import read_attestations

    if (person is None) == (file is None):
        raise PolicyInvalid("Name one person, or a file with --file.")
    place = workplace(db)
    moment = now()
    if file is None:
        day = (on.replace(tzinfo=UTC) if on else moment).date()
        principals = {place.pseudonyms.principal(person or ""): day}
        with place.database.write() as conn:
            done = keep(conn, version, principals, by, moment)
    else:
        done = bring_in(
            place,
            file,
            column,
            lambda conn, content, columns: keep(
                conn,
                version,
                read_attestations(content, place.pseudonyms.principal, moment.date(), encoding, columns),
                by,
                moment,
            ),
            dry_run=dry_run,
        )
    note(f"{done.rows} attested, {done.new} of them new{kept(dry_run)}")


@policy.command()
def contradictions(db: Database = None, as_json: AsJson = False) -> None:
    """List use that contradicts the policy: tools, people, events, and since when."""
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.http.compliance_documents import GapDocument
    from api.pages.text import shown
    from api.workplace import now
    from governance.gap_assessment import assess_gaps
    from governance.policy_versions import contradicting

    place = workplace(db)
    with place.database.read() as conn:
        found = contradicting(assess_gaps(conn, place.catalogue, place.weights, now()))
    if as_json:
        print_json([GapDocument.model_validate(one).model_dump(mode="json") for one in found])
        return
    if not found:
        print("No use that contradicts the policy, as far as the logs that were read can tell.")
    for one in found:
        people = "an unknown number of" if one.people is None else one.people
        print(shown(f"{one.rule.title}: {people} people, {one.events} events since {one.since}"))
        for line in one.evidence:
            print(shown(f"  {line}"))


def version_document(one: Any, attested: int) -> dict[str, Any]:
    """Return a published version for programs."""
    from api.http.compliance_documents import PolicyVersionDocument

    values = {
        name: getattr(one, name) for name in PolicyVersionDocument.model_fields if name != "attestations"
    }
    return PolicyVersionDocument(**values, attestations=attested).model_dump(mode="json")


def _heading(version: int | None, changed: bool) -> str:
    if version is not None:
        return f"Version {version}"
    return "Draft, not published" if changed else "In force"


def _print(sections: "tuple[Section, ...]") -> None:
    from api.pages.text import shown

    for one in sections:
        print(shown(one.title.upper()))
        for sentence in one.sentences:
            print(shown(sentence))
        for name, *cells in one.rows:
            told = (f"{title.lower()}: {cell}" for title, cell in zip(one.columns[1:], cells, strict=True))
            print(shown(f"- {name}: {'; '.join(told)}"))
        print()
