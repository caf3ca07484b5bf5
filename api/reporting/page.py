"""Write the report as one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.reporting.writing import document
from governance.report.figures import Report


def report_html(report: Report) -> str:
    """Return the page. Its policy allows its own style sheet and nothing else."""
    style = files("api.reporting").joinpath("templates", "report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("api.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Our own style sheet, and our own drawings, whose texts were escaped as they were drawn.
    environment.filters["ours"] = Markup
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html").render(
        report=document(report), style=style, style_digest=digest
    )
