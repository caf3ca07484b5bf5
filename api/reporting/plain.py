"""Make text of any origin harmless for print: one line, nothing hidden, of bounded length."""

from __future__ import annotations

import re

from api.pages.text import LONGEST_TEXT, shown

_LONGEST = 4000
_SPACE = re.compile(r"\s+")


def plain(value: str) -> str:
    """Return text with white space made single spaces and everything invisible written as escapes.

    A space at either end stays: pieces of one sentence are joined as they are.
    """
    line = _SPACE.sub(" ", value[:_LONGEST])
    cut = "".join(shown(line[start : start + LONGEST_TEXT]) for start in range(0, len(line), LONGEST_TEXT))
    return f"{cut}…" if len(value) > _LONGEST else cut
