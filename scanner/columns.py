"""Match the columns of an unknown log to canonical fields, by the names they have and by what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from scanner.clock import TimeContext
from scanner.convert import integer
from scanner.guessing import NULLS, Guess, guess_column, is_private
from scanner.readers import tidy_name
from scanner.spec import shipped_formats

SURE: Final = 0.6
"""Confidence from which a draft uses a finding; below, it only proposes it."""
_BOTH: Final = 0.98
_NAME_ALONE: Final = 0.7
_CONTRADICTED: Final = 0.3
_UNSURE_DIRECTION: Final = 0.5

_NUMBERS: Final = frozenset({"amount", "status", "client_port", "server_port"})
_WANTED: Final[dict[str, frozenset[str]]] = {
    "timestamp": frozenset({"time", "date", "clock"}),
    "source_ip": frozenset({"address"}), "destination_ip": frozenset({"address"}),
    "source_port": _NUMBERS, "destination_port": _NUMBERS, "http_status": _NUMBERS,
    "source_bytes": _NUMBERS, "destination_bytes": _NUMBERS, "network_bytes": _NUMBERS,
    "url": frozenset({"url", "host", "host_port"}),
    "destination_domain": frozenset({"host", "host_port", "url", "address"}),
    "dns_question": frozenset({"host"}),
    "user": frozenset({"email", "account", "word"}),
    "http_method": frozenset({"method"}),
}  # fmt: skip
"""The kinds of value a field takes; any other contradicts the name of the column."""
_NUMERIC: Final = frozenset(field for field, kinds in _WANTED.items() if kinds is _NUMBERS)
_FIELD_OF_KIND: Final = {
    "time": "timestamp", "url": "url", "host_port": "destination", "email": "user", "account": "user",
    "word": "user", "method": "http_method", "status": "http_status", "action": "action", "agent": "user_agent",
    "media": "content_type", "transport": "network_protocol", "query_type": "dns_type",
    "response_code": "dns_response_code", "client_port": "source_port", "server_port": "destination_port",
}  # fmt: skip
NAMING: Final = (
    "destination_domain", "url", "destination", "dns_question", "application_name", "application_id",
    "oauth_client_id", "network_application",
)  # fmt: skip
"""Fields by one of which an event can name a tool."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A canonical field, the columns it comes from, and how sure that is."""

    field: str
    sources: tuple[str, ...]
    confidence: float
    reason: str
    template: bool = False
    """The sources are joined with a space: a date and a time of day."""

    @property
    def sure(self) -> bool:
        """Say whether the draft should use it without a person having looked."""
        return self.confidence >= SURE


def match_columns(columns: Mapping[str, Sequence[str]], named: bool, context: TimeContext) -> list[Finding]:
    """Return the best finding for each field, in the order of the columns; `named` says the names mean something."""
    guesses = {name: guess_column(values, context) for name, values in columns.items()}
    found: list[Finding] = []
    for name, values in columns.items():
        finding = _by_name(name, values, guesses[name]) if named else None
        if finding is not None:
            found.append(finding)
    taken = {name for finding in found if finding.sure for name in finding.sources}
    left = {name: guess for name, guess in guesses.items() if guess is not None and name not in taken}
    found += _by_content(left, columns)
    joined = _joined_time(guesses)
    if joined is not None and not any(f.field == "timestamp" and _whole(f, guesses) for f in found):
        found = [joined, *(finding for finding in found if finding.field != "timestamp")]
    return _best(found, list(columns))


def _by_name(name: str, values: Sequence[str], guess: Guess | None) -> Finding | None:
    fields, spelling, whole = _fields_named(name)
    if not fields:
        return None
    present = [value for value in values if value.strip() not in NULLS]
    ranked = sorted(fields, key=lambda field: _fits(field, present, guess) is not True)
    field, fits = ranked[0], _fits(ranked[0], present, guess)
    said = f"the name says so ({spelling})"
    if fits is False:
        held = guess.reason if guess else "its values are of another kind"
        return Finding(field, (name,), _CONTRADICTED, f"{said}, but {held}")
    if fits is True and guess is not None:
        confidence, reason = _BOTH, f"{said} and so do the values: {guess.reason}"
    elif fits is True:
        confidence, reason = 0.9, f"{said} and the values are numbers"
    else:
        confidence, reason = _NAME_ALONE, f"{said}; the values say neither yes nor no"
    return Finding(field, (name,), confidence if whole else min(confidence, 0.85), reason)


def _fits(field: str, present: Sequence[str], guess: Guess | None) -> bool | None:
    """Say whether the values are what a field takes; None where they do not tell."""
    wanted = _WANTED.get(field)
    if not present:
        return None
    if field in _NUMERIC and (guess is None or guess.kind not in _NUMBERS):
        return sum(integer(value) is not None for value in present) >= 0.8 * len(present)
    if wanted is None or guess is None:
        return None if guess is None or _FIELD_OF_KIND.get(guess.kind) != field else True
    if guess.kind in wanted:
        return True
    return None if guess.confidence < SURE else False


def _fields_named(name: str) -> tuple[tuple[str, ...], str, bool]:
    """Return the fields a column name stands for, its spelling, and whether the whole name was understood."""
    spelling = tidy_name(name)
    aliases = _aliases()
    if spelling in aliases:
        return aliases[spelling], spelling, True
    words = spelling.split("_")
    for start in range(1, min(len(words), 4)):
        rest = "_".join(words[start:])
        if rest in aliases and len(rest) > 3:
            return aliases[rest], rest, False
    return (), spelling, False


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    """Return the column names that the generic formats know, each with its fields."""
    table: dict[str, list[str]] = {}
    for spec in shipped_formats():
        if spec.family != "generic":
            continue
        for record in spec.records:
            if record.reader in {"cef", "leef"}:
                continue  # their keys are a dictionary's, not what people call a column
            for field, sources in record.fields.items():
                for alias in (alias for source in sources for alias in source.sources):
                    fields = table.setdefault(tidy_name(alias), [])
                    if field not in fields:
                        fields.append(field)
    return {alias: tuple(fields) for alias, fields in table.items()}


def _by_content(guesses: Mapping[str, Guess], columns: Mapping[str, Sequence[str]]) -> list[Finding]:
    found = [
        Finding(field, (name,), guess.confidence, guess.reason)
        for name, guess in guesses.items()
        if (field := _FIELD_OF_KIND.get(guess.kind)) is not None
    ]
    dns = any(guess.kind in {"query_type", "response_code"} for guess in guesses.values())
    for name, guess in guesses.items():
        if guess.kind == "host":
            found.append(
                Finding(
                    "dns_question" if dns else "destination_domain", (name,), guess.confidence, guess.reason
                )
            )
    return found + _addresses(guesses, columns) + _amounts(guesses, columns)


def _addresses(guesses: Mapping[str, Guess], columns: Mapping[str, Sequence[str]]) -> list[Finding]:
    names = [name for name, guess in guesses.items() if guess.kind == "address"]
    inside = {name: _share_private(columns[name]) for name in names}
    ordered = sorted(names, key=lambda name: -inside[name])
    found = []
    for field, name in zip(("source_ip", "destination_ip"), ordered, strict=False):
        guess = guesses[name]
        where = f"{inside[name]:.0%} of them of an inside network"
        # One that is inside and one that is not tell client from server; two alike do not.
        told = len(names) > 1 and inside[ordered[0]] - inside[ordered[1]] >= 0.5
        sure = guess.confidence if told else min(guess.confidence, 0.7)
        found.append(Finding(field, (name,), sure, f"{guess.reason}, {where}"))
    return found


def _share_private(values: Sequence[str]) -> float:
    present = [value.strip() for value in values if value.strip() not in NULLS]
    return sum(map(is_private, present)) / max(len(present), 1)


def _amounts(guesses: Mapping[str, Guess], columns: Mapping[str, Sequence[str]]) -> list[Finding]:
    sums = {
        name: sum(integer(value) or 0 for value in columns[name])
        for name, guess in guesses.items()
        if guess.kind == "amount"
    }
    if len(sums) == 1:
        ((name, _),) = sums.items()
        reason = f"{guesses[name].reason}; which way they went is not known"
        return [Finding("network_bytes", (name,), guesses[name].confidence, reason)]
    larger = sorted(sums, key=lambda name: -sums[name])[:2]
    reason = "{}; of two such columns this has the {} sum, as {} mostly have: check with the vendor"
    return [
        replace(
            Finding(field, (name,), min(guesses[name].confidence, _UNSURE_DIRECTION), ""),
            reason=reason.format(guesses[name].reason, size, what),
        )
        for field, size, what, name in zip(
            ("destination_bytes", "source_bytes"),
            ("larger", "smaller"),
            ("downloads", "uploads"),
            larger,
            strict=False,
        )
    ]


def _joined_time(guesses: Mapping[str, Guess | None]) -> Finding | None:
    date = next((name for name, guess in guesses.items() if guess and guess.kind == "date"), None)
    clock = next((name for name, guess in guesses.items() if guess and guess.kind == "clock"), None)
    if date is None or clock is None:
        return None
    return Finding("timestamp", (date, clock), 0.9, "one column holds dates and another times of day", True)


def _whole(finding: Finding, guesses: Mapping[str, Guess | None]) -> bool:
    guess = guesses[finding.sources[0]]
    return guess is not None and guess.kind == "time"


def _best(found: list[Finding], order: list[str]) -> list[Finding]:
    """Return one finding a field, the surest, and the first of the equally sure; no column serves two fields."""
    best: dict[str, Finding] = {}
    for finding in sorted(found, key=lambda f: (-f.confidence, order.index(f.sources[0]))):
        best.setdefault(finding.field, finding)
    return sorted(best.values(), key=lambda finding: order.index(finding.sources[0]))
