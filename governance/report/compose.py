"""Compose the report for management from everything that is judged and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from governance.gap_assessment import assess_gaps
from governance.health import SourceHealth
from governance.kpis import kpis
from governance.loss import estimate, use_of
from governance.loss_inputs import load_loss_inputs, load_penalties
from governance.policy import policy_in_force
from governance.ranking import RankedTool, judged_tools
from governance.report.basis import basis_section
from governance.report.compliance import (
    findings_section,
    found_by_kind,
    gaps_section,
    policy_section,
)
from governance.report.coverage import coverage_section
from governance.report.figures import Book, Report
from governance.report.ground import Ground
from governance.report.inventory import inventory_section
from governance.report.money import loss_section
from governance.report.plan import plan_section, steps
from governance.report.progress import progress_section
from governance.report.summary import summary_section
from governance.report.surroundings import data_map_section, survey_section
from governance.small_cells import THRESHOLD
from governance.weights import Weights
from signatures.catalogue import Catalogue
from storage.coverage import SourceCoverage


def governance_report(
    conn: Connection,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    covered: Sequence[SourceCoverage],
    health: Sequence[SourceHealth],
    *,
    organisation: str = "",
    threshold: int = THRESHOLD,
    judged: Sequence[RankedTool] | None = None,
) -> Report:
    """Return the report as of a moment; `judged` spares judging every tool again.

    Counts of people below `threshold` are withheld; a threshold of 1 is for readers who may see individuals.
    """
    known = judged_tools(conn, catalogue, weights, now) if judged is None else judged
    loss = estimate([use_of(one) for one in known if one.in_feed], load_loss_inputs(), load_penalties())
    ground = Ground(conn, catalogue, weights, now, known, covered, health, loss, Book(threshold))
    gaps = assess_gaps(conn, catalogue, weights, now, known)
    found = found_by_kind(ground)
    planned = steps(ground, gaps, found)
    sections = (
        summary_section(ground, planned),
        plan_section(planned),
        inventory_section(ground),
        gaps_section(ground, gaps),
        findings_section(ground, found),
        data_map_section(ground),
        survey_section(ground),
        policy_section(policy_in_force(conn, catalogue, now)),
        progress_section(ground, kpis(conn, catalogue, weights, now, known, gaps)),
        loss_section(ground),
        coverage_section(ground),
        basis_section(ground),
    )
    return Report(
        "AI tools and patient data",
        organisation,
        now,
        sections,
        dict(sorted(ground.book.figures.items())),
    )
