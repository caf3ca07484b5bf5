"""What commands that propose or take a decision share: its statuses, and the options that bind it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from storage.decisions import Conditions

STATUSES = ("unreviewed", "in_review", "approved", "approved_with_conditions", "prohibited", "retired")
DAY = ["%Y-%m-%d"]

Tool = Annotated[str, typer.Argument(help="Id of a tool.")]
Status = Annotated[str, typer.Option("--status", help=f"One of: {', '.join(STATUSES)}.")]
Until = Annotated[datetime | None, typer.Option("--until", formats=DAY, help="Last day of the decision.")]
Departments = Annotated[
    list[str] | None, typer.Option("--department", help="Whom it is meant for; may be repeated.")
]
Tiers = Annotated[list[str] | None, typer.Option("--tier", help="A plan it is meant for; may be repeated.")]
DataClasses = Annotated[
    list[str] | None,
    typer.Option("--data-class", help="What may be entered: none, de_identified, limited_set, phi."),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option("--account", help="Under whose account: organisation, personal, one_plan."),
]
Override = Annotated[
    str | None, typer.Option("--override", help="Why a department that is not ready may begin.")
]


def bound_to(
    tier: list[str] | None,
    department: list[str] | None,
    data_class: list[str] | None,
    account: list[str] | None,
) -> "Conditions":
    """Return what the options bind a decision to."""
    from storage.decisions import Conditions

    return Conditions(
        tuple(tier or ()), tuple(department or ()), tuple(data_class or ()), tuple(account or ())
    )
