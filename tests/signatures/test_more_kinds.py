"""Tenants with paths, browser extensions, OAuth scopes and ports of the own network name tools, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signatures.evidence import Evidence, HostInterest
from signatures.kinds import Kind
from signatures.matcher import Matcher
from signatures.schema import fault_in_value
from tests.shipped import shipped_catalogue, shipped_matcher
from tests.signatures.catalogue_files import Signature

Build = Callable[[dict[str, list[Signature]]], Matcher]


def named(matcher: Matcher, **evidence: object) -> str:
    match = matcher.match(Evidence(**evidence))  # type: ignore[arg-type]
    return f"{match.tool_id} {match.surface}" if match else ""


@pytest.fixture
def tenants(matcher_of: Build) -> Matcher:
    return matcher_of(
        {
            "serving": [("path", "*.cloud.example.com/serving")],
            "search": [("path", "*.cloud.example.com/serving/search")],
            "platform": [("tenant", "*.cloud.example.com", "embedded")],
            "alone": [("path", "*.other.example.net/api/v2/ai")],
            "exact": [("path", "one.cloud.example.com/serving")],
        }
    )


@pytest.mark.parametrize(
    ("host", "path", "wanted"),
    [
        ("a.cloud.example.com", "/serving/x/invocations", "serving use"),
        ("a.b.cloud.example.com", "/SERVING", "serving use"),
        ("a.cloud.example.com", "/serving/search?q=1", "search use"),
        ("a.cloud.example.com", "/servings", "platform embedded"),
        ("a.cloud.example.com", "/sql", "platform embedded"),
        ("a.cloud.example.com", None, "platform embedded"),
        ("one.cloud.example.com", "/serving", "exact use"),
        ("one.cloud.example.com", "/serving/search", "search use"),
        ("cloud.example.com", "/serving", ""),
        ("acloud.example.com", "/serving", ""),
        ("x.other.example.net", "/api/v2/ai", "alone use"),
        ("x.other.example.net", "/api/v2", ""),
        ("x.other.example.net", None, ""),
    ],
)
def test_a_tenant_with_a_path(tenants: Matcher, host: str, path: str | None, wanted: str) -> None:
    assert named(tenants, host=host, path=path) == wanted


def test_readers_are_told_what_to_keep_of_tenants(tenants: Matcher) -> None:
    assert tenants.host_interest("a.cloud.example.com") is HostInterest.ALWAYS
    assert tenants.host_interest("x.other.example.net") is HostInterest.PATHS
    assert tenants.host_interest("other.example.net") is HostInterest.NONE
    assert tenants.path_prefixes("x.other.example.net") == ("/api/v2/ai",)
    assert tenants.path_prefixes("a.cloud.example.com") == ("/serving/search", "/serving")


def test_extensions_scopes_and_ports(matcher_of: Build) -> None:
    extension, scope = "a" * 32, "https://auth.example.com/Models.Read"
    matcher = matcher_of(
        {
            "helper": [("extension_id", extension)],
            "model": [("oauth_scope", scope)],
            "server": [("local_port", "11434")],
        }
    )
    assert named(matcher, application_id=extension.upper()) == "helper use"
    assert named(matcher, application_id="b" * 32) == ""
    assert named(matcher, oauth_scopes=("openid", scope.lower())) == "model use"
    assert named(matcher, oauth_scopes=("https://auth.example.com/Models",)) == ""
    for host in ("10.1.2.3", "192.168.0.9", "gpu-7", "gpu.corp", "fd00::7", "127.0.0.1"):
        assert named(matcher, host=host, port=11434) == "server use"
        assert named(matcher, host=host, port=11435) == ""
        assert named(matcher, host=host) == ""
    for host in ("8.8.8.8", "www.example.com", "localx.com", "-", ""):
        assert named(matcher, host=host, port=11434) == ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.PATH, "*.com/x"),
        (Kind.PATH, "*.example.com/"),
        (Kind.PATH, "a.*.example.*/x"),
        (Kind.EXTENSION_ID, "q" * 32),
        (Kind.EXTENSION_ID, "short"),
        (Kind.OAUTH_SCOPE, "one two"),
        (Kind.LOCAL_PORT, "80"),
        (Kind.LOCAL_PORT, "70000"),
        (Kind.LOCAL_PORT, "eleven"),
    ],
)
def test_values_that_cannot_work_are_faults(kind: Kind, value: str) -> None:
    assert fault_in_value(kind, value) is not None


def test_every_kind_has_entries_in_the_shipped_catalogue() -> None:
    catalogue = shipped_catalogue()
    kinds = {signature.kind for tool in catalogue.tools.values() for signature in tool.signatures}
    assert kinds == set(Kind)


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("Heidi Health", "heidi"),
        ("OPENEVIDENCE", "openevidence"),
        ("CHATGPT_AI", "chatgpt"),
        ("Otter.ai", "otter"),
        ("Heidi Health Foods", ""),
        ("web-browsing", ""),
        ("ssl", ""),
    ],
)
def test_gateways_call_applications_by_the_names_of_products(name: str, tool: str) -> None:
    matcher = shipped_matcher()
    match = matcher.match(Evidence(network_application=name))
    assert (match.tool_id if match else "") == tool
    assert match is None or match.kind == Kind.APP_FIELD  # seen by a gateway: nobody signed in
    assert matcher.network_application_interest(name) is bool(tool)


@pytest.mark.parametrize(
    ("evidence", "tool"),
    [
        (Evidence(user_agent="QuibimSDK/1.0"), ""),
        (Evidence(user_agent="AsyncTogether/Python 2.1.0"), "together-ai"),
        (Evidence(user_agent="@elevenlabs/elevenlabs-js/2.73.0"), "elevenlabs-api"),
        (Evidence(user_agent="augment.cli/0.36.0/interactive"), "augment-code"),
        (Evidence(application_id="iacmkikjodakeidnjgibjajdfippnmhh"), "heidi"),
        (Evidence(host="10.1.2.3", port=12434), "docker-model-runner"),
        (Evidence(application_id="bb3d68c2-d09e-4455-94a0-e323996dbaa3"), "security-copilot"),
        (Evidence(application_name="M365 MCP Server for Claude"), "claude"),
    ],
)
def test_marks_of_libraries_extensions_and_servers(evidence: Evidence, tool: str) -> None:
    match = shipped_matcher().match(evidence)
    assert (match.tool_id if match else "") == tool


@pytest.mark.parametrize(
    "name", ["Gemini Crypto Exchange", "Cursor Control Utility", "Claude's Bakery", "Bard College"]
)
def test_namesakes_in_lists_of_applications_are_no_tools(name: str) -> None:
    matcher = shipped_matcher()
    assert named(matcher, application_name=name) == ""
    assert named(matcher, network_application=name) == ""
    assert named(matcher, user_agent=f"{name}/2.0") == ""
