"""Has tshark read the packets that the built-in engine does not know."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import IO

from scanner.captures.dns import code_name, type_name
from scanner.captures.errors import TsharkFailed
from scanner.captures.program import Tshark
from scanner.captures.rows import Row, timestamp
from scanner.captures.text import escaped_name, escaped_text

FIELDS = (
    "frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
    "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport",
    "tls.handshake.type", "tls.handshake.extensions_server_name", "tls.handshake.extension.type",
    "dns.flags.response", "dns.qry.name", "dns.qry.type", "dns.flags.rcode", "dns.a", "dns.aaaa", "dns.cname",
    "http.request.method", "http.host", "http.request.uri", "http.user_agent",
    "http2.headers.method", "http2.headers.authority", "http2.headers.path", "http2.headers.user_agent",
    "gquic.tag.sni", "socks.remote_name",
)  # fmt: skip
WANTED = (
    "dns.qry.name or tls.handshake.type == 1 or http.request or http2.headers.authority or gquic.tag.sni "
    "or socks.remote_name"
)
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "WIRESHARK_CONFIG_DIR": "/nonexistent"}
"""A person's own Wireshark settings must not change what is found."""
_PORT = re.compile(rb":[0-9]*\Z")
_BETWEEN = "\x1e"
MAX_LINE = 1 << 20


def read_with_tshark(
    program: Tshark, packets: IO[bytes], frames: Sequence[int], times: Sequence[int]
) -> Iterator[Row]:
    """Yield the rows tshark finds in a capture file.

    Args:
        packets: the file, read from its beginning.
        frames: for each packet in it, its number in the original capture.
        times: for each packet, nanoseconds since 1970 UTC.

    Raises:
        TsharkFailed: tshark could not be run or ended with an error.
    """
    packets.seek(0)
    command = [
        program.path, "-n", "-r", "-", "-Y", WANTED, "-T", "fields", "-o", "http.desegment_body:FALSE",
        "-o", "tcp.reassemble_out_of_order:TRUE", "-E", "occurrence=a", "-E", f"aggregator={_BETWEEN}",
    ]  # fmt: skip
    for field in FIELDS:
        command += ["-e", field]
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=packets, stdout=subprocess.PIPE, stderr=complaints, env=ENVIRONMENT
            )
        except OSError as error:
            raise TsharkFailed(f"{program.path} could not be started ({error}); reinstall tshark") from error
        with process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    yield from _rows(line, frames, times)
            except GeneratorExit:
                process.kill()
                raise
        status = process.returncode
        if status != 0:
            complaints.seek(0)
            said = escaped_text(complaints.read(2000).strip().replace(b"\n", b" "))
            raise TsharkFailed(f"tshark ended with status {status}: {said}")


def _rows(line: bytes, frames: Sequence[int], times: Sequence[int]) -> Iterator[Row]:
    values = line.rstrip(b"\n").split(b"\t")
    if len(line) > MAX_LINE or len(values) != len(FIELDS):
        return
    field = {name: value.split(b"\x1e") if value else [] for name, value in zip(FIELDS, values, strict=True)}
    number = int(field["frame.number"][0])
    if not 0 < number <= len(frames):
        return
    protocols = field["frame.protocols"][0].split(b":")
    base = _addressed(field, protocols, frames[number - 1], times[number - 1])
    if base is None:
        return
    yield from _hellos(field, protocols, base)
    yield from _messages(field, base)
    yield from _requests(field, base)


def _addressed(field: dict[str, list[bytes]], protocols: list[bytes], frame: int, time: int) -> Row | None:
    inner = [protocol for protocol in protocols if protocol in (b"ip", b"ipv6")]
    transport = [protocol for protocol in protocols if protocol in (b"tcp", b"udp")]
    if not inner or not transport:
        return None
    family, carrier = inner[-1].decode(), transport[-1].decode()
    ends = [field[f"{family}.src"], field[f"{family}.dst"]]
    ports = [field[f"{carrier}.srcport"], field[f"{carrier}.dstport"]]
    if not all(ends) or not all(ports):
        return None
    row: Row = {"frame": frame}
    if (moment := timestamp(time)) is not None:
        row["timestamp"] = moment
    row["source_ip"], row["destination_ip"] = ends[0][-1].decode(), ends[1][-1].decode()
    row["source_port"], row["destination_port"] = int(ports[0][-1]), int(ports[1][-1])
    row["network_protocol"] = carrier
    return row


def _hellos(field: dict[str, list[bytes]], protocols: list[bytes], base: Row) -> Iterator[Row]:
    for name in field["gquic.tag.sni"][:1]:
        yield {**base, "kind": "gquic_client_hello", "destination_domain": escaped_name(name)}
    if b"1" in field["tls.handshake.type"]:
        row: Row = {**base, "kind": "quic_client_hello" if b"quic" in protocols else "tls_client_hello"}
        for name in field["tls.handshake.extensions_server_name"][:1]:
            row["destination_domain"] = escaped_name(name)
        if b"65037" in field["tls.handshake.extension.type"]:
            row["ech"] = "offered"
        yield row
    for name in field["socks.remote_name"][:1]:
        yield {**base, "kind": "socks", "destination_domain": escaped_name(name)}


def _messages(field: dict[str, list[bytes]], base: Row) -> Iterator[Row]:
    is_response = field["dns.flags.response"][:1] in ([b"1"], [b"True"])
    answers = [escaped_name(value) for kind in ("dns.a", "dns.aaaa", "dns.cname") for value in field[kind]]
    for name, kind in zip(field["dns.qry.name"], field["dns.qry.type"], strict=False):
        row: Row = {**base, "kind": "dns_response" if is_response else "dns_query"}
        row["dns_question"], row["dns_type"] = escaped_name(name), type_name(int(kind))
        if is_response:
            row["dns_response_code"] = code_name(int((field["dns.flags.rcode"] or [b"0"])[0]))
            if answers:
                row["dns_answers"] = answers
        yield row


def _requests(field: dict[str, list[bytes]], base: Row) -> Iterator[Row]:
    columns = ("method", "authority", "path", "user_agent")
    first = zip_longest(*(field[name] for name in FIELDS[20:24]), fillvalue=b"")
    second = zip_longest(*(field[f"http2.headers.{name}"] for name in columns), fillvalue=b"")
    for kind, requests in (("http", first), ("http2", second)):
        for values in requests:
            named = dict(zip(columns, values, strict=True))
            if kind == "http":
                named["authority"], named["path"] = values[1], values[2]
            if not named["method"]:
                continue
            row: Row = {**base, "kind": kind, "http_method": escaped_name(named["method"])}
            path = named["path"].split(b"?", 1)[0]
            if named["method"] == b"CONNECT":
                named["authority"], path = path or named["authority"], b""
            host = _PORT.sub(b"", named["authority"])
            for key, value in (
                ("destination_domain", host),
                ("url_path", path),
                ("user_agent", named["user_agent"]),
            ):
                if value:
                    row[key] = escaped_text(value)
            yield row
