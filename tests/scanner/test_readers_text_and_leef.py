"""Delimited rows keep their whole text, and LEEF is read whatever stands between its pairs."""

import pytest

from scanner.line import Line
from scanner.readers import Columns, reader_for
from scanner.spec import RecordSpec


def test_a_row_of_fixed_columns_keeps_its_text_for_what_has_no_fixed_place() -> None:
    record = RecordSpec(reader="csv", columns=("first", "second"), max_columns=9)
    row = next(reader_for(record)(Line("a,b,c"), Columns()))
    assert row["@text"] == "a,b,c"
    assert (row["first"], row["second"], row["@count"]) == ("a", "b", "3")


@pytest.mark.parametrize("opening", ["LEEF:1.0", "1.0", "<14>Nov 22 10:00:00 fw LEEF:1.0"])
@pytest.mark.parametrize("mark", ["\t", "|", "#011"])
def test_leef_pairs_may_stand_between_tabs_or_bars(mark: str, opening: str) -> None:
    record = RecordSpec(reader="leef")
    text = f"{opening}|Example|Firewall|1.0|allow|" + mark.join(
        ["cat=TRAFFIC", "src=192.0.2.1", "usrName=ana lima", "dst=198.51.100.2"]
    )
    pairs = next(reader_for(record)(Line(text), Columns()))
    assert pairs["leef.event"] == "allow"
    assert (pairs["src"], pairs["usrName"], pairs["dst"]) == ("192.0.2.1", "ana lima", "198.51.100.2")


@pytest.mark.parametrize("opening", ["CEF:0", "CEF: 0", "0", "<14>Nov 22 10:00:00 fw 0"])
def test_a_cef_header_is_read_with_and_without_its_first_word(opening: str) -> None:
    text = f"{opening}|Example|Firewall|1.0|7|allowed|3|src=192.0.2.1 msg=a\\=b c"
    pairs = next(reader_for(RecordSpec(reader="cef"))(Line(text), Columns()))
    assert (pairs["cef.vendor"], pairs["cef.name"]) == ("Example", "allowed")
    assert (pairs["src"], pairs["msg"]) == ("192.0.2.1", "a=b c")
