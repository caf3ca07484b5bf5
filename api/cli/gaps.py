"""`skiagram gaps`: which rules have a gap, since when, how much use falls in it, and what closes it."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.gap_assessment import Gap


def gaps(
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="Only met, gap, unknown or not_applicable; may be repeated."),
    ] = None,
    framework: Annotated[
        str | None, typer.Option("--framework", help="Only hipaa, policy, nist_ai_rmf, iso_42001 or jc_chai.")
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Also requirement, evidence and source.")
    ] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Assess gaps from evidence: law, own rules and voluntary frameworks. Prepared, not decided.

    Example: skiagram gaps --state gap --details
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json
    from api.http.compliance_documents import GapDocument
    from api.workplace import now
    from governance.errors import GovernanceError
    from governance.gap_assessment import assess_gaps
    from governance.gap_rules import load_rules
    from governance.gaps.verdict import STATES

    frameworks = sorted({rule.framework for rule in load_rules()})
    for one in state or ():
        if one not in STATES:
            raise GovernanceError(f"There is no state {one!r}; use {', '.join(STATES)}.")
    if framework is not None and framework not in frameworks:
        raise GovernanceError(f"There is no framework {framework!r}; use {', '.join(frameworks)}.")
    place = workplace(db)
    with place.database.read() as conn:
        found = assess_gaps(conn, place.catalogue, place.weights, now())
    kept = [
        one for one in found if (not state or one.state in state) and framework in (None, one.rule.framework)
    ]
    if as_json:
        print_json([GapDocument.model_validate(one).model_dump(mode="json") for one in kept])
        return
    _details(kept) if details else _print(kept)
    counts = ", ".join(
        f"{sum(one.state == name for one in kept)} {name.replace('_', ' ')}" for name in STATES
    )
    note(f"{counts}. Prepared from what was read; whether the law is kept is for people to decide.")


def _print(found: "list[Gap]") -> None:
    from api.cli.output import table

    columns = (("state", "left"), ("rule", "left"), ("title", "left"), ("since", "left"), ("tools", "right"),
               ("people", "right"), ("events", "right"))  # fmt: skip
    table(
        columns,
        [
            [
                one.state.replace("_", " "),
                one.rule.id,
                one.rule.title + (f" ({one.rule.status})" if one.rule.status != "in_force" else ""),
                one.since.isoformat() if one.since else "",
                str(len(one.tools) or ""),
                "" if not one.tools else "unknown" if one.people is None else str(one.people),
                str(one.events or ""),
            ]
            for one in found
        ],
    )


def _details(found: "list[Gap]") -> None:
    from api.pages.text import shown

    for one in found:
        rule = one.rule
        since = f" since {one.since}" if one.since else ""
        print(shown(f"{one.state.replace('_', ' ')}{since}: {rule.title} [{rule.id}]"))
        print(shown(f"  asked: {rule.requirement}"))
        print(
            shown(f"  where: {rule.citation}; {rule.status.replace('_', ' ')}; {rule.source}, {rule.as_of}")
        )
        if rule.official:
            print(shown(f"  official text: {rule.official}"))
        for line in one.evidence:
            print(shown(f"  found: {line}"))
        if one.state in ("gap", "unknown"):
            print(shown(f"  closes: {one.closes}"))
