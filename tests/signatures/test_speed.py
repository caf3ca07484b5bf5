"""Matching distinct hosts costs little more than walking their suffixes through a dictionary."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import process_time

import pytest

from signatures.evidence import Evidence
from signatures.matcher import Matcher
from tests.signatures.catalogue_files import Signature

pytestmark = pytest.mark.bench

HOSTS = 200_000
SIGNATURES = 3_000
ROUNDS = 5
CEILING = 1.5
ENOUGH = 2_000_000


def times_of(*actions: Callable[[], int]) -> list[float]:
    """Return the best time of each action, run in turns so that a busy machine slows all alike."""
    times = [[] for _ in actions]
    counts = set()
    for _ in range(ROUNDS):
        for action, taken in zip(actions, times, strict=True):
            start = process_time()
            counts.add(action())
            taken.append(process_time() - start)
    assert len(counts) == 1, "all must find the same hosts"
    return [min(taken) for taken in times]


def test_matching_keeps_up_with_a_bare_dictionary_walk(
    matcher_of: Callable[[dict[str, list[Signature]]], Matcher],
) -> None:
    source = random.Random(7)
    word = lambda: "".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(3, 12)))  # noqa: E731
    domains = [f"{word()}{number}.{source.choice(['com', 'ai', 'io'])}" for number in range(SIGNATURES)]
    matcher = matcher_of({"tool": [("domain", domain) for domain in domains]})
    strangers = (
        ".".join(
            [word() for _ in range(source.randint(1, 3))] + [source.choice(["com", "net", "org", "co.uk"])]
        )
        for _ in range(HOSTS * 99 // 100)
    )
    hosts = [*strangers, *(f"app.{source.choice(domains)}" for _ in range(HOSTS // 100))]
    source.shuffle(hosts)
    evidence = [Evidence(host=host) for host in hosts]
    known = dict.fromkeys(domains, 1)

    def walk(suffix: str) -> int:
        while suffix not in known:
            _, dot, suffix = suffix.partition(".")
            if not dot:
                return 0
        return 1

    bare, interest, match = times_of(
        lambda: sum(1 for host in hosts if walk(host)),
        lambda: sum(1 for host in hosts if matcher.host_interest(host)),
        lambda: sum(1 for item in evidence if matcher.match(item) is not None),
    )
    rates = {"walk": HOSTS / bare, "interest": HOSTS / interest, "match": HOSTS / match}
    print("\nmillion hosts/s:", {name: round(rate / 1e6, 2) for name, rate in rates.items()})
    print("times of a bare walk:", {name: round(rates["walk"] / rate, 2) for name, rate in rates.items()})
    for name in ("interest", "match"):
        assert rates[name] >= min(ENOUGH, rates["walk"] / CEILING), f"{name} is slower than promised"
