"""Write the small clinic's resolver log as dnsmasq writes it under Pi-hole: no year, answers mixed in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.demo.logfile import LogFile
from api.demo.traffic import Visit
from api.demo.truth import FileTruth
from api.demo.web import address_of

UPSTREAM = "198.51.100.53"


def write_pihole(root: Path, path: str, visits: Sequence[Visit], rng: random.Random) -> FileTruth:
    """Write one day or more; ``forwarded``, ``reply`` and ``cached`` lines are no questions."""
    log = LogFile(root, path, "dnsmasq_pihole", rng)
    leased: set[str] = set()
    for visit in visits:
        at = datetime.fromtimestamp(visit.at, UTC)
        stamp = f"{at:%b} {at.day:2d} {at:%H:%M:%S}"
        start = f"{stamp} dnsmasq[676]:"
        who = visit.who
        if who.address not in leased:
            leased.add(who.address)
            hardware = ":".join(f"{part:02x}" for part in (2, 0, 0x5E, *map(int, who.address.split(".")[1:])))
            log.add(f"{stamp} dnsmasq-dhcp[676]: DHCPACK(eth0) {who.address} {hardware} {who.device.lower()}")
        question = f"{start} query[{'AAAA' if rng.random() < 0.3 else 'A'}] {visit.host} from {who.address}"
        if visit.tool:
            log.add_use(question, visit.tool, address=who.address)
        else:
            log.add(question)
        if visit.category == "Advertising":
            log.add(f"{start} gravity blocked {visit.host} is 0.0.0.0")
        elif rng.random() < 0.6:
            log.add(f"{start} cached {visit.host} is {address_of(visit.host)}")
        else:
            log.add(f"{start} forwarded {visit.host} to {UPSTREAM}")
            log.add(f"{start} reply {visit.host} is {address_of(visit.host)}")
    return log.write()
