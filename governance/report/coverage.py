"""Write what was read and what was not: a tool in a log nobody read is in no list."""

from __future__ import annotations

from collections.abc import Sequence

from governance.report.figures import Bullets, Cell, Column, Figure, Mark, Section, Tabled, Words, slug
from governance.report.ground import Ground, several
from storage.coverage import SourceCoverage
from storage.scans import last_scan, scan_report
from storage.tracing import Condition, Rows

_FILES_NAMED = 40


def coverage_figures(ground: Ground) -> dict[str, Figure]:
    """Enter the sums over all sources."""
    covered, book = ground.covered, ground.book
    lines, unread = sum(one.lines for one in covered), sum(one.unreadable_lines for one in covered)
    events, named = sum(one.events for one in covered), sum(one.with_user for one in covered)
    files = unread_files(ground)

    def summed(name: str, title: str, value: int, table: str, column: str, how: str) -> Figure:
        rows = (Rows(table, (), f"sum {column}"),)
        return book.add(Figure(f"coverage.{name}", title, value, rows=rows, computed=how))

    return {
        "lines": summed("lines", "Lines read", lines, "batch", "lines", "lines of all batches"),
        "events": summed("events", "Events", events, "batch", "events", "events of all batches"),
        "named": summed(
            "with_user", "Events that name a user", named, "batch", "with_user", "sum of batches"
        ),
        "hidden": summed(
            "hidden_names",
            "Connections with a hidden server name",
            sum(one.hidden_names for one in covered),
            "batch",
            "hidden_names",
            "sum over batches",
        ),
        "unread": summed(
            "unreadable",
            "Lines not read",
            unread,
            "batch_unreadable",
            "lines",
            "lines with a reason, all batches",
        ),
        "sources": book.add(
            Figure(
                "coverage.sources",
                "Sources",
                len(covered),
                rows=(Rows("source"),),
                computed="sources ever named",
            )
        ),
        "files": book.add(
            Figure(
                "coverage.files_unread",
                "Files not read to their end",
                len(files),
                computed="files whose newest outcome is unread or partial",
                rests=(Rows("scan_file", (Condition("status", ("unread", "partial")),)),),
                detail={"files": [f"{source}: {label}" for source, label, _, _ in files]},
            )
        ),
        "share": book.add(
            Figure(
                "coverage.share",
                "Share of lines read",
                1 - unread / lines if lines else None,
                "share",
                computed="1 - coverage.unreadable / coverage.lines",
                of=("coverage.unreadable", "coverage.lines"),
            )
        ),
        "named_share": book.add(
            Figure(
                "coverage.share_with_user",
                "Share of events that name a user",
                named / events if events else None,
                "share",
                computed="coverage.with_user / coverage.events",
                of=("coverage.with_user", "coverage.events"),
            )
        ),
    }


def unread_files(ground: Ground) -> list[tuple[str, str, str, str]]:
    """Return source, file, outcome and reason of every file that was not read to its end."""
    found = [file for source in ground.covered for file in source.unread_files]
    newest = last_scan(ground.conn)
    known = {source.source.name for source in ground.covered}
    if newest is not None:  # files of a source nothing was ever read from belong to no source
        found += [
            file
            for file in scan_report(ground.conn, newest.id).files
            if file.source not in known and file.status in ("unread", "partial")
        ]
    return [(one.source, one.label, one.status, one.message or "no reason given") for one in found]


def blind_spots(ground: Ground) -> tuple[Words, ...]:
    """Return what is not known, in sentences; there is always at least one."""
    sums = coverage_figures(ground)
    found: list[Words] = []
    if not sums["lines"].value:
        return (("Nothing was read, so nothing at all is known.",),)
    if sums["files"].value:
        found.append((sums["files"], " files were not read to their end; what they hold is in no list."))
    if sums["unread"].value:
        found.append(
            (sums["unread"], " of ", sums["lines"], " lines could not be read (", sums["share"], " were).")
        )
    if sums["hidden"].value:
        found.append(
            (sums["hidden"], " connections hid the name of their server; AI tools may be among them.")
        )
    if sums["named_share"].value is not None and sums["named"].value != sums["events"].value:
        found.append((sums["named_share"], " of events name a user, so people are counted too low."))
    ill = [one.source for one in ground.health if one.state not in ("healthy", "new")]
    if ill:
        found.append((f"Sources that need attention: {', '.join(ill)}.",))
    found.append(
        ("Not in any log: private phones on a mobile network, computers at home, tools in no catalogue.",)
    )
    return tuple(found)


def coverage_section(ground: Ground) -> Section:
    """Return what was read of each source, and every file that was not."""
    return Section(
        "coverage",
        "What was read, and what was not",
        (
            Bullets("Not known", blind_spots(ground), caution=True),
            _sources(ground),
            *_files(unread_files(ground)),
        ),
    )


def _sources(ground: Ground) -> Tabled:
    states = {one.source: one for one in ground.health}
    taken: set[str] = set()
    columns = (
        Column("Source", width=24),
        Column("Lines", number=True, width=12),
        Column("Not read", number=True, width=11),
        Column("Name a user", number=True, width=11),
        Column("From", number=True, width=12),
        Column("To", number=True, width=12),
        Column("State", width=20),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in ground.covered:
        health = states.get(one.source.name)
        name = slug(one.source.name, taken)
        tone = {"healthy": "good", "new": "plain"}.get(health.state, "bad") if health else "plain"
        state = Mark(health.words if health else "not known", tone)
        rows.append((one.source.name, *_of_source(ground, one, name), state))
    return Tabled("Sources", columns, tuple(rows), "No source was read yet.")


def _of_source(ground: Ground, one: SourceCoverage, name: str) -> tuple[Figure, ...]:
    where = (Condition("source", (one.source.name,)),)
    book, title = ground.book, one.source.name
    return (
        book.add(
            Figure(
                f"source.{name}.lines",
                f"{title}: lines",
                one.lines,
                rows=(Rows("batch", where, "sum lines"),),
                computed="sum over the batches of the source",
            )
        ),
        book.add(
            Figure(
                f"source.{name}.unreadable",
                f"{title}: lines not read",
                one.unreadable_lines,
                computed="lines - events - lines that are no event",
                detail={"reasons": dict(one.unreadable), "events": one.events, "no events": one.not_events},
                of=(f"source.{name}.lines",),
                rests=(Rows("batch", where),),
            )
        ),
        book.add(
            Figure(
                f"source.{name}.share_with_user",
                f"{title}: share of events that name a user",
                one.user_share,
                "share",
                computed="events with a user / events",
                rests=(Rows("batch", where),),
                detail={"events with a user": one.with_user, "events": one.events},
            )
        ),
        book.add(
            Figure(
                f"source.{name}.from",
                f"{title}: first event",
                one.first_event,
                "day",
                rows=(Rows("batch", where, "least first_event"),) if one.first_event else (),
                computed="first event of all batches",
            )
        ),
        book.add(
            Figure(
                f"source.{name}.to",
                f"{title}: last event",
                one.last_event,
                "day",
                rows=(Rows("batch", where, "greatest last_event"),) if one.last_event else (),
                computed="last event of all batches",
            )
        ),
    )


def _files(files: Sequence[tuple[str, str, str, str]]) -> list[Tabled | Bullets]:
    if not files:
        return []
    columns = (Column("File", width=40), Column("Outcome", width=14), Column("Why", width=46))
    outcomes = {"unread": "not read", "partial": "read in part"}
    rows = tuple(
        ((label, source), outcomes[status], why.removeprefix(f"{label}: "))
        for source, label, status, why in files[:_FILES_NAMED]
    )
    more = len(files) - _FILES_NAMED
    title = "Files not read to their end"
    if more > 0:
        title += f" (the first {_FILES_NAMED}; {more} more {several(more, 'file')} in skiagram sources)"
    return [Tabled(title, columns, rows)]
