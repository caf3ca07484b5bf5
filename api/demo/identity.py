"""Ordinary sign-ins between the ones to AI applications, shared by the three identity providers' logs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from api.demo.habits import ORDINARY_APPLICATIONS
from api.demo.people import Person
from api.demo.traffic import sessions_of_day, start_of


class Entry(NamedTuple):
    """One sign-in: when, who, to which application, with which grants, and the AI tool it is (or "")."""

    at: float
    who: Person
    application: str
    application_id: str
    scopes: tuple[str, ...]
    tool: str


def entries_of_week(
    seed: int, provider: str, days: Sequence[date], people: Sequence[Person], per_weekday: int
) -> list[Entry]:
    """Return all sign-ins through one provider over ``days``, in order of time."""
    entries: list[Entry] = []
    applications = ORDINARY_APPLICATIONS[provider]
    for day in days:
        rng = random.Random(f"{seed}:{provider}:ordinary:{day.isoformat()}")
        for _ in range(round(per_weekday * (0.35 if day.weekday() >= 5 else 1))):
            name, number = applications[min(int(rng.expovariate(0.9)), len(applications) - 1)]
            at = start_of(day) + rng.triangular(5, 21, 8.5) * 3600
            entries.append(Entry(at, rng.choice(people), name, number, (), ""))
        entries.extend(
            Entry(
                session.at,
                session.who,
                session.sign_in.application,
                session.sign_in.application_id,
                session.sign_in.scopes,
                session.sign_in.tool,
            )
            for session in sessions_of_day(seed, provider, day, people)
        )
    entries.sort(key=lambda entry: entry.at)
    return entries


def moment(at: float, digits: int = 3) -> str:
    """Return a time in ISO 8601 with a Z, with so many digits after the second (at most six)."""
    text = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text[: len(text) - 6 + digits]}Z"
