"""Take answers about a vendor, all of a file or none, and tell how a tool stands against the checklist."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import Connection

from governance.checklist import ANSWERS, Checklist, Evaluation, evaluate
from governance.errors import ImportRefused
from governance.imports.records import decoded, read_table
from signatures.catalogue import Catalogue
from storage import audit
from storage.errors import NotRecorded
from storage.evaluations import Answered, add_answer, latest_answers
from storage.inventory import inventory_entry

COLUMNS: Final = {
    "question": ("question", "id"),
    "answer": ("answer",),
    "evidence": ("evidence", "reference", "source"),
}
LONGEST_EVIDENCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it stands in a file."""

    where: str
    question: str
    answer: str
    evidence: str | None


def evaluation_of(conn: Connection, checklist: Checklist, tool_id: str) -> Evaluation:
    """Return how a tool stands."""
    return evaluate(checklist, latest_answers(conn, tool_id))


def require_tool(conn: Connection, tool_id: str, catalogue: Catalogue) -> None:
    """Refuse a tool that neither catalogue nor inventory has. Raises NotRecorded."""
    if tool_id in catalogue.tools:
        return
    try:
        inventory_entry(conn, tool_id)
    except NotRecorded:
        near = get_close_matches(tool_id, catalogue.tools, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see skiagram tools."
        raise NotRecorded(f"There is no tool {tool_id[:80]!r}; {hint}") from None


def take_answers(
    conn: Connection,
    checklist: Checklist,
    tool_id: str,
    given: Iterable[Given],
    catalogue: Catalogue,
    by: str,
    now: datetime,
) -> int:
    """Keep answers about a tool with an audit row each; return how many are new or changed.

    Raises ImportRefused, NotRecorded.
    """
    by = by.strip()
    if not by:
        raise ImportRefused("Answers need the name of who gives them; see --by.")
    require_tool(conn, tool_id, catalogue)
    before = latest_answers(conn, tool_id)
    seen: dict[str, str] = {}
    changed = 0
    for one in given:
        _check(checklist, one, seen)
        known = before.get(one.question)
        if known is not None and (known.answer, known.evidence) == (one.answer, one.evidence):
            continue
        add_answer(conn, tool_id, Answered(one.question, one.answer, one.evidence, by, now))
        detail = {
            "question": one.question,
            "answer": one.answer,
            "evidence": one.evidence,
            "before": known.answer if known else None,
            "checklist": checklist.version,
        }
        audit.append(conn, by, "tool.evaluated", tool_id, detail, now)
        changed += 1
    return changed


def answers_in(content: bytes, name: str) -> list[Given]:
    """Return the answers of a TOML or CSV file.

    TOML has a table per group: `[regulatory]`, `device_decided = "yes"` or `{ answer = "yes", evidence = "..." }`.
    Raises ImportRefused.
    """
    text = decoded(content)
    if not name.casefold().endswith(".toml"):
        return [
            Given(
                f"row {one.row}",
                one.first("question") or "",
                (one.first("answer") or "unknown").casefold(),
                one.first("evidence"),
            )
            for one in read_table(text, COLUMNS, [["question"], ["answer"]])
        ]
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ImportRefused(f"no valid TOML: {fault}.") from fault
    return [
        _from_toml(f"{group}.{key}", value)
        for group, own in document.items()
        for key, value in _table(group, own)
    ]


def _table(group: str, own: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(own, Mapping):
        raise ImportRefused(f"{group}: write a table of its questions, such as [{group}].")
    return own.items()


def _from_toml(question: str, value: Any) -> Given:
    stated = value if isinstance(value, Mapping) else {"answer": value}
    answer, evidence = stated.get("answer"), stated.get("evidence")
    if (
        not isinstance(answer, str)
        or not isinstance(evidence, str | None)
        or set(stated) - {"answer", "evidence"}
    ):
        raise ImportRefused(
            f'{question}: write "yes", or {{ answer = "yes", evidence = "where it stands" }}.'
        )
    return Given(question, question, answer.strip().casefold(), evidence)


def _check(checklist: Checklist, one: Given, seen: dict[str, str]) -> None:
    known = checklist.questions
    if one.question not in known:
        near = get_close_matches(one.question, known, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "skiagram evaluate prints all questions."
        raise ImportRefused(f"{one.where}: there is no question {one.question[:80]!r}; {hint}")
    if one.answer not in ANSWERS:
        raise ImportRefused(
            f"{one.where}: {one.answer[:40]!r} is no answer; use one of {', '.join(ANSWERS)}."
        )
    if one.answer in ("yes", "partly") and not (one.evidence or "").strip():
        raise ImportRefused(
            f"{one.where}: {one.question} is answered {one.answer} without evidence; say where that can be read."
        )
    if len(one.evidence or "") > LONGEST_EVIDENCE:
        raise ImportRefused(
            f"{one.where}: the evidence is longer than {LONGEST_EVIDENCE} characters; name the place."
        )
    if one.question in seen:
        raise ImportRefused(f"{one.where}: {one.question} is answered in {seen[one.question]} already.")
    seen[one.question] = one.where
