"""Know from where on a log holds the questions to a name server beside the answers, so that one of them counts."""

import re
from collections.abc import Sequence
from typing import Final

from scanner.compiled import CompiledFormat

_NEVER: Final = float("inf")
_LONGEST: Final = 4096


class Questions:
    """Looks for the first question of a log, block after block; what it says depends on what came before only."""

    def __init__(self, chain: Sequence[CompiledFormat]) -> None:
        patterns = [compiled.spec.questions for compiled in chain if compiled.spec.questions]
        self._pattern = re.compile("|".join(f"(?:{pattern})" for pattern in patterns).encode(), re.M)
        self._looking = bool(patterns)
        self._rest = b""
        self.line: float = _NEVER
        """Number of the line with the first question."""

    def see(self, data: bytes, number: int) -> None:
        """Look at the next part of the log, whose first line has a number; a line may be cut between two parts."""
        if not self._looking:
            return
        joined = self._rest + data
        end = joined.rfind(b"\n") + 1
        found = self._pattern.search(joined, 0, end)
        if found:
            self.line = number + max(joined.count(b"\n", 0, found.start()) - self._rest.count(b"\n"), 0)
            self._looking = False
        self._rest = joined[end:][-_LONGEST:]
