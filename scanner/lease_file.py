"""Turn the lease file of ISC dhcpd, whose records span lines, into one record a line."""

import json
import re
from collections.abc import Iterator
from typing import Final

_LEASE: Final = re.compile(r"^lease (?P<ip>[0-9.]{7,15}) \{\n(?P<body>(?:[ \t][^\n]*\n){1,60})\}", re.M)
_BEGIN: Final = re.compile(r"^lease [0-9.]{7,15} \{$", re.M)
_SAYS: Final = re.compile(
    r"^\s*(?P<key>starts|ends|binding state|hardware ethernet|client-hostname) (?P<value>[^;\n]+);", re.M
)
_BEGINNING: Final = 4096


def is_lease_file(head: str) -> bool:
    """Say whether content is a lease file by its beginning: comments, and then settings or a lease."""
    start = head[:_BEGINNING].replace("\r\n", "\n")
    return (
        "lease" in start
        and _BEGIN.search(start) is not None
        and not start.lstrip("\ufeff").startswith(("{", "["))
    )


def leases(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, lease as JSON); a lease that is cut off comes out as it stands."""
    text = text.replace("\r\n", "\n")
    line, counted, end = 1, 0, 0
    for found in _LEASE.finditer(text):
        line += text.count("\n", counted, found.start())
        counted, end = found.start(), found.end()
        said = {one["key"].replace(" ", "_"): _value(one["value"]) for one in _SAYS.finditer(found["body"])}
        yield line, json.dumps({"lease": found["ip"], **said})
    rest = _BEGIN.search(text, end)
    if rest:
        yield line + text.count("\n", counted, rest.start()), " ".join(text[rest.start() :].split())


def _value(text: str) -> str:
    """Return a value; a time without the day of the week that stands before it."""
    text = text.strip().strip('"')
    return re.sub(r"^(?:[0-6]|epoch) (?=\d)", "", text)
