"""Give every coded value the words people read, and put coverage into sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.pages.text import count, several, share, words
from signatures.kinds import Baa, Category

if TYPE_CHECKING:
    from api.http.views import Coverage, Loss, ScanRow
    from storage.outbox import Alert
    from storage.sightings import PrincipalRow

FINDING_KINDS: Mapping[str, str] = {
    "use": "Use",
    "embedded": "Embedded AI",
    "ambient": "Ambient contact",
    "contact": "Contact with the vendor",
    "look_alike": "Look-alike name",
    "presence": "Present",
    "unseen": "Not seen",
}
_FINDING_MEANINGS: Mapping[str, str] = {
    "use": "Somebody used the tool",
    "embedded": "An AI feature inside a product that is mostly something else; the logs do not show use",
    "ambient": "Called by an operating system, browser or office suite without being asked",
    "contact": "Documentation, status or marketing pages, or an alias in a DNS answer; not use",
    "presence": "Installed, registered or paid for; the logs do not show use",
    "look_alike": "A name that imitates a known brand; never the brand itself",
    "unseen": "In the inventory, but in no log that was read",
}
_SURFACES: Mapping[str, str] = {
    "use": "use",
    "embedded": "embedded AI feature",
    "ambient": "unasked call by other software",
    "vendor_only": "vendor's pages, not use",
    "cname": "alias in a DNS answer",
    "look_alike": "imitates a known name",
    "presence": "installed, registered or paid for",
}
STATUSES: Mapping[str, str] = {
    "unreviewed": "Unreviewed",
    "in_review": "In review",
    "approved": "Approved",
    "approved_with_conditions": "Approved with conditions",
    "prohibited": "Prohibited",
    "retired": "Retired",
}
_TRAINING: Mapping[str, str] = {
    "default_on": "yes, unless switched off",
    "opt_out": "yes, opting out is possible",
    "opt_in": "only after opting in",
    "no": "no",
    "unknown": "unknown",
}
_GRADES: Mapping[str, str] = {
    "P": "vendor's own page",
    "p": "quoted from the vendor's page",
    "S": "secondary source: ask the vendor",
}
_OUTCOMES: Mapping[str, str] = {
    "ok": "read to the end",
    "partial": "read in part",
    "unread": "not read",
    "already_read": "already read before",
}


_SCAN_STATUSES: Mapping[str, str] = {
    "running": "Running",
    "ok": "Complete",
    "partial": "Complete except for some files",
    "failed": "Failed",
    "interrupted": "Interrupted",
}


def scan_status(value: str) -> str:
    """Say how a scan ended."""
    return _SCAN_STATUSES.get(value, words(value))


def finding(value: str) -> str:
    """Name a kind of finding."""
    return FINDING_KINDS.get(value, words(value))


def finding_meaning(value: str) -> str:
    """Say in one clause what a kind of finding proves."""
    return _FINDING_MEANINGS.get(value, "")


def surface(value: str) -> str:
    """Name what contact with a matched thing means."""
    return _SURFACES.get(value, words(value))


def status(value: str) -> str:
    """Name an inventory status."""
    return STATUSES.get(value, words(value))


def training(value: str) -> str:
    """Say whether the vendor trains on customers' content."""
    return _TRAINING.get(value, words(value))


def grade(value: str) -> str:
    """Say who was read for a statement about terms."""
    return _GRADES.get(value, value)


def outcome(value: str) -> str:
    """Say what became of one file in a scan."""
    return _OUTCOMES.get(value, words(value))


def category(value: str | None) -> str:
    """Name a category of tools; None for a tool the catalogue no longer holds."""
    if value is None:
        return "No longer in the catalogue"
    return Category(value).label if value in list(Category) else words(value)


def baa(value: str) -> str:
    """Say whether the vendor offers a BAA."""
    return Baa(value).label if value in list(Baa) else words(value)


_OFFERS: Mapping[str, str] = {
    "no": "vendor offers none",
    "unknown": "vendor states nothing",
    "disputed": "sources disagree what the vendor offers",
    "conditional": "vendor offers one on conditions",
    "yes_contract": "vendor signs one by contract",
    "yes_plan": "vendor offers one on certain plans",
    "yes_default": "part of the vendor's terms",
}


def offer(value: str) -> str:
    """Say in a clause whether the vendor offers a BAA."""
    return _OFFERS.get(value, words(value))


def took(scan: ScanRow) -> str:
    """Write how long a scan took."""
    if scan.finished is None:
        return "not finished"
    seconds = max(0, round((scan.finished - scan.started).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def unread_lines(coverage: Coverage) -> tuple[str, ...]:
    """Put into short sentences what was not read or cannot be known; there is always at least one."""
    if coverage.last_scan is None and not coverage.sources:
        return ("Nothing has been scanned yet, so nothing at all is known.",)
    lines: list[str] = []
    if not coverage.files:
        lines.append("No file was read, so nothing at all is known.")
    unread = sum(source.files_not_read for source in coverage.sources)
    partial = sum(source.files_partial for source in coverage.sources)
    if unread:
        lines.append(f"{several(unread, 'file')} of {count(coverage.files)} could not be read at all.")
    if partial:
        lines.append(f"{several(partial, 'file')} of {count(coverage.files)} could be read only in part.")
    if coverage.lines_unreadable:
        lines.append(
            f"{several(coverage.lines_unreadable, 'line')} of {count(coverage.lines)} could not be read "
            f"({share(coverage.lines_unreadable, coverage.lines)})."
        )
    nameless = coverage.events - coverage.with_user
    if nameless > 0:
        lines.append(
            f"{share(nameless, coverage.events)} of events name no user, so people are counted too low."
        )
    if coverage.hidden_names:
        lines.append(f"{several(coverage.hidden_names, 'connection')} hid the name of the server.")
    lines += [f"{source.source}: {lost(loss)}." for source in coverage.sources for loss in source.losses]
    lines += [
        f"{source.source} could not be pulled to its end: {source.pull_problem}."
        for source in coverage.sources
        if source.pull_problem
    ]
    lines += [
        f"{source.source} has been silent for {several(source.silent_days or 0, 'day')}."
        for source in coverage.silent
    ]
    if coverage.files and not unread and not partial and not coverage.lines_unreadable:
        lines.insert(0, f"{_all_read(coverage)}, but logs show only what passes the devices that write them.")
    return tuple(lines)


def alert_subject(alert: Alert) -> str:
    """Say in a few words what an alert is about."""
    facts = alert.payload
    if "title" in facts:
        return str(facts["title"])
    vendor, tool = str(facts.get("vendor", alert.vendor_id)), str(facts.get("tool", alert.tool_id))
    return tool if tool == vendor else f"{vendor}: {tool}"


def via(row: PrincipalRow) -> str | None:
    """Say how an address was laid to a principal, and until when that holds; None where the logs name it."""
    if not row.via:
        return None
    until = f" (valid until {row.via_until:%Y-%m-%d %H:%M} UTC)" if row.via_until else ""
    return f"via {' and '.join(row.via)}{until}"


def lost(loss: Loss) -> str:
    """Say what was lost before it could be read."""
    return how_many_lost(loss.what, loss.count, loss.uncounted)


def how_many_lost(what: str, counted: int, uncounted: int) -> str:
    """Put a loss into words; `uncounted` says how often nobody knows how much it was."""
    if not uncounted:
        return f"{count(counted)} {what}"
    return f"at least {count(counted)} {what}" if counted else f"an unknown number of {what}"


def _all_read(coverage: Coverage) -> str:
    if coverage.files == 1:
        return "The one file was read to its end"
    return f"All {count(coverage.files)} files were read to their end"
