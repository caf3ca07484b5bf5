"""Make sightings of what was stored of a candidate, once the catalogue knows what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from governance.alerts import raise_alerts_about
from governance.candidates.review import carry_over_promoted
from signatures.catalogue import Catalogue
from signatures.evidence import Evidence, Match
from signatures.matcher import Matcher
from storage import audit
from storage.batches import SightingPart
from storage.candidates import candidate_hosts, carry_over_host
from storage.inventory import ensure_tools
from storage.settings import read_setting, write_setting

_DONE = "candidates_matched_with"
_ACTOR = "catalogue"


def carry_over_known(
    conn: Connection, catalogue: Catalogue, matcher: Matcher, channels: Sequence[str], now: datetime
) -> int:
    """Carry over every candidate that is a tool by now; return how many sightings came of them.

    Candidates are compared with a catalogue once. No path was stored, so a signature that needs one finds nothing
    here. A vendor that is new by this makes its alert in the same transaction.
    """
    carried = carry_over_promoted(conn)
    if read_setting(conn, _DONE) == catalogue.version:
        return carried
    for site, host, kind in candidate_hosts(conn):
        match = matcher.match(_evidence(site, host, kind))
        if match is None:
            continue
        tool, vendor = catalogue.tools[match.tool_id], catalogue.vendors[match.vendor_id]
        ensure_tools(conn, [(tool.id, vendor.id, tool.name, vendor.name)], now)
        parts = carry_over_host(conn, site, host, match)
        carried += len(parts)
        _tell(conn, site, match, parts, catalogue, channels, now)
    write_setting(conn, _DONE, catalogue.version, now)
    return carried


def _tell(
    conn: Connection,
    site: str,
    match: Match,
    parts: Sequence[SightingPart],
    catalogue: Catalogue,
    channels: Sequence[str],
    now: datetime,
) -> None:
    detail = {"tool": match.tool_id, "vendor": match.vendor_id, "sightings": len(parts)}
    audit.append(conn, _ACTOR, "candidate.became_known", site, detail, now)
    by_source: dict[str, list[SightingPart]] = defaultdict(list)
    for part in parts:
        by_source[part.source].append(part)
    for source, seen in sorted(by_source.items()):
        raise_alerts_about(conn, seen, source, catalogue, channels, now)


def _evidence(site: str, host: str, kind: str) -> Evidence:
    if kind == "application":
        return Evidence(application_name=host.removeprefix("app:"))
    port = site.removeprefix(f"{host}:") if kind == "self_hosted" else ""
    return Evidence(host=host, port=int(port) if port.isdigit() else None)
