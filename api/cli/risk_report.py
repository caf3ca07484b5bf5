"""Print scored scenarios and what-if comparisons, for people and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from api.cli.output import BAND_COLOURS, table
from api.pages.text import shown
from governance.assessment import Assessment, Part, assess
from governance.errors import ScenarioInvalid
from governance.ranking import RankedTool
from governance.scenario import Scenario, inputs_of, measured, parse_scenario
from governance.weights import Weights
from governance.what_if import Comparison

LONGEST_LINE = 1_000_000
_WORST_PARTS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one line: an assessment, or an error."""

    line: int
    id: str | None
    assessment: Assessment | None
    error: str | None
    weights_version: str


def score_lines(lines: Iterable[str], weights: Weights) -> list[Answer]:
    """Score every line that is not blank; the scenarios of one input are one organisation."""
    read: list[tuple[int, Scenario | str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise ScenarioInvalid(f"longer than {LONGEST_LINE:,} characters; write one object a line")
            read.append((number, parse_scenario(line)))
        except ScenarioInvalid as problem:
            read.append((number, str(problem)))
    good = [(number, one) for number, one in read if isinstance(one, Scenario)]
    inputs = measured([inputs_of(one, weights) for _, one in good], weights)
    scored = {number: assess(one, weights) for (number, _), one in zip(good, inputs, strict=True)}
    return [
        Answer(number, one.id, scored[number], None, weights.version)
        if isinstance(one, Scenario)
        else Answer(number, None, None, one, weights.version)
        for number, one in read
    ]


def answer_document(answer: Answer) -> dict[str, Any]:
    """Return an answer for programs."""
    if answer.assessment is None:
        return {"line": answer.line, "error": answer.error}
    named = {} if answer.id is None else {"id": answer.id}
    return {
        "line": answer.line,
        **named,
        **assessment_document(answer.assessment),
        "weights": answer.weights_version,
    }


def assessment_document(given: Assessment) -> dict[str, Any]:
    """Return an assessment for programs."""
    return {
        "score": given.score,
        "low": given.low,
        "high": given.high,
        "band": given.band,
        "exposure": asdict(given.exposure),
        "posture": asdict(given.posture),
        "unknown": list(given.unknowns),
        "to_find_out": [
            {"factor": part.factor, "ask": part.ask, "whom": part.whom, "low": part.low, "high": part.high}
            for part in given.to_find_out
        ],
        "parts": [asdict(part) for part in given.parts],
    }


def print_answers(answers: Sequence[Answer]) -> None:
    """Print a row for each scenario in the order of the input; the whole sum if there is only one."""
    found = [(answer, answer.assessment) for answer in answers if answer.assessment is not None]
    if not found:
        return
    columns = (
        ("line", "right"), ("scenario", "left"), ("score", "right"), ("range", "right"), ("band", "left"),
        ("most points for", "left"),
    )  # fmt: skip
    rows = [
        [
            str(answer.line),
            answer.id or "",
            str(given.score),
            f"{given.low}-{given.high}",
            given.band,
            ", ".join(f"{part.title} {part.points:+d}" for part in _worst(given)),
        ]
        for answer, given in found
    ]
    table(columns, rows, colours=[BAND_COLOURS[given.band] for _, given in found])
    if len(found) == 1:
        print()
        print_parts(found[0][1])


def print_parts(given: Assessment) -> None:
    """Print the parts of an assessment and their sum."""
    columns = (("points", "right"), ("from-to", "right"), ("part", "left"), ("reason", "left"))
    rows = [
        [
            f"{part.points:+d}",
            f"{part.low}..{part.high}",
            part.title,
            part.reason + ("" if part.known else " (unknown)"),
        ]
        for part in given.parts
    ]
    rows.append([str(given.score), f"{given.low}..{given.high}", "sum", ""])
    table(columns, rows)
    print_sides(given)


def print_sides(given: Assessment) -> None:
    """Print exposure and the vendor's posture apart, and what is left to find out."""
    for title, side in (("What happens here", given.exposure), ("What the vendor promises", given.posture)):
        print(f"{title}, alone: {side.score} of 100 ({side.low} to {side.high}); 0 is best")
    if given.to_find_out:
        print("\nTo find out, what widens the range most first:")
        for part in given.to_find_out:
            print(f"- {part.ask} Ask {part.whom}.")


def _worst(given: Assessment) -> list[Part]:
    ordered = sorted(given.parts, key=lambda part: -part.points)
    return [part for part in ordered[:_WORST_PARTS] if part.points > 0]


def print_comparison(found: RankedTool, would_be: RankedTool, comparison: Comparison) -> None:
    """Print both sums side by side, and what changed."""
    now, then = comparison.now, comparison.then
    print(f"{shown(found.name)} [{found.tool_id}] by {shown(found.vendor_name)}")
    print(f"As it is: {_verdict(now)}, {_place(found)}")
    if not comparison.assumed:
        print()
        print_parts(now)
        print("\nTo see what would change it: --assume baa=signed,department=radiology")
        return
    assumed = ", ".join(f"{name} = {_told(value)}" for name, value in comparison.assumed.items())
    print(f"Assumed: {_verdict(then)}, {_place(would_be)}")
    print(f"Assuming {shown(assumed)}\n")
    columns = (
        ("now", "right"), ("assumed", "right"), ("change", "right"), ("part", "left"),
        ("reason, as assumed where it changed", "left"),
    )  # fmt: skip
    rows = [
        [
            f"{one.points:+d}",
            f"{two.points:+d}",
            _change(one.points, two.points),
            two.title,
            two.reason + ("" if two.known else " (unknown)"),
        ]
        for one, two in comparison.parts
    ]
    rows.append([str(now.score), str(then.score), _change(now.score, then.score), "sum", ""])
    table(columns, rows)
    moved = [two.title for one, two in comparison.parts if one.points != two.points]
    ranges = [
        two.title
        for one, two in comparison.parts
        if one.points == two.points and (one.low, one.high) != (two.low, two.high)
    ]
    print()
    if moved:
        print(f"Other points: {', '.join(moved)}")
    if ranges:
        print(f"Same points, other range: {', '.join(ranges)}")
    if not moved and not ranges:
        print("Nothing changed: the facts were so already.")


def comparison_document(
    found: RankedTool, would_be: RankedTool, comparison: Comparison, weights_version: str
) -> dict[str, Any]:
    """Return a comparison for programs."""
    return {
        "tool": found.tool_id,
        "assumed": {name: _plain(value) for name, value in comparison.assumed.items()},
        "now": {"rank": found.rank, **assessment_document(comparison.now)},
        "then": {"rank": would_be.rank, **assessment_document(comparison.then)},
        "changed": [
            {"factor": one.factor, "now": one.points, "then": two.points}
            for one, two in comparison.parts
            if (one.points, one.low, one.high) != (two.points, two.low, two.high)
        ],
        "weights": weights_version,
    }


def _verdict(given: Assessment) -> str:
    return f"{given.score} of 100 ({given.low} to {given.high}), {given.band}"


def _place(tool: RankedTool) -> str:
    return f"place {tool.rank} of the feed" if tool.in_feed else f"not in the feed ({tool.status})"


def _change(before: int, after: int) -> str:
    return "" if before == after else f"{after - before:+d}"


def _told(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "never" if value == float("inf") else str(value)


def _plain(value: object) -> object:
    return "never" if value == float("inf") else value
