"""`skiagram sources`: does every source still speak, and does it still tell what it used to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.health import SourceHealth


def sources(db: Database = None, as_json: AsJson = False) -> None:
    """Print the health of every source: silent, changed, unexpected, not read, or what it no longer tells.

    Example: skiagram sources --json
    """
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.health import expected_sources, health_document, source_health
    from api.workplace import now

    place = workplace(db)
    with place.database.read() as conn:
        judged = source_health(conn, expected_sources(place.settings), now())
    if as_json:
        print_json([health_document(health) for health in judged])
    else:
        print_health(judged)


def print_health(judged: "Sequence[SourceHealth]") -> None:
    """Print one row per source, and below it what is wrong or not known."""
    from api.cli.output import table
    from api.pages.text import day, shown

    if not judged:
        print("No source is known yet. Scan something: skiagram scan /var/log/squid")
        return
    columns = [(title, "left") for title in ("source", "state", "expected", "last event", "last read")]
    table(
        columns,
        [
            [
                health.source,
                health.words,
                {"configured": "in the settings", "learned": "by its history", "unknown": "-"}[
                    health.expected
                ],
                day(health.last_event),
                day(health.last_read),
            ]
            for health in judged
        ],
    )
    for health in judged:
        for finding in health.findings:
            since = f" since {day(finding.since)}" if finding.since else ""
            print(f"{shown(health.source)}: {finding.words}{since}: {shown(finding.evidence)}")
            print(f"  {shown(finding.advice)}")
