"""A stream that collectors wrapped is read as it would be bare: its header rows, its times, its breaks."""

import base64
import gzip
import json
from pathlib import Path

import pytest

from scanner.clock import TimeContext, iso
from scanner.documents import documents, is_document, unwrapped
from scanner.exports import closed
from scanner.message_tables import message_table
from scanner.packed import packed_text
from scanner.reading import SourceReader, choose_chain
from scanner.recognise import Formats
from scanner.spec import shipped_formats
from scanner.windows_xml import event_lines, event_object
from tests.scanner.conftest import Bench

NAMES = ("claude.ai", "chatgpt.com", "scribe.example.org")
BIND = [
    f"22-Nov-2025 10:00:0{at}.120 queries: info: client @0x7f01 10.20.4.1{at}#4000{at} ({name}): "
    f"query: {name} IN A +E(0)K (10.0.0.53)"
    for at, name in enumerate(NAMES)
]
ZEEK = [
    "#separator \\x09",
    "#path\tdns",
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqtype_name\trcode_name",
    *(
        f"{1763805600.12 + at:.6f}\tC{at}\t10.20.4.1{at}\t4000{at}\t10.0.0.53\t53\tudp\t1\t{name}\tA\tNOERROR"
        for at, name in enumerate(NAMES)
    ),
]
TABLE = [
    "timestamp,domain,query_type,dnssec,protocol,client_ip,status,reasons,root_domain",
    *(f"2025-11-22T10:00:0{at}.120Z,{n},A,false,UDP,10.20.4.1{at},,,{n}" for at, n in enumerate(NAMES)),
]
W3C = [
    "#Software: gate 1.0",
    "#Fields: date time c-ip cs-method cs-uri sc-status cs-bytes sc-bytes",
    *(f"2025-11-22 10:00:0{at} 10.20.4.1{at} GET https://{n}/ 200 9 8" for at, n in enumerate(NAMES)),
]
FORMATS = [
    one
    for one in shipped_formats()
    if one.id
    in {"bind", "zeek_dns_tsv", "nextdns", "generic_w3c", "generic_csv", "generic_json", "generic_kv"}
]


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def table(header: str, before: str, after: str = "") -> str:
    return header + "\n" + "".join(f"{before}{cell(line)}{after}\n" for line in BIND)


def objects(key: str, lines: list[str], **beside: object) -> str:
    return "".join(json.dumps({**beside, key: line}) + "\n" for line in lines)


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


LOGS = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": line} for line in BIND]}
SYSLOG = [f"<30>1 2025-11-22T10:00:00Z ns1 named 8 - - {line}" for line in BIND]
WRAPPED = {
    "counted octets": "".join(f"{len(line)} {line}" for line in SYSLOG),
    "counted octets on lines": "".join(f"{len(line)} {line}\n" for line in SYSLOG),
    "GELF over TCP": objects("full_message", BIND, version="1.1", host="ns1").replace("\n", "\0"),
    "Splunk table": table("_time,host,_raw,source", '"2025-11-22T10:00:09",ns1,', ",x"),
    "Kibana table": table('"@timestamp",message', '"Nov 22, 2025 @ 10:00:09.000",'),
    "Sentinel table": table("TenantId,Computer,SyslogMessage,Type", "t,ns1,", ",Syslog"),
    "QRadar table": table('"Event Name","Source IP","UTF8(payload)"', '"DNS","10.0.0.53",'),
    "table with breaks": table("_time,_raw", "t,", '\nt,"two\nlines"'),
    "column alone": table('"_raw"', ""),
    "Log Analytics": json.dumps(
        {
            "tables": [
                {"columns": [{"name": "T"}, {"name": "RawData"}], "rows": [["t", line] for line in BIND]}
            ]
        }
    ),
    "Kusto frames": json.dumps(
        [
            {"FrameType": "DataTable", "TableKind": "QueryProperties", "Columns": [], "Rows": []},
            {
                "TableKind": "PrimaryResult",
                "Columns": [{"ColumnName": "msg"}],
                "Rows": [[line] for line in BIND],
            },
        ]
    ),
    "Splunk rows": json.dumps(
        {"fields": ["_time", "_raw"], "rows": [["t", line] for line in BIND]}, indent=1
    ),
    "Loki": json.dumps(
        {
            "data": {
                "resultType": "streams",
                "result": [{"stream": {"app": "x"}, "values": [["1", line] for line in BIND]}],
            }
        }
    ),
    "logcli": "".join(f'2025-11-22T10:00:09Z {{app="dns"}} {line}\n' for line in BIND),
    "OpenTelemetry": json.dumps(
        {
            "resourceLogs": [
                {"scopeLogs": [{"logRecords": [{"body": {"stringValue": line}} for line in BIND]}]}
            ]
        }
    ),
    "Datadog": json.dumps({"data": [{"type": "log", "attributes": {"message": line}} for line in BIND]}),
    "aws logs tail": "".join(f"2025-11-22T10:00:09.000000+00:00 dns/ns1 {line}\n" for line in BIND),
    "journalctl in full": "".join(
        f"Sat 2025-11-22 10:00:0{at}.120 UTC ns1 named[8]: {line.split('info: ')[1]}\n"
        for at, line in enumerate(BIND)
    ),
    "CloudWatch Insights": json.dumps({"results": [[{"field": "@message", "value": line}] for line in BIND]}),
    "CloudWatch through Kinesis": json.dumps({"awslogs": {"data": packed(json.dumps(LOGS))}}),
    "Kinesis": json.dumps({"Records": [{"PartitionKey": "p", "Data": packed(line)} for line in BIND]}),
    "Elasticsearch bulk": "".join(
        json.dumps({"index": {"_index": "x"}}) + "\n" + json.dumps({"message": line}) + "\n" for line in BIND
    ),
    "Kubernetes": "".join(f"2025-11-22T10:00:09.000000001Z stdout F {line}\n" for line in BIND),
    "kubectl": "".join(f"[pod/dns-1/named] {line}\n" for line in BIND),
    "docker compose": "".join(f"dns-1  | {line}\n" for line in BIND),
    "journald": "".join(
        json.dumps({"__REALTIME_TIMESTAMP": f"176380560{at}120000", "MESSAGE": line.split("info: ")[1]})
        + "\n"
        for at, line in enumerate(BIND)
    ),
    "Zeek in a container": objects("log", [f"{line}\n" for line in ZEEK], stream="stdout"),
    "Zeek over syslog": "".join(f"<13>Nov 22 10:00:00 sensor zeek: {line}\n" for line in ZEEK),
    "Zeek in Kubernetes": "".join(f"2025-11-22T10:00:09.1Z stdout F {line}\n" for line in ZEEK),
    "W3C in a container": objects("log", W3C),
    "W3C from Splunk": "".join(json.dumps({"result": {"_raw": line, "host": "px"}}) + "\n" for line in W3C),
    "table in GELF": objects("short_message", TABLE, version="1.1", host="gw"),
    "table over syslog": "".join(f"<13>1 2025-11-22T10:00:00Z gw x - - - {line}\n" for line in TABLE),
}
KNOWN = (
    ("Zeek", "zeek_dns_tsv"),
    ("W3C", "generic_w3c"),
    ("table in", "nextdns"),
    ("table over", "nextdns"),
    ("", "bind"),
)


@pytest.mark.parametrize("name", WRAPPED)
def test_a_wrapped_stream_reads_as_it_would_bare(name: str) -> None:
    text = WRAPPED[name]
    document = is_document(text)
    lines = [line for _, line in documents(text)] if document else text.splitlines()
    sample = [line for _, line in documents(unwrapped(text))] if document else lines
    chain = choose_chain(Formats.for_context(TimeContext(), FORMATS), sample)
    assert [one.id for one in chain][:1] == [next(known for key, known in KNOWN if key in name)]
    reader = SourceReader(chain)
    outcomes = [reader.read(line) for line in lines]
    events = [event for outcome in outcomes if isinstance(outcome, list) for event in outcome]
    assert [event.get("dns_question") or event.get("destination_domain") for event in events] == [*NAMES]
    assert [event["source_ip"] for event in events] == ["10.20.4.10", "10.20.4.11", "10.20.4.12"]
    fraction = "" if "W3C" in name else ".120000"
    assert [iso(event["timestamp"]) for event in events] == [
        f"2025-11-22T10:00:0{at}{fraction}Z" for at in range(3)
    ]


@pytest.mark.parametrize("name", ["Zeek in a container", "table in GELF", "Splunk table"])
def test_a_wrapped_stream_that_grows_is_read_on(bench: Bench, tmp_path: Path, name: str) -> None:
    file = tmp_path / "wrapped.log"
    lines = WRAPPED[name].splitlines(keepends=True)
    begun = "".join([*lines, *lines[-1:] * 300])
    file.write_text(begun)
    bench.scan(file)
    file.write_text(begun + lines[-2] * 2)
    (outcome,) = bench.scan(file)
    assert (outcome.status, outcome.ledger.events, outcome.ledger.unreadable.total()) == ("ok", 2, 0)


def test_a_table_of_messages_is_known_by_its_header_alone() -> None:
    assert message_table("name,message") is not None
    for text in (
        "message",
        "time,user,host",
        "10.0.0.1,message",
        'time,"message',
        BIND[0],
        "message,message",
    ):
        assert message_table(text) is None


def test_the_beginning_of_an_answer_is_closed_where_its_last_value_ended() -> None:
    whole = WRAPPED["Log Analytics"]
    cut = json.loads(closed(whole[: len(whole) - 60]))
    assert len(cut["tables"][0]["rows"]) == 2


def test_an_event_of_windows_is_an_object_and_declares_nothing() -> None:
    text = '<Event xmlns="urn:x"><System><EventID Qualifiers="0">22</EventID><TimeCreated SystemTime="now"/></System>'
    text += '<EventData><Data Name="QueryName">claude.ai</Data></EventData></Event>'
    assert event_object(text) == {
        "Event": {
            "System": {"EventID": "22", "TimeCreated": {"#attributes": {"SystemTime": "now"}}},
            "EventData": {"QueryName": "claude.ai"},
        }
    }
    assert event_object('<!DOCTYPE x [<!ENTITY a "b">]>' + text) is None
    assert event_object(text.replace("22", "&a;")) is None
    assert event_object(text[:-3]) is None
    assert list(event_lines("<Event>" * 100_000)) == []
    assert [number for number, _ in event_lines(f"<Events>\n{text}\n{text}</Events>")] == [2, 3]


def test_data_that_would_unpack_without_end_is_cut() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(20 << 20))).decode()
    assert len(packed_text(bomb) or "") == 8 << 20
    assert packed_text(packed("a line")) == "a line"
    assert packed_text(base64.b64encode(b"\x1f\x8bno").decode()) is None
