"""Let a scan look again at what it, or an earlier one, read before the answers that explain it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from scanner.address_book import EARLY, NEAR, VALID, AddressBook, in_shared_range
from scanner.ingest import ScanPlan
from scanner.second_look import Found, SecondLook, formats_of_answers, formats_of_connections
from scanner.spec import FormatSpec
from storage.answers import inferred_addresses, late_batches
from storage.settings import read_setting, write_setting

_DONE: Final = "answers_joined_scan"
_DAY: Final = timedelta(seconds=NEAR)


def look_again(
    formats: Sequence[FormatSpec],
    plans: Sequence[tuple[ScanPlan, Iterable[str]]],
    book: AddressBook,
    found: Found,
) -> set[int]:
    """Read late stretches of the files of a scan again; return the ids of batches that were.

    First connections whose answers came later. Then answers that were passed over because nobody knew yet that one of
    their addresses is a tool's: another name had it. What that address told is taken back by the caller.
    """
    if not plans:
        return set()
    database, scan_id = plans[0][0].database, plans[0][0].scan_id
    with database.read() as conn:
        after = int(read_setting(conn, _DONE, scan_id - 1))
        flows = late_batches(
            conn,
            after,
            formats_of_connections(formats),
            timedelta(seconds=EARLY),
            timedelta(seconds=VALID),
            lambda address: not in_shared_range(address),
        )
    done: set[int] = set()
    for plan, paths in plans:
        done |= SecondLook(plan, book, found).read(paths, flows)
    with database.read() as conn:
        used, anew = inferred_addresses(conn, after)
        answers = late_batches(conn, after, formats_of_answers(formats), _DAY, _DAY, used.__contains__, anew)
    for plan, paths in plans:
        done |= SecondLook(plan, book, found).read(paths, answers)
    return done


def answers_joined(conn: Connection, scan_id: int, now: datetime) -> None:
    """Remember that connections were compared with the answers of all scans up to one."""
    write_setting(conn, _DONE, scan_id, now)
