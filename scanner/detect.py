"""Find AI tools in events: evidence to the matcher, matched events to activities."""

from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from scanner.clock import Instant
from scanner.fields import KIND_PRESENCE, KIND_REMOVAL, PRINCIPAL_FIELDS, Event
from scanner.resolving import AliasResolver
from signatures.evidence import Evidence, HostInterest, Match
from signatures.hosts import normalise_host
from signatures.kinds import PRESENCE
from signatures.matcher import Matcher

_PRESENCE_TYPES: Final = frozenset({"installed", "purchase", "application registered"})
_GONE: Final = frozenset({"removed"})
HOUR: Final = 3600
_LARGEST: Final = 1 << 46
_REMEMBERED: Final = 200_000
_KINDS_WITHOUT_USE: Final = frozenset({"dns_response", "flow", "assignment", KIND_REMOVAL})


class ActivityKey(NamedTuple):
    """What events are folded by."""

    hour: int | None
    """Hours since 1970, or None where the log gives no time."""
    principal_kind: str
    principal: str
    device: str
    match: Match
    action: str
    department: str


@dataclass(slots=True)
class Activity:
    """Sums over the events of one key; bytes are None where no event stated any."""

    count: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first: Instant | None = None
    last: Instant | None = None

    def add(
        self, count: int, up: int | None, down: int | None, first: Instant | None, last: Instant | None
    ) -> None:
        """Add sums of more events."""
        self.count += count
        if up is not None:
            self.bytes_up = (self.bytes_up or 0) + up
        if down is not None:
            self.bytes_down = (self.bytes_down or 0) + down
        if first is not None and (self.first is None or first < self.first):
            self.first = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last


def _is_name(answer: object) -> bool:
    """Say whether an answer can name a host: addresses tell no tool, and hardly two lines have the same."""
    return not isinstance(answer, str) or not (answer[-1:].isdigit() or ":" in answer)


class Detector:
    """Matches evidence, remembering what it has seen: logs repeat themselves."""

    def __init__(self, matcher: Matcher, resolver: AliasResolver | None = None) -> None:
        self._matcher = matcher
        self._resolver = resolver
        self._matches: dict[tuple[Any, ...], Match | None] = {}
        self._hosts: dict[str, HostInterest] = {}

    def host_interest(self, raw: str) -> HostInterest:
        """Say whether a host, as a log wrote it, may belong to a tool."""
        interest = self._matcher.host_interest(raw.lower() if raw.isascii() else raw)
        if interest is not HostInterest.NONE or self._resolver is None:
            return interest
        telling = any(map(self._matcher.answer_interest, self._resolver.aliases(raw)))
        return HostInterest.ALWAYS if telling else interest

    def path_prefixes(self, raw: str) -> tuple[str, ...]:
        """Return the beginnings of paths that signatures name on a host, lower case."""
        host = normalise_host(raw)
        return () if host is None else self._matcher.path_prefixes(host)

    def answer_interest(self, raw: str) -> bool:
        """Say whether a name in the answer of a name server may be a tool's."""
        return self._matcher.answer_interest(raw)

    def port_interest(self, raw: str, port: int) -> bool:
        """Say whether a port of a host, as a log wrote it, may be that of a self-hosted tool."""
        return self._matcher.port_interest(raw, port)

    def also_interest(self, text: str) -> bool:
        """Say whether a user agent or an application name may belong to a tool."""
        return (
            self._matcher.user_agent_interest(text)
            or self._matcher.network_application_interest(text)
            or self._matcher.application_interest(text)
        )

    def match(self, event: Event) -> Match | None:
        """Return the tool an event shows, or None."""
        if event.get("kind") in _KINDS_WITHOUT_USE or event.get("event_type") in _GONE:
            return None
        host = event.get("destination_domain") or event.get("dns_question")
        interest = HostInterest.NONE
        if host:
            known = self._hosts.get(host)
            if known is None:
                if len(self._hosts) > _REMEMBERED:
                    self._hosts.clear()
                known = self._hosts[host] = self.host_interest(host)
            interest = known
        port = event.get("destination_port")
        if port is not None:
            near = host or event.get("destination_ip")
            if near and self._matcher.port_interest(near, port):
                host = near
            else:
                port = None
        telling = (
            host,
            # A path only matters where a signature names one; elsewhere it would defeat the memory.
            event.get("url_path") if interest is not HostInterest.NONE else None,
            event.get("application_name"),
            event.get("application_id"),
            event.get("oauth_client_id"),
            event.get("user_agent"),
            event.get("network_application"),
            tuple(map(str, filter(_is_name, event.get("dns_answers") or ()))),
            self._telling_scopes(event.get("oauth_scopes")),
            port,
            event.get("kind") == KIND_PRESENCE or event.get("event_type") in _PRESENCE_TYPES,
        )
        try:
            return self._matches[telling]
        except KeyError:
            if len(self._matches) > _REMEMBERED:
                self._matches.clear()
            found = self._matcher.match(Evidence(*telling[:-1]))
            if found is None and host and self._resolver is not None:
                found = self._matcher.match(Evidence(dns_answers=self._resolver.aliases(host)))
            if found is not None and telling[-1]:
                found = replace(found, surface=PRESENCE)
            self._matches[telling] = found
            return found

    def _telling_scopes(self, scopes: Any) -> tuple[str, ...]:
        if not scopes:
            return ()
        return tuple(scope for scope in map(str, scopes) if self._matcher.scope_interest(scope))


def principal_of(event: Event) -> tuple[str, str]:
    """Return (kind, name) of who an event is about: a user, else a device, else an address."""
    for name in PRINCIPAL_FIELDS:
        value = event.get(name)
        if value:
            return "user", str(value)
    device = event.get("device_name") or event.get("source_domain")
    if device:
        return "device", str(device)
    address = event.get("source_ip")
    return ("address", str(address)) if address else ("unknown", "")


def activity_of(event: Event, match: Match) -> tuple[ActivityKey, Activity]:
    """Return the activity one matched event contributes."""
    kind, name = principal_of(event)
    moment = event.get("timestamp")
    key = ActivityKey(
        hour=int(moment // HOUR) if moment is not None else None,
        principal_kind=kind,
        principal=name,
        device=str(event.get("source_ip") or event.get("device_name") or ""),
        match=match,
        action=event.get("action") or ("blocked" if event.get("outcome") == "failure" else "unknown"),
        department=str(event.get("department") or ""),
    )
    return key, Activity(
        1, stated_size(event.get("source_bytes")), stated_size(event.get("destination_bytes")), moment, moment
    )


def stated_size(stated: object) -> int | None:
    """Return a number of bytes; what no network carries in one event is a fault of the log."""
    return stated if isinstance(stated, int) and 0 <= stated < _LARGEST else None
