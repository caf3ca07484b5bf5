"""List what somebody has to act on beside the ranked tools: every module of governance.finding looks for one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

from sqlalchemy import Connection

from governance.weights import Weights
from signatures.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Setting:
    """What the search for findings may ask: one snapshot of the database, the catalogue, the weights, the moment."""

    conn: Connection
    catalogue: Catalogue
    weights: Weights
    now: datetime

    def tool_name(self, tool_id: str) -> str:
        """Return the catalogue's name of a tool."""
        tool = self.catalogue.tools.get(tool_id)
        return tool.name if tool else tool_id


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody has to act on, with its evidence."""

    kind: str
    key: str
    """The same finding has the same key on every day."""
    summary: str
    """One sentence for people; names in it come from the catalogue and the directory, never from log lines."""
    tool_id: str | None
    principal: str | None
    department: str | None
    first_seen: datetime | None
    last_seen: datetime | None
    evidence: Mapping[str, Any]
    """What it rests on, as JSON values with keys fit for a person to read."""


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding: its title, what it means and what to do, and the search for it."""

    name: str
    title: str
    meaning: str
    find: Callable[[Setting], Sequence[Finding]]


def finding_kinds() -> list[FindingKind]:
    """Return every kind there is a module for, by name."""
    package = import_module("governance.finding")
    found = []
    for module in iter_modules(package.__path__):
        one = import_module(f"{package.__name__}.{module.name}")
        find = cast(Callable[[Setting], Sequence[Finding]], one.find)
        found.append(FindingKind(module.name, str(one.TITLE), str(one.MEANING), find))
    return sorted(found, key=lambda kind: kind.name)


def open_findings(setting: Setting, kind: str | None = None) -> list[Finding]:
    """Return all findings, or those of one kind; the newest evidence first within a kind."""
    found = [one for known in finding_kinds() if kind in (None, known.name) for one in known.find(setting)]
    epoch = datetime.min.replace(tzinfo=setting.now.tzinfo)
    return sorted(found, key=lambda one: one.last_seen or epoch, reverse=True)
