"""Read the sentences of the policy that decisions do not write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from governance.errors import RulesInvalid


@dataclass(frozen=True, slots=True)
class PolicyWording:
    """Sentences by section."""

    scope: tuple[str, ...]
    data: tuple[str, ...]
    approval: tuple[str, ...]
    trouble: tuple[str, ...]


@cache
def load_policy_wording() -> PolicyWording:
    """Return the sentences. Raises RulesInvalid."""
    path = Path(__file__).with_name("policy_wording.toml")
    try:
        read = tomllib.loads(path.read_text("utf-8"))
        return PolicyWording(**{name: tuple(map(str, sentences)) for name, sentences in read.items()})
    except (tomllib.TOMLDecodeError, TypeError) as problem:
        raise RulesInvalid(f"{path}: {problem}") from problem
