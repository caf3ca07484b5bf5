"""What a JSON document wraps is told from what is one record that holds lists."""

import json
from typing import Any

import pytest

from scanner.documents import documents, is_document, records_of

ACTIVITY = {
    "kind": "admin#reports#activity",
    "id": {"applicationName": "token"},
    "actor": {"email": "a@example.org"},
    "events": [{"name": "authorize"}, {"name": "revoke"}],
}


def test_an_activity_with_several_events_stays_one_record() -> None:
    assert records_of(ACTIVITY) == [ACTIVITY]
    assert records_of({"kind": "list", "items": [ACTIVITY, ACTIVITY]}) == [ACTIVITY, ACTIVITY]


@pytest.mark.parametrize(
    "wrapped",
    [
        {"records": [{"a": 1}]},
        {"response": {"authlogs": [{"a": 1}], "metadata": {}}, "stat": "OK"},
        {"response": {"items": [{"a": 1}], "metadata": {}}, "stat": "OK"},
        {"@odata.context": "x", "value": [{"a": 1}]},
        {"took": 3, "_shards": {"total": 1}, "hits": {"total": 1, "hits": [{"a": 1}]}},
        {"eventType": "com.example.event_hook", "data": {"events": [{"a": 1}]}},
        [{"entries": [{"a": 1}], "response_metadata": {"next_cursor": ""}}],
    ],
)
def test_lists_of_records_are_unwrapped(wrapped: Any) -> None:
    assert records_of(wrapped) == [{"a": 1}]


def test_a_pretty_printed_array_of_activities_keeps_their_actors() -> None:
    found = [json.loads(text) for _, text in documents(json.dumps([ACTIVITY, ACTIVITY], indent=2))]
    assert found == [ACTIVITY, ACTIVITY]


def test_objects_one_behind_the_other_in_one_line_are_a_document() -> None:
    text = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"message": "a"}, {"message": "b"}]}) * 2
    assert is_document(text)
    assert is_document(text + "\n")
    assert [json.loads(record)["message"] for _, record in documents(text)] == ["a", "b", "a", "b"]


def test_two_objects_in_one_of_many_lines_make_no_document() -> None:
    assert not is_document('{"a": 1}{"a": 2}\n{"a": 3}\n')
    assert not is_document('{"a": 1} and more\n')
