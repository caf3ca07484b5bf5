"""Prepare an incident from what is on record: its three times, its evidence, a draft for each of four factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.declared import USE_SURFACES, tool_name
from governance.errors import IncidentInvalid
from governance.open_findings import Finding, Setting, open_findings
from governance.ranking import RankedTool, judged_tools
from signatures.catalogue import Tool
from storage.incidents import first_attention, first_times
from storage.inventory import inventory_entry

_AGREEMENTS = {
    "in_force": "an agreement (BAA) in force covers it today",
    "other_scope": "the agreement with this vendor does not cover this tool or plan",
    "ended": "the agreement with this vendor has ended",
    "none": "no agreement with this vendor is on record",
    None: "no agreement of any vendor is on record here",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an incident begins with."""

    title: str
    tool_id: str | None
    finding: str | None
    principal: str | None
    first_event: datetime | None
    first_read: datetime | None
    first_person: datetime
    first_person_by: str
    evidence: Mapping[str, Any]
    drafts: Mapping[str, str]
    """Factor -> what the evidence tells about it."""


def prepare(setting: Setting, subject: str, title: str | None) -> Prepared:
    """Return what is on record about a tool's id or a finding's key.

    Raises IncidentInvalid, storage.errors.NotRecorded.
    """
    found = None
    tool_id: str | None = subject
    if ":" in subject:
        found = next((one for one in open_findings(setting) if one.key == subject), None)
        if found is None:
            raise IncidentInvalid(f"There is no finding {subject!r}; see skiagram findings.")
        tool_id = found.tool_id
    if tool_id is not None:
        inventory_entry(setting.conn, tool_id)
    principal = found.principal if found else None
    times = first_times(setting.conn, tool_id, principal, USE_SURFACES, found.first_seen if found else None)
    first_event = found.first_seen if found and found.first_seen else times.first_event
    acted = first_attention(setting.conn, tool_id, first_event) if tool_id and first_event else None
    seen, seen_by = min(filter(None, (acted, (setting.now, "opening of the incident"))))
    judged = _judged(setting, tool_id)
    name = tool_name(setting.catalogue, tool_id) if tool_id else subject
    return Prepared(
        title=title or (found.summary if found else f"Use of {name}"),
        tool_id=tool_id,
        finding=found.key if found else None,
        principal=principal,
        first_event=first_event,
        first_read=times.first_read,
        first_person=seen,
        first_person_by=seen_by,
        evidence=_evidence(judged, found),
        drafts=_drafts(judged, setting.catalogue.tools.get(tool_id or "")),
    )


def _judged(setting: Setting, tool_id: str | None) -> RankedTool | None:
    every = judged_tools(setting.conn, setting.catalogue, setting.weights, setting.now)
    return next((one for one in every if one.tool_id == tool_id), None)


def _evidence(judged: RankedTool | None, found: Finding | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if judged is not None:
        seen = judged.seen
        told = {
            "score": judged.assessment.score,
            "range": [judged.assessment.low, judged.assessment.high],
            "status": judged.status,
            "events": seen.count,
            "blocked": seen.blocked,
            "bytes_up": seen.bytes_up,
            "people": judged.people,
            "departments": list(seen.departments),
            "sources": list(seen.sources),
            "first_seen": seen.first_seen.isoformat(),
            "last_seen": seen.last_seen.isoformat(),
        }
    if found is not None:
        told["finding"] = dict(found.evidence)
    return told


def _drafts(judged: RankedTool | None, tool: Tool | None) -> dict[str, str]:
    if judged is None:
        nothing = "The logs that were read show nothing; find it out."
        return dict.fromkeys(("nature", "recipient", "acquired", "mitigated"), nothing)
    given, seen = judged.inputs, judged.seen
    kind = tool.category.label.lower() if tool else "kind unknown"
    nature = [f"{judged.name} ({kind}{', made for care' if judged.clinical else ''})."]
    clinical = "unknown" if given.clinical_people is None else given.clinical_people
    nature.append(f"Clinical people who used it: {clinical}.")
    if given.audio_sessions:
        nature.append(
            f"{given.audio_sessions} sessions have the shape of a visit's sound; a voice identifies."
        )
    if given.ehr_sessions:
        nature.append(f"{given.ehr_sessions} sessions sent something soon after use of the record (EHR).")
    nature.append("What was typed or said is in no log.")
    recipient = [f"{judged.vendor_name}: {_AGREEMENTS.get(judged.agreement, 'agreement unknown')}."]
    recipient.append(
        f"Accounts: {given.account or 'unknown'}. Training on content: {given.training or 'unknown'}."
    )
    recipient.append(f"Region: {given.region or 'unknown'}.")
    sent = "an unknown amount" if seen.bytes_up is None else _size(seen.bytes_up)
    acquired = [f"{seen.count:,} events, {seen.blocked:,} of them blocked; {sent} went up."]
    if seen.count_without_bytes:
        acquired.append(f"{seen.count_without_bytes:,} events tell no size.")
    acquired.append("Ask the vendor whether content was stored, seen by people or used.")
    mitigated = [f"Status here: {judged.status.replace('_', ' ')}; last seen {seen.last_seen:%Y-%m-%d}."]
    kept = "for an unknown time" if given.retention_days is None else f"for {given.retention_days} days"
    mitigated.append(f"The vendor keeps content {kept}. Ask for deletion and keep its confirmation.")
    return {
        "nature": " ".join(nature),
        "recipient": " ".join(recipient),
        "acquired": " ".join(acquired),
        "mitigated": " ".join(mitigated),
    }


def _size(number: int) -> str:
    """Write an amount of bytes as a person reads it; the exact number is on record with the sightings."""
    return f"{number / 1_000_000:,.1f} MB" if number >= 1_000_000 else f"{number:,} bytes"
