"""The demo's tools are tools of the catalogue under the same ids, and its ordinary web is not."""

from __future__ import annotations

import pytest

from api.demo.habits import APPROVED, HABITS, ORDINARY_APPLICATIONS, SERVER_HABITS, SIGN_INS
from api.demo.people import SERVERS
from api.demo.web import AGENTS, CANDIDATE, DECOYS, HOSTS, SERVER_HOSTS
from signatures.catalogue import Catalogue
from signatures.evidence import Evidence
from signatures.matcher import Matcher
from tests.shipped import shipped_catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped_catalogue()


@pytest.fixture(scope="module")
def matcher(catalogue: Catalogue) -> Matcher:
    return Matcher(catalogue)


def tool_of(
    matcher: Matcher,
    *,
    host: str | None = None,
    path: str | None = None,
    application: tuple[str | None, str | None] = (None, None),
    agent: str | None = None,
) -> str | None:
    found = matcher.match(
        Evidence(
            host=host,
            path=path,
            application_name=application[0],
            application_id=application[1],
            oauth_client_id=None,
            user_agent=agent,
            network_application=None,
            dns_answers=(),
        )
    )
    return found.tool_id if found else None


def test_hosts_of_the_demo_are_known_under_the_ids_of_its_truth(matcher: Matcher) -> None:
    used = [(habit.host, path, habit.tool) for habit in HABITS for path in (None, habit.path)]
    used += [(habit.host, None, habit.tool) for habit in SERVER_HABITS]
    wrong = {
        (host, path): found
        for host, path, tool in used
        if (found := tool_of(matcher, host=host, path=path)) != (tool or None)
    }
    assert wrong == {}


def test_applications_of_the_demo_are_known_under_the_ids_of_its_truth(matcher: Matcher) -> None:
    for sign_in in SIGN_INS:
        assert tool_of(matcher, application=(sign_in.application, None)) == sign_in.tool
        assert tool_of(matcher, application=(sign_in.application, sign_in.application_id)) == sign_in.tool


def test_the_ordinary_web_of_the_demo_is_in_no_catalogue(matcher: Matcher) -> None:
    known = [
        (host.name, path)
        for host in (*HOSTS, *SERVER_HOSTS)
        for path in (None, *host.paths)
        if tool_of(matcher, host=host.name, path=path)
    ]
    assert known == []
    assert [agent for agent in AGENTS if tool_of(matcher, agent=agent)] == []
    ordinary = [application for listed in ORDINARY_APPLICATIONS.values() for application in listed]
    assert [name for name, number in ordinary if tool_of(matcher, application=(name, number))] == []


@pytest.mark.parametrize("decoy", DECOYS)
def test_decoys_lead_to_nothing(matcher: Matcher, decoy: str) -> None:
    assert tool_of(matcher, host=decoy) is None
    assert tool_of(matcher, application=(decoy, None)) is None


def test_the_demo_is_told_without_loose_ends(catalogue: Catalogue) -> None:
    assert set(APPROVED) <= set(catalogue.tools)
    assert CANDIDATE in {habit.host for habit in HABITS if not habit.tool}
    assert {habit.server for habit in SERVER_HABITS} <= {server.name for server in SERVERS}
