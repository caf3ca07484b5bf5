"""`skiagram catalog audit`: hold a list of ordinary hosts against the catalogue, to see what it calls use wrongly."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from api.cli.options import AsJson, workplace

if TYPE_CHECKING:
    from signatures.evidence import Match


def audit(
    file: Annotated[
        str,
        typer.Argument(help="Hosts, one a line, or rank,host as popularity lists are written; - is stdin."),
    ],
    as_json: AsJson = False,
) -> None:
    """Count what the catalogue calls the hosts of a list, and print each one it calls use.

    Take a list of popular sites. What it prints should be AI tools and nothing else.

    Example: skiagram catalog audit popular-hosts.csv
    """
    from api.cli.output import note, print_json, table
    from signatures.evidence import Evidence

    matcher = workplace().matcher
    kinds: Counter[str] = Counter()
    used: list[tuple[str, Match]] = []
    skipped = 0
    seen: set[str] = set()
    with nullcontext(sys.stdin) if file == "-" else Path(file).open(errors="backslashreplace") as lines:
        for host in _hosts(lines):
            if host is None:
                skipped += 1
                continue
            if host in seen:
                continue
            seen.add(host)
            found = matcher.match(Evidence(host=host))
            kinds[found.surface if found else "no match"] += 1
            if found and found.surface == "use":
                used.append((host, found))
    share = 10_000 * len(used) / len(seen) if seen else 0.0
    if as_json:
        print_json(_document(kinds, used, skipped, share))
        return
    table(
        (("host", "left"), ("tool", "left"), ("signature", "left")),
        [(host, found.tool_id, found.signature) for host, found in used],
    )
    counts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    note(
        f"{len(seen):,} hosts: {counts}; {share:.2f} of 10,000 are called use; {skipped:,} lines name no host"
    )


def _hosts(lines: TextIO) -> Iterator[str | None]:
    """Give the host of each line, or None for a line with text but no host; empty lines and # are passed by."""
    from signatures.hosts import normalise_host

    for line in lines:
        text = line.strip()
        if text and not text.startswith("#"):
            yield normalise_host(text.rsplit(",", 1)[-1].strip().strip('"').removeprefix("*."))


def _document(
    kinds: Counter[str], used: "list[tuple[str, Match]]", skipped: int, share: float
) -> dict[str, Any]:
    return {
        "hosts": kinds.total(),
        "by_surface": dict(kinds.most_common()),
        "use_of_10000": round(share, 4),
        "lines_without_host": skipped,
        "use": [
            {"host": host, "tool": found.tool_id, "vendor": found.vendor_id, "signature": found.signature}
            for host, found in used
        ],
    }
