"""Let a committee decide: cases in a queue, one vote per member, a decision when a case is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from governance.approval import Proposal, checked_conditions, take
from governance.decisions import LONGEST_REASON, TRANSITIONS, decide
from governance.errors import CommitteeInvalid
from governance.findings import APPROVED_STATUSES
from signatures.catalogue import Catalogue
from storage import audit
from storage.committee import Case, Vote, add_vote, case_of, cases, close_case, open_case, votes
from storage.decisions import Parties
from storage.inventory import STATUSES, inventory_entry

VOTES: Final = ("yes", "no", "abstain")
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Rules:
    """How the committee decides, from the settings."""

    quorum: int = 3
    """Members that have to vote, abstentions included."""
    majority: float = 0.5
    """Share of yes among yes and no that has to be exceeded."""
    members: tuple[str, ...] = ()
    """Who may vote; () for anybody whose name is given."""


DEFAULT_RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class Tally:
    """How a case stands."""

    case: Case
    votes: Sequence[Vote]
    yes: int
    no: int
    abstained: int
    missing: int
    """Votes that are missing to the quorum."""
    carried: bool
    """Whether yes has the majority; it decides only once the quorum is there."""


def propose(conn: Connection, proposal: Proposal, catalogue: Catalogue, by: str, now: datetime) -> int:
    """Put a proposal before the committee and return the number of the case.

    Raises CommitteeInvalid, DecisionInvalid, NotRecorded.
    """
    by, reason = _name(by), _reason(proposal.reason)
    if proposal.status not in STATUSES:
        raise CommitteeInvalid(f"{proposal.status!r} is no status; use one of {', '.join(STATUSES)}.")
    bound = checked_conditions(conn, proposal.conditions, proposal.tool_id, catalogue)
    waiting = next((case for case in cases(conn) if case.tool_id == proposal.tool_id), None)
    if waiting is not None:
        raise CommitteeInvalid(f"{proposal.tool_id} is before the committee already, as case {waiting.id}.")
    if inventory_entry(conn, proposal.tool_id).status == "unreviewed":
        decide(conn, proposal.tool_id, "in_review", by, reason, now, parties=Parties(requested_by=by))
    number = open_case(conn, proposal.tool_id, proposal.status, bound, reason, proposal.until, by, now)
    detail = {"case": number, "status": proposal.status, "reason": reason}
    audit.append(conn, by, "committee.proposed", proposal.tool_id, detail, now)
    return number


def cast(
    conn: Connection, number: int, member: str, vote: str, reason: str, rules: Rules, now: datetime
) -> Tally:
    """Take a vote; a member's newer vote replaces the older one, and both stay in the audit log.

    Raises CommitteeInvalid, NotRecorded.
    """
    member, reason = _name(member), _reason(reason)
    case = _open(conn, number)
    if vote not in VOTES:
        raise CommitteeInvalid(f"{vote[:40]!r} is no vote; use one of {', '.join(VOTES)}.")
    known = {_plain(name): name for name in rules.members}
    if known and _plain(member) not in known:
        raise CommitteeInvalid(
            f"{member} is no member of the committee; members: {', '.join(rules.members)}."
        )
    member = known.get(_plain(member), member)
    before = next((one for one in votes(conn, number) if _plain(one.member) == _plain(member)), None)
    member = before.member if before else member
    add_vote(conn, number, Vote(member, vote, reason, now))
    detail = {"case": number, "vote": vote, "reason": reason, "before": before.vote if before else None}
    audit.append(conn, member, "committee.voted", case.tool_id, detail, now)
    return tally(conn, case, rules)


def close(
    conn: Connection,
    number: int,
    by: str,
    rules: Rules,
    catalogue: Catalogue,
    now: datetime,
    *,
    override: str | None = None,
    withdraw: bool = False,
) -> Tally:
    """Close a case: what was carried becomes a decision in the same transaction, what was not changes nothing.

    Raises CommitteeInvalid without a quorum, DecisionInvalid where the decision itself cannot be taken.
    """
    by = _name(by)
    found = tally(conn, _open(conn, number), rules)
    case = found.case
    if not withdraw and found.missing:
        raise CommitteeInvalid(
            f"Case {number} has {len(found.votes)} of {rules.quorum} votes; {found.missing} are missing to the quorum."
        )
    outcome = "withdrawn" if withdraw else "carried" if found.carried else "rejected"
    decision_id = None
    if outcome == "carried":
        approves = case.status in APPROVED_STATUSES
        parties = Parties(
            approver=committee_name(number) if approves else None, requested_by=case.requested_by
        )
        count = f"{found.yes} yes, {found.no} no, {found.abstained} abstained"
        reason = f"{case.reason} (committee, case {number}: {count})"
        _review_first(conn, case, by, now)
        proposal = Proposal(
            case.tool_id, case.status, reason, case.conditions, case.until, parties=parties, override=override
        )
        decision_id = take(conn, proposal, catalogue, by, now)
    close_case(conn, number, outcome, by, now, decision_id)
    detail = {
        "case": number,
        "outcome": outcome,
        "decision": decision_id,
        "votes": {one.member: one.vote for one in found.votes},
        "quorum": rules.quorum,
        "majority": rules.majority,
    }
    audit.append(conn, by, "committee.closed", case.tool_id, detail, now)
    return replace(found, case=case_of(conn, number))


def _review_first(conn: Connection, case: Case, by: str, now: datetime) -> None:
    """Let the committee's own review count where a tool is prohibited or retired until now."""
    status = inventory_entry(conn, case.tool_id).status
    if case.status not in TRANSITIONS[status]:
        reason = f"Reviewed by the committee, case {case.id}."
        decide(
            conn, case.tool_id, "in_review", by, reason, now, parties=Parties(requested_by=case.requested_by)
        )


def committee_name(number: int) -> str:
    """Return how the committee signs as approver."""
    return f"committee (case {number})"


def tally(conn: Connection, case: Case, rules: Rules) -> Tally:
    """Count the votes of a case."""
    found = votes(conn, case.id)
    counts = Counter(one.vote for one in found)
    yes, no = counts["yes"], counts["no"]
    return Tally(
        case=case,
        votes=found,
        yes=yes,
        no=no,
        abstained=counts["abstain"],
        missing=max(rules.quorum - len(found), 0),
        carried=yes > (yes + no) * rules.majority,
    )


def queue(conn: Connection, rules: Rules, *, open_only: bool = True) -> list[Tally]:
    """Return cases with their votes, those that wait longest first."""
    return [tally(conn, case, rules) for case in cases(conn, open_only=open_only)]


def _open(conn: Connection, number: int) -> Case:
    case = case_of(conn, number, to_change=True)
    if case.closed_at is not None:
        raise CommitteeInvalid(f"Case {number} is closed since {case.closed_at:%Y-%m-%d}: {case.outcome}.")
    return case


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > LONGEST_NAME:
        raise CommitteeInvalid("Give the name of the member, in at most 200 characters.")
    return name


def _reason(given: str) -> str:
    reason = given.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise CommitteeInvalid(f"Say why, in at most {LONGEST_REASON} characters.")
    return reason
