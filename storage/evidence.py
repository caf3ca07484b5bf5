"""Point to the rows an assessment rests on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, distinct, func, select

from storage.tables import agreement, decision, sighting


def evidence_references(conn: Connection) -> dict[str, dict[str, Any]]:
    """Return tool id -> how many sightings of which batches, the decision's number, the vendor's agreements."""
    signed: dict[str, list[int]] = {}
    for number, vendor_id in conn.execute(
        select(agreement.c.id, agreement.c.vendor_id).order_by(agreement.c.id)
    ):
        signed.setdefault(vendor_id, []).append(number)
    newest = select(decision.c.tool_id, func.max(decision.c.id)).group_by(decision.c.tool_id)
    decided: dict[str, int] = {tool_id: number for tool_id, number in conn.execute(newest)}  # noqa: C416
    query = select(
        sighting.c.tool_id,
        func.min(sighting.c.vendor_id),
        func.count(),
        func.count(distinct(sighting.c.batch_id)),
        func.min(sighting.c.batch_id),
        func.max(sighting.c.batch_id),
    ).group_by(sighting.c.tool_id)
    return {
        tool_id: {
            "sightings": rows,
            "batches": batches,
            "first_batch": first,
            "last_batch": last,
            "agreements": signed.get(vendor_id, []),
            "decision": decided.get(tool_id),
        }
        for tool_id, vendor_id, rows, batches, first, last in conn.execute(query)
    }
