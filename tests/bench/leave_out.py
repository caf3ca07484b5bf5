"""Take vendors out of the catalogue, let people use them beside ordinary hosts, and see which candidates come up."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from governance.candidates.queue import Candidate, all_candidates
from governance.candidates.weights import candidate_weights
from scanner.candidates.hosts import vendor_sites
from scanner.candidates.observer import CandidateObserver
from scanner.ingest import ScanPlan, scan_paths
from signatures.catalogue import Catalogue, Vendor, catalogue_with, default_directory, load_catalogue
from signatures.evidence import Evidence
from signatures.hosts import registrable_domain
from signatures.kinds import HOST_KINDS, Category, Kind, Surface
from signatures.matcher import Matcher
from signatures.platforms import is_shared
from storage.database import open_database
from storage.pseudonyms import Pseudonyms
from storage.scans import begin_scan
from tests.bench.ordinary_hosts import ordinary_hosts
from tests.bench.ordinary_services import Ordinary

START = datetime(2026, 11, 2, tzinfo=UTC)
DAYS = 14
_AUDIO = {Category.AMBIENT_SCRIBE, Category.DICTATION, Category.TRANSCRIPTION, Category.MEETING_NOTES}
_APIS = {Category.LLM_API, Category.INFERENCE, Category.SPEECH_API, Category.MODEL_HUB}
_SAID_PATHS: Mapping[Category, tuple[str, ...]] = {
    Category.AMBIENT_SCRIBE: ("/api/visits/81/audio", "/v1/transcribe", "/encounters/77/recording"),
    Category.DICTATION: ("/v1/transcribe", "/dictation/stream"),
    Category.TRANSCRIPTION: ("/api/transcriptions", "/v2/transcript"),
    Category.MEETING_NOTES: ("/api/recordings/5/upload", "/v1/listen"),
    Category.LLM_API: ("/v1/chat/completions", "/v1/messages", "/v1/embeddings"),
    Category.INFERENCE: ("/v1/chat/completions", "/v1/predictions", "/v1/models"),
    Category.SPEECH_API: ("/v1/listen", "/v1/audio/transcriptions", "/v1/text-to-speech/21m00"),
    Category.CHAT_ASSISTANT: ("/api/chat", "/api/conversation", "/v1/chat/completions"),
}
_OTHER_PATHS = ("/api/chat", "/api/generate", "/v1/chat/completions")
_OPAQUE_PATHS = ("/", "/graphql", "/trpc/task.create", "/rpc", "/app/submit", "/api/v2/items", "/rest/jobs")
"""What half of the vendors have: nothing a class of paths would recognise."""
_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
_SDKS = (
    "OpenAI/Python 1.99.1",
    "Anthropic/Python 0.60.0",
    "langchain-core/0.3",
    "python-httpx/0.27",
    "axios/1.7",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at one of three sites, whose logs tell more or less."""

    name: str
    address: str
    site: str
    staff: bool
    tools: tuple[str, ...]
    """Hosts of known tools this person uses."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the queue shows of vendors that were taken out."""

    removed: int
    in_top: int
    """Removed vendors among the first hundred candidates."""
    ordinary_above: int
    """Ordinary hosts above the last of them."""
    by_name_only: int
    """Removed vendors that would be among the first hundred if only names counted."""
    by_behaviour_only: int
    """The same if names did not count."""
    queue: int
    missed: tuple[str, ...]
    strangers_above: tuple[str, ...]


@cache
def whole_catalogue() -> Catalogue:
    """Return the shipped catalogue."""
    return load_catalogue([default_directory()])


def hosts_of(vendor: Vendor) -> list[tuple[str, str, Category]]:
    """Return hosts, paths and categories of what means use of a vendor's tools."""
    found = []
    for tool in vendor.tools:
        for signature in tool.signatures:
            if signature.surface is Surface.USE and signature.kind in HOST_KINDS - {Kind.DNS_ANSWER}:
                host, slash, path = signature.value.partition("/")
                host = host.replace("*", "ward7")
                if signature.kind is Kind.DOMAIN and host == registrable_domain(host):
                    found += [(f"app.{host}", "", tool.category), (f"api.{host}", "", tool.category)]
                found.append((host, slash + path, tool.category))
    return [one for one in found if not is_shared(registrable_domain(one[0]) or one[0])]


def measure(
    seed: int,
    folder: Path,
    *,
    vendors: int = 50,
    ordinary: int = 5_200,
    people: int = 500,
    lines: int = 60_000,
) -> Outcome:
    """Run one experiment."""
    chance = random.Random(seed)
    whole = whole_catalogue()
    usable = [vendor for vendor in whole.vendors.values() if hosts_of(vendor)]
    removed = chance.sample(usable, vendors)
    gone = {vendor.id for vendor in removed}
    rest = catalogue_with("rest", [vendor for vendor in whole.vendors.values() if vendor.id not in gone])
    matcher, full = Matcher(rest), Matcher(whole)
    background = [one for one in ordinary_hosts(chance, ordinary) if full.match(Evidence(one.host)) is None]
    staff = _people(chance, people, [vendor for vendor in usable if vendor.id not in gone])
    visits = [
        *_ordinary(chance, background, staff, lines),
        *_known(chance, staff),
        *_strange(chance, removed, staff),
    ]
    visits.sort(key=lambda visit: visit["at"])
    paths = _write(folder, visits)
    found = _scan(folder, rest, matcher, paths)
    return _judge(found, removed, {str(visit["host"]) for visit in visits})


def _people(chance: random.Random, number: int, vendors: Sequence[Vendor]) -> list[Person]:
    popular = [host for vendor in vendors if vendor.id in {"openai", "anthropic", "microsoft", "google", "perplexity"}
               for host, _, _ in hosts_of(vendor)[:3]]  # fmt: skip
    staff = []
    for at in range(number):
        technical = at % 12 == 0
        uses = chance.random() < (0.6 if technical else 0.2)
        tools = [chance.choice(popular)] if uses else []
        if uses and chance.random() < 0.4:
            tools.append(hosts_of(chance.choice(vendors))[0][0])
        site = chance.choices(("cloud", "proxy", "dns"), (45, 30, 25))[0]
        staff.append(Person(f"u{at:04d}", f"10.8.{at // 250}.{at % 250 + 1}", site, technical, tuple(tools)))
    return staff


def _visit(chance: random.Random, who: Person, host: str, **more: object) -> dict[str, object]:
    at = START + timedelta(days=chance.randrange(DAYS), seconds=chance.randint(25_000, 68_000))
    visit: dict[str, object] = {
        "at": at,
        "who": who,
        "host": host,
        "path": "/",
        "type": "text/html",
        "agent": _BROWSER,
        "status": 200,
    }
    visit |= {"up": chance.randint(300, 2_700), "down": chance.randint(400, 90_000), "method": "GET"}
    return visit | more


def _ordinary(
    chance: random.Random, hosts: Sequence[Ordinary], staff: Sequence[Person], lines: int
) -> Iterator[dict[str, object]]:
    technical = [who for who in staff if who.staff]
    drawn = [*hosts, *chance.choices(hosts, [one.rank for one in hosts], k=lines)]
    regulars = {one.host: chance.sample(staff, min(len(staff), 3 + int(4_000 * one.rank))) for one in hosts}
    for one in drawn:
        if one.users is None:
            yield _request(chance, one, chance.choice(technical if one.staff_only else regulars[one.host]))
    fond = [who for who in staff if who.tools]
    for one in hosts:
        users = {
            chance.choice(fond if chance.random() < one.fond else staff)
            for _ in range(chance.randint(*one.users) if one.users else 0)
        }
        for who in sorted(users, key=lambda who: who.name):
            for _ in range(chance.randint(2, 8)):
                yield from _sitting(chance, one, who)


def _sitting(chance: random.Random, one: Ordinary, who: Person) -> Iterator[dict[str, object]]:
    begin = START + timedelta(days=chance.randrange(DAYS), seconds=chance.randint(25_000, 66_000))
    for turn in range(chance.randint(1, 6)):
        page = {"path": "/", "type": "text/html", "method": "GET"} if turn == 0 else {}
        yield _request(chance, one, who) | {"at": begin + timedelta(seconds=45 * turn)} | page


def _request(chance: random.Random, one: Ordinary, who: Person) -> dict[str, object]:
    return _visit(
        chance, who, one.host, path=one.path, type=one.content_type, status=one.status,
        up=chance.randint(*one.up), down=chance.randint(*one.down),
        method="POST" if chance.random() < one.post else "GET",
    )  # fmt: skip


def _known(chance: random.Random, staff: Sequence[Person]) -> Iterator[dict[str, object]]:
    for who in staff:
        for host in who.tools:
            for _ in range(chance.randint(4, 30)):
                yield _visit(
                    chance, who, host, method="POST", up=chance.randint(800, 40_000), type="text/event-stream"
                )


def _strange(
    chance: random.Random, vendors: Sequence[Vendor], staff: Sequence[Person]
) -> Iterator[dict[str, object]]:
    fond = [who for who in staff if who.tools]
    for vendor in vendors:
        hosts = chance.sample(hosts_of(vendor), min(3, len(hosts_of(vendor))))
        opaque, streams = chance.random() < 0.5, chance.random() < 0.5
        users = {
            chance.choice(fond if chance.random() < 0.75 else staff) for _ in range(chance.randint(3, 12))
        }
        first = chance.choice((0, 0, 0, 8))
        for who in sorted(users, key=lambda who: who.name):
            for _ in range(chance.randint(3, 12)):
                yield from _session(chance, who, hosts, opaque, streams, first)


def _session(
    chance: random.Random,
    who: Person,
    hosts: Sequence[tuple[str, str, Category]],
    opaque: bool,
    streams: bool,
    first: int,
) -> Iterator[dict[str, object]]:
    begin = START + timedelta(days=chance.randint(first, DAYS - 1), seconds=chance.randint(25_000, 66_000))
    for turn in range(chance.randint(1, 6)):
        host, path, category = chance.choice(hosts)
        page = turn == 0
        said = _OPAQUE_PATHS if opaque else _SAID_PATHS.get(category, _OTHER_PATHS)
        audio = category in _AUDIO and not page
        program = category in _APIS and chance.random() < 0.5
        yield _visit(
            chance, who, host,
            at=begin + timedelta(seconds=45 * turn),
            path=path or ("/" if page else chance.choice(said)),
            method="GET" if page else "POST",
            up=chance.randint(400_000, 9_000_000) if audio else chance.randint(800, 40_000),
            down=chance.randint(900, 4_000) if audio else chance.randint(3_000, 60_000),
            type="text/html" if page else "text/event-stream" if streams and not audio else "application/json",
            agent=chance.choice(_SDKS) if program else _BROWSER,
        )  # fmt: skip


def _write(folder: Path, visits: Sequence[dict[str, object]]) -> list[Path]:
    lines: dict[str, list[str]] = {"cloud": [], "proxy": [], "dns": []}
    for visit in visits:
        who = visit["who"]
        assert isinstance(who, Person)
        lines[who.site].append(_LINE[who.site](visit, who))
    written = []
    for site, content in lines.items():
        path = folder / f"{site}.log"
        path.write_text("".join(content), encoding="utf-8")
        written.append(path)
    return written


def _cloud(visit: dict[str, object], who: Person) -> str:
    event = {
        "datetime": f"{visit['at']:%Y-%m-%d %H:%M:%S}", "reason": "Allowed", "event_id": "7", "protocol": "HTTPS",
        "action": "Allowed", "transactionsize": "1", "urlcategory": "Other", "serverip": "203.0.113.9",
        "responsesize": str(visit["down"]), "requestsize": str(visit["up"]),
        "requestmethod": visit["method"], "useragent": visit["agent"],
        "ClientIP": who.address, "status": str(visit["status"]), "user": f"{who.name}@hospital.example",
        "url": f"{visit['host']}{visit['path']}", "hostname": visit["host"], "appname": "General Browsing",
        "department": "Ward", "contenttype": visit["type"], "deviceowner": "NA", "devicehostname": "NA",
    }  # fmt: skip
    return json.dumps({"sourcetype": "zscalernss-web", "event": event}) + "\n"


def _proxy(visit: dict[str, object], who: Person) -> str:
    at = visit["at"]
    assert isinstance(at, datetime)
    return (
        f"{at.timestamp():.3f}    120 {who.address} TCP_TUNNEL/200 {visit['down']} CONNECT {visit['host']}:443 "
        f"{who.name} HIER_DIRECT/203.0.113.7 -\n"
    )


def _dns(visit: dict[str, object], who: Person) -> str:
    return (
        f"{visit['at']:%d-%b-%Y %H:%M:%S}.120 queries: info: client @0x7f8bb9db0001 {who.address}#4711 "
        f"({visit['host']}): query: {visit['host']} IN A +E(0)K (10.0.0.53)\n"
    )


_LINE = {"cloud": _cloud, "proxy": _proxy, "dns": _dns}


def _scan(folder: Path, rest: Catalogue, matcher: Matcher, paths: Sequence[Path]) -> list[Candidate]:
    database = open_database(f"sqlite:///{folder / 'found.db'}")
    database.upgrade()
    now = START + timedelta(days=DAYS)
    pseudonyms = Pseudonyms.from_key(b"k" * 32)
    values = [
        signature.value
        for tool in rest.tools.values()
        for signature in tool.signatures
        if signature.kind in HOST_KINDS
    ]
    observer = CandidateObserver(matcher, vendor_sites(values), pseudonyms, now)
    try:
        with database.write() as conn:
            scan_id = begin_scan(conn, now)
        plan = ScanPlan(database, scan_id, matcher, pseudonyms, now, observers=(observer,))
        for outcome in scan_paths(plan, [str(path) for path in paths]):
            assert outcome.status == "ok", outcome
        with database.read() as conn:
            return all_candidates(conn)
    finally:
        database.close()


def _judge(everything: Sequence[Candidate], removed: Sequence[Vendor], seen: set[str]) -> Outcome:
    owner: dict[str, str] = {}
    for vendor in removed:
        for host, _, _ in hosts_of(vendor):
            owner[host] = vendor.id
    least = candidate_weights().show_from
    found = [candidate for candidate in everything if candidate.score >= least]
    named, above = _among_the_first(found, owner)
    by_name, _ = _among_the_first(_scored(everything, lambda reason: reason == "name"), owner)
    by_behaviour, _ = _among_the_first(_scored(everything, lambda reason: reason != "name"), owner)
    used = {owner[host] for host in seen if host in owner}
    return Outcome(
        len(removed), len(named), len(above), len(by_name), len(by_behaviour), len(found),
        tuple(sorted(used - named)), tuple(above),
    )  # fmt: skip


def _scored(found: Sequence[Candidate], counts: Callable[[str], bool]) -> list[Candidate]:
    scores = [
        (
            sum(one.points for one in candidate.reasons if counts(one.name) or one.name == "ordinary"),
            candidate,
        )
        for candidate in found
    ]
    scores.sort(key=lambda item: (-item[0], item[1].site))
    return [candidate for score, candidate in scores if score > 0]


def _among_the_first(found: Sequence[Candidate], owner: Mapping[str, str]) -> tuple[set[str], list[str]]:
    """Return the removed vendors among the first hundred, and the ordinary hosts above the last of them."""
    named: set[str] = set()
    ordinary: list[str] = []
    above: list[str] = []
    for candidate in found[:100]:
        vendors = {owner[host] for host in candidate.evidence.hosts if host in owner}
        if not vendors:
            ordinary.append(candidate.site)
        elif vendors - named:
            above = list(ordinary)
        named |= vendors
    return named, above
