"""The logs each vendor's interface gives: address, window, paging, identity of a record, format to read it with.

Okta: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ (2026-11-22).
Microsoft: https://learn.microsoft.com/en-us/graph/api/signin-list; the filter for other than interactive sign-ins
is documented for /beta only, https://learn.microsoft.com/en-us/graph/api/resources/signin (2026-11-22).
Google: https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list (2026-11-22).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urlencode

Record = dict[str, Any]
_PRINCIPAL = (
    "id,appId,appDisplayName,displayName,servicePrincipalType,createdDateTime,accountEnabled,"
    "oauth2PermissionScopes"
)
Vendor = Literal["okta", "graph", "google"]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, the end left out."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Stream:
    """One log of one vendor."""

    id: str
    title: str
    format_id: str
    path: str
    query: Callable[[Window], Mapping[str, str]]
    time: tuple[str, ...] = ()
    """Where a record's time stands; empty for a list of what exists now, which has no window."""
    identity: tuple[tuple[str, ...], ...] = ()
    """What tells a record from all others; the whole record where empty."""
    permission: str = ""
    """What the vendor must have granted."""

    @property
    def snapshot(self) -> bool:
        """Say whether it is a list of what exists now."""
        return not self.time

    def url(self, base: str, window: Window) -> str:
        """Return the address of the first page."""
        return f"{base}{self.path}?{urlencode(self.query(window))}"

    def digest(self, record: Record) -> str:
        """Return what tells this record from all others of the stream."""
        parts = [_at(record, path) for path in self.identity]
        told: Any = parts if parts and all(part is not None for part in parts) else record
        text = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]

    def moment(self, record: Record, otherwise: datetime) -> datetime:
        """Return the time of a record."""
        try:
            found = datetime.fromisoformat(str(_at(record, self.time)))
        except ValueError:
            return otherwise
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """Return a time as all three vendors read it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _okta_window(window: Window) -> dict[str, str]:
    return {
        "since": stamp(window.start),
        "until": stamp(window.end),
        "limit": "1000",
        "sortOrder": "ASCENDING",
    }


def _graph_window(field: str, kind: str = "") -> Callable[[Window], dict[str, str]]:
    def query(window: Window) -> dict[str, str]:
        told = f"{field} ge {stamp(window.start)} and {field} lt {stamp(window.end)}"
        if kind:
            told += f" and signInEventTypes/any(t: t eq '{kind}')"
        return {"$filter": told, "$top": "500"}

    return query


def _google_window(window: Window) -> dict[str, str]:
    return {"startTime": stamp(window.start), "endTime": stamp(window.end), "maxResults": "1000"}


def _sign_ins(id: str, title: str, version: str, kind: str = "") -> Stream:
    return Stream(
        id,
        title,
        "entra_signin",
        f"/{version}/auditLogs/signIns",
        _graph_window("createdDateTime", kind),
        ("createdDateTime",),
        (("id",),),
        "AuditLog.Read.All (and an Entra ID P1 or P2 licence)",
    )


def _activities(application: str) -> Stream:
    return Stream(
        application,
        f"{application} activities",
        "google_workspace",
        f"/admin/reports/v1/activity/users/all/applications/{application}",
        _google_window,
        ("id", "time"),
        (("id", "time"), ("id", "uniqueQualifier"), ("id", "applicationName")),
        "domain-wide delegation of https://www.googleapis.com/auth/admin.reports.audit.readonly",
    )


STREAMS: Mapping[Vendor, tuple[Stream, ...]] = {
    "okta": (
        Stream(
            "system_log",
            "System Log",
            "okta_system",
            "/api/v1/logs",
            _okta_window,
            ("published",),
            (("uuid",),),
            "okta.logs.read, or a token of a read-only administrator",
        ),
        Stream(
            "apps",
            "applications",
            "okta_apps",
            "/api/v1/apps",
            lambda _: {"limit": "200"},
            permission="okta.apps.read, or a token of a read-only administrator",
        ),
    ),
    "graph": (
        _sign_ins("sign_ins", "interactive sign-ins", "v1.0"),
        _sign_ins("non_interactive", "non-interactive sign-ins", "beta", "nonInteractiveUser"),
        _sign_ins("service_principal", "service principal sign-ins", "beta", "servicePrincipal"),
        Stream(
            "directory_audits",
            "directory audits",
            "entra_audit",
            "/v1.0/auditLogs/directoryAudits",
            _graph_window("activityDateTime"),
            ("activityDateTime",),
            (("id",),),
            "AuditLog.Read.All",
        ),
        # Before the grants, which name their application by the object id of its service principal only.
        Stream(
            "service_principals",
            "applications",
            "entra_apps",
            "/v1.0/servicePrincipals",
            lambda _: {"$top": "999", "$select": _PRINCIPAL},
            permission="Application.Read.All",
        ),
        Stream(
            "permission_grants",
            "permission grants",
            "entra_apps",
            "/v1.0/oauth2PermissionGrants",
            lambda _: {"$top": "999"},
            permission="DelegatedPermissionGrant.Read.All or Directory.Read.All",
        ),
    ),
    "google": tuple(_activities(name) for name in ("token", "login", "saml", "admin")),
}


def stream_ids(vendor: Vendor) -> tuple[str, ...]:
    """Return the names of a vendor's logs."""
    return tuple(stream.id for stream in STREAMS[vendor])
