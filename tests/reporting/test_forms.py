"""The report as page, PDF and workbook: complete, the same each time, and harmless whatever logs say."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pandas as pd
import pytest

from api.reporting.errors import ReportExtraMissing
from api.reporting.page import report_html
from api.reporting.paper import report_pdf
from api.reporting.workbook import report_xlsx
from api.reporting.writing import document
from governance.report.figures import Report, Tabled
from tests.http.hospital import PAYLOADS


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.figures: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.figures += [value or "" for name, value in attrs if name == "data-figure"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(page: str) -> _Elements:
    found = _Elements()
    found.feed(page)
    return found


def test_the_page_holds_every_figure_and_no_other_number(hospital_report: Report) -> None:
    found = parsed(report_html(hospital_report))
    assert set(found.figures) <= set(hospital_report.figures)
    printed = {"tool", "department", "summary", "source", "gap", "finding", "kpi", "week", "loss"}
    families = {figure.split(".")[0] for figure in found.figures}
    assert printed <= families
    for section in hospital_report.sections:
        for block in section.blocks:
            if isinstance(block, Tabled):
                cells = [cell for row in block.rows for cell in row if isinstance(cell, str)]
                assert not [cell for cell in cells if re.fullmatch(r"[\d,.]+( %)?", cell)], section.id


def test_the_first_page_says_what_matters(hospital_report: Report) -> None:
    text = " ".join(parsed(report_html(hospital_report)).text)
    for words in ("Scribe One", "What to do first", "What was not read, or cannot be known", "Lakeside"):
        assert words in text
    assert "files were not read to their end" in text
    assert [section.id for section in hospital_report.sections][:2] == ["summary", "plan"]


def test_nothing_read_is_never_called_clean(empty_report: Report) -> None:
    text = " ".join(parsed(report_html(empty_report)).text)
    assert "Nothing was read yet, so nothing can be said" in text
    assert "Nothing was read, so nothing at all is known." in text
    assert report_pdf(empty_report).startswith(b"%PDF-")
    assert report_xlsx(empty_report)


@pytest.mark.parametrize("write", [report_pdf, report_xlsx, lambda report: report_html(report).encode()])
def test_the_same_report_is_written_the_same(hospital_report: Report, write: Any) -> None:
    assert write(hospital_report) == write(hospital_report)


def test_a_moment_of_microseconds_is_no_hindrance(hospital_report: Report) -> None:
    later = replace(hospital_report, at=hospital_report.at.replace(microsecond=123456))
    assert report_pdf(later) == report_pdf(hospital_report)
    assert report_xlsx(later)


def test_the_page_runs_nothing_and_fetches_nothing(attacked_report: Report) -> None:
    page = report_html(attacked_report)
    found = parsed(page)
    assert not {"script", "iframe", "img", "object", "link", "base", "form", "mglyph"} & set(found.names)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "srcdoc"]
    links = [value for name, value in found.attributes if name in ("href", "src", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert "\u202e" not in page
    assert page.count("<style>") == 1
    assert "default-src 'none'; style-src 'sha256-" in page


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_hostile_text_is_print_and_no_markup(attacked_report: Report, paper: str) -> None:
    made = report_pdf(attacked_report, paper)
    assert made.startswith(b"%PDF-")
    assert b"/JavaScript" not in made
    assert b"evil.example" not in re.sub(rb"stream.*?endstream", b"", made, flags=re.DOTALL)


def test_typst_markup_in_names_is_printed_as_it_is(hospital_report: Report) -> None:
    hostile = '診療科 \U0001f600 #panic("x") $a$ *b* _c_ `d` <e> @f [g] \\ // = h \u200b' + "w" * 300
    assert report_pdf(replace(hospital_report, subtitle=hostile, title=hostile)).startswith(b"%PDF-")


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(attacked_report: Report) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(attacked_report)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 500
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_formulas_in_names_stay_text(hospital_report: Report) -> None:
    named = {"=1+1": '=HYPERLINK("http://evil.example")', "+1": "+1", "@x": "@SUM(A1)", "-2": "-2+3"}
    figures = {
        key: replace(figure, title=named.get(key, figure.title), computed="=1+1")
        for key, figure in zip(
            (*named, *hospital_report.figures), hospital_report.figures.values(), strict=False
        )
    }
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(replace(hospital_report, figures=figures))))
    assert "f" not in {cell.data_type for row in book["Figures"].iter_rows() for cell in row}


def test_the_workbook_reads_back_with_one_sheet_a_section(hospital_report: Report) -> None:
    sheets = pd.read_excel(io.BytesIO(report_xlsx(hospital_report)), sheet_name=None)
    assert len(sheets) == len(hospital_report.sections) + 1
    figures = sheets["Figures"].set_index("id")
    assert set(figures.index) == set(hospital_report.figures)
    assert (
        figures.loc["tool.chat-mate.events", "value"]
        == hospital_report.figures["tool.chat-mate.events"].value
    )
    assert figures.loc["tool.chat-mate.people", "written"] == "<5"


@pytest.mark.parametrize(("module", "write"), [("typst", report_pdf), ("pandas", report_xlsx)])
def test_a_missing_library_is_named(
    hospital_report: Report, monkeypatch: pytest.MonkeyPatch, module: str, write: Any
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ReportExtraMissing, match=r"pip install 'skiagram\[reports\]'"):
        write(hospital_report)


def test_payloads_are_all_there_to_be_seen(attacked_report: Report) -> None:
    text = json.dumps(document(attacked_report), ensure_ascii=False)
    assert sum(json.dumps(payload)[1:20] in text for payload in PAYLOADS) >= 5
