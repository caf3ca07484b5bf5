"""Estimate yearly loss in money by simulation (FAIR): how often, how many records, what they cost. An estimate only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from governance.loss_inputs import ByScore, LossInputs, Penalties, Three
from governance.ranking import RankedTool

if TYPE_CHECKING:
    import numpy as np

    Draws = np.ndarray[tuple[int], np.dtype[np.float64]]

LABEL = (
    "An estimate by simulation from stated assumptions, not a forecast and not a finding. "
    "Its use is to compare and to see what drives the loss."
)
RUNS = 10_000
SEED = 1
_SHAPE = 4.0
"""Weight of the most likely value in a PERT distribution."""
_YEAR = 365
_SHORTEST = 7
"""Days: a shorter time of observation is not stretched to a year as if it were all of it."""


@dataclass(frozen=True, slots=True)
class UseOfTool:
    """What the estimate needs to know of one tool."""

    tool_id: str
    name: str
    category: str | None
    exposure: int
    """Score of what happens here, 0 to 100."""
    sessions_a_year: float | None
    """None if logs cannot tell sessions; people stand in."""
    people: int
    prohibited: bool
    blocked_share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """What the runs of a simulation came to."""

    p10: float
    p50: float
    p90: float
    expected: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Estimated loss through one tool, or through all."""

    tool_id: str | None
    """None for the organisation."""
    name: str
    chance: float
    """Share of runs, that is years, with a loss."""
    yearly: Spread
    """Loss in a year, most often none."""
    if_it_happens: Spread | None
    """Loss in the years that have one; None if no run has."""
    records: Spread
    """Patients' records disclosed in a year."""


@dataclass(frozen=True, slots=True)
class LossEstimate:
    """All tools and their sum, added up run by run: percentiles of parts do not add up."""

    tools: tuple[Loss, ...]
    """The greatest expected loss first."""
    organisation: Loss
    runs: int
    seed: int
    currency: str
    penalties: str
    """Which penalty tiers, as of when."""
    label: str = LABEL


def use_of(tool: RankedTool) -> UseOfTool:
    """Take what the estimate needs from a judged tool."""
    inputs, seen = tool.inputs, tool.seen
    days = max((seen.last_seen - seen.first_seen).days + 1, _SHORTEST)
    return UseOfTool(
        tool.tool_id,
        tool.name,
        tool.category,
        tool.assessment.exposure.score,
        None if inputs.sessions is None else inputs.sessions * _YEAR / min(days, 90),
        inputs.people or 1,
        inputs.status == "prohibited",
        inputs.blocked_share or 0.0,
    )


def estimate(
    tools: Sequence[UseOfTool],
    inputs: LossInputs,
    penalties: Penalties,
    *,
    seed: int = SEED,
    runs: int = RUNS,
) -> LossEstimate:
    """Simulate `runs` years. The same tools, inputs and seed give the same figures on every machine.

    A tool draws numbers of its own, so that another tool beside it changes nothing; what a record and a breach
    cost is one draw for all, because it is the same organisation that pays.
    """
    import numpy as np

    ours = _Dice(seed, "", runs)
    per_record = ours.pert("cost per record", inputs.cost_per_record)
    per_breach = ours.pert("cost per breach", inputs.cost_per_breach)
    total = np.zeros(runs)
    records_in_all = np.zeros(runs)
    found = []
    for one in sorted(tools, key=lambda tool: tool.tool_id):
        records, loss = _simulate(one, inputs, penalties, per_record, per_breach, seed, runs)
        total += loss
        records_in_all += records
        found.append(_loss(one.tool_id, one.name, loss, records))
    found.sort(key=lambda one: (-one.yearly.expected, one.tool_id or ""))
    return LossEstimate(
        tuple(found),
        _loss(None, "All tools together", total, records_in_all),
        runs,
        seed,
        penalties.currency,
        f"{penalties.citation}; {penalties.source}",
    )


def _simulate(
    tool: UseOfTool,
    inputs: LossInputs,
    penalties: Penalties,
    per_record: Draws,
    per_breach: Draws,
    seed: int,
    runs: int,
) -> tuple[Draws, Draws]:
    import numpy as np

    dice = _Dice(seed, tool.tool_id, runs)
    sessions = (
        dice.pert("sessions", inputs.sessions_per_person) * 12 * tool.people
        if tool.sessions_a_year is None
        else np.full(runs, tool.sessions_a_year)
    )
    share = dice.by_score("share", inputs.share_with_patient_data, tool.exposure)
    each = dice.pert("records", inputs.records_of(tool.category))
    records = sessions * (1 - tool.blocked_share) * share * each
    chance = dice.by_score("chance", inputs.chance_per_year, tool.exposure)
    happens = (dice.even("happens") < chance) & (records > 0)
    fine = _fine(dice, tool, inputs, penalties)
    return records, np.where(happens, per_breach + records * per_record + fine, 0.0)


def _fine(dice: _Dice, tool: UseOfTool, inputs: LossInputs, penalties: Penalties) -> Draws:
    import numpy as np

    given = inputs.penalty
    fined = dice.even("fined") < dice.pert("chance of a fine", given.chance)
    likely = (given.tiers_prohibited if tool.prohibited else given.tiers).in_order()
    tier = np.searchsorted(np.cumsum(likely)[:-1], dice.even("tier"), side="right")
    least, most, cap = (
        np.array(values, dtype=float)[tier]
        for values in (
            [one.least for one in penalties.tiers],
            [one.most for one in penalties.tiers],
            [one.cap_discretion if given.discretion else one.cap for one in penalties.tiers],
        )
    )
    amount = least + (most - least) * dice.even("amount")
    counted = np.maximum(np.rint(dice.pert("violations", given.violations)), 1)
    fine: Draws = np.where(fined, np.minimum(counted * amount, cap * given.years), 0.0)
    return fine


class _Dice:
    """Draws for one tool; each question has numbers of its own, so that another answer changes no other."""

    def __init__(self, seed: int, subject: str, runs: int) -> None:
        self._seed, self._subject, self._runs = seed, crc32(subject.encode()), runs

    def _of(self, question: str) -> np.random.Generator:
        import numpy as np

        return np.random.default_rng([self._seed, self._subject, crc32(question.encode())])

    def even(self, question: str) -> Draws:
        """Draw evenly between 0 and 1."""
        drawn: Draws = self._of(question).random(self._runs)
        return drawn

    def pert(self, question: str, three: Three) -> Draws:
        """Draw from the PERT distribution of three numbers."""
        import numpy as np

        width = three.most - three.least
        if width <= 0:
            return np.full(self._runs, three.least)
        first = 1 + _SHAPE * (three.likely - three.least) / width
        second = 1 + _SHAPE * (three.most - three.likely) / width
        drawn: Draws = three.least + width * self._of(question).beta(first, second, self._runs)
        return drawn

    def by_score(self, question: str, given: ByScore, score: int) -> Draws:
        """Draw between the two ends by the score; a higher score is never less in any run."""
        import numpy as np

        low = self.pert(f"{question}, low", given.at_zero)
        high = np.maximum(low, self.pert(f"{question}, high", given.at_hundred))
        between: Draws = low + (high - low) * (score / 100)
        return between


def _loss(tool_id: str | None, name: str, loss: Draws, records: Draws) -> Loss:
    happened = loss[loss > 0]
    return Loss(
        tool_id,
        name,
        float(len(happened) / len(loss)),
        _spread(loss),
        _spread(happened) if len(happened) else None,
        _spread(records),
    )


def _spread(values: Draws) -> Spread:
    import numpy as np

    p10, p50, p90 = (float(one) for one in np.percentile(values, (10, 50, 90)))
    return Spread(p10, p50, p90, float(values.mean()))
