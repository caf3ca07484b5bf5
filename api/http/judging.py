"""Judge every tool once for as long as nothing changes, not once for every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from governance.loss import LossEstimate, estimate, use_of
from governance.loss_inputs import load_loss_inputs, load_penalties
from governance.ranking import RankedTool, judged_tools
from storage.inventory import change_stamp

if TYPE_CHECKING:
    from governance.weights import Weights
    from signatures.catalogue import Catalogue

_State = tuple[str, int, str]
_Kept = tuple[_State, list[RankedTool]]
_HOUR = 3600
_ESTIMATES = 8


@dataclass(slots=True)
class Judging:
    """Keeps the judgement of one state of database and catalogue; a new hour of the clock counts as a new state."""

    catalogue: Callable[[], Catalogue]
    weights: Weights
    _kept: _Kept | None = None
    _estimates: dict[tuple[str, int, str, int, int], LossEstimate] = field(default_factory=dict)

    def judged(self, conn: Connection, now: datetime) -> list[RankedTool]:
        """Return every tool that was seen, most exposed first."""
        state = self._state(conn, now)
        kept = self._kept  # read once: pages are answered side by side
        if kept is None or kept[0] != state:
            kept = (state, judged_tools(conn, self.catalogue(), self.weights, now))
            self._kept = kept
        return list(kept[1])

    def estimate(self, conn: Connection, now: datetime, seed: int, runs: int) -> LossEstimate:
        """Return the estimate of yearly loss through the tools of the feed."""
        key = (*self._state(conn, now), seed, runs)
        known = self._estimates.get(key)
        if known is None:
            tools = [use_of(one) for one in self.judged(conn, now) if one.in_feed]
            known = estimate(tools, load_loss_inputs(), load_penalties(), seed=seed, runs=runs)
            if len(self._estimates) >= _ESTIMATES:
                self._estimates.clear()
            self._estimates[key] = known
        return known

    def _state(self, conn: Connection, now: datetime) -> _State:
        return change_stamp(conn), int(now.timestamp()) // _HOUR, self.catalogue().version
