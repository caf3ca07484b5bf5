"""Find use of AI tools by people whose last day was over."""

from __future__ import annotations

from collections.abc import Sequence

from governance.findings import KIND_OF_SURFACE, YARDSTICK_KINDS
from governance.open_findings import Finding, Setting
from storage.leavers import use_after_end

TITLE = "Use after the last day"
MEANING = (
    "A person whose employment had ended used an AI tool under an account of the organisation. Close the account "
    "and the tool's own account (45 CFR 164.308(a)(3)(ii)(C), termination procedures), and find out what was reached."
)


def find(setting: Setting) -> Sequence[Finding]:
    """Return one finding per person and tool, with the days after the end and the sources that tell."""
    surfaces = [surface for surface, kind in KIND_OF_SURFACE.items() if kind in YARDSTICK_KINDS]
    found = []
    for row in use_after_end(setting.conn, surfaces):
        first = (row.first_seen.date() - row.active_until).days
        last = (row.last_seen.date() - row.active_until).days
        when = f"{last} days" if last != 1 else "1 day"
        blocked = row.events == row.blocked
        found.append(
            Finding(
                kind="leaver",
                key=f"leaver:{row.principal}:{row.tool_id}",
                summary=(
                    f"{row.principal} {'tried to use' if blocked else 'used'} {setting.tool_name(row.tool_id)} "
                    f"up to {when} after the last day ({row.active_until})."
                ),
                tool_id=row.tool_id,
                principal=row.principal,
                department=row.department,
                first_seen=row.first_seen,
                last_seen=row.last_seen,
                evidence={
                    "last_day": row.active_until.isoformat(),
                    "days_after_first": first,
                    "days_after_last": last,
                    "events": row.events,
                    "blocked": row.blocked,
                    "bytes_up": row.bytes_up,
                    "sources": list(row.sources),
                },
            )
        )
    return found
