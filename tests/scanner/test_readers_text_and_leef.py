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


@pytest.mark.parametrize("mark", ["\t", "|"])
def test_leef_pairs_may_stand_between_tabs_or_bars(mark: str) -> None:
    record = RecordSpec(reader="leef")
    text = "LEEF:1.0|Example|Firewall|1.0|allow|" + mark.join(
        ["cat=TRAFFIC", "src=192.0.2.1", "usrName=ana lima", "dst=198.51.100.2"]
    )
    pairs = next(reader_for(record)(Line(text), Columns()))
    assert pairs["leef.event"] == "allow"
    assert (pairs["src"], pairs["usrName"], pairs["dst"]) == ("192.0.2.1", "ana lima", "198.51.100.2")
