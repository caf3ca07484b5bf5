"""Whole logs of 20,000 lines, some of them broken: every line and every tool is counted exactly."""

import io
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from scanner.clock import TimeContext
from scanner.detect import Detector
from scanner.fold import Folded, Folder
from scanner.inputs import BlockReader
from scanner.reading import SourceReader, choose_chain
from scanner.recognise import Formats
from signatures.matcher import Matcher
from tests.bench.generated import HEADERS, WRITERS, write_log
from tests.bench.tools import catalogue

LINES = 20_000
CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    return Matcher(catalogue(tmp_path_factory.mktemp("vendors")))


@pytest.fixture(scope="module", params=WRITERS)
def format_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def fold(content: bytes, format_id: str, matcher: Matcher) -> Folded:
    sample = [line.decode("utf-8", "backslashreplace") for line in content[: 64 << 10].split(b"\n")[:-1]]
    chain = choose_chain(Formats.for_context(CONTEXT), sample)
    assert chain[0].id == format_id
    folder = Folder(SourceReader(chain), Detector(matcher), CONTEXT)
    whole = Folded()
    for block in BlockReader(io.BytesIO(content), size=256 << 10):
        whole.add(folder.fold(block))
    return whole


def test_every_line_is_accounted_for(format_id: str, matcher: Matcher) -> None:
    content, truth = write_log(format_id, LINES)
    folded = fold(content, format_id, matcher)
    ledger = folded.ledger
    tools: Counter[str] = Counter()
    for key, activity in folded.activities.items():
        tools[key.match.tool_id] += activity.count
    headers = HEADERS.get(format_id, "").count("\n")
    assert truth.malformed > 20
    assert len(truth.tools) == 3
    assert tools == truth.tools
    assert ledger.unreadable.total() == truth.malformed
    assert ledger.events == ledger.event_lines == LINES - truth.malformed
    assert ledger.not_events == ({"header line": headers} if headers else {})
    assert ledger.lines == LINES + headers
    assert ledger.balanced
    assert ledger.undated == 0
    assert (int(ledger.first or 0), int(ledger.last or 0)) == (truth.first, truth.last)


def test_users_are_counted(matcher: Matcher) -> None:
    content, truth = write_log("squid", LINES)
    ledger = fold(content, "squid", matcher).ledger
    assert ledger.with_user == LINES - truth.malformed
    nameless = re.sub(rb" user\d+ ", b" - ", content)
    assert fold(nameless, "squid", matcher).ledger.with_user == 0
