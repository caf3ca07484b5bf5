"""Count what was lost so that it is reported once, also where the process or the database goes away meanwhile."""

import json
import os
import secrets
from collections import Counter
from pathlib import Path

LossKey = tuple[str, str]
"""Where and what: ("syslog 192.0.2.7", "messages longer than a mebibyte")."""


class LossBook:
    """Losses not yet in the database, kept in a small file.

    What is reported travels under one origin until it is acknowledged, so that a report made twice counts once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new: Counter[LossKey] = Counter()
        self._reported: Counter[LossKey] = Counter()
        self._origin = ""
        self._changed = False

    def load(self) -> None:
        """Take over what an earlier process could not report. Raises OSError."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._origin = str(kept["origin"])
            self._reported = Counter({(str(s), str(w)): int(n) for s, w, n in kept["reported"]})
            self._new = Counter({(str(s), str(w)): int(n) for s, w, n in kept["new"]})
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError):
            self._new[("syslog", "reports of losses that were damaged")] += 1

    def add(self, losses: Counter[LossKey]) -> None:
        """Add losses."""
        if losses.total():
            self._new.update(losses)
            self._changed = True

    def report(self) -> tuple[str, list[tuple[str, str, int]]]:
        """Return an origin and what is to be reported under it; the same again until it is acknowledged."""
        if not self._reported and self._new:
            self._reported, self._new = self._new, Counter()
            self._origin = secrets.token_hex(8)
            self._changed = True
        return self._origin, [(source, what, number) for (source, what), number in self._reported.items()]

    def acknowledge(self, origin: str) -> None:
        """Forget what was reported under an origin."""
        if origin == self._origin and self._reported:
            self._reported = Counter()
            self._changed = True

    def save(self) -> None:
        """Write the file if something changed. Raises OSError."""
        if not self._changed:
            return
        beside = self._path.with_suffix(".new")
        text = json.dumps(
            {
                "origin": self._origin,
                "reported": [[*key, number] for key, number in self._reported.items()],
                "new": [[*key, number] for key, number in self._new.items()],
            }
        )
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        self._changed = False
