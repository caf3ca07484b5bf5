"""Do the nightly run, deliveries and renewals inside the service, and say on stderr what came of them."""

import sys
from datetime import date

from api.alerting import deliver, waiting
from api.candidates import carry_over_known
from api.nightly import delivery_notes, notes, run_night
from api.pages.text import several, shown
from api.workplace import Workplace, now


def run_and_tell(place: Workplace, day: date) -> None:
    """Run the night of a local day. Raises what run_night() raises, so that the schedule tries again."""
    for line in notes(run_night(place, day)):
        _tell(f"nightly: {line}")


def deliver_and_tell(place: Workplace) -> None:
    """Deliver what is due; silent where nothing was. Raises StorageUnavailable."""
    delivered = deliver(place)
    if delivered.sent or delivered.failed or delivered.dead:
        for line in delivery_notes(delivered, waiting(place)):
            _tell(line)


class Renewal:
    """Takes over a changed catalogue, and what earlier scans stored of hosts that it knows."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._version: str | None = None
        self._problem: str | None = None

    def __call__(self) -> None:
        """Look once; silent where nothing changed. Raises StorageUnavailable."""
        known = self._place.in_force.refreshed()
        problem = self._place.in_force.problem
        if problem is not None and problem != self._problem:
            _tell(f"the changed catalogue is not valid; {known.catalogue.version} stays in force: {problem}")
        self._problem = problem
        if known.catalogue.version == self._version:
            return
        with self._place.database.write() as conn:
            carried = carry_over_known(self._place, known, conn, now())
        if self._version is not None:
            _tell(f"catalogue {known.catalogue.version} is in force")
        if carried:
            _tell(
                f"{several(carried, 'sighting')} of tools the catalogue knows now, from what was stored before"
            )
        self._version = known.catalogue.version


def _tell(line: str) -> None:
    print(f"skiagram: {shown(line)}", file=sys.stderr, flush=True)
