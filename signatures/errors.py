"""Raise errors that say what is wrong with the catalogue, where, and what to do next.

SignaturesError
├── CatalogueMissing     a catalogue directory does not exist or cannot be read
├── CatalogueInvalid     vendor files break the schema; carries every problem with file and line
├── EhrListInvalid       a list of patient record systems (EHR) breaks its form
├── KeyUnusable          a key file cannot be read, written, or holds no Ed25519 key
└── BundleRefused        a bundle cannot be packed, trusted or installed; the catalogue in force stays
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """Locate one fault in a vendor file; lines count from 1."""

    path: Path
    line: int
    message: str
    advice: str
    code: str = "schema"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}; {self.advice}"


class SignaturesError(Exception):
    """Be the root of all errors of this room."""


class CatalogueMissing(SignaturesError):
    """Say that a directory of vendor files cannot be read."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(
            f"Cannot read vendor files in {directory}: {reason}. "
            "Check the catalogue directory in the settings, or remove it to use the built-in catalogue alone."
        )
        self.directory = directory


class CatalogueInvalid(SignaturesError):
    """Say which vendor files break the schema, one line per problem."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = len(problems)
        lines = "\n".join(f"  {problem}" for problem in problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"The catalogue has {count} {noun}; correct the files and run the lint again:\n{lines}"
        )
        self.problems = problems


class EhrListInvalid(SignaturesError):
    """Say what is wrong with a list of patient record systems, and where."""


class KeyUnusable(SignaturesError):
    """Say what is wrong with a key file."""

    def __init__(self, path: Path, reason: str, advice: str) -> None:
        super().__init__(f"{path}: {reason}; {advice}")


class BundleRefused(SignaturesError):
    """Say why a bundle is not used."""

    def __init__(self, what: Path | str, reason: str, advice: str) -> None:
        super().__init__(f"{what}: {reason}; {advice}")
        self.reason = reason
        self.advice = advice
