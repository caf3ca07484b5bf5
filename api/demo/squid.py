"""Write the explicit proxy's access log in Squid's native format, one file a day, rotated and compressed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from api.demo.logfile import LogFile
from api.demo.traffic import Visit
from api.demo.truth import FileTruth
from api.demo.web import address_of


def write_squid(
    root: Path, path: str, visits: Sequence[Visit], rng: random.Random, addresses_of_servers: Sequence[str]
) -> FileTruth:
    """Write one day; the size column is bytes to the client, uploads are not in this format."""
    log = LogFile(root, path, "squid", rng)
    for visit in visits:
        seconds = f"{visit.at:.3f} {visit.duration:6d} {visit.who.address}"
        target = f"http://{visit.host}{visit.path}" if visit.plain_http else f"{visit.host}:443"
        method = visit.method if visit.plain_http else "CONNECT"
        if visit.tool and visit.blocked:
            line = f"{seconds} TCP_DENIED/403 3994 {method} {target} {visit.who.user} HIER_NONE/- text/html"
            log.add_use(line, visit.tool, person=visit.who.user, blocked=True)
            continue
        if not visit.tool and rng.random() < 0.01:
            # The browser's first try, before it knows that this proxy wants a name.
            first = f"{visit.at - 0.02:.3f}      0 {visit.who.address}"
            log.add(f"{first} TCP_DENIED/407 4211 {method} {target} - HIER_NONE/- text/html")
        result = "TCP_MISS/200" if visit.plain_http else "TCP_TUNNEL/200"
        kind = "application/octet-stream" if visit.plain_http else "-"
        line = (
            f"{seconds} {result} {visit.down} {method} {target} {visit.who.user}"
            f" HIER_DIRECT/{address_of(visit.host)} {kind}"
        )
        if visit.tool:
            log.add_use(line, visit.tool, person=visit.who.user)
        else:
            log.add(line)
        if not visit.tool and rng.random() < 0.002:
            silent = f"{visit.at:.3f}      0 {rng.choice(addresses_of_servers)}"
            log.add(f"{silent} NONE/000 0 NONE error:transaction-end-before-headers - HIER_NONE/- -")
    return log.write()
