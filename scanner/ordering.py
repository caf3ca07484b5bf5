"""Put what name servers answered before what it explains: their files are read first, whatever they are called."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeVar

from scanner.errors import ScannerError
from scanner.inputs import open_members
from scanner.recordings import recording_of

_ANSWERS: Final = re.compile(
    rb"qtype|query\[|query: |query_name|dns_question|dns_req|dnstap|"
    rb"\"answers?\"|\brrname\b|\bqname\b|dns\.log|type=\"?dns",
    re.I,
)
_HEAD: Final = 16 << 10
Item = TypeVar("Item")


def answers_first(items: Iterable[Item]) -> list[Item]:
    """Return the items in order, files that may hold answers of name servers, and captures, in front."""
    return sorted(items, key=lambda item: not (isinstance(item, Path) and may_hold_answers(item)))


def may_hold_answers(path: Path) -> bool:
    """Say by its beginning whether a file may hold answers of a name server."""
    try:
        for member in open_members(path):
            head = member.stream.read(_HEAD)
            return recording_of(head) is not None or _ANSWERS.search(head) is not None
    except (ScannerError, OSError):
        return False
    return False
