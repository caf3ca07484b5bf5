"""Read signs of AI, of care and of plumbing from the name of a host or an application."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_SPLIT = re.compile(r"[^a-z]+")
_SHORTEST = 4
_MOST_SIGNS = 6
_COUNTRY = 2
"""Letters of a country's ending."""
_PAPERWORK = frozenset(
    "scribe scribing dictation dictate dictat transcri transcript transcripts transcription transcribe note notes "
    "notetaker chart charting ambient".split()
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing a name says: a word, and how much it tells."""

    word: str
    weight: float
    kind: str
    """ending, token, part or service."""

    @property
    def of_paperwork(self) -> bool:
        """Whether the word speaks of what is written about patients; that of care says nothing in a hospital."""
        return self.word in _PAPERWORK


@dataclass(frozen=True, slots=True)
class NameSigns:
    """What a name says: signs of AI, and whether it is plumbing."""

    signs: tuple[Sign, ...]
    plumbing: bool
    institution: bool = False
    """Whether it is the name of a school or an authority, which sell nothing."""

    @property
    def weight(self) -> float:
        """Return the sum of all signs; nothing for plumbing, whatever letters it holds."""
        return 0.0 if self.plumbing else sum(sign.weight for sign in self.signs)


@dataclass(frozen=True, slots=True)
class _Part:
    letters: str
    weight: float
    at: str
    not_in: tuple[str, ...]

    def stands_in(self, label: str) -> bool:
        if self.at == "start":
            found = label.startswith(self.letters)
        elif self.at == "end":
            found = label.endswith(self.letters)
        else:
            found = self.letters in label
        if not found or label == self.letters:
            return False
        rest = label
        for other in self.not_in:
            rest = rest.replace(other, "|")
        if self.at == "start":
            return rest.startswith(self.letters)
        return rest.endswith(self.letters) if self.at == "end" else self.letters in rest


@dataclass(frozen=True, slots=True)
class _Words:
    endings: dict[str, float]
    tokens: dict[str, float]
    parts: tuple[_Part, ...]
    services: frozenset[str]
    service_weight: float
    second_levels: frozenset[str]
    institutions: frozenset[str]
    plumbing: frozenset[str]
    inside: tuple[str, ...]
    letters: re.Pattern[str]
    """Finds the letters of any part."""


@cache
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return _Words(
        data["endings"],
        data["tokens"],
        tuple(
            _Part(part["letters"], part["weight"], part.get("at", ""), tuple(part.get("not_in", ())))
            for part in data["parts"]
        ),
        frozenset(data["services"]["labels"]),
        data["services"]["weight"],
        frozenset(data["second_levels"]["labels"]),
        frozenset(data["institutions"]["labels"]),
        frozenset(data["plumbing"]["labels"]),
        tuple(data["plumbing"]["inside"]),
        re.compile("|".join(re.escape(part["letters"]) for part in data["parts"])),
    )


@lru_cache(maxsize=65536)
def host_signs(host: str) -> NameSigns:
    """Return what a canonical host name says."""
    words = _words()
    *labels, ending = host.removeprefix("www.").split(".")
    if not labels or ending.isdigit() or ":" in host:
        return NameSigns((), False)
    plumbing = any(label in words.plumbing for label in labels[:-1]) or any(
        piece in labels[-1] for piece in words.inside
    )
    found: dict[str, Sign] = {}
    # A country's firms stand under com.ai and the like; only the bare ending is bought for its letters.
    registered = len(ending) != _COUNTRY or labels[-1] not in words.second_levels
    if ending in words.endings and registered:
        _take(found, Sign(ending, words.endings[ending], "ending"))
    for label in labels:
        for sign in _label_signs(label):
            _take(found, sign)
    if found:
        for label in labels[:-1]:
            if label in words.services:
                _take(found, Sign(label, words.service_weight, "service"))
    institution = ending in words.institutions or (not registered and labels[-1] in words.institutions)
    return NameSigns(_heaviest(found), plumbing, institution)


@lru_cache(maxsize=4096)
def application_signs(name: str) -> NameSigns:
    """Return what an application's name says; only whole words count, so "Mailchimp" and "Gemini" say nothing."""
    words = _words()
    found: dict[str, Sign] = {}
    for word in _SPLIT.split(name.casefold()[:512]):
        if word in words.tokens:
            _take(found, Sign(word, words.tokens[word], "token"))
        elif len(word) > _SHORTEST:
            for part in words.parts:
                if not part.at and part.stands_in(word):
                    _take(found, Sign(part.letters, part.weight, "part"))
    if name.casefold().rstrip().endswith(".ai"):
        _take(found, Sign("ai", words.endings["ai"], "token"))
    return NameSigns(_heaviest(found), False)


def _label_signs(label: str) -> list[Sign]:
    words = _words()
    found = [
        Sign(piece, words.tokens[piece], "token") for piece in _SPLIT.split(label) if piece in words.tokens
    ]
    if len(label) >= _SHORTEST and words.letters.search(label):
        found.extend(Sign(part.letters, part.weight, "part") for part in words.parts if part.stands_in(label))
    return found


def _take(found: dict[str, Sign], sign: Sign) -> None:
    # One word counts once, in its heaviest reading: "scribe" inside "getscribe", and not "note" beside "notes".
    for word, other in found.items():
        if sign.word in word or word in sign.word:
            if other.weight >= sign.weight:
                return
            del found[word]
            break
    found[sign.word] = sign


def _heaviest(found: dict[str, Sign]) -> tuple[Sign, ...]:
    return tuple(sorted(found.values(), key=lambda sign: (-sign.weight, sign.word))[:_MOST_SIGNS])
