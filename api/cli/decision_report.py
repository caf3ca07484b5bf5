"""Print a decision, and return it for programs."""

from typing import Any

from api.pages.text import day, shown
from governance.conditions import in_words
from storage.decisions import Decision


def print_decision(one: Decision) -> None:
    """Print who decided what, and everything it is bound to."""
    print(f"\nDecision {day(one.at)}: {one.status} by {shown(one.by)}")
    print(f"  {shown(one.reason)}")
    for words in in_words(one.conditions):
        print(f"  only for {shown(words)}")
    facts = (
        ("note", one.note),
        ("until", one.until and day(one.until)),
        ("review", one.review_on and day(one.review_on)),
        ("owner", one.owner),
        ("approver", one.approver if one.approver != one.by else None),
        ("requested by", one.requested_by),
        ("in spite of readiness", one.override),
    )
    for name, value in facts:
        if value:
            print(f"  {name}: {shown(str(value))}")


def decision_document(one: Decision) -> dict[str, Any]:
    """Return a decision for programs; empty lists mean that nothing is bound."""
    return {
        "number": one.id,
        "status": one.status,
        "previous_status": one.previous_status,
        "by": one.by,
        "reason": one.reason,
        "at": one.at.isoformat(),
        "conditions": {
            "tiers": list(one.tiers),
            "departments": list(one.departments),
            "data_classes": list(one.data_classes),
            "accounts": list(one.accounts),
        },
        "note": one.note,
        "until": one.until.isoformat() if one.until else None,
        "review": one.review_on.isoformat() if one.review_on else None,
        "owner": one.owner,
        "approver": one.approver,
        "requested_by": one.requested_by,
        "override": one.override,
    }
