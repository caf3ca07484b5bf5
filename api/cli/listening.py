"""`skiagram listen`: receive syslog, keep it on disk, and scan it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import Database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.listening.addresses import Address

_DEFAULT_PORT = "5514"


def listen(
    udp: Annotated[
        list[str] | None, typer.Option("--udp", metavar="ADDRESS:PORT", help="Listen for UDP (RFC 5426).")
    ] = None,
    tcp: Annotated[
        list[str] | None, typer.Option("--tcp", metavar="ADDRESS:PORT", help="Listen for TCP (RFC 6587).")
    ] = None,
    tls: Annotated[
        list[str] | None, typer.Option("--tls", metavar="ADDRESS:PORT", help="Listen for TLS (RFC 5425).")
    ] = None,
    cert: Annotated[
        Path | None, typer.Option("--cert", help="Certificate with its chain, a PEM file.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Its key, a PEM file without a password.")] = None,
    client_ca: Annotated[
        Path | None,
        typer.Option("--client-ca", help="Authority whose certificates clients must show, a PEM file."),
    ] = None,
    spool: Annotated[
        Path | None, typer.Option("--spool", metavar="DIR", help="Folder for received messages.")
    ] = None,
    spool_limit: Annotated[
        int | None, typer.Option("--spool-limit", metavar="MIB", min=16, help="Mebibytes it may take.")
    ] = None,
    every: Annotated[
        int | None, typer.Option("--every", metavar="SECONDS", min=1, help="Time from one scan to the next.")
    ] = None,
    scan: Annotated[
        bool | None, typer.Option("--scan/--no-scan", help="Scan, or leave that to the nightly run.")
    ] = None,
    keep: Annotated[
        float | None, typer.Option("--keep", metavar="DAYS", min=0, help="How long to keep what was read.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="One name for the source of all messages.")
    ] = None,
    db: Database = None,
) -> None:
    """Receive syslog over UDP, TCP and TLS, keep it on disk, and scan it every minute.

    An address without a host, or none at all, means this machine only (UDP and TCP on port 5514). When the folder
    is full, senders over TCP and TLS have to wait; what UDP loses is counted and shown in Coverage.

    Example: skiagram listen --tls 192.0.2.10:6514 --cert cert.pem --key key.pem
    """
    import asyncio

    from api.cli.output import note
    from api.listening.addresses import address_of
    from api.listening.service import ListenPlan, ListenService
    from api.listening.transport_security import tls_context
    from api.settings import load_settings

    settings = load_settings(database=db)
    given: dict[str, Any] = {"spool": spool, "spool_limit": spool_limit, "every": every, "scan": scan}
    given |= {"keep": keep, "certificate": cert, "key": key, "client_ca": client_ca}
    if udp or tcp or tls:
        given |= {"udp": udp or [], "tcp": tcp or [], "tls": tls or []}
    chosen = settings.listen.model_copy(update={n: v for n, v in given.items() if v is not None})
    if not (chosen.udp or chosen.tcp or chosen.tls):
        chosen = chosen.model_copy(update={"udp": [_DEFAULT_PORT], "tcp": [_DEFAULT_PORT]})
    addresses = tuple(
        address_of(transport, text)
        for transport in ("udp", "tcp", "tls")
        for text in getattr(chosen, transport)
    )
    plan = ListenPlan(
        addresses,
        (chosen.spool or settings.data_directory / "received").absolute(),
        chosen.spool_limit << 20,
        every=chosen.every,
        scan=chosen.scan,
        keep_seconds=chosen.keep * 86400,
        connections=chosen.connections,
        context=tls_context(chosen.certificate, chosen.key, chosen.client_ca) if chosen.tls else None,
        database=settings.database_url,
        source=source,
        time_zone=settings.time_zone,
        senders=chosen.senders,
    )

    def ready(taken: "Sequence[Address]") -> None:
        for address in taken:
            note(f"skiagram: listening on {address}")
            if address.transport != "tls" and not address.is_loopback:
                note(
                    f"warning: {address}: syslog without TLS can be read and forged by anyone on the way; "
                    "use --tls where senders can"
                )
        note(f"skiagram: received messages are kept in {plan.spool}  (Ctrl+C stops)")

    service = ListenService(plan, lambda text: note(f"skiagram: {text}"), ready)
    asyncio.run(service.run())
    note(f"skiagram: ended; {service.received} messages were received and kept")
