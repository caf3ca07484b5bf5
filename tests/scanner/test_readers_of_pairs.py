"""Readers of pairs: values that hold spaces, tabs as rsyslog writes them, and base64 in a value."""

from scanner.convert import base64_text
from scanner.envelope import payloads
from scanner.line import Line
from scanner.readers import Columns, reader_for, split_row
from scanner.spec import RecordSpec

NO_COLUMNS = Columns()


def test_without_a_separator_a_value_runs_to_the_next_key() -> None:
    read = reader_for(RecordSpec(reader="kv", pair_separator=""))
    raw = next(read(Line("category=Business, Software/Hardware media_type= host=chatgpt.com"), NO_COLUMNS))
    assert raw == {"category": "Business, Software/Hardware", "media_type": "", "host": "chatgpt.com"}


def test_a_backslash_in_such_a_value_means_itself() -> None:
    read = reader_for(RecordSpec(reader="kv", pair_separator=""))
    raw = next(read(Line(r"username=nt authority\\\\network service result=DENIED"), NO_COLUMNS))
    assert raw["username"] == r"nt authority\\\\network service"


def test_leef_may_have_a_space_after_its_name() -> None:
    read = reader_for(RecordSpec(reader="leef"))
    raw = next(read(Line("LEEF: 1.0|Zscaler|NSS|4.1|Allowed|cat=Allowed\tsrc=10.0.0.1"), NO_COLUMNS))
    assert raw["src"] == "10.0.0.1"
    assert raw["leef.product"] == "NSS"


def test_tabs_come_back_from_what_rsyslog_made_of_them() -> None:
    assert next(payloads("<134>a=1#011b=2"))[0] == "a=1\tb=2"
    assert next(payloads("a=1#011b=2"))[0] == "a=1\tb=2"


def test_base64_of_text_is_read_and_anything_else_is_nothing() -> None:
    assert base64_text("Y2hhdGdwdC5jb20v") == "chatgpt.com/"
    assert base64_text("chatgpt.com/") is None
    assert base64_text("/w==") is None


def test_an_empty_value_does_not_swallow_what_follows() -> None:
    read = reader_for(RecordSpec(reader="kv"))
    raw = next(read(Line('user="" src=10.0.0.1 type="" url=""chatgpt.com/"" end=""'), NO_COLUMNS))
    assert raw == {"user": "", "src": "10.0.0.1", "type": "", "url": "chatgpt.com/", "end": ""}


def test_behind_a_space_stands_the_value_or_the_next_pair() -> None:
    read = reader_for(RecordSpec(reader="kv"))
    raw = next(read(Line("id= C070 zone= dst_ip=203.0.113.9"), NO_COLUMNS))
    assert raw == {"id": "C070", "zone": "", "dst_ip": "203.0.113.9"}


def test_a_row_that_was_a_cell_of_another_table_has_its_quotes_doubled() -> None:
    assert split_row('1,""a, b"",""c""', ",") == ["1", "a, b", "c"]
    assert split_row('1,"a ""b"", c",""', ",") == ["1", 'a "b", c', ""]
