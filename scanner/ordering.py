"""Put what name servers answered before what it explains: their files are read first, whatever they are called."""

import re
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

from scanner.errors import ScannerError
from scanner.inputs import open_members, peek
from scanner.recordings import recording_of

_ANSWERS: Final = re.compile(
    rb"qtype|query\[|query: |query_name|dns_question|dns_req|dnstap|"
    rb"\"answers?\"|\brrname\b|\bqname\b|dns\.log|type=\"?dns",
    re.I,
)
_HEAD: Final = 16 << 10
Item = TypeVar("Item")


class Part(Enum):
    """Which files to take, where several sources are read: those with answers of all of them come first."""

    ALL = "all"
    ANSWERS = "answers"
    REST = "rest"


def answers_first(items: Iterable[Item], part: Part = Part.ALL) -> list[Item]:
    """Return the items in order, files that may hold answers of name servers, and captures, in front."""
    told = [(item, isinstance(item, Path) and may_hold_answers(item)) for item in items]
    first = [item for item, holds in told if holds and part is not Part.REST]
    return first + [item for item, holds in told if not holds and part is not Part.ANSWERS]


def may_hold_answers(path: Path) -> bool:
    """Say by its beginning whether a file may hold answers of a name server."""
    try:
        for member in open_members(path):
            head, _ = peek(member.stream, _HEAD)
            return recording_of(head) is not None or _ANSWERS.search(head) is not None
    except (ScannerError, OSError):
        return False
    return False
