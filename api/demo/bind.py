"""Write the hospital's own resolver's query log as BIND writes it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.demo.logfile import LogFile
from api.demo.traffic import Visit
from api.demo.truth import FileTruth

RESOLVER = "10.20.0.53"

ASKED = 0.38
"""Share of requests that lead to a question; for the others the client still knows the answer."""

_TYPES = ("A", "A", "A", "AAAA", "AAAA", "HTTPS")


def write_bind(root: Path, path: str, visits: Sequence[Visit], rng: random.Random) -> FileTruth:
    """Write one day of questions, and a few lines of other categories that are no questions."""
    log = LogFile(root, path, "bind", rng)
    for visit in visits:
        if rng.random() > ASKED:
            continue
        stamp = datetime.fromtimestamp(visit.at, UTC).strftime("%d-%b-%Y %H:%M:%S.%f")[:-3]
        address = visit.who.address
        handle, port = f"0x7f{rng.getrandbits(32):08x}a8", rng.randint(32_768, 60_999)
        client = f"client @{handle} {address}#{port} ({visit.host})"
        question = f"query: {visit.host} IN {rng.choice(_TYPES)} +E(0)K ({RESOLVER})"
        line = f"{stamp} queries: info: {client}: {question}"
        if visit.tool:
            log.add_use(line, visit.tool, address=address)
            continue
        log.add(line)
        chance = rng.random()
        if chance < 0.003:
            log.add(f"{stamp} lame-servers: info: timed out resolving '{visit.host}/A/IN': 192.0.2.53#53")
        elif chance < 0.005:
            log.add(f"{stamp} security: info: {client}: query (cache) '{visit.host}/A/IN' denied")
    return log.write()
