"""A draft loads, reads the log it was made from, and says why; what is not sure is not in force."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.clock import TimeContext
from scanner.drafting import draft, format_id_of, toml_text
from scanner.errors import FormatUnknown
from scanner.events import read_events
from scanner.reading import choose_chain
from scanner.recognise import Formats
from scanner.spec import read_format_file, shipped_formats
from tests.formats_tools.logs import LAYOUTS, log, rows, with_header

CONTEXT = TimeContext(reference=datetime(2026, 11, 23, tzinfo=UTC))
DAY = date(2026, 11, 22)


def drafted(lines: list[str]) -> str:
    return draft(lines, "house_log", DAY, CONTEXT)


def record_of(text: str) -> dict[str, object]:
    record = tomllib.loads(text)["records"][0]
    assert isinstance(record, dict)
    return record


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_draft_loads_and_reads_its_own_file_unchanged(layout: str, tmp_path: Path) -> None:
    lines = log(layout)
    assert [one.id for one in choose_chain(Formats.for_context(CONTEXT), lines)] in ([], ["by_content"])
    path = tmp_path / "house_log.toml"
    path.write_text(drafted(lines), encoding="utf-8")
    spec = read_format_file(path)
    file = tmp_path / "house.log"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    read = list(read_events(file, None, CONTEXT, [*shipped_formats(), spec]))
    wanted = [(row["client"], row["host"]) for row in rows()]
    assert [(row["source_ip"], row["destination_domain"]) for row in read] == wanted
    assert all("timestamp" in row for row in read)
    (example,) = spec.examples
    assert example.event == {key: value for key, value in read[0].items() if key != "line"}
    assert "secret" not in str(read)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_header_row_names_the_columns(delimiter: str, tmp_path: Path) -> None:
    lines = with_header(delimiter, ["Zeitpunkt", "Rechner", "Ziel", "Wer", "Menge"])
    text = drafted(lines)
    record = record_of(text)
    assert record["header"] == "Zeitpunkt"
    assert record["fields"]["source_ip"] == "Rechner"  # type: ignore[index]
    path = tmp_path / "house_log.toml"
    path.write_text(text, encoding="utf-8")
    chain = choose_chain(Formats.for_context(CONTEXT, [read_format_file(path)]), lines)
    assert [compiled.id for compiled in chain] == ["house_log"]


def test_known_names_decide_and_say_so() -> None:
    text = drafted(
        with_header(",", ["Event Time", "Source IP", "Destination Host", "User Name", "Bytes Sent"])
    )
    fields = record_of(text)["fields"]
    assert fields == {
        "timestamp": "Event Time",
        "source_ip": "Source IP",
        "destination_domain": "Destination Host",
        "user": "User Name",
        "source_bytes": "Bytes Sent",
    }
    assert "# 98%: the name says so (source_ip) and so do the values" in text


def test_values_outweigh_a_name_they_contradict() -> None:
    lines = with_header(",", ["Event Time", "URL", "Source IP", "User Name", "Bytes Sent"])
    fields = record_of(drafted(lines))["fields"]
    assert isinstance(fields, dict)
    assert (fields["source_ip"], fields["destination_domain"]) == ("URL", "Source IP")


def test_a_contradicted_name_alone_is_only_proposed() -> None:
    lines = [
        "time,dest_ip,src_ip,client_port",
        *(f"{r['time']},{r['server']},{r['client']},{r['person']}" for r in rows()),
    ]
    text = drafted(lines)
    assert "# source_port = 'client_port'" in text
    assert "but its values are of another kind" in text or "but 4 different short words" in text
    assert "source_port" not in record_of(text)["fields"]  # type: ignore[operator]


def test_of_several_tables_the_most_frequent_is_drafted_and_said() -> None:
    wide = [f"{r['time']},{r['client']},{r['host']},a,b,c,d,{n}" for n, r in enumerate(rows())]
    narrow = [f"{r['time']},{r['client']},a,b,c" for r in rows(20)]
    assert "# A draft: it reads 30 of 50 lines" in drafted(wide + narrow)


def test_no_field_is_written_twice() -> None:
    lines = [
        "time,src_ip,host,action,x-action",
        *(f"{r['time']},{r['client']},{r['host']},{r['word']},{r['word']}" for r in rows()),
    ]
    assert "action" in record_of(drafted(lines))["fields"]  # type: ignore[operator]


def test_the_direction_of_bytes_is_never_guessed() -> None:
    text = drafted(log("bars"))
    assert not {"source_bytes", "destination_bytes"} & set(record_of(text)["fields"])  # type: ignore[call-overload]
    assert "# source_bytes = " in text
    assert "check with the vendor" in text


def test_inside_and_outside_addresses_tell_client_from_server() -> None:
    lines = [f"{row['time']},{row['server']},{row['client']},{row['host']}" for row in rows()]
    fields = record_of(drafted(lines))["fields"]
    names = list(record_of(drafted(lines))["columns"])  # type: ignore[call-overload]
    assert names[1:3] == ["destination_ip", "source_ip"]
    assert isinstance(fields, dict)
    assert {"destination_ip", "source_ip"} <= set(fields)


def test_dns_is_told_by_its_record_types() -> None:
    lines = [
        f"{row['time']};{row['client']};{row['host']};{('A', 'AAAA')[n % 2]}" for n, row in enumerate(rows())
    ]
    text = drafted(lines)
    assert tomllib.loads(text)["family"] == "dns"
    assert set(record_of(text)["fields"]) == {"timestamp", "source_ip", "dns_question", "dns_type"}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["", "  "],
        ["Dear colleague,", "please find attached the plan.", "With kind regards"] * 20,
        [f"{n},{n * n},{n + 3}" for n in range(40)],
        ["x"],
    ],
)
def test_what_is_no_log_of_use_gives_no_draft(lines: list[str]) -> None:
    with pytest.raises(FormatUnknown, match="no draft can be made"):
        drafted(lines)


def test_hostile_names_and_values_stay_data() -> None:
    name = r"x\"\n[[records]]\nreader = \"\u001b[31m\u007f\u202e"
    line = (
        '{"time": "2026-11-20 10:00:00", "src_ip": "10.1.1.1", "host": "a.example", "'
        + name
        + '": "b.example"}'
    )
    lines = [line.replace("b.example", f"b{n}.example") for n in range(10)]
    text = drafted(lines)
    assert len(tomllib.loads(text)["records"]) == 1
    assert all(mark.isprintable() or mark == "\n" for mark in text)
    assert "\\u001B" in text


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=200)
def test_any_text_survives_as_a_toml_string(value: str) -> None:
    assert tomllib.loads(f"key = {toml_text(value)}") == {"key": value}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80), max_size=12))
@settings(max_examples=80, deadline=None)
def test_any_lines_give_a_draft_that_loads_or_a_reason(lines: list[str]) -> None:
    try:
        text = drafted(lines * 3)
    except FormatUnknown:
        return
    assert tomllib.loads(text)["id"] == "house_log"


def test_long_hostile_lines_do_not_hold_it_up() -> None:
    began = process_time()
    for line in ("a=" * 50_000, '"' * 100_000, "[" * 100_000, "1.1.1.1 " * 12_000, "x," * 50_000):
        with pytest.raises(FormatUnknown):
            drafted([line] * 3)
    assert process_time() - began < 10


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Proxy-Export 2026-11.csv", "proxy_export"),
        ("access.log.1.gz", "access_log"),
        ("...", "new_format"),
        ("weblog", "weblog"),
    ],
)
def test_ids_come_from_file_names(name: str, wanted: str) -> None:
    assert format_id_of(name) == wanted
