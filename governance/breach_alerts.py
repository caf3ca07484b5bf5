"""Raise an alert once per decision and condition when use goes beyond what was approved."""

from __future__ import annotations

from collections.abc import Sequence

from governance.decisions import RULE_BREACH
from governance.finding.breach import open_breaches, sentence
from governance.open_findings import Setting
from storage.inventory import inventory_entry
from storage.outbox import add_alert


def raise_breach_alerts(setting: Setting, channels: Sequence[str]) -> tuple[str, ...]:
    """Raise what is new and return the titles; a new decision about the tool begins anew.

    Use before the decision makes an alert of its own, so that it cannot hide use after it. What departments only
    declare is a finding, and no alert.
    """
    raised = []
    for decision, one in open_breaches(setting):
        if one.basis != "observed":
            continue
        name = setting.tool_name(decision.tool_id)
        title = f"Use beyond its approval: {name}"
        when = "" if one.since_decision else ":before"
        payload = {
            "rule": RULE_BREACH,
            "title": title,
            "since": (one.evidence.since or decision.at).isoformat(),
            "evidence": sentence(name, decision, one).rstrip("."),
            "advice": "stop that use, or decide anew about it",
            "tool_id": decision.tool_id,
            "tool": name,
            "tools": [{"id": decision.tool_id, "name": name}],
            "condition": one.condition,
            "people": one.evidence.people,
            "events": one.evidence.events,
            "decision": decision.id,
        }
        key = f"{RULE_BREACH}:{decision.tool_id}:{one.condition}:{decision.id}{when}"
        vendor = inventory_entry(setting.conn, decision.tool_id).vendor_id
        if add_alert(
            setting.conn, key, RULE_BREACH, decision.tool_id, vendor, payload, channels, setting.now
        ):
            raised.append(title)
    return tuple(raised)
