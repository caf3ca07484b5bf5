"""`skiagram kpis`: how AI is governed here, in numbers, week by week, and which stage that is."""

from typing import TYPE_CHECKING

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.kpis import Kpi, Kpis


def kpis(db: Database = None, as_json: AsJson = False) -> None:
    """Print measures of governance, computed for past weeks from stored rows, and the stage they come to.

    Example: skiagram kpis --json
    """
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.http.compliance_documents import KpisDocument
    from api.workplace import now
    from governance.kpis import kpis as measure

    place = workplace(db)
    with place.database.read() as conn:
        found = measure(conn, place.catalogue, place.weights, now())
    if as_json:
        print_json(KpisDocument.model_validate(found).model_dump(mode="json"))
    else:
        _print(found)


def value_text(value: float | None, unit: str) -> str:
    """Return a measured value for people."""
    if value is None:
        return "unknown"
    if unit == "share":
        return f"{100 * value:.0f} %"
    if unit == "yes_no":
        return "yes" if value else "no"
    return f"{value:,.1f}" if value % 1 else f"{value:,.0f}"


def _print(found: "Kpis") -> None:
    from api.cli.output import table

    table(
        (("measure", "left"), ("value", "right"), ("meaning", "left")),
        [[one.title, value_text(one.value, one.unit), one.how] for one in found.now],
    )
    if found.weeks:
        columns = [("week of", "left")]
        columns += [
            (title, "right")
            for title in (
                "events",
                "approved",
                "users",
                "unapproved",
                "waiting",
                "BAA",
                "gaps",
                "sources read",
            )
        ]
        rows = []
        for week in found.weeks:
            counts = (week.users, week.unapproved_users, week.waiting)
            rows.append(
                [
                    week.start.isoformat() + ("" if week.complete else " so far"),
                    f"{week.events:,}",
                    value_text(week.approved_share, "share"),
                    *("unknown" if count is None else str(count) for count in counts),
                    value_text(week.baa_coverage, "share"),
                    "unknown" if week.gaps is None else str(week.gaps),
                    value_text(week.source_coverage, "share"),
                ]
            )
        table(columns, rows)
    _print_stage(found)


def _print_stage(found: "Kpis") -> None:
    reached = found.maturity
    print(f"Stage: {reached.stage.title}. {reached.stage.meaning}")
    if reached.next is None:
        return
    print(f"Missing for {reached.next.title}:")
    units = {one.id: one.unit for one in found.now}
    for one in reached.missing:
        held = value_text(one.value, units.get(one.criterion.measure, "count"))
        print(f"  {one.criterion.says} Now: {held}.")


def kpi_text(one: "Kpi") -> str:
    """Return a measure's value for people."""
    return value_text(one.value, one.unit)
