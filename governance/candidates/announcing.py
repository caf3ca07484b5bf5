"""Tell once a day how many candidates are new in the review queue; their names stay in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from governance.candidates.queue import Candidate, queue
from storage.outbox import add_alert
from storage.settings import read_setting, write_setting

RULE: Final = "candidates"
_TOLD: Final = "candidates_told"


def announce_candidates(conn: Connection, channels: Sequence[str], day: date, now: datetime) -> int:
    """Raise one alert of a local day if the queue holds what no alert spoke of; return how many these are.

    One that was dismissed and behaves in a new way counts as new. What was told and the alert are kept together.
    """
    waiting = {_name(one) for one in queue(conn)}
    told = set(read_setting(conn, _TOLD, []))
    new = len(waiting - told)
    if not new:
        return 0
    title = "1 new candidate to review" if new == 1 else f"{new} new candidates to review"
    payload = {
        "rule": RULE,
        "title": title,
        "since": day.isoformat(),
        "evidence": f"hosts or applications that no signature knows look like AI tools; {len(waiting)} wait in all",
        "advice": "open Candidates, and promote or dismiss each",
    }
    if not add_alert(conn, f"{RULE}:{day}", RULE, None, None, payload, channels, now):
        return 0  # this day had its message; the next one tells of these
    write_setting(conn, _TOLD, sorted(waiting | told), now)
    return new


def _name(candidate: Candidate) -> str:
    return " ".join((candidate.site, *candidate.changed))
