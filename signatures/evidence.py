"""Carry what a log says into the matcher, and what the matcher found back out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold the strings of one activity that may identify a tool, as the log gave them: hostile text."""

    host: str | None = None
    path: str | None = None  # without query string
    application_name: str | None = None
    application_id: str | None = None
    oauth_client_id: str | None = None
    user_agent: str | None = None
    network_application: str | None = None  # a firewall's own name for the application
    dns_answers: tuple[str, ...] = ()
    oauth_scopes: tuple[str, ...] = ()
    port: int | None = None  # at the host, which says something only on the own network


@dataclass(frozen=True, slots=True)
class Match:
    """Name the tool that evidence points to, and the signature that says so.

    `signature` is stable text `<tool_id>:<kind>:<value>`; `path_class` is the prefix the signature names,
    never the request's own path; `tier` is set only if the signature itself decides it; `ties` are ids of
    other tools that the same evidence names equally well.
    """

    tool_id: str
    vendor_id: str
    surface: str
    signature: str
    kind: str
    path_class: str | None
    tier: str | None
    ties: tuple[str, ...]


class HostInterest(IntEnum):
    """Tell a reader what it has to keep of a host's events."""

    NONE = 0  # no signature can match by this host
    ALWAYS = 1  # some signature matches by host alone
    PATHS = 2  # only signatures that also name a path: without a path the host proves nothing
