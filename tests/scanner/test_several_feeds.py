"""Several feeds in one file: lines of another format are read with it, also where they are no events."""

from __future__ import annotations

from pathlib import Path

from scanner.clock import TimeContext
from scanner.compiled import Drop
from scanner.reading import SourceReader, Unreadable, choose_chain
from scanner.recognise import Formats

SAMPLES = Path(__file__).parents[1] / "formats"
SYSTEM = (
    "1,2026/11/20 08:10:00,001122334455,SYSTEM,auth,2817,2026/11/20 08:10:00,,auth-success,vpn,0,0,general,"
    'informational,"user arivera authenticated",1234567,0x0,0,0,0,0,,gw1,0,0,2026-11-20T08:10:00.000+00:00'
)


def chain_of(*strangers: str) -> list[str]:
    own = (SAMPLES / "juniper_srx.log").read_text("utf-8").splitlines()
    return [compiled.id for compiled in choose_chain(Formats.for_context(TimeContext()), [*own, *strangers])]


def test_a_feed_that_shows_no_event_is_read_as_what_it_is() -> None:
    formats = Formats.for_context(TimeContext())
    assert chain_of(SYSTEM) == ["juniper_srx", "panos"]
    reader = SourceReader([formats.by_id("juniper_srx"), formats.by_id("panos")])
    assert isinstance(reader.read(SYSTEM), Drop)


def test_lines_that_nothing_reads_stay_unread() -> None:
    assert chain_of("these are no words of a log") == ["juniper_srx"]
    reader = SourceReader([Formats.for_context(TimeContext()).by_id("juniper_srx")])
    assert isinstance(reader.read("these are no words of a log"), Unreadable)


def test_names_alone_do_not_outrank_the_makers_of_many_feeds() -> None:
    formats = Formats.for_context(TimeContext())
    makers = ("sophos_xg_web", "fortigate", "sophos_utm_http", "mcafee_web_gateway", "kerio_control", "barracuda_web",
              "squid", "haproxy", "forcepoint_web", "checkpoint", "symantec_bluecoat")  # fmt: skip
    own = {maker: SourceReader([formats.by_id(maker)]) for maker in makers}
    feeds = {maker: (SAMPLES / f"{maker}.log").read_text("utf-8").splitlines()[-1] for maker in makers}
    reader = SourceReader(choose_chain(formats, list(feeds.values())))
    for maker, line in feeds.items():
        assert reader.read(line) == own[maker].read(line), maker
