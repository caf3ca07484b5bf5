"""Write the Okta System Log, one JSON object a line."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from pathlib import Path

from api.demo.identity import Entry, moment
from api.demo.logfile import LogFile
from api.demo.truth import FileTruth
from api.demo.web import AGENTS

_OTHER_EVENTS = (
    ("user.session.start", "User login to Okta"),
    ("policy.evaluate_sign_on", "Evaluation of sign-on policy"),
    ("system.org.rate_limit.warning", "Rate limit warning"),
    ("user.authentication.auth_via_mfa", "Authentication of user via MFA"),
)


def write_okta(root: Path, path: str, entries: Sequence[Entry], rng: random.Random) -> FileTruth:
    """Write single sign-ons, and the events without an application that dominate real logs."""
    log = LogFile(root, path, "okta_system", rng)
    encode = json.JSONEncoder(separators=(",", ":")).encode
    for number, entry in enumerate(entries):
        if rng.random() < 0.8:
            kind, message = rng.choice(_OTHER_EVENTS)
            log.add(encode(_event(entry, kind, message, None, number, rng)))
        target = [
            {
                "id": entry.application_id,
                "type": "AppInstance",
                "alternateId": entry.application,
                "displayName": entry.application,
                "detailEntry": {"signOnModeType": "SAML_2_0"},
            },
            {
                "id": f"0ua{entry.application_id[3:9]}{number:06d}",
                "type": "AppUser",
                "alternateId": entry.who.email,
                "displayName": f"{entry.who.first} {entry.who.last}",
                "detailEntry": None,
            },
        ]
        line = encode(
            _event(entry, "user.authentication.sso", "User single sign on to app", target, number, rng)
        )
        if entry.tool:
            log.add_use(line, entry.tool, person=entry.who.user)
        else:
            log.add(line)
    return log.write()


def _event(
    entry: Entry, kind: str, message: str, target: object, number: int, rng: random.Random
) -> dict[str, object]:
    who = entry.who
    return {
        "actor": {
            "id": f"00u{zlib.crc32(who.user.encode()):010d}lsh1d7",
            "type": "User",
            "alternateId": who.email,
            "displayName": f"{who.first} {who.last}",
            "detailEntry": None,
        },
        "client": {
            "userAgent": {
                "rawUserAgent": AGENTS[number % len(AGENTS)],
                "os": "Windows 10",
                "browser": "CHROME",
            },
            "zone": "null",
            "device": "Computer",
            "id": None,
            "ipAddress": "198.51.100.20",
            "geographicalContext": {"city": "Springfield", "state": "Illinois", "country": "United States"},
        },
        "displayMessage": message,
        "eventType": kind,
        "outcome": {"result": "SUCCESS", "reason": None},
        "published": moment(entry.at),
        "securityContext": {
            "asNumber": 64500,
            "asOrg": "example",
            "isp": "example",
            "domain": ".",
            "isProxy": False,
        },
        "severity": "INFO",
        "debugContext": {"debugData": {"requestUri": "/login/token/redirect", "threatSuspected": "false"}},
        "transaction": {"type": "WEB", "id": f"{rng.getrandbits(64):016x}", "detail": {}},
        "uuid": f"{rng.getrandbits(128):032x}",
        "version": "0",
        "target": target,
    }
