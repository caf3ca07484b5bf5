"""Write the cloud proxy's web log as Zscaler Internet Access streams it: one JSON object a line."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from api.demo.logfile import LogFile
from api.demo.traffic import Visit
from api.demo.truth import FileTruth
from api.demo.web import AGENTS, QUERY_MARKER, address_of


def write_zscaler(root: Path, path: str, visits: Sequence[Visit], rng: random.Random) -> FileTruth:
    """Write one day or more; ``requestsize`` is what the client sent, in bytes."""
    log = LogFile(root, path, "zscaler_zia_web", rng, counts_uploads=True)
    encode = json.JSONEncoder(separators=(",", ":")).encode
    agents = [quote(agent) for agent in AGENTS]
    for number, visit in enumerate(visits):
        who = visit.who
        query = f"?patient={QUERY_MARKER}{rng.randint(10_000, 99_999)}" if visit.method == "GET" else ""
        action = "Blocked" if visit.blocked else "Allowed"
        event = {
            "datetime": datetime.fromtimestamp(visit.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "reason": action,
            "event_id": str(7_300_000_000_000_000_000 + number),
            "protocol": "HTTP" if visit.plain_http else "HTTPS",
            "action": action,
            "transactionsize": str(visit.up + visit.down),
            "responsesize": str(visit.down),
            "requestsize": str(visit.up),
            "urlcategory": visit.category,
            "serverip": address_of(visit.host),
            "requestmethod": visit.method,
            "refererURL": "None",
            "useragent": agents[number % len(agents)],
            "product": "NSS",
            "location": "Road%20Warrior",
            "ClientIP": who.address,
            "status": "403" if visit.blocked else "200",
            "user": who.email,
            "url": f"{visit.host}{visit.path}{query}",
            "vendor": "Zscaler",
            "hostname": visit.host,
            "clientpublicIP": "198.51.100.77",
            "threatcategory": "None",
            "threatname": "None",
            "filetype": "None",
            "appname": "General Browsing",
            "pagerisk": "0",
            "department": quote(who.department),
            "urlsupercategory": visit.category,
            "appclass": "General Browsing",
            "dlpengine": "None",
            "urlclass": "Business Use",
            "threatclass": "None",
            "dlpdictionaries": "None",
            "fileclass": "None",
            "bwthrottle": "NO",
            "contenttype": "application/json",
            "unscannabletype": "None",
            "deviceowner": who.user,
            "devicehostname": who.device,
            "keyprotectiontype": "N/A",
        }
        line = encode({"sourcetype": "zscalernss-web", "event": event})
        if visit.tool:
            log.add_use(line, visit.tool, person=who.user, blocked=visit.blocked, up=visit.up)
        else:
            log.add(line)
    return log.write()
