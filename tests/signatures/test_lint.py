"""The lint finds every class of mistake, at the right line, with advice, and leaves good files alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from signatures.errors import CatalogueMissing
from signatures.lint import LintFinding, lint_directories, main
from tests.signatures.catalogue_files import Signature, Write, vendor_text

TODAY = date(2026, 11, 22)
GOOD: list[Signature] = [("domain", "acme-chat.com")]
EXAMPLES = [{"host": "acme-chat.com", "tool": "chat"}, {"host": "notacme-chat.com", "tool": ""}]


def lint(path: Path, today: date | None = None) -> list[LintFinding]:
    return lint_directories([path.parent], today)


def codes(findings: Sequence[LintFinding]) -> list[tuple[str, str]]:
    return [(finding.level, finding.code) for finding in findings]


def test_a_good_file_has_no_findings(write_vendor: Write) -> None:
    assert lint(write_vendor("acme", {"chat": GOOD}, examples=EXAMPLES), TODAY) == []


@pytest.mark.parametrize(
    ("signature", "level", "code"),
    [
        (("domain", "google.com"), "error", "too-broad"),
        (("domain", "microsoft.com"), "error", "too-broad"),
        (("local_port", "9997"), "error", "too-broad"),
        (("domain", "amazonaws.com"), "error", "too-broad"),
        (("domain", "azure.com"), "error", "too-broad"),
        (("domain", "cloudfront.net"), "error", "too-broad"),
        (("domain", "vercel.app"), "error", "too-broad"),
        (("domain", "github.com"), "error", "too-broad"),
        (("domain", "github.com", "embedded"), "error", "too-broad"),
        (("domain", "co.uk"), "error", "too-broad"),
        (("domain", "herokuapp.com"), "error", "too-broad"),
        (("dns_answer", "cloudfront.net"), "error", "too-broad"),
        (("host", "www.bing.com"), "error", "too-broad"),
        (("domain", "slack.com"), "error", "too-broad"),
        (("tenant", "*.azure.com"), "error", "too-broad"),
        (("tenant", "*.*.amazonaws.com"), "error", "too-broad"),
        (("tenant", "*.vercel.app"), "error", "too-broad"),
        (("sso_app_name", "Copilot"), "error", "too-broad"),
        (("app_field", "chat*"), "error", "too-broad"),
        (("user_agent", "Cursor"), "warning", "too-broad"),
        (("domain", "Acme-Talk.com"), "error", "not-normalised"),
        (("host", "acme-talk.com."), "error", "not-normalised"),
        (("tenant", "*.Acme.example.com"), "error", "not-normalised"),
        (("path", "Example.com/chat"), "error", "not-normalised"),
        (("domain", "münchen-chat.example"), "error", "not-normalised"),
        (("domain", "intercom.io"), "error", "third-party"),
        (("host", "cdn.segment.com"), "error", "third-party"),
        (("domain", "o1.ingest.sentry.io"), "error", "third-party"),
        (("domain", "acme.launchdarkly.com"), "error", "third-party"),
        (("host", "js.stripe.com", "vendor_only"), "", ""),
        (("host", "acme.auth0.com"), "error", "third-party"),
        (("host", "acme.auth0.com", "vendor_only"), "", ""),
        (("domain", "auth0.com", "vendor_only"), "error", "third-party"),
        (("domain", "statsigapi.net"), "error", "third-party"),
        (("tenant", "*.datadoghq.com"), "error", "third-party"),
        (("domain", "slack.com", "embedded"), "", ""),
        (("host", "www.bing.com", "ambient"), "", ""),
        (("host", "gemini.google.com"), "", ""),
        (("path", "github.com/copilot"), "", ""),
        (("domain", "hf.space"), "", ""),
        (("domain", "acme.vercel.app"), "", ""),
        (("tenant", "*.openai.azure.com"), "", ""),
        (("tenant", "bedrock-runtime.*.amazonaws.com"), "", ""),
        (("tenant", "*-aiplatform.googleapis.com"), "", ""),
        (("sso_app_name", "Acme Copilot"), "", ""),
        (("user_agent", "Cursor/"), "", ""),
        (("user_agent", "ClaudeBot"), "", ""),
    ],
)
def test_single_signatures(write_vendor: Write, signature: Signature, level: str, code: str) -> None:
    findings = lint(write_vendor("acme", {"chat": [*GOOD, signature]}, examples=EXAMPLES))
    assert codes(findings) == ([(level, code)] if code else [])
    assert all(finding.line == 24 and finding.advice for finding in findings)


def test_a_helper_service_may_sign_its_own_hosts(write_vendor: Write) -> None:
    examples = [{"host": "intercom.com", "tool": "chat"}, EXAMPLES[1]]
    path = write_vendor(
        "acme",
        {"chat": [("domain", "intercom.com")]},
        homepage="https://www.intercom.com/ai",
        examples=examples,
    )
    assert lint(path) == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (("domain", "acme-chat.com"), ("domain", "acme-chat.com")),
        (("domain", "acme-chat.com"), ("host", "acme-chat.com")),
        (("sso_app_name", "Acme Chat"), ("sso_app_name", "ACME-Chat (SAML)")),
        (("sso_app_id", "aaaaaaaa-0000"), ("oauth_client", "AAAAAAAA-0000")),
        (("app_field", "Acme.Chat*"), ("app_field", "acme chat*")),
        (("user_agent", "acme-cli/"), ("user_agent", "Acme-CLI")),
        (("path", "example.com/chat"), ("path", "example.com/Chat/")),
        (("tenant", "*.acme.example.com"), ("tenant", "*.acme.example.com")),
    ],
)
def test_two_vendors_cannot_claim_one_value(write_vendor: Write, mine: Signature, theirs: Signature) -> None:
    write_vendor("acme", {"chat": [mine]})
    findings = [f for f in lint(write_vendor("other", {"tool": [theirs]})) if f.code == "duplicate-signature"]
    assert [(f.path.name, f.level, f.line) for f in findings] == [("other.toml", "error", 18)]
    assert "chat (acme)" in findings[0].message


def test_different_values_do_not_collide(write_vendor: Write) -> None:
    write_vendor("acme", {"chat": [("app_field", "Acme.Chat*")]})
    findings = lint(write_vendor("other", {"tool": [("app_field", "Acme.Chat")]}))
    assert "duplicate-signature" not in {finding.code for finding in findings}


def test_a_tool_lists_a_value_once(write_vendor: Write) -> None:
    signatures = [*GOOD, ("sso_app_name", "Acme Chat"), ("sso_app_name", "acme-chat")]
    findings = lint(write_vendor("acme", {"chat": signatures}, examples=EXAMPLES))
    assert codes(findings) == [("error", "duplicate-signature")]


def test_repeated_ids_are_errors(write_vendor: Write, tmp_path: Path) -> None:
    write_vendor("acme", {"chat": GOOD}, examples=EXAMPLES)
    examples = [{"host": "other-chat.com", "tool": "chat"}, EXAMPLES[1]]
    path = write_vendor("other", {"chat": [("domain", "other-chat.com")]}, examples=examples)
    assert ("error", "duplicate-id") in codes(lint(path))
    (path.parent / "second.toml").write_text(vendor_text("acme", {"tool": GOOD}), "utf-8")
    found = {(f.path.name, f.code) for f in lint(path)}
    assert {("second.toml", "duplicate-id"), ("second.toml", "file-name")} <= found


def test_a_signature_on_another_vendors_domain_is_a_warning(write_vendor: Write) -> None:
    write_vendor("acme", {"chat": GOOD}, homepage="https://www.acme.com", examples=EXAMPLES)
    theirs = [{"host": "ai.acme.com", "tool": "tool"}, EXAMPLES[1]]
    path = write_vendor("other", {"tool": [("host", "ai.acme.com")]}, examples=theirs)
    assert codes(lint(path)) == [("warning", "foreign-domain")]
    path = write_vendor(
        "other",
        {"tool": [("host", "ai.acme-chat.com")]},
        examples=[{**theirs[0], "host": "ai.acme-chat.com"}, EXAMPLES[1]],
    )
    assert codes(lint(path)) == [("warning", "foreign-domain")]
    path.write_text(
        path.read_text("utf-8").replace('surface = "use"', 'surface = "use"\nnote = "Bought in 2025."')
    )
    assert lint(path) == []


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "has no example that matches"),
        (EXAMPLES[:1], "a near miss"),
        (EXAMPLES[1:], "has no example that matches"),
    ],
)
def test_both_kinds_of_example_are_needed(
    write_vendor: Write, examples: list[dict[str, str]], message: str
) -> None:
    findings = lint(write_vendor("acme", {"chat": GOOD}, examples=examples))
    assert {finding.code for finding in findings} == {"missing-example"}
    assert any(message in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ({"host": "acme-chat.org", "tool": "chat"}, "should match 'chat' but matches nothing"),
        (
            {"host": "www.acme-chat.com", "tool": ""},
            "should match nothing but matches 'chat' by chat:domain:acme-chat.com",
        ),
        (
            {"host": "acme-chat.com", "tool": "chat", "surface": "ambient"},
            "should have surface ambient but has use",
        ),
        ({"host": "acme-chat.com", "tool": "chat", "tier": "free"}, "should have tier 'free' but has None"),
        ({"host": "acme-chat.com", "tool": "chatt"}, "'chatt', which is in no vendor file"),
        ({"tool": "chat"}, "gives no evidence"),
    ],
)
def test_examples_are_tried(write_vendor: Write, example: dict[str, str], message: str) -> None:
    findings = lint(write_vendor("acme", {"chat": GOOD}, examples=[*EXAMPLES, example]))
    assert codes(findings) == [("error", "example-fails")]
    assert message in findings[0].message
    assert findings[0].line == 37


def test_examples_are_tried_on_the_whole_catalogue(write_vendor: Write) -> None:
    write_vendor("acme", {"chat": GOOD}, examples=EXAMPLES)
    examples = [{"host": "acme-chat.com", "tool": "tool"}, {"host": "acme-chat.com", "tool": ""}]
    path = write_vendor("other", {"tool": [("domain", "other-tool.com")]}, examples=examples)
    assert codes(lint(path)) == [("error", "example-fails"), ("warning", "near-miss-taken")]


def test_dates_are_judged_against_the_given_day_only(write_vendor: Write) -> None:
    path = write_vendor("acme", {"chat": GOOD}, examples=EXAMPLES)
    text = path.read_text("utf-8").replace("checked_on = 2026-11-01", "checked_on = 2026-11-23")
    path.write_text(text.replace("as_of = 2026-11-01", "as_of = 2026-05-25"), "utf-8")
    assert lint(path) == []
    findings = lint(path, TODAY)
    assert codes(findings) == [("error", "future-date"), ("warning", "stale")]
    assert [finding.line for finding in findings] == [6, 26]
    path.write_text(
        text.replace("2026-11-23", "2026-11-22").replace("as_of = 2026-11-01", "as_of = 2026-05-26")
    )
    assert lint(path, TODAY) == []


def test_silence_about_terms_is_a_warning(write_vendor: Write) -> None:
    findings = lint(write_vendor("acme", {"chat": GOOD}, examples=EXAMPLES, terms=""))
    assert codes(findings) == [("warning", "missing-terms")]


def test_a_file_that_breaks_the_schema_does_not_hide_the_others(write_vendor: Write) -> None:
    write_vendor("acme", {"chat": [("domain", "google.com")]}, examples=EXAMPLES)
    path = write_vendor("broken", {"tool": GOOD})
    path.write_text("id = broken", "utf-8")
    found = {(finding.path.name, finding.code) for finding in lint(path)}
    assert {("broken.toml", "schema"), ("acme.toml", "too-broad")} <= found


def test_a_local_vendor_is_judged_in_place_of_the_shipped_one(tmp_path: Path) -> None:
    for folder, domain in (("shipped", "acme-chat.com"), ("local", "acme-talk.com")):
        (tmp_path / folder).mkdir()
        examples = [{"host": domain, "tool": "chat"}, EXAMPLES[1]]
        text = vendor_text("acme", {"chat": [("domain", domain)]}, examples=examples)
        (tmp_path / folder / "acme.toml").write_text(text, "utf-8")
    assert lint_directories([tmp_path / "shipped", tmp_path / "local"]) == []


def test_the_command_prints_file_line_and_advice(
    write_vendor: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_vendor("acme", {"chat": GOOD}, examples=EXAMPLES)
    assert main([str(good)]) == 0
    bad = write_vendor("bad", {"bad": [("domain", "google.com")]})
    assert main([str(good), "--today=2026-11-22"]) == 0, "only the named file is judged"
    capsys.readouterr()
    assert main([str(bad.parent)]) == 1
    out = capsys.readouterr().out
    assert f"{bad}:18: error: domain 'google.com' is too broad" in out
    assert "name the exact host" in out
    assert main([str(bad.parent / "nowhere" / "x.toml")]) == 2
    with pytest.raises(CatalogueMissing):
        lint_directories([bad.parent / "nowhere"])
