"""What an event proves: use, presence, or nothing."""

from typing import Any

import pytest

from scanner.detect import Detector, principal_of
from signatures.matcher import Matcher


@pytest.mark.parametrize(
    ("more", "surface"),
    [
        ({}, "use"),
        ({"event_type": "installed"}, "presence"),
        ({"event_type": "purchase"}, "presence"),
        ({"kind": "presence"}, "presence"),
        ({"event_type": "removed"}, None),
        ({"kind": "removal"}, None),
        ({"kind": "dns_response"}, None),
        ({"kind": "flow"}, None),
    ],
)
def test_inventories_show_presence_and_answers_show_nothing(
    matcher: Matcher, more: dict[str, Any], surface: str | None
) -> None:
    found = Detector(matcher).match({"destination_domain": "app.acme-ai.example"} | more)
    assert (found.surface if found else None) == surface


@pytest.mark.parametrize(
    ("event", "principal"),
    [
        ({"user_email": "a@example.org", "source_ip": "10.1.1.1"}, ("user", "a@example.org")),
        ({"actor": "svc", "device_name": "pc-1"}, ("user", "svc")),
        ({"device_name": "pc-1", "source_ip": "10.1.1.1"}, ("device", "pc-1")),
        ({"source_ip": "10.1.1.1"}, ("address", "10.1.1.1")),
        ({}, ("unknown", "")),
    ],
)
def test_a_person_outranks_a_device_outranks_an_address(
    event: dict[str, Any], principal: tuple[str, str]
) -> None:
    assert principal_of(event) == principal


def test_hosts_are_met_at_label_boundaries(matcher: Matcher) -> None:
    detector = Detector(matcher)
    for host in ("acme-ai.example", "APP.acme-ai.example", "acme-ai.example."):
        assert detector.match({"destination_domain": host}) is not None, host
    for host in ("notacme-ai.example", "acme-ai.example.evil.test", "example"):
        assert detector.match({"destination_domain": host}) is None, host
