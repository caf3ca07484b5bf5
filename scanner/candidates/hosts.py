"""Decide which host names that no signature knows deserve a closer look, and what they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.table import Part
from signatures.evidence import Evidence
from signatures.hosts import normalise_host, registrable_domain
from signatures.kinds import Surface
from signatures.matcher import Matcher
from signatures.platforms import is_shared, is_suite, third_party
from signatures.strangers.names import host_signs
from signatures.strangers.traits import is_private

WORTHY: Final = 0.8
"""Weight of a name from which its lines are read exactly."""
_REMEMBERED: Final = 300_000
_MARKS: Final = tuple(
    mark.replace("$", "\n")
    for mark in """ai. ai$ ai/ ai: ai" -ai- .ai- ai- .bot bot. chat .health copilot
    gpt llm genai scrib dictat transcri neural cortex cogni diffusion prompt inference speech voice whisper summar
    upscal paraphras humaniz intellig agent. agentic translat chart note .ml. nlp .stt .tts .asr""".split()
)
"""Pieces of text of which every telling name holds one; $ is the end of the name."""
_ADDRESS: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?([^/:\s]+)")


@dataclass(frozen=True, slots=True)
class Stranger:
    """A host no signature knows: the site it counts for, and how much its name tells."""

    host: str
    site: str
    weight: float
    private: bool


class Strangers:
    """Answers about hosts, each worked out once."""

    def __init__(self, matcher: Matcher, vendors: frozenset[str], own_domains: tuple[str, ...] = ()) -> None:
        self._matcher = matcher
        self._vendors = vendors
        self._own_domains = own_domains
        self._tools: dict[Part, bool] = {}
        self._strangers: dict[str, Stranger | None] = {}
        self._seen: set[Part] = set()

    def stranger(self, raw: str) -> Stranger | None:
        """Return what a host is, or None where it belongs to a known vendor, to ourselves, or to nobody's tool."""
        try:
            return self._strangers[raw]
        except KeyError:
            if len(self._strangers) > _REMEMBERED:
                self._strangers.clear()
            found = self._strangers[raw] = self._stranger(raw)
            return found

    def is_tool(self, raw: Part) -> bool:
        """Say whether a host, as a log wrote it, means use of a known tool."""
        known = self._tools.get(raw)
        if known is None:
            if len(self._tools) > _REMEMBERED:
                self._tools.clear()
            host = host_in(raw)
            match = self._matcher.match(Evidence(host)) if host else None
            known = self._tools[raw] = match is not None and match.surface == Surface.USE
        return known

    def telling(self, raws: Iterable[Part]) -> set[Part]:
        """Return the hosts never seen before whose names deserve an exact reading."""
        fresh = set(raws)
        fresh -= self._seen
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        self._seen |= fresh
        named = [raw for raw in fresh if raw]
        found: set[Part] = set()
        for place in set(_marked(named)):
            host = host_in(named[place])
            # Asked of many, and few weigh enough.
            name = normalise_host(host) if host else None
            stranger = self.stranger(host) if host and name and host_signs(name).weight >= WORTHY else None
            if stranger is not None and stranger.weight >= WORTHY:
                found.add(named[place])
        return found

    def _stranger(self, raw: str) -> Stranger | None:
        host = normalise_host(raw)
        if host is None or self._matcher.host_interest(host):
            return None
        if is_private(host, self._own_domains):
            return Stranger(host, host, 0.0, True)
        if host.replace(".", "").isdigit() or ":" in host:
            return None  # an address of somebody's, with no name to go by
        signs = host_signs(host)
        if signs.plumbing or third_party(host):
            return None
        # A name under an ending nobody publishes is one in use here all the same.
        site = registrable_domain(host) or ".".join(host.split(".")[-2:])
        if is_shared(site) or is_suite(site):
            site = host
        return None if site in self._vendors else Stranger(host, site, signs.weight, False)


def host_in(raw: Part) -> str | None:
    """Return the host of what a log wrote where hosts stand: a name, a name with a port, an address of a page."""
    found = _ADDRESS.match(text_of(raw).lower())
    return found[1] if found else None


def text_of(raw: Part) -> str:
    """Return a part of a line as text, without quotes around it."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str("" if raw is None else raw)
    return text.strip().strip('"').strip()


def _marked(raws: Sequence[Part]) -> Iterator[int]:
    """Yield the places of hosts that hold any mark; one search over all of them, for there are many."""
    texts = [raw.decode("latin-1") if isinstance(raw, bytes) else str(raw) for raw in raws]
    text = "\n".join(texts).lower() + "\n"
    for mark in _MARKS:
        at, place, before = text.find(mark), 0, 0
        while at >= 0:
            place += text.count("\n", before, at)
            before = at
            yield place
            end = text.find("\n", at)
            at = text.find(mark, end + 1) if end >= 0 else -1


def vendor_sites(values: Iterable[str]) -> frozenset[str]:
    """Return the registered names on which signatures stand, platforms left out."""
    sites = (registrable_domain(value.partition("/")[0].replace("*", "x")) for value in values)
    return frozenset(site for site in sites if site and not is_shared(site))
