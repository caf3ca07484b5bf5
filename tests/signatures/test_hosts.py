"""Hosts come into one canonical form, whatever the log holds, and strangers stay strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.hosts import normalise_host, registrable_domain


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("chatgpt.com", "chatgpt.com"),
        ("ChatGPT.COM", "chatgpt.com"),
        ("cHaTgPt.cOm", "chatgpt.com"),  # 0x20 encoding of resolvers
        ("chatgpt.com.", "chatgpt.com"),
        ("chatgpt.com:443", "chatgpt.com"),
        ("chatgpt.com.:443", "chatgpt.com"),
        ("chatgpt.com:", "chatgpt.com"),
        ("  chatgpt.com\r\n", "chatgpt.com"),
        ("chatgpt。com", "chatgpt.com"),  # ideographic full stop
        ("chatgpt．com", "chatgpt.com"),  # full-width full stop
        ("ＣＨＡＴＧＰＴ.com", "chatgpt.com"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"),
        ("сhatgpt.com", "xn--hatgpt-hrf.com"),  # the first letter is Cyrillic: another name
        ("💩.example", "xn--ls8h.example"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("r1---sn-4g5e.example.com", "r1---sn-4g5e.example.com"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:8080", "192.0.2.7"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("2001:db8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]", "fe80::1"),
    ],
)
def test_hosts_have_one_form(raw: str, expected: str) -> None:
    assert normalise_host(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "-",
        "_",
        ".",
        "..",
        ".chatgpt.com",
        "chatgpt..com",
        "chatgpt.com..",
        "https://chatgpt.com",
        "chatgpt.com/c/1",
        "user@chatgpt.com",
        "*.chatgpt.com",
        "chatgpt.com:https",
        "chatgpt.com:99999",
        "chat gpt.com",
        "chatgpt\0.com",
        "chatgpt\n.com",
        "chatgpt%2ecom",
        "a" * 64 + ".com",
        "a." * 127 + "com",
        "a" * 5000,
        "ä" * 2000 + ".com",
        "\ud800.com",
        "1.2.3",
        "256.1.1.1",
        "0x7f.1",
        "2130706433",
        "example.123",
        "[::1",
        "[::1]x",
        "[::1]:port",
        "1:2:3",
        "::1::",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_is_no_host_gives_none(raw: str) -> None:
    assert normalise_host(raw) is None


HOSTILE = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("a1.-_:[]@%*/\0 。．xn")), max_size=300)


@given(HOSTILE)
def test_any_text_gives_none_or_a_stable_form(raw: str) -> None:
    host = normalise_host(raw)
    if host is not None:
        assert normalise_host(host) == host
        assert host == host.lower()
        assert host.isascii()
        assert not set(host) & set(" /@%*\0[]")
        assert len(host) <= 253


@given(st.lists(st.from_regex(r"\A[a-zA-Z0-9]{1,20}\Z"), min_size=1, max_size=5), st.integers(0, 65535))
def test_case_port_and_trailing_dot_make_no_difference(labels: list[str], port: int) -> None:
    name = ".".join([*labels, "example"])
    assert normalise_host(name.upper() + ".") == normalise_host(f"{name}:{port}") == name.lower()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.b.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("co.uk", None),
        ("someone.hf.space", "someone.hf.space"),
        ("deep.someone.hf.space", "someone.hf.space"),
        ("hf.space", None),
        ("tenant.openai.azure.com", "azure.com"),
        ("localhost", None),
        ("192.0.2.7", None),
        ("2001:db8::1", None),
    ],
)
def test_registrable_domains_follow_the_public_suffix_list(host: str, expected: str | None) -> None:
    assert registrable_domain(host) == expected
