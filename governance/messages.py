"""Put alerts into words: one message for one, one digest for many, and never a person's name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.candidates.announcing import RULE as RULE_CANDIDATES
from governance.decisions import RULE_BREACH
from storage.outbox import Alert
from storage.text import clean_name

LISTED_IN_DIGEST = 50
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Message:
    """A message for one channel; the same alerts make the same id, however often it is sent."""

    id: str
    title: str
    body: str


def one_line(text: str) -> str:
    """Return a text that cannot add a header: line breaks, NUL and other controls become a space."""
    return clean_name(_LINE_BREAKS.sub(" ", text)).strip()


def message(alert: Alert) -> Message:
    """Describe one alert."""
    facts = alert.payload
    if "title" in facts:
        return _about_reading(alert)
    title = one_line(f"New AI tool {_seen(facts)}: {facts['tool']} ({facts['vendor']})")
    tool, vendor = one_line(str(facts["tool"])), one_line(str(facts["vendor"]))
    lines = [
        f"{tool} of {vendor} was seen {_seen(facts)} here for the first time, and nobody has approved it.",
        "",
        *_facts(facts),
        "",
        "Next: open Skiagram, look at the evidence, and decide.",
        "",
        f"Message id: {alert.message_id}",
    ]
    return Message(alert.message_id, title, "\n".join(lines))


def _about_reading(alert: Alert) -> Message:
    """Describe an alert that brings its own words: about a source, or about use beyond an approval."""
    facts = alert.payload
    lines = [
        one_line(f"{facts['title']}, since {str(facts['since'])[:10]}."),
        "",
        one_line(f"What was seen: {facts['evidence']}."),
        one_line(f"Next: {facts['advice']}."),
        "",
        f"Message id: {alert.message_id}",
    ]
    return Message(alert.message_id, one_line(str(facts["title"])), "\n".join(lines))


def digest_id(alerts: Sequence[Alert]) -> str:
    """Return the id of a digest: the same alerts give the same id."""
    joined = "\n".join(sorted(alert.message_id for alert in alerts))
    return f"skiagram-digest-{hashlib.sha256(joined.encode()).hexdigest()[:24]}"


def digest(alerts: Sequence[Alert], name: str) -> Message:
    """Describe many alerts in one message: their true number, urgent ones first, how many are not listed."""
    ordered = sorted(alerts, key=lambda alert: (_urgency(alert.payload), alert.id))
    listed, rest = ordered[:LISTED_IN_DIGEST], len(ordered) - LISTED_IN_DIGEST
    vendors = sum("title" not in alert.payload for alert in ordered)
    breaches = sum(alert.rule == RULE_BREACH for alert in ordered)
    candidates = sum(alert.rule == RULE_CANDIDATES for alert in ordered)
    sources = len(ordered) - vendors - breaches - candidates
    lines, titles = [], []
    if vendors:
        titles.append(f"{vendors} new AI vendors seen")
        lines.append(
            f"AI tools of {vendors} vendors were seen here for the first time, and nobody has approved them."
        )
    if breaches:
        titles.append(f"{breaches} approvals exceeded")
        lines.append(f"{breaches} conditions of approvals are broken by use.")
    if sources:
        titles.append(f"{sources} findings about sources")
        lines.append(f"{sources} findings say that a source no longer tells what it used to.")
    if candidates:
        titles.append("new candidates to review")
        lines.append("The review queue holds candidates that are new.")
    lines.append("")
    for alert in listed:
        facts = alert.payload
        if "title" in facts:
            lines.append(one_line(f"- {facts['title']}: {facts['evidence']}"))
            continue
        lines.append(
            one_line(
                f"- {facts['tool']} ({facts['vendor']}), {_seen(facts)}: {_people(facts)}, "
                f"source {facts['source']}, {facts['day']}"
            )
        )
    if rest > 0:
        lines.append(f"- and {rest} more: Skiagram's list of alerts has all {len(ordered)}.")
    lines += ["", "Next: open Skiagram and decide, from the top of the list down.", "", f"Message id: {name}"]
    return Message(name, ", ".join(titles), "\n".join(lines))


def _facts(facts: Mapping[str, Any]) -> list[str]:
    others = [str(tool["name"]) for tool in facts.get("tools", ())[1:]]
    rows = [
        ("Kind", facts.get("category")),
        ("Other tools", ", ".join(others)),
        ("People", _people(facts)),
        ("Source", facts["source"]),
        ("Day", facts["day"]),
        ("Approved instead", facts.get("alternative")),
        ("Outcome", "every attempt was blocked" if facts.get("blocked_only") else None),
    ]
    return [f"{label}: {one_line(str(value))}" for label, value in rows if value]


def _people(facts: Mapping[str, Any]) -> str:
    people = int(facts["people"])
    if people == 0:
        return "the log names nobody"
    return "1 person or device" if people == 1 else f"{people} people or devices"


def _seen(facts: Mapping[str, Any]) -> str:
    kinds = {"look_alike": "imitated by a look-alike", "presence": "installed, registered or paid for"}
    return kinds.get(str(facts.get("finding_kind")), "in use")


def _urgency(facts: Mapping[str, Any]) -> tuple[bool, bool, int]:
    return (not facts.get("clinical"), bool(facts.get("blocked_only")), -int(facts.get("people", 0)))
