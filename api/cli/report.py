"""Put a scan's result into words: the ranked feed, and the statement of what was and was not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.cli.output import BAND_COLOURS, table
from api.pages.text import count, day, lower_first, several, share, shown, size
from api.pages.wording import FINDING_KINDS, how_many_lost

if TYPE_CHECKING:
    # Commands that print the feed of an earlier scan need none of what scanning needs.
    from api.scanning import ScanResult
    from governance.ranking import RankedTool
    from storage.coverage import SourceCoverage

_NUMBERS = frozenset({"#", "score", "range", "who", "events", "sent"})
_UNREAD_SHOWN = 15
_FINDINGS_SHOWN = 8


_SIGNED = {"in_force": "ours", "other_scope": "not this", "ended": "ended", "none": "none"}
"""State of our own agreement -> word of the feed."""


def print_result(result: ScanResult, top: int) -> None:
    """Print the feed and the coverage statement."""
    print_feed(result.feed, top)
    print()
    print_coverage(result)


def print_feed(feed: Sequence[RankedTool], top: int) -> None:
    """Print the ranked tools."""
    use = [tool for tool in feed if tool.finding_kind in {"use", "look_alike"}]
    others = len(feed) - len(use)
    if not feed:
        print("No unapproved AI tool was seen in what was read so far.")
        return
    print(f"{several(len(use), 'unapproved AI tool')} in use, highest exposure of patient data first")
    print()
    # The column tells tools apart only where somebody keeps the register of agreements.
    register = any(tool.agreement is not None for tool in feed)
    titles = [
        *"# score range band tool id who events sent".split(),
        "last seen",
        *(["BAA"] if register else ()),
    ]
    columns = [(title, "right" if title in _NUMBERS else "left") for title in titles]
    table(
        columns,
        [
            [*_row(tool), *([_SIGNED.get(tool.agreement or "", "")] if register else ())]
            for tool in feed[:top]
        ],
        colours=[BAND_COLOURS[t.assessment.band] for t in feed[:top]],
    )
    if len(feed) > top:
        print(f"... and {len(feed) - top} more: skiagram tools")
    for tool in feed[:top]:
        if tool.alternative:
            print(f"{shown(tool.name)} is prohibited; approved instead: {shown(tool.alternative.statement)}")
    if others:
        print(
            f"{several(others, 'more row')} of other kinds: AI in other products, background calls, vendors' pages."
        )
    print("Every part of a score: skiagram tools show ID")


def _row(tool: RankedTool) -> list[str]:
    verdict = tool.assessment
    kind = "" if tool.finding_kind == "use" else f" ({lower_first(FINDING_KINDS[tool.finding_kind])})"
    return [
        str(tool.rank),
        str(verdict.score),
        f"{verdict.low}-{verdict.high}",
        verdict.band,
        f"{tool.name}{kind}",
        tool.tool_id,
        count(tool.people),
        count(tool.seen.count),
        size(tool.seen.bytes_up),
        day(tool.seen.last_seen),
    ]


def print_coverage(result: ScanResult) -> None:
    """Print what this scan read, per source what is known in all, and what nobody read."""
    from scanner.reading import BY_CONTENT

    ledger = result.ledger
    new = [outcome for outcome in result.outcomes if outcome.status != "already_read"]
    print(
        f"This scan: {len(result.outcomes):,} files ({len(result.outcomes) - len(new):,} read before), "
        f"{ledger.lines:,} new lines, {ledger.events:,} events, "
        f"{ledger.unreadable.total():,} lines could not be read."
    )
    if result.coverage:
        titles = [*"source files lines events unread".split(), "has user", "hidden", "from", "to"]
        columns = [(title, "left" if title in {"source", "from", "to"} else "right") for title in titles]
        table(columns, [_source_row(source) for source in result.coverage])
    for source in result.coverage:
        if source.unreadable:
            reasons = ", ".join(f"{lines:,} {shown(reason)}" for reason, lines in _largest(source.unreadable))
            print(f"Not read in {shown(source.source.name)}: {reasons}")
        for reason, events in _largest(source.flows_refused):
            print(
                f"Not attributable in {shown(source.source.name)}: {several(events, 'connection')} {reason}"
            )
        for reason, events in _largest(source.doubtful):
            print(f"Times in {shown(source.source.name)}: {several(events, 'event')} in doubt: {reason}")
        if source.only_address:
            print(
                f"Addresses in {shown(source.source.name)}: of {several(source.only_address, 'event')} that name only "
                f"an address, {source.attributed:,} could be laid to the device or user who had it then."
            )
        for loss in source.losses:
            what = how_many_lost(shown(loss.what), loss.count, loss.uncounted)
            print(f"Lost before {shown(source.source.name)} was read: {what}")
    told = [(health.source, one) for health in result.health for one in health.findings if one.state != "new"]
    for name, finding in told[:_FINDINGS_SHOWN]:
        since = f" since {day(finding.since)}" if finding.since else ""
        print(f"{shown(name)}: {finding.words}{since}: {shown(finding.evidence)}; {shown(finding.advice)}")
    if len(told) > _FINDINGS_SHOWN:
        print(f"... and {len(told) - _FINDINGS_SHOWN} more findings about sources: skiagram sources")
    by_content = [one for one in result.outcomes if one.format_id == BY_CONTENT and one.message]
    for outcome in by_content[:_UNREAD_SHOWN]:
        print(f"{shown(outcome.label)}: {shown(outcome.message or '')}")
        print(f"If that is wrong, describe it: skiagram formats draft {shown(outcome.label)}")
    unread = result.unread
    for outcome in unread[:_UNREAD_SHOWN]:
        reason = (outcome.message or "").removeprefix(f"{outcome.label}: ")
        print(f"{outcome.status}: {shown(outcome.label)}: {shown(reason)}")
    if len(unread) > _UNREAD_SHOWN:
        print(f"... and {len(unread) - _UNREAD_SHOWN} more files that were not read to their end")
    if result.status != "ok":
        print("Some input was not read, so what it may hold is not in this list.")


def _largest(unreadable: Any) -> list[tuple[str, int]]:
    return sorted(unreadable.items(), key=lambda item: (-item[1], item[0]))


def _source_row(source: SourceCoverage) -> list[str]:
    return [
        source.source.name,
        count(source.files),
        count(source.lines),
        count(source.events),
        count(source.unreadable_lines),
        share(source.with_user, source.events),
        count(source.hidden_names),
        day(source.first_event),
        day(source.last_event),
    ]


def tool_row(tool: RankedTool) -> dict[str, Any]:
    """Return one row of the feed for programs."""
    seen = tool.seen
    return {
        "rank": tool.rank,
        "id": tool.tool_id,
        "name": tool.name,
        "vendor": tool.vendor_name,
        "vendor_id": tool.vendor_id,
        "category": tool.category,
        "clinical": tool.clinical,
        "finding_kind": tool.finding_kind,
        "status": tool.status,
        "agreement": tool.agreement,
        "alternative": tool.alternative.tool_id if tool.alternative else None,
        "score": tool.assessment.score,
        "low": tool.assessment.low,
        "high": tool.assessment.high,
        "band": tool.assessment.band,
        "exposure": tool.assessment.exposure.score,
        "posture": tool.assessment.posture.score,
        "people": tool.people,
        "events": seen.count,
        "blocked": seen.blocked,
        "bytes_up": seen.bytes_up,
        "bytes_down": seen.bytes_down,
        "sources": list(seen.sources),
        "departments": list(seen.departments),
        "first_seen": seen.first_seen.isoformat(),
        "last_seen": seen.last_seen.isoformat(),
    }


def result_document(result: ScanResult) -> dict[str, Any]:
    """Return a scan's result for programs."""
    from api.health import health_document
    from scanner.clock import iso

    ledger = result.ledger
    return {
        "scan": result.scan_id,
        "status": result.status,
        "tools": [tool_row(tool) for tool in result.feed],
        "new_vendors": list(result.new_vendors),
        "this_scan": {
            "lines": ledger.lines,
            "events": ledger.events,
            "not_events": dict(ledger.not_events),
            "unreadable": dict(ledger.unreadable),
            "with_user": ledger.with_user,
            "hidden_names": ledger.hidden_names,
            "first_event": iso(ledger.first) if ledger.first is not None else None,
            "last_event": iso(ledger.last) if ledger.last is not None else None,
            "files": [
                {
                    "file": o.label,
                    "status": o.status,
                    "format": o.format_id,
                    "message": o.message,
                    "lines": o.ledger.lines,
                }
                for o in result.outcomes
            ],
        },
        "coverage": [
            {
                "source": source.source.name,
                "files": source.files,
                "lines": source.lines,
                "events": source.events,
                "not_events": source.not_events,
                "unreadable": dict(source.unreadable),
                "share_with_user": source.user_share,
                "hidden_names": source.hidden_names,
                "flows_refused": dict(source.flows_refused),
                "doubtful_times": dict(source.doubtful),
                "only_address": source.only_address,
                "attributed": source.attributed,
                "first_event": source.first_event.isoformat() if source.first_event else None,
                "last_event": source.last_event.isoformat() if source.last_event else None,
                "silent_since": source.silent_since.isoformat() if source.silent_since else None,
                "losses": [
                    {"what": loss.what, "count": loss.count, "uncounted": loss.uncounted}
                    for loss in source.losses
                ],
            }
            for source in result.coverage
        ],
        "sources": [health_document(health) for health in result.health],
    }
