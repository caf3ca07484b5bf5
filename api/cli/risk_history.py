"""Print how a tool was judged in the past, for people and for programs."""

from collections.abc import Sequence
from typing import Any

from api.cli.output import BAND_COLOURS, table
from api.pages.text import shown
from storage.assessments import StoredAssessment, StoredPart


def print_history(found: Sequence[StoredAssessment]) -> None:
    """Print a row for every assessment, newest first, with the parts that differ from the one before."""
    columns = (
        ("when (UTC)", "left"), ("score", "right"), ("range", "right"), ("exposure", "right"),
        ("posture", "right"), ("band", "left"), ("what changed", "left"),
    )  # fmt: skip
    rows = [
        [
            f"{one.assessed_at:%Y-%m-%d %H:%M}",
            str(one.score),
            f"{one.low}-{one.high}",
            str(one.exposure[0]) if one.exposure else "?",
            str(one.posture[0]) if one.posture else "?",
            one.band,
            changes(one, before),
        ]
        for one, before in zip(found, [*found[1:], None], strict=True)
    ]
    table(columns, rows, colours=[BAND_COLOURS.get(one.band, "") for one in found])


def changes(one: StoredAssessment, before: StoredAssessment | None) -> str:
    """Say which parts changed since the assessment before."""
    if before is None:
        return "first assessment"
    points = {part.factor: part.points for part in before.parts}
    moved = [
        f"{part.factor} {part.points - points.get(part.factor, 0):+d}"
        for part in one.parts
        if part.points != points.get(part.factor, 0)
    ]
    if one.weights_version != before.weights_version:
        moved.append("other weights")
    if one.catalogue_version != before.catalogue_version:
        moved.append("other catalogue")
    return ", ".join(moved) or "facts only"


def print_past(one: StoredAssessment) -> None:
    """Print one assessment in full."""
    print(f"{shown(one.tool_id)} as judged {one.assessed_at:%Y-%m-%d %H:%M} UTC: "
          f"{one.score} of 100 ({one.low} to {one.high}), {one.band}")  # fmt: skip
    if one.exposure and one.posture:
        print(f"Exposure alone {one.exposure[0]}, vendor's posture alone {one.posture[0]} of 100")
    print(f"Weights {one.weights_version}, catalogue {shown(one.catalogue_version)}\n")
    columns = (("points", "right"), ("from-to", "right"), ("part", "left"), ("reason", "left"))
    rows = [
        [
            f"{part.points:+d}",
            f"{part.low}..{part.high}",
            part.factor,
            part.reason + ("" if part.known else " (unknown)"),
        ]
        for part in one.parts
    ]
    rows.append([str(one.score), f"{one.low}..{one.high}", "sum", ""])
    table(columns, rows)
    if one.inputs is not None:
        print("\nFacts: " + shown(", ".join(f"{name} {value}" for name, value in one.inputs.items())))
    if one.evidence:
        print("Rests on: " + shown(", ".join(f"{name} {value}" for name, value in one.evidence.items())))


def past_document(one: StoredAssessment) -> dict[str, Any]:
    """Return one assessment for programs."""
    return {
        "tool": one.tool_id,
        "at": one.assessed_at.isoformat(),
        "finding_kind": one.finding_kind,
        "score": one.score,
        "low": one.low,
        "high": one.high,
        "band": one.band,
        "exposure": _side(one.exposure),
        "posture": _side(one.posture),
        "weights": one.weights_version,
        "catalogue": one.catalogue_version,
        "parts": [_part(part) for part in one.parts],
        "inputs": one.inputs,
        "evidence": one.evidence,
    }


def _side(numbers: tuple[int, int, int] | None) -> dict[str, int] | None:
    return None if numbers is None else dict(zip(("score", "low", "high"), numbers, strict=True))


def _part(part: StoredPart) -> dict[str, Any]:
    return {name: getattr(part, name) for name in StoredPart.__slots__}
