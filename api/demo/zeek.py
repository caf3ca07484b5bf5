"""Write what the tap in the data centre saw, as Zeek's ssl.log and dns.log with their headers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from api.demo.logfile import LogFile
from api.demo.traffic import Connection
from api.demo.truth import FileTruth
from api.demo.web import address_of

RESOLVER = "10.60.0.2"

_SSL = (
    ("ts", "time"), ("uid", "string"), ("id.orig_h", "addr"), ("id.orig_p", "port"), ("id.resp_h", "addr"),
    ("id.resp_p", "port"), ("version", "string"), ("cipher", "string"), ("curve", "string"),
    ("server_name", "string"), ("resumed", "bool"), ("last_alert", "string"), ("next_protocol", "string"),
    ("established", "bool"), ("ssl_history", "string"), ("cert_chain_fps", "vector[string]"),
    ("client_cert_chain_fps", "vector[string]"), ("sni_matches_cert", "bool"),
)  # fmt: skip
_DNS = (
    ("ts", "time"), ("uid", "string"), ("id.orig_h", "addr"), ("id.orig_p", "port"), ("id.resp_h", "addr"),
    ("id.resp_p", "port"), ("proto", "enum"), ("trans_id", "count"), ("rtt", "interval"), ("query", "string"),
    ("qclass", "count"), ("qclass_name", "string"), ("qtype", "count"), ("qtype_name", "string"),
    ("rcode", "count"), ("rcode_name", "string"), ("AA", "bool"), ("TC", "bool"), ("RD", "bool"), ("RA", "bool"),
    ("Z", "count"), ("answers", "vector[string]"), ("TTLs", "vector[interval]"), ("rejected", "bool"),
)  # fmt: skip

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def write_zeek_ssl(
    root: Path, path: str, connections: Sequence[Connection], rng: random.Random, day: date, closed: bool
) -> FileTruth:
    """Write one day of TLS connections; a log still being written has no ``#close`` line."""
    log = LogFile(root, path, "zeek_ssl_tsv", rng)
    for connection in connections:
        line = "\t".join(
            (
                f"{connection.at:.6f}", _uid(rng), connection.server.address, str(rng.randint(32_768, 60_999)),
                address_of(connection.host), "443", "TLSv13", "TLS_AES_256_GCM_SHA384", "x25519",
                connection.host, "F", "-", "h2", "T", "CsiI", "(empty)", "(empty)", "T",
            )
        )  # fmt: skip
        _add(log, line, connection)
    return log.write(_header("ssl", _SSL, day), _footer(day) if closed else ())


def write_zeek_dns(
    root: Path, path: str, connections: Sequence[Connection], rng: random.Random, day: date, closed: bool
) -> FileTruth:
    """Write one day of questions to the data centre's resolver, with the answers."""
    log = LogFile(root, path, "zeek_dns_tsv", rng)
    for connection in connections:
        line = "\t".join(
            (
                f"{connection.at - 0.02:.6f}", _uid(rng), connection.server.address, str(rng.randint(32_768, 60_999)),
                RESOLVER, "53", "udp", str(rng.getrandbits(16)), f"0.{rng.randint(900, 20_000):06d}", connection.host,
                "1", "C_INTERNET", "1", "A", "0", "NOERROR", "F", "F", "T", "T", "0",
                address_of(connection.host), "300.000000", "F",
            )
        )  # fmt: skip
        _add(log, line, connection)
    return log.write(_header("dns", _DNS, day), _footer(day) if closed else ())


def _add(log: LogFile, line: str, connection: Connection) -> None:
    if connection.tool:
        log.add_use(line, connection.tool, address=connection.server.address)
    else:
        log.add(line)


def _uid(rng: random.Random) -> str:
    return "C" + "".join(rng.choices(_ALPHABET, k=17))


def _header(name: str, fields: Sequence[tuple[str, str]], day: date) -> tuple[str, ...]:
    return (
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        f"#path\t{name}",
        f"#open\t{day.isoformat()}-00-00-00",
        "#fields\t" + "\t".join(field for field, _ in fields),
        "#types\t" + "\t".join(kind for _, kind in fields),
    )


def _footer(day: date) -> tuple[str, ...]:
    return (f"#close\t{(day + timedelta(days=1)).isoformat()}-00-00-00",)
