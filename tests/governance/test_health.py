"""A source is compared with its own past, and nothing unread is called healthy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from governance.health import Finding, SourceHealth, judge_sources
from governance.health_alerts import raise_health_alerts
from governance.messages import digest, message
from storage.coverage import SourceCoverage
from storage.database import Database
from storage.outbox import alerts
from storage.presence import FieldCounts, Reading
from storage.scans import ScanFile
from storage.sources import Source

DAY = timedelta(days=1)
NOW = datetime(2026, 6, 30, 3, tzinfo=UTC)
FULL = FieldCounts(100, 90, 80, 100, 60, 100)


def reading(
    days_ago: int,
    *,
    lines: int = 1000,
    unreadable: int = 0,
    events: int | None = None,
    fields: FieldCounts = FULL,
    formats: str = "squid",
    columns: tuple[tuple[str, int], ...] = (),
) -> Reading:
    at = NOW - days_ago * DAY
    newest = at - timedelta(minutes=5)
    return Reading(
        scan_id=1000 - days_ago,
        at=at,
        lines=lines,
        events=lines - unreadable if events is None else events,
        unreadable=unreadable,
        first_event=newest - DAY,
        last_event=newest,
        fields=fields,
        formats=frozenset(formats.split()),
        columns=frozenset(columns),
    )


def covered(
    past: list[Reading], *, unread: tuple[ScanFile, ...] = (), owner: str | None = None
) -> SourceCoverage:
    return SourceCoverage(
        source=Source("Proxy", "proxy", "squid", None, owner, NOW - 60 * DAY),
        files=len(past),
        lines=sum(one.lines for one in past),
        events=sum(one.events for one in past),
        not_events=0,
        unreadable={},
        with_user=0,
        hidden_names=0,
        first_event=past[0].first_event if past else None,
        last_event=past[-1].last_event if past else None,
        last_read=past[-1].at if past else None,
        silent_since=None,
        unread_files=unread,
    )


def judged(
    past: list[Reading],
    *,
    configured: dict[str, timedelta | None] | None = None,
    newest_scan: datetime | None = NOW,
    unread: tuple[ScanFile, ...] = (),
    owner: str | None = None,
) -> SourceHealth:
    (health,) = judge_sources(
        [covered(past, unread=unread, owner=owner)],
        {"Proxy": past},
        configured={"Proxy": None} if configured is None else configured,
        newest_scan=newest_scan,
        now=NOW,
    )
    return health


def nights(*days_ago: int) -> list[Reading]:
    return [reading(days) for days in days_ago]


def one(health: SourceHealth) -> Finding:
    (finding,) = health.findings
    return finding


def test_a_source_that_goes_on_as_before_is_healthy() -> None:
    health = judged(nights(*range(9, -1, -1)))
    assert (health.state, health.expected, health.usual_gap) == ("healthy", "configured", DAY)


def test_one_reading_is_too_new_and_none_is_not_read() -> None:
    assert judged(nights(0)).state == "new"
    nothing = judged([])
    assert nothing.state == "not_read"
    assert {finding.state for finding in nothing.findings} == {"not_read", "silent"}


def test_nothing_with_an_unread_file_is_healthy() -> None:
    file = ScanFile(1, "Proxy", "b.log", None, "unread", "no format", None, 0, 0, 0, NOW)
    health = judged(nights(3, 2, 1, 0), unread=(file,))
    assert (health.state, one(health).evidence) == ("not_read", "files: 1 not read at all")


def test_silence_is_measured_by_the_source_s_own_rhythm() -> None:
    daily = judged(nights(10, 9, 8, 7, 6, 5, 4), owner="Network team")
    assert (daily.state, one(daily).since) == ("silent", NOW - 4 * DAY - timedelta(minutes=5))
    assert "96 hours" in one(daily).evidence.replace("4 days", "96 hours")
    assert "ask Network team" in one(daily).advice
    monthly = judged(nights(93, 62, 31, 4))
    assert monthly.state == "healthy"
    assert judged(nights(3, 2, 1, 0), configured={"Proxy": timedelta(hours=1)}).state == "healthy"
    stated = judged(nights(4, 3, 2, 1), configured={"Proxy": timedelta(hours=6)})
    assert "every 6 hours" in one(stated).evidence


def test_silence_is_not_claimed_where_nobody_scanned() -> None:
    health = judged(nights(20, 19, 18, 17), newest_scan=NOW - 17 * DAY)
    assert health.state == "not_read"
    assert "no scan has ended since 2026-06-13" in one(health).evidence


def test_an_event_from_the_future_does_not_hide_silence() -> None:
    past = nights(10, 9, 8, 7)
    past[-1] = Reading(
        **{name: getattr(past[-1], name) for name in Reading.__slots__} | {"last_event": NOW + 300 * DAY}
    )
    assert judged(past).state == "silent"


def test_a_source_nobody_configured_is_unexpected() -> None:
    health = judged(nights(3, 2, 1, 0), configured={"Resolver": None})
    assert (health.state, health.expected) == ("unexpected", "learned")
    assert judged(nights(3, 2, 1, 0), configured={}).state == "healthy"


def test_another_format_or_header_is_news_for_two_weeks() -> None:
    past = [*nights(4, 3, 2), reading(1, formats="squid_combined"), reading(0, formats="squid_combined")]
    finding = one(judged(past))
    assert (finding.state, finding.since) == ("changed_format", NOW - DAY)
    assert finding.evidence == "read as squid_combined, before as squid"
    long_ago = [*nights(40, 39), *(reading(day, formats="squid_combined") for day in range(20, -1, -1))]
    assert judged(long_ago).state == "healthy"
    wide, narrow = (("aa", 23),), (("bb", 22),)
    headers = [*(reading(day, columns=wide) for day in (3, 2, 1)), reading(0, columns=narrow)]
    assert one(judged(headers)).evidence == "its header names 22 columns that differ from the 23 before"
    again = [reading(3, columns=wide), reading(2, columns=narrow), reading(1, columns=wide)]
    assert one(judged(again)).since == NOW - 2 * DAY


def test_a_falling_share_of_lines_is_told_with_its_figures() -> None:
    past = [
        *(reading(day, unreadable=10) for day in (5, 4, 3)),
        *(reading(d, unreadable=200) for d in (2, 1, 0)),
    ]
    finding = one(judged(past))
    assert (finding.state, finding.since) == ("falling_share", NOW - 2 * DAY)
    assert finding.evidence == "80 % of the lines could be read, 99 % before"
    assert judged([*past, reading(0, unreadable=10)]).state == "healthy"
    assert judged([*nights(3, 2, 1), reading(0, lines=20, unreadable=20, events=5)]).state == "healthy"


def test_a_lost_field_names_what_is_no_longer_found() -> None:
    without = FieldCounts(100, 0, 80, 100, 60, 100)
    finding = one(judged([*nights(4, 3, 2), reading(1, fields=without), reading(0, fields=without)]))
    assert (finding.state, finding.since) == ("lost_fields", NOW - DAY)
    assert finding.evidence == "0 % of the events tell the user, 90 % before; people are no longer counted"
    rare = FieldCounts(100, 10, 80, 100, 60, 100)
    assert judged([*(reading(d, fields=rare) for d in (3, 2)), reading(0, fields=without)]).state == "healthy"
    few = FieldCounts(10, 0, 0, 0, 0, 0)
    assert judged([*nights(3, 2, 1), reading(0, fields=few)]).state == "healthy"


def test_what_lasts_becomes_the_new_ordinary() -> None:
    without = FieldCounts(100, 0, 80, 100, 60, 100)
    past = [*nights(40, 39, 38), *(reading(day, fields=without) for day in range(35, -1, -1))]
    assert judged(past).state == "healthy"


def test_an_episode_is_alerted_once_and_a_new_one_again(database: Database) -> None:
    silent = judged(nights(10, 9, 8, 7))
    later = judged(nights(10, 9, 8, 7, 5))
    by_hand = judged(nights(9), configured={})
    with database.write() as conn:
        assert raise_health_alerts(conn, [silent], ("mail",), NOW) == ("Source Proxy: silent",)
        assert raise_health_alerts(conn, [silent], ("mail",), NOW + DAY) == ()
        assert raise_health_alerts(conn, [later], ("mail",), NOW) == ("Source Proxy: silent",)
        assert by_hand.state == "silent"
        assert raise_health_alerts(conn, [by_hand], ("mail",), NOW) == ()
        unknown_rhythm = judged(nights(5, 4))
        assert (unknown_rhythm.state, unknown_rhythm.usual_gap) == ("silent", None)
        assert raise_health_alerts(conn, [unknown_rhythm], ("mail",), NOW) == ()
        assert raise_health_alerts(conn, [unknown_rhythm], (), NOW + 4 * DAY) == ("Source Proxy: silent",)
    with database.read() as conn:
        found = alerts(conn)
    assert len(found) == 3
    told = message(found[0])
    assert told.title == "Source Proxy: silent"
    assert "ask who runs it" in told.body
    assert "3 findings about sources" in digest(found, "d").title
