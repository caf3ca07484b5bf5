"""Keep the calendar of reviews: what is due this week, month, quarter and year, and what was done."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection

from governance.errors import ReviewInvalid, RulesInvalid
from governance.gap_assessment import Gap, assess_gaps, gap_since
from governance.gap_rules import load_rules
from governance.gaps.evidence import Evidence, gather
from governance.ranking import RankedTool, judged_tools
from governance.review_items import LISTS, Ground, Item
from governance.weights import Weights
from signatures.catalogue import Catalogue
from storage import audit
from storage.reviews import ReviewDone, record_review_done, reviews_done

LONGEST = 10_000
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class ReviewRule(BaseModel):
    """One review, as its file describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    every: Literal["week", "month", "quarter", "year"]
    what: str
    lists: tuple[str, ...]
    reason: str
    citation: str


class _Reviews(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reviews: tuple[ReviewRule, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One review with its state today."""

    rule: ReviewRule
    due: date
    """Last day of the period it is due for: of the running one, or of an earlier one that was missed."""
    state: str
    """done (for the running period), due or overdue; one that was never done is due at the end of this period."""
    last: ReviewDone | None
    items: tuple[Item, ...]
    """What there is to look at, the earliest first."""


@cache
def load_reviews() -> tuple[ReviewRule, ...]:
    """Return all reviews. Raises RulesInvalid."""
    path = Path(__file__).with_name("reviews.toml")
    try:
        found = _Reviews.model_validate(tomllib.loads(path.read_text("utf-8"))).reviews
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise RulesInvalid(f"{path}: {problem}") from problem
    unknown = {name for one in found for name in one.lists} - LISTS.keys()
    unknown |= {rule.review for rule in load_rules() if rule.review} - {one.id for one in found}
    if unknown:
        raise RulesInvalid(f"{path}: nothing is known by the names {', '.join(sorted(unknown))}.")
    return found


def calendar(
    conn: Connection,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    judged: Sequence[RankedTool] | None = None,
    gaps: Sequence[Gap] | None = None,
    evidence: Evidence | None = None,
) -> tuple[Review, ...]:
    """Return every review with what it has to look at, the most urgent first.

    `judged`, `gaps` and `evidence` spare computing them again.
    """
    if evidence is None:
        known = judged_tools(conn, catalogue, weights, now) if judged is None else judged
        evidence = gather(conn, catalogue, known, now)
    found = assess_gaps(conn, catalogue, weights, now, evidence=evidence) if gaps is None else gaps
    ground = Ground(evidence, found, gap_since(conn))
    newest: dict[str, ReviewDone] = {}
    for done in reviews_done(conn):
        newest.setdefault(done.review, done)
    reviews = [_review(rule, newest.get(rule.id), ground, now.date()) for rule in load_reviews()]
    order = ("overdue", "due", "done")
    return tuple(sorted(reviews, key=lambda one: (order.index(one.state), one.due)))


def mark_done(conn: Connection, review: str, note: str, by: str, now: datetime) -> ReviewDone:
    """Keep that a review was done for the running period. Raises ReviewInvalid."""
    by, note = by.strip(), note.strip()
    rule = next((one for one in load_reviews() if one.id == review), None)
    if rule is None:
        known = ", ".join(one.id for one in load_reviews())
        raise ReviewInvalid(f"There is no review {review!r}; known: {known}.")
    if not by:
        raise ReviewInvalid("A review needs the name of who did it; see --by.")
    if not note:
        raise ReviewInvalid("Say in a sentence what came of it; see --note.")
    if len(note) > LONGEST:
        raise ReviewInvalid(f"The note has {len(note)} characters; keep it below {LONGEST}.")
    end = period_end(rule.every, now.date())
    number = record_review_done(conn, review, end, by, note, now)
    detail = {"review": review, "period_end": end.isoformat(), "note": note}
    audit.append(conn, by, "review.done", review, detail, now)
    return ReviewDone(number, review, end, by, note, now)


def period_end(every: str, day: date) -> date:
    """Return the last day of the week, month, quarter or year a day lies in."""
    if every == "week":
        return day + timedelta(days=6 - day.weekday())
    months = _MONTHS[every]
    number = (day.month - 1) // months * months + months
    year, month = (day.year + 1, 1) if number == 12 else (day.year, number + 1)
    return date(year, month, 1) - timedelta(days=1)


def _review(rule: ReviewRule, last: ReviewDone | None, ground: Ground, today: date) -> Review:
    items = [item for name in rule.lists for item in LISTS[name](ground)]
    items.sort(key=lambda item: item.due or today)
    end = period_end(rule.every, today)
    due = end if last is None else period_end(rule.every, last.period_end + timedelta(days=1))
    if last is not None and last.period_end >= end:
        return Review(rule, due, "done", last, tuple(items))
    return Review(rule, due, "overdue" if due < today else "due", last, tuple(items))
