"""Write Google Workspace's token audit log, one JSON object a line: which application got which access."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from pathlib import Path

from api.demo.identity import Entry, moment
from api.demo.logfile import LogFile
from api.demo.truth import FileTruth

CUSTOMER = "C03lakeside"
_DEFAULT_SCOPES = ("https://www.googleapis.com/auth/userinfo.email",)


def write_google(root: Path, path: str, entries: Sequence[Entry], rng: random.Random) -> FileTruth:
    """Write grants, and some ordinary applications' grants being taken back."""
    log = LogFile(root, path, "google_workspace", rng)
    encode = json.JSONEncoder(separators=(",", ":")).encode
    for entry in entries:
        line = encode(_activity(entry, "authorize", rng))
        if entry.tool:
            log.add_use(line, entry.tool, person=entry.who.user)
            continue
        log.add(line)
        if rng.random() < 0.08:
            log.add(encode(_activity(entry, "revoke", rng)))
    return log.write()


def _activity(entry: Entry, name: str, rng: random.Random) -> dict[str, object]:
    scopes = list(entry.scopes or _DEFAULT_SCOPES)
    client = entry.application_id
    if not client.endswith(".apps.googleusercontent.com"):
        client += ".apps.googleusercontent.com"
    return {
        "kind": "admin#reports#activity",
        "id": {
            "time": moment(entry.at),
            "uniqueQualifier": str(rng.getrandbits(62)),
            "applicationName": "token",
            "customerId": CUSTOMER,
        },
        "etag": f'"{rng.getrandbits(96):024x}"',
        "actor": {
            "callerType": "USER",
            "email": entry.who.email,
            "profileId": f"1{zlib.crc32(entry.who.user.encode()):020d}",
        },
        "ipAddress": "198.51.100.20",
        "events": [
            {
                "type": "auth",
                "name": name,
                "parameters": [
                    {"name": "client_id", "value": client},
                    {"name": "app_name", "value": entry.application},
                    {"name": "client_type", "value": "WEB"},
                    {
                        "name": "scope_data",
                        "multiMessageValue": [
                            {
                                "parameter": [
                                    {"name": "scope_name", "value": scope},
                                    {"name": "product_bucket", "multiValue": ["OTHER"]},
                                ]
                            }
                            for scope in scopes
                        ],
                    },
                    {"name": "scope", "multiValue": scopes},
                ],
            }
        ],
    }
