"""Write the tables of docs/risk.md from the weights and the schema of scenarios, so that they cannot be stale."""

from __future__ import annotations

import re
from collections.abc import Iterable

from governance.readings import FactorWeights, Weight
from governance.scenario import KEYS, Scenario, expected
from governance.weights import SCALE, Weights


def page_sections(weights: Weights) -> dict[str, str]:
    """Return the generated sections by name."""
    return {"weights": weights_markdown(weights), "bands": bands_markdown(weights), "keys": keys_markdown()}


def fill_sections(page: str, sections: dict[str, str]) -> str:
    """Return a page with each section put between its two marks. Raises ValueError if a mark is missing."""
    for name, body in sections.items():
        begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if len(pattern.findall(page)) != 1:
            raise ValueError(f"needs one pair of marks {begin} and {end}")
        page = pattern.sub(lambda _, text=f"{begin}\n{body}\n{end}": text, page)  # type: ignore[misc]
    return page


def weights_markdown(weights: Weights) -> str:
    """Return every factor with every weight, its reason and its citation."""
    return "\n\n".join(_factor(factor) for factor, _ in weights.factors)


def bands_markdown(weights: Weights) -> str:
    """Return the bands and the scores they hold."""
    rows, top = [], SCALE
    for band, start in weights.bands:
        reason, citation = weights.band_reasons[band]
        rows.append([f"**{band}**", f"{start} to {top}", reason, citation])
        top = start - 1
    return _table(("band", "score", "meaning", "citation"), rows)


def keys_markdown() -> str:
    """Return the keys of a scenario, what they may hold, and what they mean."""
    fields = Scenario.model_fields
    rows = [[f"`{key}`", expected(key), fields[key].description or ""] for key in KEYS]
    return _table(("key", "value", "meaning"), rows)


def _factor(factor: FactorWeights) -> str:
    if factor.takes_off:
        how = "per cent taken off the sum"
    elif factor.takes_up:
        how = f"per cent of what the sum lacks to {SCALE}"
        if factor.permitted_under_agreement:
            how += "; nothing while an agreement of our own is in force"
    else:
        how = "points"
    rows = [
        *([f"`{name}`", *_cells(weight)] for name, weight in factor.values.items()),
        *([f"from {step.at_least:g}", *_cells(step.weight)] for step in factor.steps),
        ["*unknown*", *_cells(factor.unknown)],
    ]
    return (
        f"### {factor.title}\n\n`{factor.name}`, {factor.group}: {how}. Where it is unknown, ask: {factor.ask} "
        f"Whom: {factor.whom}.\n\n" + _table(("value", "weight", "reason", "citation"), rows)
    )


def _cells(weight: Weight) -> tuple[str, str, str]:
    return str(weight.value), weight.reason, weight.citation


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(titles)]
    lines.append(["---"] * len(lines[0]))
    lines += [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
