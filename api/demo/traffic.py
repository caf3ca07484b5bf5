"""A day at the imaginary hospital: which person or server reaches which host, when, with how many bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from itertools import accumulate
from typing import NamedTuple

from api.demo.habits import HABITS, SERVER_HABITS, SIGN_INS, Habit, SignIn
from api.demo.people import CAMPUS, CLINIC, OFFICE, ROAMING, SATELLITE, SERVERS, Person, Server
from api.demo.web import HOSTS, SERVER_HOSTS

PER_WEEKDAY = {CAMPUS: 7_200, OFFICE: 2_000, ROAMING: 1_050, SATELLITE: 1_350, CLINIC: 1_250}
"""Requests without AI on a day from Monday to Friday, by site."""

PER_WEEKDAY_SERVERS = 1_750

WEEKEND = {CAMPUS: 0.7, OFFICE: 0.12, ROAMING: 0.5, SATELLITE: 0.25, CLINIC: 0.2}
"""What is left of a weekday's traffic on Saturday and Sunday; wards do not close."""

_WARD_HOURS = (3, 2, 2, 2, 3, 4, 8, 14, 16, 16, 15, 14, 12, 13, 14, 14, 13, 11, 10, 9, 8, 6, 5, 4)
_OFFICE_HOURS = (0, 0, 0, 0, 0, 0, 1, 5, 14, 18, 17, 15, 10, 13, 16, 15, 12, 6, 2, 1, 1, 0, 0, 0)
_HOURS = {
    CAMPUS: _WARD_HOURS,
    ROAMING: _WARD_HOURS,
    OFFICE: _OFFICE_HOURS,
    SATELLITE: _OFFICE_HOURS,
    CLINIC: _OFFICE_HOURS,
}


class Visit(NamedTuple):
    """One request: ``at`` in seconds since 1970 UTC, bytes up and down, duration in milliseconds."""

    at: float
    who: Person
    host: str
    path: str
    method: str
    up: int
    down: int
    duration: int
    category: str
    plain_http: bool
    tool: str
    blocked: bool


class Connection(NamedTuple):
    """One connection of a server, as a network tap sees it."""

    at: float
    server: Server
    host: str
    tool: str


class Session(NamedTuple):
    """One sign-in of a person to an application in which AI is used."""

    at: float
    who: Person
    sign_in: SignIn


def start_of(day: date) -> float:
    """Return midnight UTC of a day in seconds since 1970."""
    return datetime.combine(day, time(), UTC).timestamp()


def visits_of_day(seed: int, site: str, day: date, people: Sequence[Person]) -> list[Visit]:
    """Return all requests of one site on one day, in order of time."""
    rng = random.Random(f"{seed}:{site}:{day.isoformat()}")
    staff = [person for person in people if person.site == site]
    share = WEEKEND[site] if day.weekday() >= 5 else 1.0
    visits = list(_ordinary(rng, site, day, staff, round(PER_WEEKDAY[site] * share)))
    for number, habit in enumerate(HABITS):
        if habit.site == site:
            visits.extend(_habitual(rng, habit, day, _followers(seed, number, habit, staff), share))
    visits.sort(key=lambda visit: visit.at)
    return visits


def connections_of_day(seed: int, day: date) -> list[Connection]:
    """Return all connections of the servers on one day, in order of time."""
    rng = random.Random(f"{seed}:servers:{day.isoformat()}")
    midnight = start_of(day)
    servers = {server.name: server for server in SERVERS}
    hosts = rng.choices(SERVER_HOSTS, [host.weight for host in SERVER_HOSTS], k=PER_WEEKDAY_SERVERS)
    found = [
        Connection(midnight + rng.random() * 86_399, rng.choice(SERVERS), host.name, "") for host in hosts
    ]
    for habit in SERVER_HABITS:
        first, last = habit.hours
        for _ in range(habit.per_day):
            at = midnight + rng.uniform(first, last) * 3600 - 1
            found.append(Connection(max(at, midnight), servers[habit.server], habit.host, habit.tool))
    found.sort(key=lambda connection: connection.at)
    return found


def sessions_of_day(seed: int, provider: str, day: date, people: Sequence[Person]) -> list[Session]:
    """Return the sign-ins to AI applications through one identity provider on one day, in order of time."""
    rng = random.Random(f"{seed}:{provider}:{day.isoformat()}")
    share = 0.15 if day.weekday() >= 5 else 1.0
    sessions: list[Session] = []
    for sign_in in SIGN_INS:
        if sign_in.provider != provider:
            continue
        staff = [person for person in people if person.department == sign_in.department]
        # The same draw as for requests, so that who signs in is who was seen using the tool.
        users = random.Random(f"{seed}:{sign_in.tool}:{sign_in.department}").sample(staff, sign_in.people)
        for who in users:
            sessions.extend(
                Session(start_of(day) + rng.uniform(7, 18) * 3600, who, sign_in)
                for _ in range(_times(rng, sign_in.per_day * share))
            )
    sessions.sort(key=lambda session: session.at)
    return sessions


def _followers(seed: int, number: int, habit: Habit, staff: Sequence[Person]) -> list[Person]:
    """Return the people with a habit; the same ones every day of the week."""
    members = [person for person in staff if person.department == habit.department]
    if not habit.people or habit.people >= len(members):
        return members
    # One draw for the same tool in the same department: its upload and its page belong to the same person.
    return random.Random(f"{seed}:{habit.tool or number}:{habit.department}").sample(members, habit.people)


def _times(rng: random.Random, mean: float) -> int:
    """Return how often something happens today that happens ``mean`` times on average."""
    low = int(mean * 0.6)
    return rng.randint(low, max(low, round(mean * 1.4))) if mean >= 1 else int(rng.random() < mean)


def _ordinary(
    rng: random.Random, site: str, day: date, staff: Sequence[Person], count: int
) -> Iterator[Visit]:
    midnight = start_of(day)
    hosts = rng.choices(HOSTS, cum_weights=list(accumulate(host.weight for host in HOSTS)), k=count)
    hours = rng.choices(range(24), cum_weights=list(accumulate(_HOURS[site])), k=count)
    people = rng.choices(staff, k=count)
    for host, hour, who in zip(hosts, hours, people, strict=True):
        chance = rng.random()
        yield Visit(
            at=midnight + hour * 3600 + rng.random() * 3599,
            who=who,
            host=host.name,
            path=host.paths[int(chance * len(host.paths))],
            method="GET" if chance < 0.85 else "POST",
            up=int(300 + chance * 2_400),
            down=int(400 + chance**6 * 900_000),
            duration=int(4 + chance**3 * 2_000),
            category=host.category,
            plain_http=host.plain_http,
            tool="",
            blocked=False,
        )


def _habitual(
    rng: random.Random, habit: Habit, day: date, people: Sequence[Person], share: float
) -> Iterator[Visit]:
    midnight = start_of(day)
    hours = list(accumulate(_HOURS[habit.site]))
    for who in people:
        for hour in rng.choices(range(24), cum_weights=hours, k=_times(rng, habit.per_day * share)):
            visit = Visit(
                at=midnight + hour * 3600 + rng.random() * 3599,
                who=who,
                host=habit.host,
                path=habit.path,
                method=habit.method,
                up=rng.randint(*habit.sends),
                down=rng.randint(*habit.receives),
                duration=rng.randint(150, 9_000),
                category=habit.category,
                plain_http=False,
                tool=habit.tool,
                blocked=habit.blocked,
            )
            if habit.streams:
                yield from _pieces(rng, visit, midnight + 86_399)
            else:
                yield visit


def _pieces(rng: random.Random, visit: Visit, latest: float) -> Iterator[Visit]:
    """Yield the sound of a visit as it goes up, a piece every minute for 8 to 20 minutes."""
    count = rng.randint(8, 20)
    start = min(visit.at, latest - count * 60)
    for number in range(count):
        share = rng.uniform(0.85, 1.15) / count
        yield visit._replace(
            at=start + number * 60 + rng.uniform(0, 5),
            up=round(visit.up * share),
            down=round(visit.down * share),
        )
