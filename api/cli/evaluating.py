"""`skiagram evaluate`: a tool against the checklist for vendors, with evidence, score and what nobody answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.checklist import Evaluation


def evaluate(
    tool: Annotated[str, typer.Argument(help="Id of a tool.")],
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="TOML, or CSV with question, answer, evidence; all of it or nothing."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who answers; kept in the audit log.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count, but keep nothing.")] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print how a tool stands against the checklist for vendors, or take answers from a file first.

    Answers are yes, partly, no, not_applicable or unknown; yes and partly need evidence: where it can be read.

    Example: skiagram evaluate heidi --answers heidi.toml --by "C. Ruiz"
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json
    from api.imports import carried_out, content_of
    from api.workplace import now
    from governance.checklist import load_checklist
    from governance.evaluation import answers_in, evaluation_of, require_tool, take_answers

    place, checklist = workplace(db), load_checklist()
    if answers is not None:
        content = content_of(answers)
        changed = carried_out(
            place.database,
            answers,
            lambda conn: take_answers(
                conn, checklist, tool, answers_in(content, answers.name), place.catalogue, by, now()
            ),
            dry_run=dry_run,
        )
        note(f"{changed} answers are new or changed{'; nothing was kept (--dry-run)' if dry_run else ''}")
    with place.database.read() as conn:
        require_tool(conn, tool, place.catalogue)
        found = evaluation_of(conn, checklist, tool)
    if as_json:
        print_json({"tool": tool, **evaluation_document(found)})
    else:
        _print(found)


def evaluation_document(found: "Evaluation") -> dict[str, Any]:
    """Return an evaluation for programs."""
    return {
        "checklist": found.version,
        "score": found.whole.score,
        "best": found.whole.best,
        "unanswered": found.whole.unanswered,
        "groups": [
            {
                "title": group.title,
                "score": group.score,
                "best": group.best,
                "unanswered": group.unanswered,
                "source": group.source,
                "questions": [
                    {
                        "id": one.id,
                        "ask": one.ask,
                        "weight": one.weight,
                        "answer": one.answer,
                        "evidence": one.answered.evidence if one.answered else None,
                        "by": one.answered.by if one.answered else None,
                        "at": one.answered.at.isoformat() if one.answered else None,
                    }
                    for one in group.questions
                ],
            }
            for group in found.groups
        ],
    }


def _print(found: "Evaluation") -> None:
    from api.cli.output import table

    columns = (
        ("id", "left"), ("weight", "right"), ("question", "left"), ("answer", "left"),
    )  # fmt: skip
    rows = []
    for group in found.groups:
        for one in group.questions:
            evidence = f" ({one.answered.evidence})" if one.answered and one.answered.evidence else ""
            rows.append([one.id, str(one.weight), one.ask, one.answer.replace("_", " ") + evidence])
    table(columns, rows)
    for group in (*found.groups, found.whole):
        if group.score is None:
            print(f"{group.title}: does not apply")
        else:
            print(
                f"{group.title}: {group.score} of 100, {group.best} at best; "
                f"{group.unanswered} % of the weight is unanswered"
            )
