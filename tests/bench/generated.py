"""Write logs for measurements and for counting: always the same lines, with the truth about them."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2025, 11, 22, tzinfo=UTC)
TOOLS = {
    "chat.example.net": "sample-chat",
    "api.chat.example.net": "sample-chat",
    "scribe.example.org": "sample-scribe",
    "ward4.models.example.com": "sample-models",
}
NEAR_MISSES = (
    "chat.example.net.evil.example",
    "notscribe.example.org.uk",
    "example.net",
    "models.example.com.test",
)
ZEEK_HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\tanswers\n"
)


@dataclass(slots=True)
class Truth:
    """What a reader must find in a log."""

    lines: int = 0
    malformed: int = 0
    tools: Counter[str] = field(default_factory=Counter)
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One event to write."""

    seconds: int
    host: str
    person: int
    size: int

    @property
    def clock(self) -> datetime:
        """The time of the event."""
        return START + timedelta(seconds=self.seconds)

    @property
    def address(self) -> str:
        """The address of the person's device."""
        return f"10.20.{self.person // 250}.{self.person % 250 + 1}"


def squid(visit: Visit) -> str:
    """Return a line of Squid's native format."""
    return (
        f"{visit.clock.timestamp():.3f} {visit.size % 900:6d} {visit.address} TCP_TUNNEL/200 {visit.size} "
        f"CONNECT {visit.host}:443 user{visit.person} HIER_DIRECT/203.0.113.{visit.size % 200} -"
    )


def bind(visit: Visit) -> str:
    """Return a line of BIND's query log."""
    return (
        f"{visit.clock:%d-%b-%Y %H:%M:%S}.120 queries: info: client @0x7f8bb9db{visit.size % 9999:04d} "
        f"{visit.address}#{1024 + visit.size} ({visit.host}): query: {visit.host} IN A +E(0)K (10.0.0.53)"
    )


def zeek_dns_tsv(visit: Visit) -> str:
    """Return a line of Zeek's dns.log."""
    return (
        f"{visit.clock.timestamp():.6f}\tC{visit.size:08d}\t{visit.address}\t{1024 + visit.size}\t10.0.0.53\t53\tudp\t"
        f"{visit.host}\tA\t203.0.113.{visit.size % 200}"
    )


def zeek_dns_json(visit: Visit) -> str:
    """Return a line of Zeek's dns.log in JSON."""
    return (
        f'{{"ts":{visit.clock.timestamp():.6f},"uid":"C{visit.size:08d}","id.orig_h":"{visit.address}",'
        f'"id.orig_p":{1024 + visit.size},"id.resp_h":"10.0.0.53","id.resp_p":53,"proto":"udp",'
        f'"trans_id":{visit.size},"query":"{visit.host}","qclass":1,"qtype":1,"qtype_name":"A","rcode":0,'
        f'"rcode_name":"NOERROR","answers":["203.0.113.{visit.size % 200}"]}}'
    )


WRITERS: dict[str, Callable[[Visit], str]] = {
    "squid": squid,
    "bind": bind,
    "zeek_dns_tsv": zeek_dns_tsv,
    "zeek_dns_json": zeek_dns_json,
}
HEADERS = {"zeek_dns_tsv": ZEEK_HEADER}


def _hosts(chance: random.Random, count: int) -> list[str]:
    words = "alpha beacon cedar delta ember falcon garnet harbor indigo juniper kestrel lumen maple".split()
    endings = ("com", "net", "org", "co.uk", "de")
    return [
        f"{chance.choice(('www', 'cdn', 'api', 'img'))}.{chance.choice(words)}{number}.{chance.choice(endings)}"
        for number in range(count)
    ]


def _broken(chance: random.Random, kind: str, line: bytes, before: bytes) -> bytes:
    if kind == "truncated":
        return line[: chance.randint(3, 18)]
    if kind == "torn":
        return line[: chance.randint(8, 20)] + before[: chance.randint(25, 38)]
    if kind == "binary":
        return b"\x81" + chance.randbytes(60).replace(b"\n", b"\xff").replace(b"\r", b"\xfe") + b"\xff\x80"
    if kind == "NULs":
        return b"\0" * 64
    if kind == "foreign":
        return b"Nov  5 12:00:01 gw-1 kernel: device eth0 entered promiscuous mode"
    if kind == "bad JSON":
        return line.replace(b'":"', b'":', 3)[:-1]
    return b"A" * (70_000 if kind == "long" else (1 << 20) + 10)


BROKEN = ("truncated", "torn", "binary", "NULs", "foreign")


def write_log(format_id: str, lines: int, *, hosts: int = 20_000, people: int = 500) -> tuple[bytes, Truth]:
    """Return a log of one format and the truth about it; one line in 500 is malformed, 3 in 200 show a tool."""
    truth = Truth()
    text = HEADERS.get(format_id, "").encode() + b"".join(
        line + b"\n" for line in _lines(format_id, lines, hosts, people, truth)
    )
    return text, truth


def _lines(format_id: str, lines: int, hosts: int, people: int, truth: Truth) -> Iterator[bytes]:
    chance = random.Random(format_id)
    write = WRITERS[format_id]
    names = [*NEAR_MISSES, *_hosts(chance, hosts)]
    # Few hosts are asked for often, and many seldom.
    drawn = chance.choices(names, [1 / (rank + 1) for rank in range(len(names))], k=lines)
    tools = list(TOOLS)
    kinds = (*BROKEN, *(("bad JSON",) if format_id.endswith("json") else ()))
    before = b""
    for number in range(lines):
        host = chance.choice(tools) if chance.random() < 0.015 else drawn[number]
        tool = TOOLS.get(host)
        if chance.random() < 0.03:
            host = host.upper()
        visit = Visit(number * 86_400 // lines, host, chance.randrange(people), chance.randrange(60_000))
        line = write(visit).encode()
        truth.lines += 1
        if number and chance.random() < 0.002:
            # Each shape occurs, whatever the dice say; over-long lines only once, for they are large.
            kind = ("long", "longest")[truth.malformed] if truth.malformed < 2 else ""
            kind = kind or kinds[truth.malformed % len(kinds)]
            truth.malformed += 1
            yield _broken(chance, kind, line, before)
            continue
        before = line
        second = int(visit.clock.timestamp())
        truth.first, truth.last = truth.first or second, second
        if tool:
            truth.tools[tool] += 1
        yield line
