"""Answers to the checklist add up to a score; what nobody answered earns nothing and is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.checklist import ANSWERS, evaluate, load_checklist, parse_checklist
from governance.errors import ChecklistInvalid, ImportRefused
from governance.evaluation import answers_in, evaluation_of, take_answers
from storage import audit
from storage.database import Database
from storage.errors import NotRecorded
from storage.evaluations import Answered
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW

CHECKLIST = load_checklist()
QUESTIONS = sorted(CHECKLIST.questions)
TOML = b'[data_governance]\nbaa = { answer = "yes", evidence = "DMS-9, page 2" }\nregion = "no"\n'


def answered(question: str, answer: str) -> Answered:
    return Answered(question, answer, "page 1", "jo", NOW)


def test_the_shipped_checklist_has_every_subject_and_where_it_comes_from() -> None:
    assert [group.id for group in CHECKLIST.groups] == [
        "clinical_evidence", "regulatory", "data_governance", "interoperability", "explainability", "security",
        "support", "pricing_exit", "stability",
    ]  # fmt: skip
    assert all(group.source and group.url.startswith("https://") for group in CHECKLIST.groups)


def test_nothing_answered_is_nothing_earned_and_everything_possible() -> None:
    whole = evaluate(CHECKLIST, {}).whole
    assert (whole.score, whole.best, whole.unanswered) == (0, 100, 100)
    every = {name: answered(name, "yes") for name in QUESTIONS}
    assert evaluate(CHECKLIST, every).whole.score == 100
    none = {name: answered(name, "not_applicable") for name in QUESTIONS}
    assert evaluate(CHECKLIST, none).whole.score is None


@given(st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(ANSWERS)), st.sampled_from(QUESTIONS))
def test_a_better_answer_never_lowers_the_score(given_answers: dict[str, str], question: str) -> None:
    scores = []
    for answer in ("unknown", "no", "partly", "yes"):
        answers = {name: answered(name, one) for name, one in {**given_answers, question: answer}.items()}
        whole = evaluate(CHECKLIST, answers).whole
        assert whole.score is not None
        assert whole.best is not None
        assert 0 <= whole.score <= whole.best <= 100
        scores.append(whole.score)
    assert scores == sorted(scores)
    assert scores[0] == scores[1]


def test_answers_are_kept_with_evidence_and_audited_once(database: Database) -> None:
    with database.write() as conn:
        assert (
            take_answers(conn, CHECKLIST, "chat-two", answers_in(TOML, "a.toml"), CATALOGUE, "jo", NOW) == 2
        )
        assert (
            take_answers(conn, CHECKLIST, "chat-two", answers_in(TOML, "a.toml"), CATALOGUE, "jo", NOW) == 0
        )
        table = b"question,answer,evidence\ndata_governance.region,partly,letter of May\n"
        assert (
            take_answers(conn, CHECKLIST, "chat-two", answers_in(table, "a.csv"), CATALOGUE, "lee", NOW) == 1
        )
        newest, *_ = audit.rows(conn)
        assert (newest.action, newest.detail["before"], newest.detail["answer"]) == (
            "tool.evaluated",
            "no",
            "partly",
        )
        group = next(
            one for one in evaluation_of(conn, CHECKLIST, "chat-two").groups if one.title == "Data governance"
        )
    assert (group.score, group.unanswered) == (round(100 * 7 / 21), round(100 * 13 / 21))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (
            b'[data_governance]\nbba = "no"\n',
            "a.toml",
            "no question 'data_governance.bba'; did you mean data_governance.baa",
        ),
        (b'[data_governance]\nbaa = "yes"\n', "a.toml", "answered yes without evidence"),
        (b'[data_governance]\nbaa = "maybe"\n', "a.toml", "'maybe' is no answer"),
        (b"[data_governance]\nbaa = 1\n", "a.toml", 'data_governance.baa: write "yes"'),
        (b'baa = "yes"\n', "a.toml", "write a table of its questions"),
        (b"[", "a.toml", "no valid TOML"),
        (
            b"question,answer\nsupport.training,no\nsupport.training,no\n",
            "a.csv",
            "row 3: support.training is answered",
        ),
        (b"question\nsupport.training\n", "a.csv", "No column for answer"),
    ],
)
def test_a_file_with_one_wrong_answer_is_refused(
    database: Database, content: bytes, name: str, words: str
) -> None:
    def taken() -> None:
        with database.write() as conn:
            take_answers(conn, CHECKLIST, "chat-two", answers_in(content, name), CATALOGUE, "jo", NOW)

    with pytest.raises(ImportRefused) as caught:
        taken()
    assert words in str(caught.value)
    with database.read() as conn:
        assert audit.rows(conn) == []


def test_an_unknown_tool_is_named_with_the_nearest(database: Database) -> None:
    with database.write() as conn, pytest.raises(NotRecorded, match="did you mean chat-two"):
        take_answers(conn, CHECKLIST, "chat-to", [], CATALOGUE, "jo", NOW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = [", "no valid TOML"),
        ('version = "1"', "answers: Field required"),
        ("[answers]\nyes = 2", "answers.yes"),
    ],
)
def test_a_checklist_that_contradicts_itself_is_refused(text: str, words: str) -> None:
    with pytest.raises(ChecklistInvalid, match=words):
        parse_checklist(text, "mine.toml")
