"""Make the review queue: candidates with their reasons, the most telling first, without what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from governance.candidates.reasons import RULES, Reason, Surroundings
from governance.candidates.weights import CandidateWeights, candidate_weights
from signatures.strangers.traits import MEASURED
from storage.candidates import (
    CandidateEvidence,
    CandidateReview,
    candidate_evidence,
    first_day,
    people_of_tools,
    reviews,
)
from storage.errors import NotRecorded

KINDS = {"host": "Host", "application": "Application", "self_hosted": "Own server of models"}
_BEFORE_ANY = 0.1
"""Share of people with tools that is assumed before anything is known, with the weight of ten people."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be an AI tool, and why; nobody claims that it is one."""

    evidence: CandidateEvidence
    score: int
    reasons: tuple[Reason, ...]
    changed: tuple[str, ...] = ()
    """Classes of behaviour that are new since it was dismissed."""

    @property
    def site(self) -> str:
        """Return its id."""
        return self.evidence.site

    @property
    def name(self) -> str:
        """Return what people read."""
        return self.site.removeprefix("app:")

    @property
    def kind(self) -> str:
        """Return host, application or self_hosted."""
        return self.evidence.kind


def weigh(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Candidate:
    """Return a candidate with every reason for and against it; the score is their sum, never below 0."""
    found = [reason for rule in RULES if (reason := rule(evidence, around, weights)) is not None]
    found.sort(key=lambda reason: (-reason.points, reason.name))
    return Candidate(evidence, max(round(sum(reason.points for reason in found)), 0), tuple(found))


def classes_of(evidence: CandidateEvidence) -> tuple[str, ...]:
    """Return the classes of behaviour by which a dismissed candidate is known again."""
    return tuple(sorted({trait.partition(":")[0] for trait in evidence.traits if trait != MEASURED}))


def surroundings(conn: Connection, found: list[CandidateEvidence]) -> Surroundings:
    """Return what the whole organisation shows."""
    tool_people = people_of_tools(conn)
    everybody = tool_people.union(*(evidence.people for evidence in found))
    # Of people without tools only those who reached a candidate are known, so the share is rather too high.
    share = (len(tool_people) + 10 * _BEFORE_ANY) / (len(everybody) + 10)
    return Surroundings(tool_people, share, first_day(conn))


def all_candidates(conn: Connection, weights: CandidateWeights | None = None) -> list[Candidate]:
    """Return every candidate that was not promoted, decided or not, the highest score first."""
    weights = weights or candidate_weights()
    found = candidate_evidence(conn)
    around = surroundings(conn, found)
    decided = reviews(conn)
    weighed = [
        _with_changes(weigh(evidence, around, weights), decided.get(evidence.site)) for evidence in found
    ]
    weighed.sort(key=lambda candidate: (-candidate.score, candidate.site))
    return weighed


def queue(conn: Connection, weights: CandidateWeights | None = None) -> list[Candidate]:
    """Return what a person should look at: not below the least score, and not dismissed as it is."""
    weights = weights or candidate_weights()
    decided = reviews(conn)
    return [
        candidate
        for candidate in all_candidates(conn, weights)
        if candidate.score >= weights.show_from and (candidate.site not in decided or candidate.changed)
    ]


def candidate(conn: Connection, name: str) -> tuple[Candidate, CandidateReview | None]:
    """Return one candidate by its id, one of its hosts, or an application's name. Raises NotRecorded."""
    wanted = name.strip().lower()
    for found in all_candidates(conn):
        names = {found.site.lower(), found.name.lower(), *(host.lower() for host in found.evidence.hosts)}
        if wanted in names:
            return found, reviews(conn, found.site).get(found.site)
    raise NotRecorded(f"{name} is no candidate; list them: skiagram candidates --all")


def _with_changes(candidate: Candidate, decided: CandidateReview | None) -> Candidate:
    if decided is None or decided.status != "dismissed":
        return candidate
    changed = tuple(sorted(set(classes_of(candidate.evidence)) - set(decided.classes)))
    return Candidate(candidate.evidence, candidate.score, candidate.reasons, changed)
