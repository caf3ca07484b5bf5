"""Ask department heads which AI tools they use: hand out links, take answers, import answers from a file."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from governance.errors import GovernanceError, ImportRefused
from governance.imports.records import decoded, need_name, read_table
from signatures.catalogue import Catalogue
from signatures.kinds import Kind
from storage import audit
from storage.surveys import (
    Answer,
    Survey,
    add_answers,
    add_survey,
    count_answers,
    revoke_survey,
    survey_of,
    token_digest,
)

PATIENT_DATA: Final = ("yes", "no", "unknown")
ACCOUNTS: Final = ("organisation", "personal", "both", "unknown")
COLUMNS: Final = {
    "department": ("department", "dept", "unit", "departmentname", "yourdepartment"),
    "tool": ("tool", "tools", "toolname", "aitool", "aitools", "product", "nameofthetool"),
    "purpose": ("purpose", "usedfor", "forwhat", "usecase", "whatisitusedfor", "whatdoyouuseitfor"),
    "people": ("people", "users", "howmany", "howmanypeople", "numberofpeople", "numberofusers"),
    "patient_data": ("patientdata", "phi", "patientdatayesno", "phiyesno", "involvespatientdata"),
    "account": ("account", "accounts", "accounttype", "whoseaccount"),
}
_SAME_AS: Final = {
    "patient_data": {
        "y": "yes", "true": "yes", "n": "no", "false": "no",
        "dontknow": "unknown", "idontknow": "unknown", "notsure": "unknown", "unsure": "unknown",
        "na": "unknown",
    },
    "account": {
        "organization": "organisation", "company": "organisation", "corporate": "organisation",
        "work": "organisation", "workaccount": "organisation", "hospital": "organisation",
        "enterprise": "organisation", "private": "personal", "own": "personal", "personalaccount": "personal",
        "privateaccount": "personal", "mixed": "both", "dontknow": "unknown", "idontknow": "unknown",
        "notsure": "unknown", "unsure": "unknown", "na": "unknown",
    },
}  # fmt: skip
"""What people write for a choice, in letters and digits only."""
_PEOPLE: Final = re.compile(
    r"(?:(?:about|around|approx(?:imately)?\.?|ca\.?|circa|~) ?)?(\d{1,9})(?: (?:people|persons|users|staff))?",
    re.I | re.A,
)
_BETWEEN_TOOLS: Final = re.compile(r"[;\r\n]+")
"""Form services put the choices of a question into one cell."""
HEAD_COLUMNS: Final = {
    "department": ("department", "dept", "unit"),
    "head": ("head", "name", "mail", "email", "contact"),
}
LONGEST_NAME: Final = 120
LONGEST_PURPOSE: Final = 500
MOST_PEOPLE: Final = 100_000
MOST_ANSWERS: Final = 200
"""Answers one link takes: a department has fewer tools, and a leaked link must not fill the database."""
_NOT_WORD = re.compile(r"[\W_]+")
_NONE = frozenset({"", "none", "no"})


class SurveyInvalid(GovernanceError):
    """An answer or a survey lacks something or says what cannot be; `field` is the one at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def begin_survey(conn: Connection, department: str, until: date, by: str, now: datetime) -> tuple[int, str]:
    """Make a link for one department; return its number and its token, which is stored nowhere.

    Raises SurveyInvalid.
    """
    department, by = department.strip(), by.strip()
    if not department or len(department) > LONGEST_NAME:
        raise SurveyInvalid("department", "A survey needs the name of one department.")
    if not by:
        raise SurveyInvalid("by", "A survey needs the name of who sends it; see --by.")
    if until < now.date():
        raise SurveyInvalid("until", f"{until} is over; name a day from {now.date()} on.")
    token = secrets.token_urlsafe(32)
    number = add_survey(conn, token_digest(token), department, until, by, now)
    detail = {"survey": number, "until": until.isoformat()}
    audit.append(conn, by, "survey.created", department, detail, now)
    return number, token


def end_survey(conn: Connection, number: int, by: str, now: datetime) -> Survey:
    """Revoke a link. Raises SurveyInvalid, storage.errors.NotRecorded."""
    if not by.strip():
        raise SurveyInvalid("by", "Revoking a link needs the name of who does it; see --by.")
    before = revoke_survey(conn, number, now)
    if before.revoked_at is None:
        audit.append(conn, by.strip(), "survey.revoked", before.department, {"survey": number}, now)
    return before


def open_survey(conn: Connection, token: str, today: date) -> Survey | None:
    """Return the survey of a token, None if there is none that takes answers: nobody is told which it was.

    Tokens are compared by their digests, so that the time an answer takes tells nothing about any token.
    """
    found = survey_of(conn, token_digest(token))
    return found if found is not None and found.open_on(today) else None


def take_answer(
    conn: Connection, survey: Survey, given: Mapping[str, str], catalogue: Catalogue, now: datetime
) -> bool:
    """Keep an answer that came through a link; return False if it was there already. Raises SurveyInvalid."""
    if count_answers(conn, survey.id) >= MOST_ANSWERS:
        raise SurveyInvalid("tool", "This link has taken as many answers as it can. Please ask for another.")
    answer = answer_of({**given, "department": survey.department}, known_names(catalogue))
    if not add_answers(conn, [answer], now, survey.id):
        return False
    detail = {"survey": survey.id, "tool": answer.tool_id, "none": answer.tool_name is None}
    audit.append(conn, f"survey {survey.id}", "survey.answered", survey.department, detail, now)
    return True


def import_answers(
    conn: Connection,
    content: bytes,
    catalogue: Catalogue,
    by: str,
    now: datetime,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[int, int]:
    """Take the answers of a CSV file; return how many answers there are and how many are new.

    Raises ImportRefused.
    """
    need_name(by)
    records = read_table(decoded(content, encoding), COLUMNS, [["department"], ["tool"]], columns)
    names = known_names(catalogue)
    answers = []
    rows = []
    for record in records:
        given = {field: record.first(field) or "" for field in COLUMNS}
        try:
            told = [answer_of({**given, "tool": tool}, names) for tool in _tools_in(given["tool"])]
        except SurveyInvalid as fault:
            raise ImportRefused(f"row {record.row}: {fault}") from fault
        answers += told
        rows += [record.row] * len(told)
    none = {one.department.casefold() for one in answers if one.tool_name is None}
    for row, one in zip(rows, answers, strict=True):
        if one.tool_name is not None and one.department.casefold() in none:
            raise ImportRefused(
                f"row {row}: {one.department} names a tool here, but another row says it uses none."
            )
    new = add_answers(conn, answers, now)
    if new:
        audit.append(conn, by.strip(), "survey.imported", "answers", {"rows": len(answers), "new": new}, now)
    return len(answers), new


def answer_of(given: Mapping[str, str], names: Mapping[str, str]) -> Answer:
    """Return the answer that form fields or columns state. Raises SurveyInvalid."""
    department = given.get("department", "").strip()
    if not department or len(department) > LONGEST_NAME:
        raise SurveyInvalid("department", "The department is missing.")
    tool = given.get("tool", "").strip()
    if tool.casefold() in _NONE:
        return Answer(department, None, None, None, None, "unknown", "unknown")
    if len(tool) > LONGEST_NAME:
        raise SurveyInvalid("tool", f"The name of the tool is longer than {LONGEST_NAME} characters.")
    purpose = given.get("purpose", "").strip()
    if len(purpose) > LONGEST_PURPOSE:
        raise SurveyInvalid("purpose", f"Please say what it is used for in {LONGEST_PURPOSE} characters.")
    return Answer(
        department=department,
        tool_id=names.get(normal(tool)),
        tool_name=tool,
        purpose=purpose or None,
        people=_people(given.get("people", "").strip()),
        patient_data=_choice(given, "patient_data", PATIENT_DATA),
        account=_choice(given, "account", ACCOUNTS),
    )


def _tools_in(cell: str) -> list[str]:
    """Return the tools that one cell names, each once; an empty cell is one answer that names none."""
    named = dict.fromkeys(part.strip() for part in _BETWEEN_TOOLS.split(cell) if part.strip())
    return list(named) or [""]


def known_names(catalogue: Catalogue) -> dict[str, str]:
    """Return normal name -> tool id; a name that two tools have means neither."""
    found: dict[str, set[str]] = {}
    for tool in catalogue.tools.values():
        vendor = catalogue.vendors.get(tool.vendor_id)
        spelt = {tool.name, tool.id, f"{vendor.name} {tool.name}" if vendor else tool.name}
        spelt |= {one.value for one in tool.signatures if one.kind == Kind.SSO_APP_NAME}
        for name in spelt:
            found.setdefault(normal(name), set()).add(tool.id)
    return {name: next(iter(tools)) for name, tools in found.items() if name and len(tools) == 1}


def normal(name: str) -> str:
    """Return letters and digits of a name in small letters: "Chat-GPT" and "ChatGPT" are one."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", name).casefold())


def _people(text: str) -> int | None:
    if not text or text.casefold() == "unknown":
        return None
    found = _PEOPLE.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= MOST_PEOPLE:
        raise SurveyInvalid("people", "Write how many people use it as a number, or leave it empty.")
    return int(found[1])


def _choice(given: Mapping[str, str], field: str, choices: tuple[str, ...]) -> str:
    text = given.get(field, "").strip().casefold() or "unknown"
    text = _SAME_AS[field].get(normal(text), text)
    if text not in choices:
        raise SurveyInvalid(field, f"{field.replace('_', ' ')}: choose {', '.join(choices)}.")
    return text
