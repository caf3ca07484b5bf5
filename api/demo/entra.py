"""Write Microsoft Entra's sign-in log in the form an Event Hub delivers it, one JSON object a line."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from pathlib import Path

from api.demo.identity import Entry, moment
from api.demo.logfile import LogFile
from api.demo.truth import FileTruth

TENANT = "6a1d7c52-3b5e-4c0a-9f21-5a0d3c8e7b10"


def write_entra(root: Path, path: str, entries: Sequence[Entry], rng: random.Random) -> FileTruth:
    """Write interactive and non-interactive sign-ins; a few fail."""
    log = LogFile(root, path, "entra_signin", rng)
    encode = json.JSONEncoder(separators=(", ", ": ")).encode
    for entry in entries:
        line = encode(_record(entry, rng))
        if entry.tool:
            log.add_use(line, entry.tool, person=entry.who.user)
        else:
            log.add(line)
    return log.write()


def _record(entry: Entry, rng: random.Random) -> dict[str, object]:
    who = entry.who
    when = moment(entry.at, 6)
    interactive = bool(entry.tool) or rng.random() < 0.6
    # Only ordinary sign-ins fail here, so that the truth need not say what a failed one counts as.
    error = 50126 if not entry.tool and rng.random() < 0.03 else 0
    correlation = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return {
        "time": when,
        "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": "SignInLogs" if interactive else "NonInteractiveUserSignInLogs",
        "tenantId": TENANT,
        "resultType": str(error),
        "resultSignature": "None",
        "durationMs": 0,
        "callerIpAddress": "198.51.100.20",
        "correlationId": correlation,
        "identity": f"{who.first} {who.last}",
        "Level": 4,
        "location": "US",
        "properties": {
            "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "createdDateTime": when,
            "userDisplayName": f"{who.first} {who.last}",
            "userPrincipalName": who.email,
            "userId": str(uuid.uuid5(uuid.NAMESPACE_DNS, who.email)),
            "appId": entry.application_id,
            "appDisplayName": entry.application,
            "ipAddress": "198.51.100.20",
            "status": {"errorCode": error},
            "clientAppUsed": "Browser",
            "deviceDetail": {"deviceId": "", "displayName": who.device, "operatingSystem": "Windows10"},
            "location": {"city": "Springfield", "state": "Illinois", "countryOrRegion": "US"},
            "correlationId": correlation,
            "conditionalAccessStatus": "success",
            "isInteractive": interactive,
            "tokenIssuerType": "AzureAD",
            "riskState": "none",
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": "00000003-0000-0000-c000-000000000000",
            "authenticationRequirement": "multiFactorAuthentication",
            "userType": "Member",
        },
    }
