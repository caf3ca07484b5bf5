"""Names compare by equality after normalisation, agents by whole product tokens, never by parts of words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.names import agent_products, application_key, field_words


@pytest.mark.parametrize(
    "name",
    [
        "ChatGPT",
        "chatgpt",
        "ChatGPT™",
        "ChatGPT®",
        " ChatGPT ",
        "ChatGPT (SAML)",
        "ChatGPT - OIDC",
        "ChatGPT SAML 2.0",
        "ChatGPT (OpenID Connect)",
        "ChatGPT SSO (SAML)",
        "ＣｈａｔＧＰＴ",
        "ChatGPT [Single Sign-On]",
        "ChatGPT_SCIM",
    ],
)
def test_protocols_marks_and_case_are_no_part_of_a_name(name: str) -> None:
    assert application_key(name) == "chatgpt"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ChatGPT Enterprise", "chatgpt enterprise"),
        ("Otter.ai", "otter ai"),
        ("Scribe 2", "scribe 2"),
        ("SAML", "saml"),
        ("SAML Toolkit", "saml toolkit"),
        ("通义千问", "通义千问"),
        ("---", None),
        ("", None),
    ],
)
def test_keys_of_names(name: str, key: str | None) -> None:
    assert application_key(name) == key


@given(st.text(max_size=600))
def test_any_name_has_a_stable_key(name: str) -> None:
    key = application_key(name)
    if key is not None:
        assert application_key(key) in {key, application_key(application_key(key) or "")}
        assert key == key.strip()


def test_firewall_fields_split_into_words() -> None:
    assert field_words("OpenAI.ChatGPT_File.Upload") == ("openai", "chatgpt", "file", "upload")


def test_agents_split_into_products_with_and_without_version() -> None:
    assert list(agent_products("claude-cli/1.0.3 (external, cli)")) == [
        ("claude-cli/1.0.3", "claude-cli/", "claude-cli"),
        ("external",),
        ("cli",),
    ]


@pytest.mark.parametrize(
    "agent", ["/" * 1_000_000, "a" * 1_000_000, "(" * 1_000_000, "x/" * 500_000, "\0\ud800"]
)
def test_hostile_agents_cost_little(agent: str) -> None:
    start = time.process_time()
    assert all(len(forms) <= 10 for forms in agent_products(agent))
    assert time.process_time() - start < 5
