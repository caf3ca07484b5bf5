"""Fold one file with or without what watches a scan, and print the cost as JSON: python watch_file.py FILE FOLDER."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from api.scanning import scan_observers
from api.settings import Settings
from api.workplace import Workplace
from scanner.address_book import AddressBook
from scanner.clock import TimeContext
from scanner.detect import Detector
from scanner.fold import Folder
from scanner.inputs import BlockReader, open_members
from scanner.reading import SourceReader, choose_chain
from scanner.recognise import Formats
from scanner.sources import begin, sample_of
from tests.bench.fold_file import peak


def main(path: str, folder: str, watched: str) -> None:
    """Fold a file with the shipped catalogue; `watched` is yes or no."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    context = TimeContext(reference=now)
    place = Workplace(Settings(data_directory=Path(folder), database=None))
    with place.database.write() as conn:
        observers = (
            scan_observers(place, place.in_force.loaded, conn, AddressBook(place.matcher), now)
            if watched == "yes"
            else ()
        )
    formats = Formats.for_context(context)
    began, lines = process_time(), 0
    for member in open_members(Path(path)):
        content = begin(member.stream)
        reader = SourceReader(choose_chain(formats, sample_of(content)))
        folding = Folder(reader, Detector(place.matcher), context, observers=observers)
        for block in BlockReader(content.stream):
            lines += folding.fold(block).ledger.lines
    print(json.dumps({"cpu": process_time() - began, "peak": peak(), "lines": lines}))


if __name__ == "__main__":
    main(*sys.argv[1:])
