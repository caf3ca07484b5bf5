"""Fold one file with the catalogue in a folder, and print cost and counts as JSON: python fold_file.py FILE FOLDER."""

import json
import resource
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from scanner.clock import TimeContext
from scanner.detect import Detector
from scanner.fold import Folded, Folder
from scanner.inputs import BlockReader, open_members
from scanner.reading import SourceReader, choose_chain
from scanner.recognise import Formats
from scanner.sources import begin, sample_of
from signatures.catalogue import load_catalogue
from signatures.matcher import Matcher


def main(path: str, folder: str) -> None:
    """Fold a file as a scan does, but record nothing."""
    context = TimeContext(reference=datetime(2026, 11, 22, tzinfo=UTC))
    matcher = Matcher(load_catalogue([Path(folder)]))
    whole = Folded()
    began = process_time()
    for member in open_members(Path(path)):
        content = begin(member.stream)
        chain = choose_chain(Formats.for_context(context), sample_of(content))
        folder_of_lines = Folder(SourceReader(chain), Detector(matcher), context)
        for block in BlockReader(content.stream):
            whole.add(folder_of_lines.fold(block))
    tools: Counter[str] = Counter()
    for key, activity in whole.activities.items():
        tools[key.match.tool_id] += activity.count
    cost = {"cpu": process_time() - began, "peak": peak()}
    print(json.dumps(cost | {"tools": tools, "unreadable": whole.ledger.unreadable.total()}))


def peak() -> float:
    """Return the most memory this process held, in MiB; what its parent held before does not count."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
