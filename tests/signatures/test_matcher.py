"""Signatures match at boundaries only, the most specific wins, and known traps are avoided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.catalogue import load_catalogue
from signatures.evidence import Evidence, HostInterest, Match
from signatures.matcher import Matcher
from tests.signatures.catalogue_files import Signature, Write, vendor_text

Build = Callable[[dict[str, Sequence[Signature]]], Matcher]

CHATGPT_ID = "e0476654-c1d5-430b-ab80-70cbd947616a"

TOOLS: dict[str, Sequence[Signature]] = {
    "chatgpt": [
        ("domain", "chatgpt.com"),
        ("domain", "chat.openai.com"),
        ("domain", "oaistatic.com", "ambient"),
        ("sso_app_id", CHATGPT_ID),
        ("sso_app_name", "ChatGPT"),
        ("app_field", "OpenAI.ChatGPT*"),
        ("dns_answer", "chatgpt-edge.example.net", "cname"),
    ],
    "openai-api": [
        ("domain", "api.openai.com"),
        ("user_agent", "OpenAI/Python"),
        ("oauth_client", "app_Client1"),
    ],
    "openai-site": [("domain", "openai.com", "vendor_only"), ("host", "status.openai.com", "vendor_only")],
    "codex": [("path", "chatgpt.com/codex"), ("user_agent", "codex_cli_rs/")],
    "azure-openai": [
        ("tenant", "*.openai.azure.com"),
        ("domain", "openai-tutorial.azure.com", "vendor_only"),
    ],
    "bedrock": [
        ("tenant", "bedrock-runtime.*.amazonaws.com"),
        ("tenant", "bedrock-runtime-fips.*.amazonaws.com"),
    ],
    "vertex": [("tenant", "*-aiplatform.googleapis.com"), ("host", "aiplatform.googleapis.com")],
    "gemini": [
        ("host", "gemini.google.com"),
        ("sso_app_name", "Gemini"),
        ("app_field", "google-gemini"),
        ("host", "optimizationguide-pa.googleapis.com", "ambient"),
    ],
    "bing-chat": [("path", "bing.com/chat"), ("path", "bing.com/images/create")],
    "github-copilot": [("path", "github.com/copilot"), ("domain", "githubcopilot.com")],
    "grok": [("path", "x.com/i/grok"), ("domain", "x.ai"), ("domain", "grok.com")],
    "claude": [("domain", "claude.ai"), ("user_agent", "claude-cli/"), ("user_agent", "Claude Desktop/")],
    "cursor": [("domain", "cursor.com"), ("sso_app_name", "Cursor"), ("user_agent", "Cursor/")],
    "cohere": [("domain", "cohere.com"), ("sso_app_name", "Cohere")],
    "fathom": [("domain", "fathom.video")],
    "slack-ai": [("domain", "slack.com", "embedded")],
    "hugging-face": [("domain", "hf.space"), ("domain", "huggingface.co")],
    "chat-gpt-online": [("domain", "chat-gpt-online.example", "look_alike")],
    "pi": [("domain", "pi.ai")],
    "tenant-cdn": [("host", "toolname.azureedge.net", "ambient")],
}


@pytest.fixture
def matcher(matcher_of: Build) -> Matcher:
    return matcher_of(TOOLS)


def found(match: Match | None) -> str:
    return match.tool_id if match is not None else ""


@pytest.mark.parametrize(
    ("trap", "host", "path", "tool"),
    [
        ("boundary", "chatgpt.com", None, "chatgpt"),
        ("boundary", "ws.chatgpt.com", None, "chatgpt"),
        ("boundary", "a.b.c.chatgpt.com", None, "chatgpt"),
        ("boundary", "notchatgpt.com", None, ""),
        ("boundary", "my-chatgpt.com", None, ""),
        ("boundary", "chatgpt.com.evil.example", None, ""),
        ("boundary", "chatgpt.com.co", None, ""),
        ("boundary", "chatgpt.co", None, ""),
        ("boundary", "notopenai.com", None, ""),
        ("boundary", "myopenai.com", None, ""),
        ("boundary", "openai.com.evil.example", None, ""),
        ("boundary", "max.ai", None, ""),
        ("boundary", "api.pi.ai", None, "pi"),
        ("boundary", "com", None, ""),
        ("boundary", "", None, ""),
        ("longer suffix", "api.openai.com", None, "openai-api"),
        ("longer suffix", "eu.api.openai.com", None, "openai-api"),
        ("longer suffix", "android.chat.openai.com", None, "chatgpt"),
        ("vendor_non_usage", "help.openai.com", None, "openai-site"),
        ("vendor_non_usage", "status.openai.com", None, "openai-site"),
        ("exact host", "x.status.openai.com", None, "openai-site"),
        ("apex_vs_subdomain", "gemini.google.com", None, "gemini"),
        ("apex_vs_subdomain", "www.google.com", None, ""),
        ("apex_vs_subdomain", "google.com", None, ""),
        ("apex_vs_subdomain", "mail.gemini.google.com", None, ""),
        ("apex_vs_subdomain", "storage.googleapis.com", None, ""),
        ("tenant", "hospital.openai.azure.com", None, "azure-openai"),
        ("tenant", "a.b.openai.azure.com", None, "azure-openai"),
        ("tenant", "openai.azure.com", None, ""),
        ("tenant", "notopenai.azure.com", None, ""),
        ("tenant", "hospital.notopenai.azure.com", None, ""),
        ("tenant", "hospital.openai.azure.com.evil.example", None, ""),
        ("tenant", "monitor.azure.com", None, ""),
        ("tenant", "bedrock-runtime.us-east-1.amazonaws.com", None, "bedrock"),
        ("tenant", "bedrock-runtime-fips.us-east-1.amazonaws.com", None, "bedrock"),
        ("tenant", "bedrock-runtime.amazonaws.com", None, ""),
        ("tenant", "xbedrock-runtime.us-east-1.amazonaws.com", None, ""),
        ("tenant", "vpce-1.bedrock-runtime.us-east-1.amazonaws.com", None, ""),
        ("tenant", "s3.us-east-1.amazonaws.com", None, ""),
        ("tenant", "us-central1-aiplatform.googleapis.com", None, "vertex"),
        ("tenant", "aiplatform.googleapis.com", None, "vertex"),
        ("tenant", "-aiplatform.googleapis.com", None, ""),
        ("tenant", "us.central1-aiplatform.googleapis.com", None, ""),
        ("tenant_on_shared_infra", "toolname.azureedge.net", None, "tenant-cdn"),
        ("tenant_on_shared_infra", "othername.azureedge.net", None, ""),
        ("path_only", "www.bing.com", None, ""),
        ("path_only", "bing.com", "/chat", "bing-chat"),
        ("path_only", "www.bing.com", "/chat", "bing-chat"),
        ("path_only", "www.bing.com", "/Chat/", "bing-chat"),
        ("path_only", "www.bing.com", "/chat/abc", "bing-chat"),
        ("path_only", "www.bing.com", "/chat?q=patient", "bing-chat"),
        ("path_only", "www.bing.com", "/chatter", ""),
        ("path_only", "www.bing.com", "/search/chat", ""),
        ("path_only", "www.bing.com", "/images/create/x", "bing-chat"),
        ("path_only", "www.bing.com", "/images", ""),
        ("path_only", "www.bing.com", "", ""),
        ("path_only", "cn.bing.com", "/chat", ""),
        ("path_only", "github.com", "/copilot", "github-copilot"),
        ("path_only", "github.com", "/someone/copilot", ""),
        ("path_only", "gist.github.com", "/copilot", ""),
        ("path_only", "x.com", "/i/grok", "grok"),
        ("path_only", "x.com", "/i/grokking", ""),
        ("path over host", "chatgpt.com", "/codex/tasks", "codex"),
        ("path over host", "chatgpt.com", "/codexes", "chatgpt"),
        ("path over host", "www.chatgpt.com", "/codex", "codex"),
        ("path over host", "ws.chatgpt.com", "/codex", "chatgpt"),
        ("token_collision", "capgemini.com", None, ""),
        ("token_collision", "gemini.com", None, ""),
        ("token_collision", "bedrock.minecraft.example", None, ""),
        ("token_collision", "subscribe.example.com", None, ""),
        ("token_collision", "claudebernard.example", None, ""),
        ("token_collision", "cursor-control.example", None, ""),
        ("healthcare", "coherehealth.com", None, ""),
        ("healthcare", "cohere.com", None, "cohere"),
        ("healthcare", "fathomhealth.com", None, ""),
        ("dot_ai_tld", "tracker.ads.ai", None, ""),
        ("dot_ai_tld", "ai", None, ""),
        ("embedded_saas", "slack.com", None, "slack-ai"),
        ("ambient", "optimizationguide-pa.googleapis.com", None, "gemini"),
        ("hosting_platform", "someone.hf.space", None, "hugging-face"),
        ("hosting_platform", "someone.vercel.app", None, ""),
        ("third_party_on_ai_page", "browser-intake-datadoghq.com", None, ""),
        ("third_party_on_ai_page", "featuregates.org", None, ""),
        ("lookalike", "chat-gpt-online.example", None, "chat-gpt-online"),
        ("lookalike", "сhatgpt.com", None, ""),  # Cyrillic first letter
        ("canonical form", "ChatGPT.COM", None, "chatgpt"),
        ("canonical form", "CHATGPT.com.", None, "chatgpt"),
        ("canonical form", "chatgpt.com:443", None, "chatgpt"),
        ("canonical form", " chatgpt.com", None, "chatgpt"),
        ("canonical form", "chatgpt。com", None, "chatgpt"),
        ("canonical form", "user@chatgpt.com", None, ""),
        ("canonical form", "https://chatgpt.com", None, ""),
        ("canonical form", "chatgpt.com\0.evil.example", None, ""),
        ("address", "192.0.2.7", None, ""),
        ("address", "[2001:db8::1]:443", None, ""),
    ],
)
def test_hosts_and_paths(matcher: Matcher, trap: str, host: str, path: str | None, tool: str) -> None:
    assert found(matcher.match(Evidence(host=host, path=path))) == tool, trap
    assert (matcher.host_interest(host) is HostInterest.NONE) <= (tool == ""), "readers would drop this host"


@pytest.mark.parametrize(
    ("host", "surface"),
    [
        ("chatgpt.com", "use"),
        ("cdn.oaistatic.com", "ambient"),
        ("optimizationguide-pa.googleapis.com", "ambient"),
        ("slack.com", "embedded"),
        ("help.openai.com", "vendor_only"),
        ("chat-gpt-online.example", "look_alike"),
    ],
)
def test_surfaces_are_passed_on_unchanged(matcher: Matcher, host: str, surface: str) -> None:
    match = matcher.match(Evidence(host=host))
    assert match is not None
    assert match.surface == surface


@pytest.mark.parametrize(
    ("host", "surface"),
    [
        ("docs.claude.ai", "vendor_only"),
        ("Status.Claude.AI.", "vendor_only"),
        ("help.grok.com:443", "vendor_only"),
        ("documents.claude.ai", "use"),
        ("my.docs.claude.ai", "use"),
        ("docs-editor.claude.ai", "use"),
        ("docs.slack.com", "embedded"),
        ("docs.oaistatic.com", "ambient"),
        ("docs.openai.azure.com", "use"),  # a tenant may have any name
        ("docs.chat-gpt-online.example", "look_alike"),
    ],
)
def test_pages_beside_a_used_tool_are_contact_with_its_vendor(
    matcher: Matcher, host: str, surface: str
) -> None:
    match = matcher.match(Evidence(host=host))
    assert match is not None
    assert match.surface == surface


def test_a_tool_that_lives_under_such_a_name_is_used(matcher_of: Build) -> None:
    matcher = matcher_of({"writer": [("domain", "docs.example.com")], "shop": [("host", "shop.example.com")]})
    for host in ("docs.example.com", "Docs.Example.com.", "a.docs.example.com", "shop.example.com"):
        match = matcher.match(Evidence(host=host))
        assert match is not None
        assert match.surface == "use", host


def test_ambient_hosts_stay_ambient_beside_weaker_evidence_of_use(matcher: Matcher) -> None:
    match = matcher.match(Evidence(host="cdn.oaistatic.com", user_agent="claude-cli/1.0"))
    assert match is not None
    assert (match.tool_id, match.surface) == ("chatgpt", "ambient")


def test_a_match_names_its_signature(matcher: Matcher) -> None:
    match = matcher.match(Evidence(host="www.bing.com", path="/Chat/secret-of-a-patient"))
    assert match == Match(
        tool_id="bing-chat",
        vendor_id="v-bing-chat",
        surface="use",
        signature="bing-chat:path:bing.com/chat",
        kind="path",
        path_class="/chat",
        tier=None,
        ties=(),
    )


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("ChatGPT", "chatgpt"),
        ("chatgpt (SAML)", "chatgpt"),
        ("ChatGPT™ OIDC", "chatgpt"),
        ("ChatGPT Wrapper", ""),
        ("Gemini", "gemini"),
        ("Gemini Crypto Exchange", ""),
        ("Capgemini", ""),
        ("Cursor", "cursor"),
        ("Cursor Control Utility", ""),
        ("Cohere Health", ""),
        ("", ""),
    ],
)
def test_sso_names_match_by_equality_only(matcher: Matcher, name: str, tool: str) -> None:
    assert found(matcher.match(Evidence(application_name=name))) == tool
    assert matcher.application_interest(name) is bool(tool)


@pytest.mark.parametrize(
    "given_id", [CHATGPT_ID, CHATGPT_ID.upper(), "{" + CHATGPT_ID + "}", f" {CHATGPT_ID} "]
)
def test_application_ids_match_in_every_spelling_and_field(matcher: Matcher, given_id: str) -> None:
    assert found(matcher.match(Evidence(application_id=given_id))) == "chatgpt"
    assert found(matcher.match(Evidence(oauth_client_id=given_id))) == "chatgpt"
    assert matcher.application_interest(given_id)


def test_foreign_ids_match_nothing(matcher: Matcher) -> None:
    assert matcher.match(Evidence(application_id=CHATGPT_ID.replace("e", "f"))) is None
    assert matcher.match(Evidence(application_id=CHATGPT_ID[:-1])) is None
    assert not matcher.application_interest(CHATGPT_ID + "0")


def test_oauth_clients_match(matcher: Matcher) -> None:
    assert found(matcher.match(Evidence(oauth_client_id="app_client1"))) == "openai-api"


@pytest.mark.parametrize(
    ("agent", "tool"),
    [
        ("claude-cli/1.0.3 (external, cli)", "claude"),
        ("Claude-CLI/1.0.3", "claude"),
        ("xclaude-cli/1.0.3", ""),
        ("my-claude-cli/1.0.3", ""),
        ("claude-cli", ""),
        ("claude-client/1.0", ""),
        ("OpenAI/Python 1.99.1", "openai-api"),
        ("Mozilla/5.0 (X11) OpenAI/Python 1.0", "openai-api"),
        ("AsyncOpenAI/Python 1.99.1", ""),
        ("OpenAI/Pythonic 1.0", ""),
        ("OpenAI/JS 4.0", ""),
        ("Mozilla/5.0 (Macintosh) Cursor/0.42.3 Chrome/126", "cursor"),
        ("PrecursorApp/1.0", ""),
        ("Mozilla/5.0 (compatible; Cursor Control)", ""),
        ("Claude Desktop/0.9", "claude"),
        ("Claude of Desktop/0.9", ""),
        ("codex_cli_rs/0.98.0 (Ubuntu 24.4.0; x86_64)", "codex"),
        ("", ""),
    ],
)
def test_agents_match_by_whole_product_tokens(matcher: Matcher, agent: str, tool: str) -> None:
    assert found(matcher.match(Evidence(user_agent=agent))) == tool
    assert matcher.user_agent_interest(agent) is bool(tool)


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("OpenAI.ChatGPT", "chatgpt"),
        ("OpenAI.ChatGPT_File.Upload", "chatgpt"),
        ("openai chatgpt", "chatgpt"),
        ("OpenAI.ChatGPTX", ""),
        ("My.OpenAI.ChatGPT", ""),
        ("OpenAI", ""),
        ("google-gemini", "gemini"),
        ("google-gemini-exchange", ""),  # no declared prefix: the whole name or nothing
        ("", ""),
    ],
)
def test_firewall_names_match_whole_or_by_declared_prefix(matcher: Matcher, name: str, tool: str) -> None:
    assert found(matcher.match(Evidence(network_application=name))) == tool
    assert matcher.network_application_interest(name) is bool(tool)


def test_dns_answers_match_by_suffix(matcher: Matcher) -> None:
    match = matcher.match(Evidence(dns_answers=("192.0.2.1", "eu1.chatgpt-edge.example.net.")))
    assert match is not None
    assert (match.tool_id, match.surface, match.kind) == ("chatgpt", "cname", "dns_answer")
    assert matcher.match(Evidence(dns_answers=("notchatgpt-edge.example.net",))) is None


@pytest.mark.parametrize(
    ("answers", "tool"),
    [
        (("claude.ai",), "claude"),
        (("gateway.example.net", "Api.OpenAI.com.", "192.0.2.9"), "openai-api"),
        (("hospital.openai.azure.com",), "azure-openai"),
        (("gemini.google.com", "2001:db8::1"), "gemini"),
        (("notclaude.ai",), ""),
        (("www.bing.com",), ""),  # only paths of it are known
        (("company.slack.com",), ""),  # a suite answers for many ordinary sites
        (("help.openai.com",), ""),
        (("cdn.oaistatic.com",), ""),
        (("192.0.2.9", "", "not a name"), ""),
    ],
)
def test_an_alias_of_a_used_host_is_a_cname_and_never_use(
    matcher: Matcher, answers: tuple[str, ...], tool: str
) -> None:
    match = matcher.match(Evidence(host="assistant.hospital.example", dns_answers=answers))
    assert found(match) == tool
    assert match is None or match.surface == "cname"


def test_the_question_decides_before_its_answers(matcher: Matcher) -> None:
    match = matcher.match(Evidence(host="claude.ai", dns_answers=("api.openai.com",)))
    assert match is not None
    assert (match.tool_id, match.surface) == ("claude", "use")


def test_the_longer_of_two_answers_names_the_tool(matcher: Matcher) -> None:
    match = matcher.match(Evidence(dns_answers=("claude.ai", "eu1.chatgpt-edge.example.net")))
    assert found(match) == "chatgpt"


ORDER: list[tuple[str, Evidence]] = [
    ("by-id", Evidence(application_id="aaaaaaaa-0000")),
    ("by-client", Evidence(oauth_client_id="client-000001")),
    ("by-name", Evidence(application_name="Named App")),
    ("by-path", Evidence(host="a.shared.example.com", path="/ai")),
    ("by-host", Evidence(host="a.shared.example.com")),
    ("by-tenant", Evidence(host="a.shared.example.com")),
    ("by-longer", Evidence(host="a.shared.example.com")),
    ("by-suffix", Evidence(host="a.shared.example.com")),
    ("by-field", Evidence(network_application="field-name")),
    ("by-agent", Evidence(user_agent="agent-name/1")),
    ("by-answer", Evidence(dns_answers=("edge.example.org",))),
]

ORDER_TOOLS: dict[str, Sequence[Signature]] = {
    "by-id": [("sso_app_id", "aaaaaaaa-0000")],
    "by-client": [("oauth_client", "client-000001")],
    "by-name": [("sso_app_name", "Named App")],
    "by-path": [("path", "a.shared.example.com/ai")],
    "by-host": [("host", "a.shared.example.com")],
    "by-tenant": [("tenant", "*.shared.example.com")],
    "by-longer": [("domain", "shared.example.com")],
    "by-suffix": [("domain", "example.com")],
    "by-field": [("app_field", "field-name")],
    "by-agent": [("user_agent", "agent-name/")],
    "by-answer": [("dns_answer", "example.org")],
}


def test_the_most_specific_evidence_wins_in_the_declared_order(matcher_of: Build) -> None:
    everything = Evidence(
        host="a.shared.example.com",
        path="/ai",
        application_name="Named App",
        application_id="aaaaaaaa-0000",
        oauth_client_id="client-000001",
        user_agent="agent-name/1",
        network_application="field-name",
        dns_answers=("edge.example.org",),
    )
    names = [name for name, _ in ORDER]
    winners = []
    tools = dict(ORDER_TOOLS)
    for _ in names:
        winners.append(found(matcher_of(tools).match(everything)))
        tools = {name: rules for name, rules in tools.items() if name != winners[-1]}
    assert winners == names


@pytest.mark.parametrize(("name", "evidence"), ORDER[:5] + ORDER[8:])
def test_each_kind_of_evidence_is_enough_by_itself(matcher_of: Build, name: str, evidence: Evidence) -> None:
    assert found(matcher_of(ORDER_TOOLS).match(evidence)) == name


def test_ties_are_shown(write_vendor: Write) -> None:
    path = write_vendor("v", {"first": [("domain", "example.com")], "second": [("domain", "example.com")]})
    match = Matcher(load_catalogue([path.parent])).match(Evidence(host="www.example.com"))
    assert match is not None
    assert (match.tool_id, match.ties) == ("first", ("second",))


def test_one_tool_does_not_tie_with_itself(matcher_of: Build) -> None:
    matcher = matcher_of({"tool": [("user_agent", "one/"), ("user_agent", "two/")]})
    match = matcher.match(Evidence(user_agent="two/2 one/1"))
    assert match is not None
    assert match.ties == ()
    assert match.signature == "tool:user_agent:two/"  # the first product token leads


def test_the_tenant_with_more_fixed_text_wins(matcher_of: Build) -> None:
    matcher = matcher_of({"wide": [("tenant", "*.example.com")], "narrow": [("tenant", "ai-*.example.com")]})
    assert found(matcher.match(Evidence(host="ai-1.example.com"))) == "narrow"
    assert found(matcher.match(Evidence(host="xx-1.example.com"))) == "wide"


def test_a_tier_comes_only_from_a_signature(write_vendor: Write) -> None:
    path = write_vendor("v", {"tool": [("sso_app_name", "Tool Enterprise"), ("domain", "tool.example.com")]})
    text = path.read_text("utf-8").replace(
        'value = "Tool Enterprise"', 'value = "Tool Enterprise"\ntier = "enterprise"'
    )
    path.write_text(text, "utf-8")
    matcher = Matcher(load_catalogue([path.parent]))
    by_name, by_host = (
        matcher.match(Evidence(application_name="Tool Enterprise")),
        matcher.match(Evidence(host="tool.example.com")),
    )
    assert by_name is not None
    assert by_host is not None
    assert (by_name.tier, by_host.tier) == ("enterprise", None)


@pytest.mark.parametrize(
    ("host", "interest", "prefixes"),
    [
        ("chatgpt.com", HostInterest.ALWAYS, ("/codex",)),
        ("WWW.Bing.com.", HostInterest.PATHS, ("/images/create", "/chat")),
        ("github.com", HostInterest.PATHS, ("/copilot",)),
        ("gist.github.com", HostInterest.NONE, ()),
        ("hospital.openai.azure.com", HostInterest.ALWAYS, ()),
        ("openai.azure.com", HostInterest.NONE, ()),
        ("example.org", HostInterest.NONE, ()),
        ("", HostInterest.NONE, ()),
    ],
)
def test_readers_learn_what_to_keep(
    matcher: Matcher, host: str, interest: HostInterest, prefixes: tuple[str, ...]
) -> None:
    assert matcher.host_interest(host) is interest
    assert matcher.path_prefixes(host) == prefixes


def test_a_www_host_with_paths_of_its_own_keeps_them(matcher_of: Build) -> None:
    matcher = matcher_of({"plain": [("path", "a.example/x")], "www": [("path", "www.a.example/x")]})
    assert found(matcher.match(Evidence(host="www.a.example", path="/x"))) == "www"
    assert found(matcher.match(Evidence(host="a.example", path="/x"))) == "plain"


# Built once by hand: a fixture of function scope cannot feed a property.
@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    directory = tmp_path_factory.mktemp("vendors")
    for tool, signatures in TOOLS.items():
        (directory / f"v-{tool}.toml").write_text(vendor_text(f"v-{tool}", {tool: signatures}), "utf-8")
    return Matcher(load_catalogue([directory]))


KNOWN = st.sampled_from(["chatgpt.com", "openai.com", "x.ai", "claude.ai", "hf.space"])
LABEL = st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?\Z")


@given(st.data())
def test_only_a_dot_makes_a_subdomain(shared: Matcher, data: st.DataObject) -> None:
    known, label = data.draw(KNOWN), data.draw(LABEL)
    assert shared.match(Evidence(host=f"{label}.{known}")) is not None
    assert shared.match(Evidence(host=f"{label}{known}")) is None
    assert shared.match(Evidence(host=f"{known}.{label}")) is None
    assert shared.match(Evidence(host=f"{known}{label}")) is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_answered(shared: Matcher, one: str, two: str) -> None:
    shared.match(Evidence(one, two, one, two, one, two, one, (one, two)))
    shared.match(Evidence(host=one, path=two))
    shared.match(Evidence(user_agent=one))
    assert (shared.host_interest(one) is HostInterest.NONE) <= (shared.match(Evidence(host=one)) is None)
    shared.path_prefixes(one)
    shared.application_interest(one)
    shared.network_application_interest(one)
