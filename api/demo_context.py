"""Import what the imaginary hospital knows about itself, as its administrator would."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from api.demo.organisation import OrganisationFiles
from api.imports import carried_out
from api.workplace import Workplace
from governance.datamap import import_systems
from governance.directory import ReadAs, import_people
from governance.places import import_devices, import_subnets
from governance.survey import import_answers

_BY = "demo"


def import_organisation(place: Workplace, files: OrganisationFiles, at: datetime) -> None:
    """Import directory, subnets, devices, systems and survey answers into a database."""
    names, words, domains = place.pseudonyms, place.weights.clinical_words, place.settings.own_domains
    steps: dict[Path, Callable[[Connection, bytes], object]] = {
        files.directory: lambda conn, given: import_people(conn, given, ReadAs(), names, words, _BY, at),
        files.subnets: lambda conn, given: import_subnets(conn, given, _BY, at),
        files.devices: lambda conn, given: import_devices(conn, given, names, domains, _BY, at),
        files.systems: lambda conn, given: import_systems(conn, given, _BY, at),
        files.answers: lambda conn, given: import_answers(conn, given, place.catalogue, _BY, at),
    }
    for path, step in steps.items():
        carried_out(place.database, path, partial(_taken, step, path.read_bytes()), dry_run=False)


def _taken(step: Callable[[Connection, bytes], object], content: bytes, conn: Connection) -> object:
    return step(conn, content)
