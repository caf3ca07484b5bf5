"""Write the behavioural health centre's DNS log as Umbrella exports it: quoted CSV without a header."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.demo.logfile import LogFile, cut_at_field
from api.demo.traffic import Visit
from api.demo.truth import FileTruth

ORGANISATION = "8104417"

_TYPES = ("1 (A)", "1 (A)", "28 (AAAA)", "65 (HTTPS)")


def write_umbrella(root: Path, path: str, visits: Sequence[Visit], rng: random.Random) -> FileTruth:
    """Write one day; identities are ``Last, First (mail)``, commas and all, and names end with a dot."""
    log = LogFile(root, path, "cisco_umbrella_dns", rng, cut=cut_at_field)
    for visit in visits:
        stamp = datetime.fromtimestamp(visit.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
        who = visit.who
        identity = f"{who.last}, {who.first} ({who.email})"
        denied = visit.category == "Phishing"
        line = (
            f'"{stamp}","{identity}","{identity},{who.device}","{who.address}","198.51.100.20",'
            f'"{"Blocked" if denied else "Allowed"}","{rng.choice(_TYPES)}","NOERROR","{visit.host}.",'
            f'"{visit.category}","AD Users","AD Users,Anyconnect Roaming Client",'
            f'"{visit.category if denied else ""}","","","{ORGANISATION}"'
        )
        if visit.tool:
            log.add_use(line, visit.tool, person=who.user)
        else:
            log.add(line)
    return log.write()
