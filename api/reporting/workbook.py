"""Write the report as a workbook: one sheet per section, and one with every figure, its id and computation."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from api.reporting.errors import ReportExtraMissing
from api.reporting.writing import document, figures_document
from governance.report.figures import Report

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_WIDEST = 60


def report_xlsx(report: Report) -> bytes:
    """Return the workbook. Text is written as text: none of it is ever a formula or a link.

    Raises ReportExtraMissing.
    """
    try:
        import pandas as pd
        import xlsxwriter  # noqa: F401
    except ImportError as missing:
        raise ReportExtraMissing("Excel") from missing
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
        "default_date_format": "yyyy-mm-dd",
    }
    out = BytesIO()
    with pd.ExcelWriter(out, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        book: Any = writer.book
        book.set_properties({"title": report.title, "created": report.at.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        title = book.add_format({"bold": True, "font_size": 13})
        for section in document(report)["sections"]:
            _sheet(book, section, title, head, wrapped)
        figures = pd.DataFrame(figures_document(report))
        figures["of"] = figures["of"].map(", ".join)
        figures.to_excel(writer, sheet_name="Figures", index=False)
        sheet = writer.sheets["Figures"]
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(figures), len(figures.columns) - 1)
        for place, width in enumerate((38, 46, 16, 16, 8, 9, 60, 40)):
            sheet.set_column(place, place, width, wrapped if place > 5 else None)
    return out.getvalue()


def _sheet(book: Any, section: dict[str, Any], title: Any, head: Any, wrapped: Any) -> None:
    sheet = book.add_worksheet(_FORBIDDEN.sub(" ", section["title"])[:_LONGEST_NAME].strip())
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, section["title"], title)
    row = 2
    widths: dict[int, int] = {}
    for block in section["blocks"]:
        for cells, form in _lines(block, head, wrapped):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, form)
                if len(cells) > 1:
                    longest = max((len(line) for line in text.split("\n")), default=0)
                    widths[column] = max(widths.get(column, 12), min(longest + 2, _WIDEST))
            row += 1
        row += 1
    for column, width in widths.items():
        sheet.set_column(column, column, width)


def _lines(block: dict[str, Any], head: Any, wrapped: Any) -> list[tuple[list[str], Any]]:
    """Return rows of a block with their form; drawings are left out, for tables hold the same."""
    lines: list[tuple[list[str], Any]] = []
    if block.get("title") and block["kind"] != "drawing":
        lines.append(([block["title"]], head))
    match block["kind"]:
        case "paragraph":
            lines.append(([_run(block["words"])], None))
        case "key":
            lines += [([item["figure"]["text"], item["label"]], None) for item in block["items"]]
        case "bullets":
            lines += [([_run(item)], None) for item in block["items"]]
        case "cards":
            for card in block["items"]:
                marks = ", ".join(map(_run, card["marks"]))
                lines.append(([card["head"], marks, "\n".join(map(_run, card["lines"]))], wrapped))
        case "table" if block["rows"]:
            lines.append(([column["title"] for column in block["columns"]], head))
            for row in block["rows"]:
                lines.append((["\n".join(map(_run, cell)) for cell in row["cells"]], wrapped))
        case "table":
            lines.append(([block["empty"]], None))
    return lines


def _run(words: list[dict[str, str]]) -> str:
    return "".join(one["text"] for one in words)
