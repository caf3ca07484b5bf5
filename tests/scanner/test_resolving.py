"""Aliases are looked up only where that is wanted, at the server that is named, once each and not for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest

from scanner.detect import Detector
from scanner.resolving import AliasResolver
from signatures.catalogue import load_catalogue
from signatures.evidence import HostInterest
from signatures.matcher import Matcher
from tests.signatures.catalogue_files import vendor_text

pytestmark = pytest.mark.network

ALIASES = {
    "assistant.hospital.example.": ["edge.example.net.", "tenant-7.chat.example.org."],
    "www.example.com.": [],
}


class NameServer:
    """Answers what it knows; says NXDOMAIN to the rest, or nothing at all."""

    def __init__(self, *, silent: bool = False, garbage: bool = False) -> None:
        self.questions: list[str] = []
        self._silent, self._garbage = silent, garbage
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.socket.getsockname()

    def serve(self) -> None:
        while True:
            try:
                packet, client = self.socket.recvfrom(4096)
            except OSError:
                return
            if not packet:
                return
            query = dns.message.from_wire(packet)
            name = query.question[0].name.to_text()
            self.questions.append(name)
            if self._silent:
                continue
            if self._garbage:
                self.socket.sendto(packet[:2] + b"\xff" * 20, client)
                continue
            answer = dns.message.make_response(query)
            chain = ALIASES.get(name)
            if chain is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            else:
                for owner, target in zip([name, *chain], chain, strict=False):
                    answer.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", target))
                answer.answer.append(dns.rrset.from_text((chain or [name])[-1], 60, "IN", "A", "192.0.2.1"))
            self.socket.sendto(answer.to_wire(), client)


@contextmanager
def name_server(**how: bool) -> Iterator[NameServer]:
    server = NameServer(**how)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", server.address)
        thread.join(10)
        server.socket.close()


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder = tmp_path_factory.mktemp("vendors")
    (folder / "acme.toml").write_text(
        vendor_text("acme", {"chat": [("domain", "chat.example.org")]}), "utf-8"
    )
    return Matcher(load_catalogue([folder]))


def test_a_host_that_matches_nothing_is_attributed_by_its_alias(matcher: Matcher) -> None:
    with name_server() as server:
        resolver = AliasResolver([server.address])
        detector = Detector(matcher, resolver)
        match = detector.match({"destination_domain": "assistant.hospital.example"})
        assert match is not None
        assert (match.tool_id, match.surface) == ("chat", "cname")
        assert detector.host_interest("ASSISTANT.hospital.example.") is HostInterest.ALWAYS
        assert detector.match({"destination_domain": "www.example.com"}) is None
        assert detector.match({"destination_domain": "nobody.example.com"}) is None
        known = detector.match({"destination_domain": "chat.example.org"})
        assert known is not None
        assert known.surface == "use"
    # Each once, and what matches by itself is not asked about.
    assert server.questions == ["assistant.hospital.example.", "www.example.com.", "nobody.example.com."]
    assert resolver.statement == "3 hosts that match nothing were looked up for aliases"


def test_nothing_is_asked_unless_it_is_wanted(matcher: Matcher) -> None:
    detector = Detector(matcher)
    assert detector.match({"destination_domain": "assistant.hospital.example"}) is None
    assert detector.host_interest("assistant.hospital.example") is HostInterest.NONE


def test_names_of_the_own_network_and_addresses_are_never_asked_about() -> None:
    with name_server() as server:
        resolver = AliasResolver([server.address])
        for host in ("10.0.0.1", "8.8.8.8", "fd00::1", "printer", "nas.local", "-", "", "a b", "x" * 2000):
            assert resolver.aliases(host) == ()
    assert server.questions == []


def test_there_is_an_end_to_asking() -> None:
    with name_server() as server:
        resolver = AliasResolver([server.address], most=5)
        for number in range(20):
            resolver.aliases(f"h{number}.example.com")
    assert len(server.questions) == 5
    assert "15 were left out because there were too many" in resolver.statement


@pytest.mark.parametrize("how", ["silent", "garbage"])
def test_a_server_that_gives_no_answer_is_given_up(how: str) -> None:
    with name_server(**{how: True}) as server:
        resolver = AliasResolver([server.address], timeout=0.2)
        for number in range(50):
            assert resolver.aliases(f"h{number}.example.com") == ()
    assert resolver.asked == resolver.unanswered == 3
    assert "47 were left out because the name server does not answer" in resolver.statement


def test_a_closed_port_is_no_failure_of_the_scan(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = taken.getsockname()
    resolver = AliasResolver([address], timeout=0.2)
    assert resolver.aliases("www.example.com") == ()
    assert resolver.unanswered == 1
