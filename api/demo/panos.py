"""Write the office firewall's URL log as a PAN-OS threat log sent over syslog."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.demo.logfile import LogFile
from api.demo.people import WINDOWS_DOMAIN
from api.demo.traffic import Visit
from api.demo.truth import FileTruth
from api.demo.web import AGENTS, QUERY_MARKER, address_of

SERIAL = "013201004771"
DEVICE = "LSH-FW-01"
VERSION = "AppThreat-8912-9077"
RULE = "6f1c4b0e-2f7a-4a55-9d0e-0c3d5b7a1e42"


def write_panos(root: Path, path: str, visits: Sequence[Visit], rng: random.Random) -> FileTruth:
    """Write THREAT/url records, and TRAFFIC records of ordinary connections, which carry the bytes but no URL."""
    log = LogFile(root, path, "panos", rng)
    for number, visit in enumerate(visits):
        line = _threat_url(visit, rng, number)
        if visit.tool:
            log.add_use(line, visit.tool, person=visit.who.user, blocked=visit.blocked)
            continue
        log.add(line)
        if rng.random() < 0.12:
            log.add(_traffic(visit, rng, number))
    return log.write()


def _start(visit: Visit, kind: str, subtype: str, rng: random.Random, application: str) -> list[str]:
    """Return the columns both kinds of record begin with: receive time to destination zone and on to protocol."""
    stamp = datetime.fromtimestamp(visit.at, UTC).strftime("%Y/%m/%d %H:%M:%S")
    return [
        "1", stamp, SERIAL, kind, subtype, "2561", stamp, visit.who.address, address_of(visit.host),
        "192.0.2.1", address_of(visit.host), "office-to-internet", f"{WINDOWS_DOMAIN}\\{visit.who.user}", "",
        application, "vsys1", "office", "internet", "ethernet1/2", "ethernet1/1", "to-syslog", stamp,
        str(rng.getrandbits(20)), "1", str(rng.randint(32_768, 60_999)), "443", str(rng.randint(1_024, 65_000)),
        "443", "0x1402000", "tcp",
    ]  # fmt: skip


def _syslog(visit: Visit, columns: Sequence[str]) -> str:
    stamp = datetime.fromtimestamp(visit.at, UTC)
    return f"<14>{stamp:%b} {stamp.day:2d} {stamp:%H:%M:%S} {DEVICE} {','.join(columns)}"


def _threat_url(visit: Visit, rng: random.Random, number: int) -> str:
    query = f"?q={QUERY_MARKER}{rng.randint(10_000, 99_999)}" if visit.method == "GET" else ""
    category = visit.category.lower().replace(" ", "-")
    columns = [
        *_start(visit, "THREAT", "url", rng, "web-browsing" if visit.plain_http else "ssl"),
        "block-url" if visit.blocked else "alert",
        f'"{visit.host}{visit.path}{query}"',
        "(9999)", category, "informational", "client-to-server", str(7_000_000 + number), "0x8000000000000000",
        "10.0.0.0-10.255.255.255", "United States", "", "text/html", "0", "", "", "1", f'"{rng.choice(AGENTS)}"',
        "", "", "", "", "", "", "0", "0", "0", "0", "0", "", DEVICE, "", "", "", visit.method.lower(), "0", "", "0",
        "", "N/A", "unknown", VERSION, "0x0", "0", "4294967295", "", f'"{category},low-risk"', RULE, "0",
    ]  # fmt: skip
    return _syslog(visit, columns)


def _traffic(visit: Visit, rng: random.Random, number: int) -> str:
    columns = [
        *_start(visit, "TRAFFIC", "end", rng, "ms-update" if visit.plain_http else "ssl"),
        "allow", str(visit.up + visit.down), str(visit.up), str(visit.down), "24",
        datetime.fromtimestamp(visit.at, UTC).strftime("%Y/%m/%d %H:%M:%S"), "12",
        visit.category.lower().replace(" ", "-"), "0", str(9_000_000 + number), "0x0",
        "10.0.0.0-10.255.255.255", "United States", "0", "12", "12", "tcp-fin", "0", "0", "0", "0", "", DEVICE,
        "from-policy", "", "", "0", "", "0", "", "N/A", "0", "0", "0", "0", RULE, "0",
    ]  # fmt: skip
    return _syslog(visit, columns)
