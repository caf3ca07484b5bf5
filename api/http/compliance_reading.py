"""Read gaps, policy, measures and reviews for pages and documents, each in one snapshot of the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from api.http.reading import Reader
from governance.gap_assessment import Gap, assess_gaps
from governance.gaps.evidence import gather
from governance.incidents import OpenIncident, all_incidents
from governance.kpis import Kpis, kpis
from governance.policy import Policy, policy_in_force
from governance.reviews import Review, calendar
from storage.policies import PolicyVersion, attested_counts, policies


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the overview of governance shows."""

    gaps: tuple[Gap, ...]
    policy: Policy
    incidents: list[OpenIncident]
    reviews: tuple[Review, ...]
    kpis: Kpis


def read_gaps(reader: Reader, conn: Connection) -> tuple[Gap, ...]:
    """Return every rule with its state."""
    now = reader.clock()
    return assess_gaps(conn, reader.catalogue, reader.weights, now, reader.judging.judged(conn, now))


def read_overview(reader: Reader) -> Overview:
    """Return all of it together."""
    now = reader.clock()
    with reader.database.read() as conn:
        judged = reader.judging.judged(conn, now)
        known = gather(conn, reader.catalogue, judged, now)
        gaps = assess_gaps(conn, reader.catalogue, reader.weights, now, judged, known)
        return Overview(
            gaps,
            policy_in_force(conn, reader.catalogue, now),
            all_incidents(conn),
            calendar(conn, reader.catalogue, reader.weights, now, judged, gaps, known),
            kpis(conn, reader.catalogue, reader.weights, now, judged, gaps, known),
        )


def read_reviews(reader: Reader) -> tuple[Review, ...]:
    """Return the calendar."""
    now = reader.clock()
    with reader.database.read() as conn:
        judged = reader.judging.judged(conn, now)
        return calendar(conn, reader.catalogue, reader.weights, now, judged)


def read_kpis(reader: Reader) -> Kpis:
    """Return all measures."""
    now = reader.clock()
    with reader.database.read() as conn:
        judged = reader.judging.judged(conn, now)
        return kpis(conn, reader.catalogue, reader.weights, now, judged)


def read_versions(conn: Connection) -> list[tuple[PolicyVersion, int]]:
    """Return every published policy with the number of people who attested to it, newest first."""
    counts = attested_counts(conn)
    return [(one, counts.get(one.id, 0)) for one in policies(conn)]


def tool_names(reader: Reader) -> dict[str, str]:
    """Return tool id -> name as the catalogue has it."""
    return {tool.id: tool.name for tool in reader.catalogue.tools.values()}
