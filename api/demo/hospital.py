"""Write the whole week of the imaginary hospital's logs into a folder, and say what is in them."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from operator import attrgetter
from pathlib import Path

from api.demo.bind import write_bind
from api.demo.entra import write_entra
from api.demo.google import write_google
from api.demo.habits import APPROVED, ENTRA, GOOGLE, OKTA
from api.demo.identity import entries_of_week
from api.demo.okta import write_okta
from api.demo.panos import write_panos
from api.demo.people import CAMPUS, CLINIC, OFFICE, ROAMING, SATELLITE, SERVERS, hire, write_people
from api.demo.pihole import write_pihole
from api.demo.squid import write_squid
from api.demo.traffic import Visit, connections_of_day, start_of, visits_of_day
from api.demo.truth import DemoTruth, FileTruth
from api.demo.umbrella import write_umbrella
from api.demo.web import CANDIDATE, DECOYS, QUERY_MARKER
from api.demo.zeek import write_zeek_dns, write_zeek_ssl
from api.demo.zscaler import write_zscaler

PEOPLE = "people.csv"
"""Beside the logs: who works where, for showing departments."""

SIGN_INS_PER_WEEKDAY = {OKTA: 330, ENTRA: 720, GOOGLE: 150}


def write_demo_logs(directory: Path, seed: int = 7, days: int = 7, end: date | None = None) -> DemoTruth:
    """Write ``days`` days of logs up to and including ``end`` into ``directory``, and return what is in them.

    ``end`` is yesterday (UTC) unless given, so that every day is complete. The same seed, days and end give
    the same bytes. ``directory`` is made if it is missing; files of the same names are overwritten.
    Raises ValueError for less than one day.
    """
    if days < 1:
        raise ValueError(f"days is {days}; the demo needs at least one day")
    last = end or datetime.now(UTC).date() - timedelta(days=1)
    week = [last - timedelta(days=age) for age in range(days - 1, -1, -1)]
    directory.mkdir(parents=True, exist_ok=True)
    people = hire(seed)
    write_people(directory / PEOPLE, people)
    servers = [server.address for server in SERVERS]

    files: list[FileTruth] = []
    closed_at: dict[str, date] = {}
    week_of: dict[str, list[Visit]] = {OFFICE: [], ROAMING: [], CLINIC: []}
    for day in week:
        age = (last - day).days
        rng = random.Random(f"{seed}:files:{day.isoformat()}")
        visits = {
            site: visits_of_day(seed, site, day, people)
            for site in (CAMPUS, OFFICE, ROAMING, SATELLITE, CLINIC)
        }
        for site, kept in week_of.items():
            kept.extend(visits[site])
        resolved = list(merge(visits[CAMPUS], visits[OFFICE], key=attrgetter("at")))
        connections = connections_of_day(seed, day)
        zeek, ending, closed = ("zeek/current", "", False) if age == 0 else (f"zeek/{day}", ".gz", True)
        written = (
            write_squid(directory, rotated("proxy/squid/access.log", age), visits[CAMPUS], rng, servers),
            write_bind(directory, f"dns/bind/queries.log{f'.{age - 1}' if age else ''}", resolved, rng),
            write_umbrella(directory, f"dns/umbrella/{day}-00-00-1f4c.csv.gz", visits[SATELLITE], rng),
            write_zeek_ssl(directory, f"{zeek}/ssl.log{ending}", connections, rng, day, closed),
            write_zeek_dns(directory, f"{zeek}/dns.log{ending}", connections, rng, day, closed),
        )
        files += written
        closed_at |= {file.path: day for file in written}

    rng = random.Random(f"{seed}:files:week")
    sign_ins = {
        provider: entries_of_week(seed, provider, week, people, SIGN_INS_PER_WEEKDAY[provider])
        for provider in (OKTA, ENTRA, GOOGLE)
    }
    files += (
        write_panos(directory, "firewall/pan-os.log", week_of[OFFICE], rng),
        write_zscaler(directory, "proxy/zscaler/web.ndjson", week_of[ROAMING], rng),
        write_pihole(directory, "dns/riverside/pihole.log", week_of[CLINIC], rng),
        write_okta(directory, "sso/okta-system-log.ndjson", sign_ins[OKTA], rng),
        write_entra(directory, "sso/entra-sign-ins.ndjson", sign_ins[ENTRA], rng),
        write_google(directory, "sso/google-token-audit.ndjson", sign_ins[GOOGLE], rng),
    )
    for file in files:
        # As if written then: logs without a year (dnsmasq) are dated by when their file was last changed.
        midnight = start_of(closed_at.get(file.path, last)) + 86_400
        os.utime(directory / file.path, (midnight, midnight))
    return DemoTruth(
        directory=directory,
        first_day=week[0],
        last_day=last,
        people=len(people),
        files=tuple(sorted(files, key=attrgetter("path"))),
        approved=APPROVED,
        candidates=(CANDIDATE,),
        decoys=DECOYS,
        query_marker=QUERY_MARKER,
    )


def rotated(path: str, age: int) -> str:
    """Return the name logrotate gives a log of so many days ago: plain, .1, then .2.gz and on."""
    if age == 0:
        return path
    return f"{path}.1" if age == 1 else f"{path}.{age}.gz"
