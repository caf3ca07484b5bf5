"""Compose what candidates need of all rooms: the observer of a scan, and promotion into the own catalogue."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from api.catalogue_in_force import Loaded
from api.catalogues import catalogue_folders, local_folders
from api.workplace import Workplace
from governance.candidates import carrying
from governance.candidates.review import Promotion, promote
from governance.candidates.vendor_entry import NewTool
from scanner.candidates.hosts import vendor_sites
from scanner.candidates.observer import CandidateObserver
from signatures.kinds import HOST_KINDS
from storage.candidates import known_hosts

_MOST_KNOWN = 10_000


def candidate_observer(place: Workplace, known: Loaded, conn: Connection, now: datetime) -> CandidateObserver:
    """Return the observer of one scan, which goes on watching what earlier scans stored."""
    return CandidateObserver(
        known.matcher,
        vendor_sites(
            signature.value
            for tool in known.catalogue.tools.values()
            for signature in tool.signatures
            if signature.kind in HOST_KINDS
        ),
        place.pseudonyms,
        now,
        known=known_hosts(conn, _MOST_KNOWN),
        own_domains=tuple(place.settings.own_domains),
    )


def carry_over_known(place: Workplace, known: Loaded, conn: Connection, at: datetime) -> int:
    """Make sightings of candidates that the catalogue knows by now; return how many."""
    channels = tuple(sorted(place.settings.channels))
    return carrying.carry_over_known(conn, known.catalogue, known.matcher, channels, at)


def own_folder(place: Workplace) -> Path:
    """Return the folder of the organisation's own vendor files: the first of the settings, or the data folder's."""
    return next(iter(local_folders(place.settings)), place.settings.data_directory / "catalogue")


def promote_candidate(place: Workplace, name: str, tool: NewTool, by: str, now: datetime) -> Promotion:
    """Promote a candidate; its tool counts at once. Raises CandidateInvalid, NotRecorded."""
    known = place.in_force.refreshed()
    folders = catalogue_folders(place.settings)
    done = promote(
        place.database,
        name,
        tool,
        by,
        now,
        catalogue=known.catalogue,
        folders=folders.all,
        folder=own_folder(place),
        bundle=folders.bundle,
    )
    place.in_force.refresh()
    return done
