"""Department heads declare tools through a link or a file; the report lays that beside what logs show."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, text

from governance.declared import compare_declared
from governance.errors import ImportRefused
from governance.small_cells import told
from governance.survey import (
    MOST_ANSWERS,
    SurveyInvalid,
    answer_of,
    begin_survey,
    end_survey,
    import_answers,
    known_names,
    normal,
    open_survey,
    take_answer,
)
from storage import audit
from storage.batches import record_batch
from storage.database import Database
from storage.surveys import stored_answers
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

TODAY = NOW.date()
NAMES = known_names(CATALOGUE)
SCRIBE = next(tool for tool in CATALOGUE.tools.values() if tool.id == "scribe-one")


def fill(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        people = [part(principal=f"p-{number}", department="Radiology") for number in range(7)]
        other = part(tool_id="notes-two", vendor_id="vendor-two", principal="p-1", department="Radiology")
        record_batch(conn, record(scan_id, content, 0, 10, *people, other))


def test_a_link_is_for_one_department_until_a_day_and_can_be_revoked(database: Database) -> None:
    with database.write() as conn:
        number, token = begin_survey(conn, " Radiology ", TODAY, "A. Chen", NOW)
        survey = open_survey(conn, token, TODAY)
        assert survey is not None
        assert survey.department == "Radiology"
        assert len(token) > 40
        assert open_survey(conn, token, TODAY + timedelta(days=1)) is None
        assert open_survey(conn, token[:-1], TODAY) is None
        assert open_survey(conn, "\ud800", TODAY) is None
        end_survey(conn, number, "A. Chen", NOW)
        assert open_survey(conn, token, TODAY) is None
    with database.read() as conn:
        actions = [row.action for row in audit.rows(conn)]
        tables = inspect(conn).get_table_names()
        stored = "".join(str(row) for name in tables for row in conn.execute(text(f'SELECT * FROM "{name}"')))
    assert actions == ["survey.revoked", "survey.created"]
    assert token not in stored


def test_an_answer_is_kept_once_and_audited(database: Database) -> None:
    given = {"tool": f" {SCRIBE.name.upper()} ", "people": "12", "patient_data": "yes", "department": "Other"}
    with database.write() as conn:
        _, token = begin_survey(conn, "Radiology", TODAY, "A. Chen", NOW)
        survey = open_survey(conn, token, TODAY)
        assert survey is not None
        assert take_answer(conn, survey, given, CATALOGUE, NOW)
        assert not take_answer(conn, survey, given, CATALOGUE, NOW)
        (one,) = stored_answers(conn, "scribe-one")
        assert (one.answer.department, one.answer.people, one.survey_id) == ("Radiology", 12, survey.id)
        for number in range(MOST_ANSWERS - 1):
            take_answer(conn, survey, {"tool": f"tool {number}"}, CATALOGUE, NOW)
        with pytest.raises(SurveyInvalid, match="as many answers as it can"):
            take_answer(conn, survey, {"tool": "one more"}, CATALOGUE, NOW)


def test_a_name_is_matched_whole_or_not_at_all() -> None:
    def tool_of(name: str) -> str | None:
        return answer_of({"department": "A", "tool": name}, NAMES).tool_id

    assert tool_of(SCRIBE.name) == tool_of(f" {SCRIBE.name.lower()}! ") == "scribe-one"
    assert tool_of(SCRIBE.name[:-1]) is None
    assert tool_of(f"not {SCRIBE.name}") is None
    assert tool_of("") is None
    assert normal("Chat-GPT") == normal("ChatGPT") == "chatgpt"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"tool": "x" * 121}, "tool"),
        ({"tool": "x", "people": "many"}, "people"),
        ({"tool": "x", "people": "0"}, "people"),
        ({"tool": "x", "people": "9" * 400}, "people"),
        ({"tool": "x", "people": "-3"}, "people"),
        ({"tool": "x", "patient_data": "maybe"}, "patient_data"),
        ({"tool": "x", "account": "mine"}, "account"),
        ({"tool": "x", "purpose": "x" * 501}, "purpose"),
        ({"tool": "x", "department": ""}, "department"),
    ],
)
def test_a_wrong_answer_names_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(SurveyInvalid) as fault:
        answer_of({"department": "A", **given}, NAMES)
    assert fault.value.field == field


def test_answers_of_form_services_are_taken_as_they_come(database: Database) -> None:
    form = (
        "Department,AI tools,How many people,Patient data (yes/no),Account type\n"
        f'Radiology,"{SCRIBE.name}; Our own;",about 4,Don\'t know,Company\n'
    )
    with database.write() as conn:
        assert import_answers(conn, form.encode(), CATALOGUE, "A. Chen", NOW) == (2, 2)
        kept = stored_answers(conn)
    assert {(one.answer.tool_id, one.answer.tool_name) for one in kept} == {
        ("scribe-one", SCRIBE.name),
        (None, "Our own"),
    }
    assert {(one.answer.people, one.answer.patient_data, one.answer.account) for one in kept} == {
        (4, "unknown", "organisation")
    }


def test_the_report_tells_declared_from_seen(database: Database) -> None:
    fill(database)
    answers = (
        "department,tool,purpose,people,patient data,account\n"
        f"radiology,{SCRIBE.name},notes,3,yes,personal\nRadiology,spelling-three,,,,\nRadiology,Our own,,2,,\n"
        "Oncology,scribe-one,,40,no,both\nBoard,none,,,,\n"
    )
    with database.write() as conn:
        assert import_answers(conn, answers.encode(), CATALOGUE, "A. Chen", NOW) == (5, 5)
        assert import_answers(conn, answers.encode(), CATALOGUE, "A. Chen", NOW) == (5, 0)
        begin_survey(conn, "Nursing", date(2027, 1, 1), "A. Chen", NOW)
        found = {one.department: one for one in compare_declared(conn, CATALOGUE)}
    radiology = found["Radiology"]
    assert {one.name: (one.seen, one.people) for one in radiology.declared} == {
        SCRIBE.name: ("here", "<5"),
        CATALOGUE.tools["spelling-three"].name: ("nowhere", None),
        "Our own": ("unknown", "<5"),
    }
    assert [(one.tool_id, one.people) for one in radiology.undeclared] == [("notes-two", "<5")]
    assert [one.name for one in radiology.for_review] == ["Our own"]
    assert [(one.seen, one.people) for one in found["Oncology"].unseen] == [("elsewhere", 40)]
    assert (found["Board"].says_none, found["Board"].declared) == (True, ())
    assert (found["Nursing"].asked, found["Nursing"].answered) == (True, False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("department,tool,people\nA,x,3\nA,y,lots\n", "row 3: Write how many people"),
        ("department,tool\nA,x\nA,none\n", "row 2: A names a tool here, but another row says it uses none"),
        ("tool\nx\n", "No column for department"),
        ("department,tool\n,x\n", "row 2: The department is missing"),
    ],
)
def test_wrong_answers_are_refused_whole(database: Database, content: str, said: str) -> None:
    with pytest.raises(ImportRefused) as refusal, database.write() as conn:
        import_answers(conn, content.encode(), CATALOGUE, "A. Chen", NOW)
    assert said in str(refusal.value)
    with database.read() as conn:
        assert stored_answers(conn) == []


def test_small_counts_are_not_told() -> None:
    assert [told(count) for count in (0, 1, 4, 5, 60)] == [0, "<5", "<5", 5, 60]
    assert told(9, 10) == "<10"
    assert told(1, 1) == 1
