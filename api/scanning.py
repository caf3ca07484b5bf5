"""Run one scan: files to batches, alerts in the same transaction, assessments at the end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from itertools import product

from sqlalchemy import Connection

from api.candidates import candidate_observer, carry_over_known
from api.catalogue_in_force import Loaded
from api.health import expected_sources, source_health
from api.second_looks import answers_joined, look_again
from api.workplace import Workplace, now
from governance.addresses import AddressPlan
from governance.alerts import raise_alerts, raise_alerts_about
from governance.breach_alerts import raise_breach_alerts
from governance.candidates.announcing import announce_candidates
from governance.gap_assessment import assess_gaps, keep_gaps
from governance.health import SourceHealth
from governance.health_alerts import raise_health_alerts
from governance.open_findings import Setting
from governance.ranking import RankedTool, save_assessments
from scanner.address_book import SHARED, AddressBook
from scanner.answered_flows import AnswerObserver
from scanner.assigning import AssignmentObserver
from scanner.ingest import Outcome, ScanPlan, scan_paths
from scanner.ledger import Ledger
from scanner.observing import Observer
from scanner.ordering import Part
from scanner.presence import FieldPresence
from scanner.usage import UsageObserver
from signatures.ehr import EhrList
from storage.answers import answered, retract
from storage.assignments import attribute
from storage.batches import BatchRecord, SightingPart
from storage.coverage import SourceCoverage, coverage
from storage.datamap import data_systems
from storage.scanlock import scan_lock
from storage.scans import begin_scan, finish_scan
from storage.sources import ensure_source
from storage.subnets import subnets


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan came to."""

    scan_id: int
    outcomes: tuple[Outcome, ...]
    ledger: Ledger
    """Sums over what this scan read anew."""
    judged: tuple[RankedTool, ...]
    coverage: tuple[SourceCoverage, ...]
    new_vendors: tuple[str, ...]
    health: tuple[SourceHealth, ...] = ()
    health_alerts: tuple[str, ...] = ()
    catalogue_problem: str | None = None
    """Why the catalogue as its files are now did not count, but the one before."""

    @property
    def status(self) -> str:
        """Return ok, or partial where some input was not read to its end or some line not at all."""
        if any(outcome.status in {"unread", "partial"} for outcome in self.outcomes):
            return "partial"
        return "partial" if self.ledger.unreadable else "ok"

    @property
    def unread(self) -> tuple[Outcome, ...]:
        """Return the inputs that were not read, or not to their end."""
        return tuple(outcome for outcome in self.outcomes if outcome.status in {"unread", "partial"})

    @property
    def feed(self) -> tuple[RankedTool, ...]:
        """Return the tools somebody has to act on."""
        return tuple(tool for tool in self.judged if tool.in_feed)


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Paths to scan under one source name."""

    paths: tuple[str, ...]
    source: str | None = None
    format_id: str | None = None
    kind: str | None = None
    location: str | None = None
    owner: str | None = None
    """`kind`, `location` and `owner` describe the source to people, and are recorded with it."""
    zone: tzinfo = UTC
    """Zone of times that state none."""
    day_first: bool | None = None
    """Whether 03/04 is 3 April; None leaves it to each file."""
    losses: bool = True
    """Whether recordings tell what they lost; see ScanPlan."""


def run_scan(
    place: Workplace,
    tasks: Iterable[ScanTask],
    *,
    started_by: str = "manual",
    progress: Callable[[int], None] | None = None,
    labels: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = now,
    locked: bool = False,
) -> ScanResult:
    """Scan, assess and return what was found; `locked` says that the caller holds the scan lock.

    Raises ScanRunning, StorageUnavailable, CatalogueInvalid, FormatInvalid.
    """
    began = clock()
    known = (
        place.in_force.refreshed()
    )  # one catalogue for all of this scan, whatever comes into force meanwhile
    database, catalogue, matcher = place.database, known.catalogue, known.matcher
    weights, pseudonyms = place.weights, place.pseudonyms
    channels = tuple(sorted(place.settings.channels))
    with database.read() as conn:
        book = AddressBook(matcher, answered(conn))
    raised: list[str] = []

    def on_batch(conn: Connection, batch: BatchRecord) -> None:
        raised.extend(raise_alerts(conn, batch, catalogue, channels, began))

    outcomes: list[Outcome] = []
    total = Ledger()
    tasks = tuple(tasks)
    with nullcontext() if locked else scan_lock(database):
        with database.write() as conn:
            scan_id = begin_scan(conn, began, started_by, catalogue.version)
            _name_sources(conn, tasks, began)
            places = AddressPlan(subnets(conn))
            observers = scan_observers(place, known, conn, book, began)
        # What name servers answered comes first, whichever source it belongs to: it names connections of the others.
        parts = (Part.ANSWERS, Part.REST) if len(tasks) > 1 else (Part.ALL,)
        plans: dict[ScanTask, ScanPlan] = {}
        for part, task in product(parts, tasks):
            plan = ScanPlan(
                database,
                scan_id,
                matcher,
                pseudonyms,
                began,
                format_id=task.format_id,
                source=task.source,
                zone=task.zone,
                day_first=task.day_first,
                on_batch=on_batch,
                progress=progress,
                formats=place.formats,
                labels=labels,
                resolver=place.aliases,
                losses=task.losses,
                places=places,
                observers=observers,
            )
            plans[task] = plan
            for outcome in scan_paths(plan, task.paths, part):
                outcomes.append(outcome)
                total.add(outcome.ledger)

        def on_late(conn: Connection, seen: Sequence[SightingPart], source: str) -> None:
            raised.extend(raise_alerts_about(conn, seen, source, catalogue, channels, began))

        changed = look_again(
            place.formats, [(plan, task.paths) for task, plan in plans.items()], book, on_late
        )
        with database.write() as conn:
            carry_over_known(place, known, conn, began)
            retract(conn, book.is_shared, SHARED)
            attribute(conn, scan_id, began, changed)
            answers_joined(conn, scan_id, began)
            judged = save_assessments(conn, catalogue, weights, began)
            raise_breach_alerts(Setting(conn, catalogue, weights, began), channels)
            keep_gaps(conn, assess_gaps(conn, catalogue, weights, began, judged), began)
            result = ScanResult(
                scan_id, tuple(outcomes), total, tuple(judged), tuple(coverage(conn, began)), tuple(raised)
            )
            finish_scan(conn, scan_id, result.status, _totals(result), clock())
            health = source_health(conn, expected_sources(place.settings), began)
            told: tuple[str, ...] = ()
            if started_by == "nightly":
                told = raise_health_alerts(conn, health, channels, began)
                announce_candidates(conn, channels, began.astimezone(place.settings.zone).date(), began)
    return replace(result, health=health, health_alerts=told, catalogue_problem=place.in_force.problem)


def scan_observers(
    place: Workplace, known: Loaded, conn: Connection, book: AddressBook, began: datetime
) -> tuple[Observer, ...]:
    """Return everything that watches what a scan reads."""
    usage = UsageObserver(
        place.pseudonyms,
        _record_systems(place, began.date()),
        place.settings.own_domains,
        place.weights.private_domains,
    )
    return (
        FieldPresence(),
        AssignmentObserver(place.pseudonyms),
        usage,
        AnswerObserver(book),
        candidate_observer(place, known, conn, began),
    )


def _record_systems(place: Workplace, today: date) -> EhrList:
    """Return what is known of the record: the lists, and hosts of systems of kind ehr in the data map."""
    with place.database.read() as conn:
        names = [name for system in data_systems(conn) if system.kind == "ehr" for name in system.hosts]
    return place.record_systems.with_names(names, "data map", today)


def _name_sources(conn: Connection, tasks: Iterable[ScanTask], at: datetime) -> None:
    # Before any file is read: a source of which nothing can be read is then known to be missing.
    for task in tasks:
        if task.source is not None:
            ensure_source(
                conn,
                task.source,
                at,
                kind=task.kind,
                format_id=task.format_id,
                location=task.location,
                owner=task.owner,
            )


def _totals(result: ScanResult) -> dict[str, object]:
    ledger = result.ledger
    return {
        "files": len(result.outcomes),
        "files_unread": len(result.unread),
        "lines": ledger.lines,
        "events": ledger.events,
        "not_events": ledger.not_events.total(),
        "unreadable": ledger.unreadable.total(),
        "tools": len(result.judged),
        "new_vendors": len(result.new_vendors),
    }
