"""Write the report as PDF: page numbers, repeated table heads, no cut rows, tagged for screen readers."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from api.reporting.errors import ReportExtraMissing
from api.reporting.writing import document
from governance.report.figures import Report

PAPERS = ("letter", "a4")
_WORD = re.compile(r"\S{15,}")
_AFTER = re.compile(r"(?<=[/._:@=&?-])(?=\w)")
_PIECES = re.compile(r"[^\u200b]{12}(?=[^\u200b])")


def report_pdf(report: Report, paper: str = PAPERS[0]) -> bytes:
    """Return the PDF. Raises ReportExtraMissing."""
    try:
        import typst
    except ImportError as missing:
        raise ReportExtraMissing("PDF") from missing
    inputs = {
        "report": json.dumps(_breakable(document(report))),
        "paper": {"letter": "us-letter", "a4": "a4"}[paper],
    }
    template = files("api.reporting").joinpath("templates", "report.typ").read_bytes()

    def compiled(*, accessible: bool) -> object:
        return typst.compile(
            template,
            format="pdf",
            sys_inputs=inputs,
            timestamp=int(report.at.timestamp()),
            pdf_standards="ua-1" if accessible else None,
        )

    try:
        made = compiled(accessible=True)
    except typst.TypstError:
        # The accessible kind must not have a letter no font knows; a name in such letters is no reason to have none.
        made = compiled(accessible=False)
    if not isinstance(made, bytes):
        raise TypeError("the PDF came in several pieces")
    return made


def _breakable(value: Any) -> Any:
    """Let long words break: a path or a name without spaces must not run over the edge of its column."""
    if isinstance(value, dict):
        return {key: one if key == "svg" else _breakable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_breakable(one) for one in value]
    if isinstance(value, str):
        return _WORD.sub(lambda word: _PIECES.sub(r"\g<0>" + "\u200b", _AFTER.sub("\u200b", word[0])), value)
    return value
