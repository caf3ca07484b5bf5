"""`skiagram findings`: what somebody has to act on beside the ranked tools."""

from typing import Annotated, Any

import typer

from api.cli.options import AsJson, Database


def findings(
    kind: Annotated[str | None, typer.Option("--kind", help="Only findings of this kind.")] = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """List findings with their evidence, such as use of a tool after somebody's last day.

    Example: skiagram findings --kind leaver --json
    """
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from api.workplace import now
    from governance.errors import GovernanceError
    from governance.open_findings import Setting, finding_kinds, open_findings

    place = workplace(db)
    kinds = {one.name: one for one in finding_kinds()}
    if kind is not None and kind not in kinds:
        raise GovernanceError(f"There is no kind of finding {kind!r}; known: {', '.join(kinds)}.")
    with place.database.read() as conn:
        found = open_findings(Setting(conn, place.catalogue, place.weights, now()), kind)
    if as_json:
        print_json([finding_document(one) for one in found])
        return
    if not found:
        print(
            "No finding of these kinds: "
            + ", ".join(kinds[name].title for name in kinds if kind in (None, name))
        )
        return
    columns = (("kind", "left"), ("last seen", "left"), ("meaning", "left"), ("sources", "left"))
    table(
        columns,
        [
            [
                one.kind,
                f"{one.last_seen:%Y-%m-%d}" if one.last_seen else "",
                one.summary,
                ", ".join(map(str, one.evidence.get("sources", ()))),
            ]
            for one in found
        ],
    )


def finding_document(one: Any) -> dict[str, Any]:
    """Return a finding for programs."""
    return {
        "kind": one.kind,
        "key": one.key,
        "summary": one.summary,
        "tool_id": one.tool_id,
        "principal": one.principal,
        "department": one.department,
        "first_seen": one.first_seen.isoformat() if one.first_seen else None,
        "last_seen": one.last_seen.isoformat() if one.last_seen else None,
        "evidence": dict(one.evidence),
    }
