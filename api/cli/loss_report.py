"""Print the estimate of yearly loss, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from api.cli.output import table
from api.pages.text import rounded, shown
from governance.loss import Loss, LossEstimate, Spread


def print_estimate(found: LossEstimate, tools: Sequence[Loss], *, with_sum: bool) -> None:
    """Print a row for each tool and, unless one tool was asked for, their sum."""
    print(f"{found.label}\n")
    columns = (
        ("tool", "left"), ("chance in a year", "right"), ("expected a year", "right"),
        ("if it happens: 10 %", "right"), ("50 %", "right"), ("90 %", "right"), ("records a year", "right"),
    )  # fmt: skip
    rows = [_row(shown(one.name), one) for one in tools]
    if with_sum:
        rows.append(_row("ALL TOOLS", found.organisation))
    table(columns, rows)
    if with_sum:
        yearly = found.organisation.yearly
        print(
            f"\nA year of all tools: {rounded(yearly.p10)} in the best tenth of years, "
            f"{rounded(yearly.p50)} in the middle, {rounded(yearly.p90)} or more in the worst tenth; "
            f"{rounded(yearly.expected)} on average."
        )
    print(
        f"\n{found.currency}; {found.runs:,} simulated years, seed {found.seed}. "
        "Sums are added up year by year, so percentiles of tools do not add up."
    )
    print(f"Penalties: {found.penalties}")
    print(
        "Assumptions: skiagram risk quantify --print-inputs; change them and give them back with --inputs FILE."
    )


def estimate_document(found: LossEstimate, tools: Sequence[Loss]) -> dict[str, Any]:
    """Return the estimate for programs."""
    return {
        "label": found.label,
        "estimate": True,
        "currency": found.currency,
        "runs": found.runs,
        "seed": found.seed,
        "penalties": found.penalties,
        "tools": [asdict(one) for one in tools],
        "organisation": asdict(found.organisation),
    }


def _row(name: str, one: Loss) -> list[str]:
    happens = one.if_it_happens or Spread(0, 0, 0, 0)
    return [
        name,
        f"{one.chance:.1%}",
        rounded(one.yearly.expected),
        *(rounded(value) for value in (happens.p10, happens.p50, happens.p90)),
        f"{one.records.p10:,.0f}-{one.records.p90:,.0f}",
    ]
