"""Promote a candidate to a tool of the organisation's own, or dismiss it: with reason, name and audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from governance.candidates.queue import candidate, classes_of
from governance.candidates.vendor_entry import NewTool, vendor_entry, write_entry
from governance.errors import CandidateInvalid
from signatures.catalogue import Catalogue
from storage import audit
from storage.candidates import CandidateReview, carry_over, record_review, reviews
from storage.database import Database
from storage.inventory import ensure_tools

LONGEST_REASON = 10_000
_SIGNATURE_OF = {"host": "domain", "application": "sso_app_name", "self_hosted": "host"}


@dataclass(frozen=True, slots=True)
class Promotion:
    """What became of a promoted candidate."""

    tool_id: str
    vendor_id: str
    path: Path
    sightings: int


def promote(
    database: Database,
    name: str,
    tool: NewTool,
    by: str,
    now: datetime,
    *,
    catalogue: Catalogue,
    folders: Sequence[Path],
    folder: Path,
    bundle: Path | None = None,
) -> Promotion:
    """Write a vendor file for a candidate, and make its evidence the sightings of the new tool.

    `folders` are all folders of the catalogue, `folder` the organisation's own that takes the
    file, `bundle` the one that is an installed bundle.
    Raises CandidateInvalid, storage.errors.NotRecorded.
    """
    by = _named(by)
    with database.read() as conn:
        found, _ = candidate(conn, name)
    entry = vendor_entry(found, tool, catalogue, now.date())
    path = write_entry(entry, folder, folders, now.date(), bundle)
    try:
        with database.write() as conn:
            earlier = reviews(conn, found.site).get(found.site)
            if earlier is not None and earlier.status == "promoted":
                raise CandidateInvalid(
                    f"{found.name} was promoted to {earlier.tool_id} by {earlier.by} already."
                )
            review = CandidateReview(
                found.site,
                "promoted",
                found.kind,
                found.evidence.hosts,
                entry.tool_id,
                entry.vendor_id,
                classes_of(found.evidence),
                by,
                f"is {tool.name} of {tool.vendor}",
                now,
            )
            record_review(conn, review)
            ensure_tools(conn, [(entry.tool_id, entry.vendor_id, tool.name, tool.vendor)], now)
            carried = carry_over(conn, review, entry.kind)
            detail = {
                "tool": entry.tool_id,
                "vendor": entry.vendor_id,
                "file": path.name,
                "sightings": carried,
            }
            audit.append(conn, by, "candidate.promoted", found.site, detail, now)
    except BaseException:
        path.unlink(missing_ok=True)  # a tool without a record of who made it must not stay
        raise
    return Promotion(entry.tool_id, entry.vendor_id, path, carried)


def dismiss(conn: Connection, name: str, by: str, reason: str, now: datetime) -> CandidateReview:
    """Take a candidate off the queue until it behaves in a new class of ways.

    Raises CandidateInvalid, storage.errors.NotRecorded.
    """
    by, reason = _named(by), reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise CandidateInvalid(
            f"Give a reason of 1 to {LONGEST_REASON} characters; whoever asks later reads it."
        )
    found, _ = candidate(conn, name)
    review = CandidateReview(
        found.site,
        "dismissed",
        found.kind,
        found.evidence.hosts,
        None,
        None,
        classes_of(found.evidence),
        by,
        reason,
        now,
    )
    record_review(conn, review)
    detail = {"reason": reason, "score": found.score, "classes": list(review.classes)}
    audit.append(conn, by, "candidate.dismissed", found.site, detail, now)
    return review


def carry_over_promoted(conn: Connection) -> int:
    """Make sightings of evidence that a scan stored while its candidate was being promoted."""
    return sum(
        carry_over(conn, review, _SIGNATURE_OF[review.kind])
        for review in reviews(conn).values()
        if review.status == "promoted"
    )


def dismissed_examples(conn: Connection) -> list[dict[str, Any]]:
    """Return every dismissed candidate as a negative example: no people, no counts, no departments."""
    return [
        {
            "name": review.site.removeprefix("app:"),
            "kind": review.kind,
            "classes": list(review.classes),
            "reason": review.reason,
            "dismissed_on": review.at.date().isoformat(),
        }
        for review in sorted(reviews(conn).values(), key=lambda review: review.site)
        if review.status == "dismissed" and review.kind != "self_hosted"
    ]


def _named(by: str) -> str:
    by = by.strip()
    if not by:
        raise CandidateInvalid("A decision needs the name of who takes it.")
    return by
