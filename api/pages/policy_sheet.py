"""Draw the policy as one HTML page that prints on one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.policy import Section


def sheet(sections: Sequence[Section], heading: str) -> str:
    """Return the page, whole in itself: no script, no address of anything else."""
    from importlib.resources import files

    from api.pages.assets import load_assets
    from api.pages.render import Pages

    style = files("api.pages").joinpath("static", "policy.css").read_text("utf-8")
    environment = Pages(load_assets()).environment
    return environment.get_template("policy_sheet.html").render(
        sections=sections, heading=heading, style=style
    )
