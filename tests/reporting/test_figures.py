"""Every figure of the report is recomputed from the tables by other means, and traced to them on both engines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from api.reporting.making import make_report
from governance.errors import ReportInvalid
from governance.report.figures import Figure, Report
from governance.report.trace import trace, trace_all
from governance.weights import Weights, load_weights
from storage.database import Database
from tests.http.hospital import CATALOGUE, NOW, TODAY, fill

USE = ("use", "look_alike")
OPEN = ("unreviewed", "in_review", "prohibited")
TABLES = "sighting batch batch_unreadable scan_file source tool agreement decision survey_answer".split()


def _report(database: Database, threshold: int) -> Report:
    with database.read() as conn:
        return make_report(conn, CATALOGUE, load_weights(), NOW, None, threshold=threshold)


class Ledger:
    """The tables as data frames, and each family of figures computed from them."""

    def __init__(self, database: Database, report: Report) -> None:
        with database.read() as conn:
            read = {
                name: pd.DataFrame(conn.exec_driver_sql(f"SELECT * FROM {name}").mappings())
                for name in TABLES
            }
        self.tables, self.report = read, report
        seen = read["sighting"]
        seen["used"] = seen.surface.isin(USE)
        status = dict(zip(read["tool"].tool_id, read["tool"].status, strict=True))
        used = seen[seen.used]
        self.open = sorted(tool for tool in used.tool_id.unique() if status[tool] in OPEN)

    def people(self, rows: pd.DataFrame) -> int:
        named = rows[rows.principal != ""]
        kinds = {kind: group.principal.nunique() for kind, group in named.groupby("principal_kind")}
        return kinds.get("user", 0) or max(kinds.values(), default=0)

    def of_tool(self, tool: str) -> pd.DataFrame:
        rows = self.tables["sighting"]
        rows = rows[rows.tool_id == tool]
        for surface in ("use", "look_alike", "embedded", "vendor_only"):
            if (rows.surface == surface).any():
                return rows[rows.surface == surface]
        raise AssertionError(tool)

    def tool(self, tool: str, what: str) -> Any:
        rows = self.of_tool(tool)
        if what in ("score", "low", "high"):
            parts = self.report.figures[f"tool.{tool}.score"].detail["parts"]
            return sum(part[{"score": "points"}.get(what, what)] for part in parts)
        if what == "people":
            return self.people(rows) or None
        if what == "events":
            return int(rows["count"].sum())
        if what == "sent":
            return int(rows.bytes_up.sum()) if rows.bytes_up.notna().any() else None
        return max(rows.last_seen.astype(str))[:10]

    def department(self, place: str, figure: Figure) -> Any:
        rows = self.tables["sighting"]
        rows = rows[rows.tool_id.isin(self.open) & rows.used]
        if place != "all":
            name = figure.title.removesuffix(": people with unapproved use")
            rows = rows[rows.department.isna() if name == "Department unknown" else rows.department == name]
        return self.people(rows)

    def summary(self, what: str) -> Any:
        if what == "unapproved":
            return len(self.open)
        if what == "people":
            rows = self.tables["sighting"]
            return self.people(rows[rows.tool_id.isin(self.open) & rows.used])
        if what == "uncovered":  # the one agreement is with the vendor of an approved tool
            return len(self.open)
        scores = [self.tool(tool, "score") for tool in self.open]
        return sum(load_weights().band(score) in ("critical", "high") for score in scores)

    def coverage(self, what: str) -> Any:
        batch, unread = self.tables["batch"], self.tables["batch_unreadable"]
        lines, events, named = int(batch.lines.sum()), int(batch.events.sum()), int(batch.with_user.sum())
        lost = int(unread.lines.sum())
        files = self.tables["scan_file"]
        newest = files.sort_values("id").groupby(["source", "label"]).last()
        return {
            "lines": lines,
            "events": events,
            "with_user": named,
            "unreadable": lost,
            "hidden_names": int(batch.hidden_names.sum()),
            "sources": len(self.tables["source"]),
            "files_unread": int(newest.status.isin(("unread", "partial")).sum()),
            "share": 1 - lost / lines,
            "share_with_user": named / events,
        }[what]

    def source(self, slug: str, what: str) -> Any:
        batch = self.tables["batch"]
        own = batch[batch.source == slug]
        if what == "lines":
            return int(own.lines.sum())
        if what == "unreadable":
            return int((own.lines - own.events - own.not_events).sum())
        if what == "share_with_user":
            return own.with_user.sum() / own.events.sum()
        return str(own.first_event.astype(str).min() if what == "from" else own.last_event.astype(str).max())[
            :10
        ]


def check(figure: Figure, ledger: Ledger) -> bool:
    """Compare a figure with what the ledger says; return False for a family it does not compute."""
    family, _, rest = figure.id.partition(".")
    middle, _, last = rest.rpartition(".")
    found: dict[str, Callable[[], Any]] = {
        "tool": lambda: ledger.tool(middle, last),
        "department": lambda: ledger.department(middle, figure),
        "summary": lambda: ledger.summary(rest),
        "coverage": lambda: ledger.coverage(rest),
        "source": lambda: ledger.source(middle, last),
    }
    if family not in found:
        return False
    wanted, value = found[family](), figure.value
    if hasattr(value, "date"):
        value = value.date().isoformat()
    assert value == pytest.approx(wanted) if isinstance(wanted, float) else value == wanted, figure.id
    return True


def test_every_count_is_what_the_tables_say(hospital_database: Database) -> None:
    report = _report(hospital_database, 1)
    ledger = Ledger(hospital_database, report)
    checked = [figure.id for figure in report.figures.values() if check(figure, ledger)]
    others = {figure_id.split(".")[0] for figure_id in report.figures.keys() - set(checked)}
    assert len(checked) > 60
    assert others <= {"gap", "gaps", "finding", "survey", "kpi", "week", "loss", "basis"}


def test_gaps_and_weeks_are_what_the_tables_say(hospital_database: Database) -> None:
    report = _report(hospital_database, 1)
    ledger = Ledger(hospital_database, report)
    figures, seen = report.figures, ledger.tables["sighting"]
    whole = 0
    for figure in figures.values():
        if re.fullmatch(r"gap\.\w+\.tools", figure.id):
            tools = figure.detail["tools"]
            name = figure.id.removesuffix(".tools")
            rows = seen[seen.tool_id.isin(tools) & seen.used]
            assert figure.value == len(tools)
            if f"{name}.events" not in figures:
                continue
            assert figures[f"{name}.events"].value <= int(rows["count"].sum())
            if figures[f"{name}.events"].rows:
                whole += 1
                assert figures[f"{name}.events"].value == int(rows["count"].sum())
                assert figures[f"{name}.people"].value == ledger.people(rows)
    assert whole
    used = seen[seen.used].copy()
    used["week"] = pd.to_datetime(used.day).dt.to_period("W-SUN").dt.start_time.dt.date.astype(str)
    # The only approval is of today, so that use before it was not approved.
    used = used[used.day.astype(str) <= TODAY.isoformat()]
    for week, rows in used.groupby("week"):
        assert figures[f"week.{week}.unapproved_users"].value == ledger.people(rows), week
        assert figures[f"week.{week}.approved"].value == 0, week


def test_rows_give_every_figure_on_both_engines(database: Database, weights: Weights) -> None:
    fill(database, weights)
    report = _report(database, 5)
    with database.read() as conn:
        found = trace_all(conn, report)
    assert {one.figure.id for one in found} == set(report.figures)
    assert not [one.figure.id for one in found if one.agrees is False]
    assert sum(one.agrees is True for one in found) > 30
    for one in found:
        assert one.rows or one.rests or one.figure.of or one.figure.id == "basis.at", one.figure.id
        assert set(one.figure.of) <= set(report.figures), one.figure.id
        assert one.figure.computed, one.figure.id


def test_a_query_gives_the_result_again(hospital_database: Database, hospital_report: Report) -> None:
    with hospital_database.read() as conn:
        asked = 0
        for one in trace_all(conn, hospital_report):
            for rows in one.rows:
                if rows.rows is not None and rows.measure != "people":
                    again = conn.exec_driver_sql(rows.query).scalar_one()
                    told = rows.result.isoformat(" ") if hasattr(rows.result, "isoformat") else rows.result
                    assert str(again)[:19] == str(told)[:19], one.figure.id
                    asked += 1
    assert asked > 20


def test_changed_rows_are_noticed(database: Database, weights: Weights) -> None:
    fill(database, weights)
    report = _report(database, 1)
    with database.write() as conn:
        conn.exec_driver_sql("DELETE FROM sighting WHERE tool_id = 'chat-mate' AND action = 'blocked'")
    with database.read() as conn:
        assert trace(conn, report, "tool.chat-mate.events").agrees is False
        assert trace(conn, report, "tool.note-wing.events").agrees is True


def test_unknown_figure_is_refused_with_the_nearest(
    hospital_database: Database, hospital_report: Report
) -> None:
    with hospital_database.read() as conn, pytest.raises(ReportInvalid, match=r"tool\.chat-mate\.events"):
        trace(conn, hospital_report, "tool.chat-mate.event")


@pytest.fixture(scope="session")
def weights() -> Weights:
    """Give the packaged weights."""
    return load_weights()
