"""Publish the policy, take attestations to it, and list use that contradicts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from governance.errors import ImportRefused, PolicyInvalid
from governance.gap_assessment import Gap
from governance.gaps.verdict import GAP
from governance.imports.days import last_day
from governance.imports.records import decoded, read_table
from governance.policy import document, lines_of, policy_in_force, sections_of
from signatures.catalogue import Catalogue
from storage import audit
from storage.directory import principal_of
from storage.policies import (
    PolicyVersion,
    add_attestation,
    add_policy,
    newest_policy,
    policy_of,
)

LONGEST = 300
COLUMNS = {
    "person": ("person", "name", "user", "account", "mail", "email", "userprincipalname", "employeeid"),
    "on": ("on", "date", "day", "attestedon", "attested"),
}
CONTRADICTING = ("policy_approved_only", "policy_prohibited", "policy_conditions", "policy_accounts")
"""Rules whose gaps are use that contradicts the policy."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What taking attestations came to."""

    rows: int
    new: int
    """Those who had not attested this version before."""


def publish(
    conn: Connection, catalogue: Catalogue, owner: str | None, contact: str | None, by: str, now: datetime
) -> PolicyVersion:
    """Publish what the decisions in force say; return the new version.

    Owner and contact are those of the version before where they are not given. Raises PolicyInvalid.
    """
    by = by.strip()
    if not by:
        raise PolicyInvalid("Publishing needs the name of who does it; see --by.")
    before = newest_policy(conn)
    owner = (owner or "").strip() or (before.owner if before else "")
    contact = (contact or "").strip() or (before.contact if before else "")
    if not owner or not contact:
        raise PolicyInvalid(
            "A policy needs an owner and a contact to whom people report: see --owner and --contact."
        )
    if max(len(owner), len(contact)) > LONGEST:
        raise PolicyInvalid(f"Owner and contact have at most {LONGEST} characters.")
    policy = policy_in_force(conn, catalogue, now, owner, contact)
    if not policy.changed:
        number = before.id if before else 0
        raise PolicyInvalid(f"Version {number} says the same already; nothing was published.")
    old = lines_of(sections_of(before.sections)) if before else []
    new = lines_of(policy.sections)
    added = [line for line in new if line not in set(old)]
    removed = [line for line in old if line not in set(new)]
    number = add_policy(
        conn,
        sections=document(policy.sections),
        digest=policy.digest,
        added=added,
        removed=removed,
        owner=owner,
        contact=contact,
        by=by,
        now=now,
    )
    detail = {"version": number, "sha256": policy.digest, "added": len(added), "removed": len(removed)}
    audit.append(conn, by, "policy.published", "policy", detail, now)
    return policy_of(conn, number)


def attest(
    conn: Connection, number: int | None, principals: Mapping[str, date], by: str, now: datetime
) -> Attested:
    """Keep that principals have read a version, the newest if none is named. Raises PolicyInvalid, NotRecorded."""
    by = by.strip()
    if not by:
        raise PolicyInvalid("An attestation needs the name of who records it; see --by.")
    version = newest_policy(conn) if number is None else policy_of(conn, number)
    if version is None:
        raise PolicyInvalid("No policy is published yet; see skiagram policy publish.")
    for day in principals.values():
        if day > now.date():
            raise PolicyInvalid(f"{day} has not come yet; nobody can have attested on it.")
        if day < version.published_at.date():
            raise PolicyInvalid(
                f"Version {version.id} was published on {version.published_at.date()}, so nobody attested on {day}."
            )
    known = {name: principal_of(conn, name) or name for name in principals}
    new = sum(
        add_attestation(conn, version.id, known[name], day, by, now) for name, day in principals.items()
    )
    if new:
        detail = {"version": version.id, "rows": len(principals), "new": new}
        audit.append(conn, by, "policy.attested", "policy", detail, now)
    return Attested(len(principals), new)


def read_attestations(
    content: bytes,
    pseudonym: Callable[[str], str],
    today: date,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> dict[str, date]:
    """Return principal -> day of a CSV file with a column of names and one of days. Raises ImportRefused.

    Without a day a row counts for today. Names become pseudonyms at once; the earliest day of a person counts.
    """
    found: dict[str, date] = {}
    for record in read_table(decoded(content, encoding), COLUMNS, [["person"]], columns):
        name = record.first("person")
        if name is None:
            raise ImportRefused(f"row {record.row}: nobody is named.")
        text = record.first("on")
        day = today if text is None else last_day(text, record.row, "on") or today
        principal = pseudonym(name)
        found[principal] = min(day, found.get(principal, day))
    return found


def contradicting(gaps: Sequence[Gap]) -> list[Gap]:
    """Return the gaps that are use against the policy, with the tools and how much use it is."""
    return [one for one in gaps if one.rule.id in CONTRADICTING and one.state == GAP]
