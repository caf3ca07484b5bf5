"""A kernel only saves time: folding with it and without it comes to the same, for every sample log."""

import dataclasses
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.clock import TimeContext
from scanner.detect import Detector
from scanner.fold import Folded, Folder
from scanner.inputs import BlockReader, open_members
from scanner.reading import Outcome, SourceReader, choose_chain
from scanner.recognise import Formats
from scanner.sources import begin
from scanner.spec import shipped_formats
from signatures.catalogue import catalogue_of, load_catalogue
from signatures.matcher import Matcher

SAMPLES = Path(__file__).parent.parent / "formats"
CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
FORMATS = Formats.for_context(CONTEXT)
FAST = sorted(spec.id for spec in shipped_formats() if any(record.fast for record in spec.records))

CATALOGUE = """
id = "sample"
name = "Sample"
homepage = "https://www.example.org"
country = "US"
maturity = "stable"
checked_on = 2026-11-22
[[tools]]
id = "sample-chat"
name = "Sample chat"
category = "chat_assistant"
clinical = false
description = "Every way in which a line may be of interest."
tiers = []
"""
SIGNATURE = """
[[tools.signatures]]
kind = "{kind}"
value = "{value}"
surface = "use"
source = "https://www.example.org/"
"""
SIGNATURES = (
    ("domain", "chatgpt.com"),
    ("domain", "claude.ai"),
    ("host", "api.openai.com"),
    ("domain", "scribe.example.org"),
    ("path", "intranet.example.org/rounds"),
    ("path", "files.example.test/a"),
    ("tenant", "*.openai.azure.com"),
    ("user_agent", "ScribeDesktop"),
    ("user_agent", "claude-cli"),
    ("app_field", "openai-chatgpt"),
)
EXAMPLES = """
[[examples]]
host = "chatgpt.com"
tool = "sample-chat"
[[examples]]
host = "www.example.org"
tool = ""
"""


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    folder = tmp_path_factory.mktemp("vendors")
    signatures = "".join(SIGNATURE.format(kind=kind, value=value) for kind, value in SIGNATURES)
    (folder / "sample.toml").write_text(CATALOGUE + signatures + EXAMPLES, encoding="utf-8")
    return Detector(Matcher(load_catalogue([folder])))


def fold(
    content: bytes, format_id: str, detector: Detector, *, use_kernel: bool, size: int = 1 << 22
) -> Folded:
    folder = Folder(SourceReader([FORMATS.by_id(format_id)]), detector, CONTEXT, use_kernel=use_kernel)
    whole = Folded()
    for block in BlockReader(io.BytesIO(content), size=size):
        whole.add(folder.fold(block))
    return whole


def comparable(folded: Folded) -> tuple[object, ...]:
    """Return everything but fractions of seconds, which a kernel need not look at."""
    ledger = dataclasses.asdict(folded.ledger)
    for end in ("first", "last"):
        ledger[end] = None if ledger[end] is None else int(ledger[end])
    return ledger, folded.activities


def content_of(format_id: str) -> bytes:
    path = next(path for path in SAMPLES.glob(f"{format_id}.*") if path.stem == format_id)
    return b"".join(piece for member in open_members(path) if (piece := begin(member.stream).head))


@pytest.mark.parametrize("format_id", FAST)
def test_the_kernel_comes_to_what_the_exact_reader_comes_to(format_id: str, detector: Detector) -> None:
    content = content_of(format_id)
    fast = fold(content, format_id, detector, use_kernel=True)
    exact = fold(content, format_id, detector, use_kernel=False)
    assert exact.activities, "a sample should show at least one tool"
    assert exact.ledger.balanced
    assert comparable(fast) == comparable(exact)


class CountingReader(SourceReader):
    """Counts the lines that were read exactly."""

    reads = 0

    def read(self, text: str) -> Outcome:
        self.reads += 1
        return super().read(text)


@pytest.mark.parametrize("format_id", FAST)
def test_the_kernel_spares_exact_readings(format_id: str) -> None:
    # No tool is known, so that only the kernel decides which lines are read exactly.
    reader = CountingReader([FORMATS.by_id(format_id)])
    folder = Folder(reader, Detector(Matcher(catalogue_of(()))), CONTEXT)
    folded = Folded()
    for block in BlockReader(io.BytesIO(content_of(format_id))):
        folded.add(folder.fold(block))
    assert reader.reads < folded.ledger.lines, "the kernel takes none of the sample's lines"


def no_user(line: bytes) -> bytes:
    """Replace what looks like an account by a word that means none."""
    for name in (
        b" arivera ",
        b'"arivera"',
        b"\tarivera\t",
        b" mchen ",
        b'"Rivera, Ana (arivera@example.org)"',
    ):
        line = line.replace(name, name[:1] + b"null" + name[-1:])
    return line


MUTATIONS: dict[str, Callable[[bytes], bytes]] = {
    "carriage return": lambda line: line + b"\r",
    "capital letters": lambda line: line.replace(b"chatgpt.com", b"ChatGPT.com"),
    "trailing dot": lambda line: re.sub(rb"chatgpt\.com(?!\.)", b"chatgpt.com.", line),
    "userinfo in the address": lambda line: line.replace(b"//chatgpt.com", b"//a@chatgpt.com"),
    "another space": lambda line: line.replace(b" ", b"  ", 1),
    "space at the end": lambda line: line + b" ",
    "no user": no_user,
    "tenant of a cloud": lambda line: line.replace(b"chatgpt.com", b"ward4.openai.azure.com"),
    "cut off": lambda line: line[: len(line) * 2 // 3],
    "broken bytes": lambda line: line.replace(b"example", b"ex\xffample"),
    "no such day": lambda line: line.replace(b"22", b"39"),
    "nothing where the host was": lambda line: line.replace(b"chatgpt.com", b"-"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("format_id", FAST)
def test_odd_lines_come_to_the_same_with_a_kernel(format_id: str, mutation: str, detector: Detector) -> None:
    change = MUTATIONS[mutation]
    content = b"\n".join(
        line if line.startswith(b"#") else change(line) for line in content_of(format_id).splitlines()
    )
    fast = fold(content, format_id, detector, use_kernel=True)
    exact = fold(content, format_id, detector, use_kernel=False)
    assert comparable(fast) == comparable(exact)


@pytest.mark.parametrize("size", [997, 4096])
@pytest.mark.parametrize("format_id", ["squid", "bind", "zeek_dns_tsv", "zeek_dns_json"])
def test_where_blocks_end_does_not_matter(format_id: str, size: int, detector: Detector) -> None:
    content = content_of(format_id)
    whole = fold(content, format_id, detector, use_kernel=True)
    in_pieces = fold(content, format_id, detector, use_kernel=True, size=size)
    assert in_pieces.ledger.lines == whole.ledger.lines
    assert in_pieces.ledger.events == whole.ledger.events
    assert in_pieces.ledger.with_user == whole.ledger.with_user


@pytest.mark.parametrize(
    ("format_id", "column"), [("zeek_ssl_tsv", b"server_name"), ("zeek_dns_tsv", b"answers")]
)
def test_a_column_named_twice_is_left_to_the_exact_reader(
    format_id: str, column: bytes, detector: Detector
) -> None:
    head, _, rest = content_of(format_id).partition(b"#fields\tts\t")
    content = head + b"#fields\tts\t" + column + b"\t" + rest.partition(b"\t")[2]
    fast, exact = (fold(content, format_id, detector, use_kernel=kernel) for kernel in (True, False))
    assert comparable(fast) == comparable(exact)


@pytest.mark.parametrize("second", ["zeek_dns_tsv", "zeek_ssl_tsv", "zeek_http_tsv"])
@pytest.mark.parametrize("first", ["zeek_conn_tsv", "zeek_dns_tsv"])
def test_streams_with_headers_behind_one_another_are_all_read(
    first: str, second: str, detector: Detector
) -> None:
    content = content_of(first) + content_of(second)
    chain = choose_chain(FORMATS, content.decode().splitlines())
    assert {compiled.id for compiled in chain} == {first, second}
    folds = []
    for kernel in (True, False):
        folder = Folder(SourceReader(chain), detector, CONTEXT, use_kernel=kernel)
        folds.append(Folded())
        for block in BlockReader(io.BytesIO(content)):
            folds[-1].add(folder.fold(block))
    alone = [fold(content_of(one), one, detector, use_kernel=False).ledger.events for one in (first, second)]
    assert comparable(folds[0]) == comparable(folds[1])
    assert folds[0].ledger.events == sum(alone)
