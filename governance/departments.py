"""Tell clinical departments from others by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+")
_WHOLE_WORD_LENGTH = 3


def is_clinical(department: str, words: Sequence[str]) -> bool:
    """Say whether a word of the name begins with one of `words`; one of up to 3 letters must be equal."""
    for word in _WORD.findall(department.casefold()):
        for known in words:
            if word == known or (len(known) > _WHOLE_WORD_LENGTH and word.startswith(known)):
                return True
    return False
