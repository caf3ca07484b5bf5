"""A line whose question is nobody's and whose answer is a tool's is found, with and without a kernel."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.clock import TimeContext
from scanner.detect import Detector
from scanner.fold import Folded, Folder
from scanner.inputs import BlockReader
from scanner.reading import Outcome, SourceReader
from scanner.recognise import Formats
from scanner.spec import shipped_formats
from signatures.catalogue import load_catalogue
from signatures.matcher import Matcher
from tests.signatures.catalogue_files import vendor_text

CONTEXT = TimeContext(reference=datetime(2026, 11, 22, 12, tzinfo=UTC))
FORMATS = Formats.for_context(CONTEXT)
ZEEK = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\tts\tid.orig_h\tid.orig_p\tproto\ttrans_id\tquery\tanswers\n"  # noqa: E501


def zeek_tsv(query: str, answers: list[str]) -> str:
    return f"1763805600.12\t10.0.0.4\t5353\tudp\t9\t{query}\t{','.join(answers) or '-'}\n"


def zeek_json(query: str, answers: list[str]) -> str:
    record = {"ts": 1763805600.12, "id.orig_h": "10.0.0.4", "id.orig_p": 5353, "proto": "udp", "trans_id": 9}
    return json.dumps({**record, "query": query, "answers": answers}) + "\n"


def route53(query: str, answers: list[str]) -> str:
    rows = [{"Rdata": answer, "Type": "A", "Class": "IN"} for answer in answers]
    record = {
        "version": "1.1", "account_id": "1", "region": "us-east-1", "vpc_id": "vpc-1",
        "query_timestamp": "2025-11-22T10:00:00Z", "query_name": query, "query_type": "A", "query_class": "IN",
        "rcode": "NOERROR", "answers": rows, "srcaddr": "10.0.0.4", "srcport": "5353", "transport": "UDP",
    }  # fmt: skip
    return json.dumps(record) + "\n"


def zscaler(query: str, answers: list[str]) -> str:
    event = {"datetime": "Sat Nov 22 10:00:00 2025", "dns_req": query, "reqaction": "Allow"}
    event["dns_resp"] = answers[0] if answers else "None"
    return json.dumps({"sourcetype": "zscalernss-dns", "event": event}) + "\n"


WRITERS = {
    "zeek_dns_tsv": zeek_tsv,
    "zeek_dns_json": zeek_json,
    "route53_resolver": route53,
    "zscaler_zia_dns": zscaler,
}
LINES = [
    ("assistant.hospital.example", ["hospital-7.chat.example.org.", "192.0.2.4"]),
    ("assistant.hospital.example", ["HOSPITAL-7.Chat.Example.ORG", "2001:db8::1"]),
    ("www.example.net", ["192.0.2.7", "192.0.2.8"]),
    ("www.example.net", []),
    ("near.example.net", ["notchat.example.org", "192.0.2.9"]),
    ("chat.example.org", ["192.0.2.10"]),
    ("help.example.net", ["docs.chat.example.org"]),  # a page about the tool
]


class CountingReader(SourceReader):
    reads = 0

    def read(self, text: str) -> Outcome:
        self.reads += 1
        return super().read(text)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    folder = tmp_path_factory.mktemp("vendors")
    text = vendor_text("acme", {"chat": [("domain", "chat.example.org"), ("domain", "other.example.org")]})
    (folder / "acme.toml").write_text(text, "utf-8")
    return Detector(Matcher(load_catalogue([folder])))


def fold(content: bytes, format_id: str, detector: Detector, *, use_kernel: bool) -> tuple[Folded, int]:
    reader = CountingReader([FORMATS.by_id(format_id)])
    folder = Folder(reader, detector, CONTEXT, use_kernel=use_kernel)
    whole = Folded()
    for block in BlockReader(io.BytesIO(content)):
        whole.add(folder.fold(block))
    return whole, reader.reads


@pytest.mark.parametrize("format_id", WRITERS)
def test_an_alias_in_an_answer_is_found_and_counted_once(format_id: str, detector: Detector) -> None:
    write = WRITERS[format_id]
    lines = "".join(write(*line) for line in LINES) + write("www.example.net", ["192.0.2.7"]) * 300
    content = ((ZEEK if format_id == "zeek_dns_tsv" else "") + lines).encode()
    fast, read = fold(content, format_id, detector, use_kernel=True)
    exact, _ = fold(content, format_id, detector, use_kernel=False)
    assert fast.activities == exact.activities
    assert fast.ledger.events == exact.ledger.events == len(LINES) + 300
    seen = sorted((key.match.surface, activity.count) for key, activity in fast.activities.items())
    assert seen == [("cname", 2), ("use", 1)]
    assert read < 20, "lines of no interest must stay with the kernel"


def test_every_format_with_a_kernel_and_answers_shows_them_to_the_kernel() -> None:
    without = [
        spec.id
        for spec in shipped_formats()
        for record in spec.records
        if record.fast and "dns_answers" in {**spec.fields, **record.fields} and not record.fast.answers
    ]
    # FortiGate names addresses only; Suricata's kernel takes questions, and answers are read exactly; AdGuard
    # Home's file holds answers as a packet that is not taken apart.
    assert sorted(set(without)) == ["fortigate", "suricata_eve"]


def test_answers_are_text_of_any_length(detector: Detector, tmp_path: Path) -> None:
    answers = ["1." * 200_000, "a" * 200_000, "." * 200_000]
    content = (
        zeek_json("www.example.net", answers) + zeek_json("x.example.net", ["chat.example.org"])
    ).encode()
    folded, _ = fold(content, "zeek_dns_json", detector, use_kernel=True)
    assert [key.match.surface for key in folded.activities] == ["cname"]
