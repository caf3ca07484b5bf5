"""Read a log of an unknown maker where its content alone leaves no doubt about what its columns hold."""

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from scanner.clock import TimeContext, parse_time
from scanner.columns import Finding, match_columns
from scanner.convert import host_or_url
from scanner.drafting import head, record
from scanner.guessing import NULLS, guess_column, is_private
from scanner.layouts import Layout, layout_of
from scanner.reading import BY_CONTENT
from scanner.spec import FormatSpec
from signatures.hosts import registrable_domain

_ENOUGH: Final = 0.85
"""Confidence below which a log is not read, but only a format for it drafted."""
_ROWS: Final = 20
_NEARLY_ALL: Final = 0.95
_MOST: Final = 0.8
_DOMAINS: Final = 4
"""Domains of different owners below which a column of hosts may be an organisation's own machines."""
_NAMES: Final = ("url", "destination", "destination_domain", "dns_question")
_HOSTS: Final = frozenset({"url", "host", "host_port"})
_USED: Final = frozenset(_NAMES) | {
    "timestamp", "source_ip", "destination_ip", "user", "action", "http_method", "http_status", "user_agent",
    "content_type", "network_protocol", "dns_type", "dns_response_code",
}  # fmt: skip
"""Fields taken from a log that nobody described. Bytes are not among them: which way they went is not known."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """A format made from the content of one log, how sure it is, and what was taken for what."""

    spec: FormatSpec
    confidence: float
    columns: tuple[tuple[str, str], ...]

    @property
    def statement(self) -> str:
        """Say it in words."""
        taken = ", ".join(f"{source} as {field}" for source, field in self.columns)
        return f"of an unknown maker, read by its content ({self.confidence:.0%} sure): {taken}"


def inferred(sample: Sequence[str], context: TimeContext) -> Inferred | None:
    """Return a format for a log that none describes, or None where its content leaves doubts.

    It must have times in order, clients inside the organisation that come again, and one column of public hosts of
    several owners that clients have in common: what a log of use has, and a list of devices or partners has not.
    """
    layout = layout_of(sample, context)
    if layout is None or min(map(len, layout.columns.values()), default=0) < _ROWS:
        return None
    findings = _findings(layout, context)
    by_field = {finding.field: finding for finding in findings}
    names = [by_field[field] for field in _NAMES if field in by_field]
    if len(names) != 1 or "source_ip" not in by_field or not _in_time(layout, by_field, context):
        return None
    if not _is_use(layout, by_field["source_ip"], names[0], context):
        return None
    needed = [by_field[field] for field in ("timestamp", "source_ip") if field in by_field] + names
    confidence = min(finding.confidence for finding in needed)
    if confidence < _ENOUGH:
        return None
    lines = [*head(BY_CONTENT, context.reference.date(), layout, findings), *record(layout, findings)]
    columns = tuple((" and ".join(finding.sources), finding.field) for finding in findings)
    text = "\n".join([*lines, "[[examples]]", 'line = "x"'])
    made = Inferred(FormatSpec.model_validate(tomllib.loads(text)), confidence, columns)
    return Inferred(made.spec.model_copy(update={"notes": made.statement}), confidence, columns)


def _findings(layout: Layout, context: TimeContext) -> list[Finding]:
    """Return what the columns hold by their content, and who was there by their names; none where these disagree."""
    found = [
        _alone(one, layout) for one in match_columns(layout.columns, False, context) if one.field in _USED
    ]
    found = [one for one in found if one.sure]
    if not layout.named:
        return found
    fields, sources = {one.field for one in found}, {one.sources for one in found}
    for named in match_columns(layout.columns, True, context):
        if named.sources in sources:
            ours = next(one for one in found if one.sources == named.sources)
            group = _NAMES if ours.field in _NAMES else (ours.field,)
            if (
                ours.field in {"source_ip", *_NAMES}
                and named.confidence >= _ENOUGH
                and named.field not in group
            ):
                return []  # the log says that it is something else
        elif named.field in {"user", "department"} - fields and named.sure:
            found.append(named)
    return found


def _alone(finding: Finding, layout: Layout) -> Finding:
    """Return a finding about addresses as sure as their kind, where one column of them is inside and no other."""
    if finding.field != "source_ip":
        return finding
    inside = [sum(map(is_private, values)) > len(values) / 2 for values in layout.columns.values()]
    return replace(finding, confidence=0.95 if sum(inside) == 1 else 0.0)


def _in_time(layout: Layout, by_field: dict[str, Finding], context: TimeContext) -> bool:
    """Say whether the log runs forwards or backwards in time; a syslog header is enough of a time."""
    finding = by_field.get("timestamp")
    if finding is None:
        return layout.wrapped
    rows = zip(*(layout.columns[source] for source in finding.sources), strict=True)
    times = [time for row in rows if (time := parse_time(" ".join(row), context)) is not None]
    if len(times) < _NEARLY_ALL * len(layout.columns[finding.sources[0]]) or len(set(times)) < 2:
        return False
    forwards = sum(a <= b for a, b in pairwise(times)) / (len(times) - 1)
    backwards = sum(a >= b for a, b in pairwise(times)) / (len(times) - 1)
    return max(forwards, backwards) >= _NEARLY_ALL


def _is_use(layout: Layout, client: Finding, name: Finding, context: TimeContext) -> bool:
    """Say whether the rows tell of clients inside that go to hosts outside."""
    kinds = [guess_column(values, context) for values in layout.columns.values()]
    if sum(guess is not None and guess.kind in _HOSTS for guess in kinds) != 1:
        return False  # two columns of hosts: which of them is the client is not known
    clients, hosts = layout.columns[client.sources[0]], layout.columns[name.sources[0]]
    rows = [(a.strip(), _owner(b)) for a, b in zip(clients, hosts, strict=True) if a.strip() not in NULLS]
    inside = [(address, owner) for address, owner in rows if is_private(address)]
    if not rows or len(inside) < _NEARLY_ALL * len(clients):
        return False
    goes_to, asked_by = defaultdict(set), defaultdict(set)
    for address, owner in inside:
        if owner is not None:
            goes_to[address].add(owner)
            asked_by[owner].add(address)
    public = sum(owner is not None for _, owner in inside)
    roaming = sum(len(goes_to[address]) > 1 for address, _ in inside)
    shared = len(goes_to) == 1 or any(len(asking) > 1 for asking in asked_by.values())
    return (
        public >= _MOST * len(inside)
        and len(asked_by) >= _DOMAINS
        and roaming >= len(inside) / 2
        and len(inside) >= 1.5 * len(goes_to)
        and shared
    )


def _owner(value: str) -> str | None:
    host = host_or_url(value)
    return registrable_domain(host) if host else None
