"""Sort what was seen by what it means: only the surface `use` says that somebody used a tool."""

from __future__ import annotations

from signatures.kinds import PRESENCE, Surface

FINDING_KINDS = ("use", "look_alike", "presence", "embedded", "contact", "ambient")
"""Kinds of finding in the order they are ranked."""

KIND_OF_SURFACE = {
    Surface.USE.value: "use",
    Surface.LOOK_ALIKE.value: "look_alike",
    PRESENCE: "presence",
    Surface.EMBEDDED.value: "embedded",
    Surface.VENDOR_ONLY.value: "contact",
    Surface.CNAME.value: "contact",  # an alias in a DNS answer: the vendor's host was named, not used
    Surface.AMBIENT.value: "ambient",
}
"""Surface -> kind of finding."""

ALERTING_KINDS = ("use", "look_alike", "presence")
"""Kinds that somebody must hear of."""

YARDSTICK_KINDS = ("use", "look_alike")
"""Kinds whose volume is the measure for the volume of others."""

OPEN_STATUSES = ("unreviewed", "in_review", "prohibited")
"""Statuses under which use of a tool is not approved; such tools stay in the ranked feed."""

APPROVED_STATUSES = ("approved", "approved_with_conditions")
"""Statuses under which use of a tool is allowed, within the conditions of the decision."""
