"""Do the nightly run and the deliveries inside the service, and say on stderr what came of them."""

import sys
from datetime import date

from api.alerting import deliver, waiting
from api.nightly import delivery_notes, notes, run_night
from api.pages.text import shown
from api.workplace import Workplace


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


def _tell(line: str) -> None:
    print(f"skiagram: {shown(line)}", file=sys.stderr, flush=True)
