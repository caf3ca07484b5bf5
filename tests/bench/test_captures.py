"""Measure the reading of a capture beside `tshark -T fields` over the same file in the same run."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.captures import find_tshark
from tests.bench.generated_capture import write_capture

pytestmark = pytest.mark.bench

MEGABYTES = int(os.environ.get("SKIAGRAM_BENCH_CAPTURE_MB", "400"))
"""Below a few hundred the start of either program is most of what is measured."""
ROOT = Path(__file__).parents[2]
FIELDS = (
    "frame.number", "frame.time_epoch", "ip.src", "ip.dst", "udp.srcport", "udp.dstport", "tcp.srcport",
    "tcp.dstport", "tls.handshake.extensions_server_name", "dns.qry.name", "dns.flags.response", "http.host",
    "http.request.uri", "http.user_agent",
)  # fmt: skip
WANTED = "dns or tls.handshake.type == 1 or http.request"
KINDS = {"tls_client_hello": "tls", "quic_client_hello": "quic", "http": "http", "dns_query": "dns"}
OURS = """
import sys
from scanner.captures import find_tshark, read_capture
for row in read_capture(sys.argv[1], tshark=find_tshark()):
    print(row["kind"], row.get("destination_domain") or row.get("dns_question") or "")
"""


def cost(*command: str) -> tuple[float, str]:
    """Run a command; return the CPU seconds of it and of what it started, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


@pytest.mark.timeout(1800)
def test_a_capture_costs_a_fifth_of_what_tshark_costs(tmp_path: Path) -> None:
    tshark = find_tshark()
    if tshark is None:
        pytest.skip("tshark is not installed")
    path = tmp_path / "large.pcap"
    names = write_capture(path, MEGABYTES << 20)
    fields = [word for field in FIELDS for word in ("-e", field)]
    theirs, printed = cost("tshark", "-n", "-r", str(path), "-Y", WANTED, "-T", "fields", *fields)
    ours, rows = cost(sys.executable, "-c", OURS, str(path))
    found = {
        (KINDS[kind], name)
        for kind, _, name in (row.partition(" ") for row in rows.splitlines())
        if kind in KINDS
    }
    peer = {
        name for line in printed.splitlines() for cell in line.split("\t")[8:12] for name in cell.split(",")
    }
    seen = sum(name in peer for _, name in names)
    print(
        f"\n{path.stat().st_size / 1e6:.0f} MB: {ours:.1f} CPU s against {theirs:.1f} of tshark -T fields, "
        f"{ours / theirs:.3f} of it; {len(found & names)} and {seen} of {len(names)} names"
    )
    assert found == names
    assert ours < theirs / 5
