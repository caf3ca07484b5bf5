"""`skiagram capture`: record names from a network interface and scan them as they come."""

from typing import Annotated

import typer

from api.cli.options import AsJson, Database


def capture(
    interface: Annotated[str, typer.Argument(help="Network interface, best the one at a mirror port.")],
    source: Annotated[
        str | None,
        typer.Option("--source", help="Name of the source; 'capture' and the interface if left out."),
    ] = None,
    duration: Annotated[
        float | None, typer.Option("--duration", min=1, help="Seconds to record; until stopped if left out.")
    ] = None,
    ring_seconds: Annotated[
        int, typer.Option("--ring-seconds", min=1, max=3600, help="A ring file is closed and read so often.")
    ] = 300,
    ring_size: Annotated[
        int, typer.Option("--ring-size", metavar="MIB", min=1, max=2000, help="... or when it is so large.")
    ] = 64,
    ring_files: Annotated[
        int, typer.Option("--ring-files", min=2, help="So many full ones may wait; then recording pauses.")
    ] = 64,
    session: Annotated[
        int,
        typer.Option("--session", metavar="SECONDS", min=10, help="Lost packets are counted so often."),
    ] = 3600,
    bpf_extra: Annotated[
        str, typer.Option("--bpf-extra", metavar="FILTER", help="Record these packets too (man pcap-filter).")
    ] = "",
    show_filter: Annotated[
        bool, typer.Option("--show-filter", help="Print the capture filter and end.")
    ] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Record DNS, the beginnings of TLS and QUIC connections and HTTP request heads, and scan them.

    A filter in the kernel leaves out all content. dumpcap records (it needs the right to, skiagram does not: never
    run this as root); files are read every five minutes and deleted. Packets the kernel lost are told by the coverage
    statement.

    Example: skiagram capture eth1 --duration 3600
    """
    import signal
    from threading import Event

    from api.capturing.dumpcap import Rings
    from api.capturing.run import Capture, CapturePlan
    from api.cli.options import workplace
    from api.cli.output import note, print_json

    if show_filter:
        from scanner.captures.live_filter import capture_filter

        print(capture_filter(bpf_extra))
        return
    plan = CapturePlan(
        interface,
        source or f"capture {interface}",
        Rings(ring_seconds, ring_size),
        session,
        ring_files * ring_size,
        duration,
        bpf_extra,
    )
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    result = Capture(workplace(db), plan, tell=note).run(stop)
    if as_json:
        print_json(
            {
                "source": plan.source,
                "files": result.files,
                "packets": result.lines,
                "events": result.events,
                "packets_lost": result.lost,
                "sessions_without_count": result.uncounted,
                "unread": result.unread,
            }
        )
    else:
        print(
            f"{plan.source}: {result.files:,} files, {result.lines:,} packets, {result.events:,} events; "
            f"{result.lost:,} packets lost" + (", and an unknown number more" if result.uncounted else "")
        )
    for line in result.unread:
        note(f"not read, and kept: {line}")
    if result.unread:
        raise typer.Exit(3)
