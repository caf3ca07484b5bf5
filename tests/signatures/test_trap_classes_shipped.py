"""The shipped catalogue keeps apart what public lists of AI names mix up: a table for each class."""

from __future__ import annotations

import pytest

from signatures.evidence import Evidence, HostInterest
from signatures.matcher import Matcher
from tests.shipped import shipped_matcher
from tests.signatures.trap_tables import CLASSES


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return shipped_matcher()


def meaning(matcher: Matcher, name: str) -> str:
    host, slash, path = name.partition("/")
    match = matcher.match(Evidence(host=host, path=slash + path if slash else None))
    return f"{match.tool_id} {match.surface}" if match is not None else ""


@pytest.mark.parametrize("trap", CLASSES)
def test_every_name_of_a_trap_class_means_what_it_should(matcher: Matcher, trap: str) -> None:
    wrong = []
    for name, wanted in CLASSES[trap]:
        found = meaning(matcher, name)
        right = not found.endswith(" use") if wanted == "no use" else found == wanted
        if not right:
            wrong.append(f"{name}: wanted {wanted!r}, found {found!r}")
    assert wrong == []


@pytest.mark.parametrize("trap", CLASSES)
def test_every_table_holds_both_sides(trap: str) -> None:
    cases = CLASSES[trap]
    assert len(cases) >= 10
    assert len({name for name, _ in cases}) == len(cases)
    assert {wanted in {"", "no use"} or not wanted.endswith(" use") for _, wanted in cases} == {True, False}


@pytest.mark.parametrize("trap", CLASSES)
def test_readers_keep_every_host_that_can_match(matcher: Matcher, trap: str) -> None:
    dropped = [
        name
        for name, wanted in CLASSES[trap]
        if wanted not in {"", "no use"} and matcher.host_interest(name.partition("/")[0]) is HostInterest.NONE
    ]
    assert dropped == []


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        (("chat.openai.com.cdn.cloudflare.net",), "chatgpt cname"),
        (("hospital.openai.azure.com", "192.0.2.4"), "azure-openai cname"),
        (("someone.hf.space",), "huggingface-spaces cname"),
        (("hospital.zendesk.com",), ""),
        (("hospital.azureedge.net",), ""),
        (("d111111abcdef8.cloudfront.net",), ""),
    ],
)
def test_aliases_in_dns_answers(matcher: Matcher, answers: tuple[str, ...], wanted: str) -> None:
    match = matcher.match(Evidence(host="assistant.hospital.example", dns_answers=answers))
    assert (f"{match.tool_id} {match.surface}" if match is not None else "") == wanted
