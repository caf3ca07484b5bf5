"""Add up what strangers do in one batch: activities by principal and day, and classes of behaviour."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from scanner.detect import Activity, principal_of
from scanner.fields import Event
from scanner.parts import moment
from signatures.strangers.traits import (
    FETCHED_PATHS,
    MEASURED,
    MODEL_PORTS,
    OWN_PATHS,
    agent_class,
    content_class,
    hosting_of,
    path_class,
    sensitive_scopes,
)
from storage.candidates import CandidatePart
from storage.pseudonyms import Pseudonyms

_AUDIO_UP: Final = 300_000
_AUDIO_RATIO: Final = 8
_LARGEST: Final = 1 << 46
_EXCHANGE_UP: Final = 1_500
_EXCHANGE_DOWN: Final = 3_000
_EXCHANGE_LARGEST: Final = 600_000
_BURST_SECONDS: Final = 300
_BURST: Final = 3
_SENDING: Final = frozenset({"POST", "PUT", "PATCH", "CONNECT"})
MOST_SITES: Final = 3_000
"""Sites kept of one batch."""
_MOST_PRINCIPALS: Final = 300
"""Principals kept of one site in one batch; the others are counted as nobody."""
_MOST_HELD: Final = 20_000
"""Sites held while a batch is read."""


class Key(NamedTuple):
    """What the activities of a stranger are added up by."""

    host: str
    principal_kind: str
    principal: str
    department: str
    day: int | None
    action: str


@dataclass(slots=True)
class Gathered:
    """What one site did in one batch."""

    kind: str
    weight: float
    activities: dict[Key, Activity] = field(default_factory=dict)
    traits: Counter[str] = field(default_factory=Counter)
    exchanges: Counter[tuple[str, int]] = field(default_factory=Counter)
    measured: int = 0
    """Events whose bytes are known both ways."""

    @property
    def worth(self) -> float:
        """How much there is to it: the name, and every class of behaviour once."""
        return self.weight + 2.0 * len(self.traits)


class Gathering:
    """The strangers of one batch, bounded: what tells least is let go first."""

    def __init__(self) -> None:
        self.sites: dict[str, Gathered] = {}
        self.let_go = 0

    def site(self, name: str, kind: str, weight: float) -> Gathered:
        """Return the record of a site."""
        found = self.sites.get(name)
        if found is None:
            if len(self.sites) >= _MOST_HELD:
                self._keep(MOST_SITES)
            found = self.sites[name] = Gathered(kind, weight)
        found.weight = max(found.weight, weight)
        return found

    def add(self, gathered: Gathered, host: str, event: Event, traits: list[str]) -> None:
        """Add one event."""
        kind, name = principal_of(event)
        when = event.get("timestamp")
        up, down = _size(event.get("source_bytes")), _size(event.get("destination_bytes"))
        action = event.get("action") or ("blocked" if event.get("outcome") == "failure" else "unknown")
        day = int(when // 86_400) if when is not None else None
        key = Key(host, kind, name, str(event.get("department") or ""), day, action)
        if key not in gathered.activities and len(gathered.activities) >= _MOST_PRINCIPALS:
            key = key._replace(principal_kind="unknown", principal="", department="")
        gathered.activities.setdefault(key, Activity()).add(1, up, down, when, when)
        gathered.traits.update(traits)
        if up and down:
            gathered.measured += 1
            if when is not None and _is_exchange(event, up, down):
                gathered.exchanges[name, int(when // _BURST_SECONDS)] += 1

    def add_unread(self, site: str, host: str, user: str, times: int) -> None:
        """Count events of a host that were not read exactly, on the last day of those that were."""
        gathered = self.sites.get(site)
        if gathered is None:
            return
        read = max((key for key in gathered.activities if key.host == host), key=_day_of, default=None)
        if read is not None:
            done = gathered.activities[read]
            known = user and len(gathered.activities) < _MOST_PRINCIPALS
            key = read._replace(
                principal_kind="user" if known else "unknown", principal=user if known else "", department=""
            )
            gathered.activities.setdefault(key, Activity()).add(times, None, None, done.last, done.last)

    def kept(self) -> dict[str, Gathered]:
        """Return what is worth storing."""
        self._keep(MOST_SITES)
        for gathered in self.sites.values():
            bursts = sum(1 for times in gathered.exchanges.values() if times >= _BURST)
            if gathered.exchanges:
                gathered.traits["shape:exchange"] = gathered.exchanges.total()
                gathered.traits[MEASURED] = gathered.measured
            if bursts:
                gathered.traits["shape:burst"] = bursts
        return self.sites

    def _keep(self, most: int) -> None:
        if len(self.sites) > most:
            best = sorted(self.sites.items(), key=lambda item: (-item[1].worth, item[0]))
            self.let_go += len(best) - most
            self.sites = dict(best[:most])


def traits_of(event: Event) -> list[str]:
    """Return the classes of behaviour one event shows."""
    found = []
    path = event.get("url_path")
    if path and (named := path_class(str(path))) and _is_call(event, named):
        found.append(f"path:{named}")
    content = event.get("content_type")
    if content and (sort := content_class(str(content))):
        # Pages subscribe to news by GET only; what answers piece by piece to something sent is another thing.
        sent = sort == "event_stream" and str(event.get("http_method") or "").upper() == "POST"
        found.append("content:streamed_answer" if sent else f"content:{sort}")
    if event.get("http_status") == 101:
        found.append("content:web_socket")
    agent = event.get("user_agent")
    if agent and (library := agent_class(str(agent))):
        found.append(f"agent:{library}")
    answers = event.get("dns_answers")
    if answers and hosting_of([str(answer) for answer in answers]):
        found.append("answer:model_hosting")
    up, down = _size(event.get("source_bytes")), _size(event.get("destination_bytes"))
    if up and up >= _AUDIO_UP and up >= _AUDIO_RATIO * (down or 0):
        found.append("shape:upload")
    if sensitive_scopes([str(scope) for scope in event.get("oauth_scopes") or ()]):
        found.append("scope:sensitive")
    return found


def _is_call(event: Event, named: str) -> bool:
    """Say whether a request can be a call of such an API: pages that are only fetched are none."""
    method = event.get("http_method")
    return (
        method is None
        or str(method).upper() in _SENDING
        or event.get("http_status") == 101
        or named in FETCHED_PATHS
    )


def model_traits(traits: list[str], port: object) -> list[str]:
    """Return those classes that on one's own network mean a server of models."""
    strong = [trait for trait in traits if trait.startswith("path:") and trait[5:] in OWN_PATHS]
    if port in MODEL_PORTS:
        strong.append("port:model_server")
    return strong


def parts_of_sites(
    sites: dict[str, Gathered], pseudonyms: Pseudonyms, now: datetime
) -> tuple[list[CandidatePart], dict[tuple[str, str], int]]:
    """Return what is stored: parts with pseudonyms in the place of names, and traits."""
    traits = {
        (site, trait): count for site, gathered in sites.items() for trait, count in gathered.traits.items()
    }
    parts = []
    for site, gathered in sites.items():
        sums: dict[Key, Activity] = defaultdict(Activity)
        for key, done in gathered.activities.items():
            name = pseudonyms.principal(key.principal, key.principal_kind) if key.principal else ""
            kind = key.principal_kind if name else "unknown"
            sums[key._replace(principal=name, principal_kind=kind)].add(
                done.count, done.bytes_up, done.bytes_down, done.first, done.last
            )
        for key, done in sums.items():
            first = moment(done.first) or now
            parts.append(
                CandidatePart(
                    site=site,
                    host=key.host,
                    kind=gathered.kind,
                    principal=key.principal,
                    principal_kind=key.principal_kind,
                    department=key.department or None,
                    day=now.date()
                    if key.day is None
                    else datetime.fromtimestamp(key.day * 86_400, UTC).date(),
                    action=key.action,
                    count=done.count,
                    bytes_up=done.bytes_up,
                    bytes_down=done.bytes_down,
                    first_seen=first,
                    last_seen=moment(done.last) or first,
                )
            )
    return parts, traits


def _day_of(key: Key) -> int:
    return key.day or 0


def _is_exchange(event: Event, up: int, down: int) -> bool:
    """Say whether an event is as large both ways as a question and its answer."""
    if event.get("http_method") not in (None, "POST", "CONNECT"):
        return False
    return _EXCHANGE_UP <= up <= _EXCHANGE_LARGEST and _EXCHANGE_DOWN <= down <= _EXCHANGE_LARGEST


def _size(stated: object) -> int | None:
    return stated if isinstance(stated, int) and 0 <= stated < _LARGEST else None
