"""Bring names of applications, firewall application fields and user agents into comparable forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Names and agents are hostile text; what identifies a tool stands at the front of both.
_MAX_NAME = 512
_MAX_AGENT = 2048
_MAX_SLASHES = 4

_MARKS = str.maketrans("", "", "™®©℠")
_SEPARATORS = re.compile(r"[\W_]+")
# How an identity provider's administrator says "by which protocol", which is no part of the product's name.
_PROTOCOLS = re.compile(
    r"(?<=\S)(?: (?:saml2?|oidc|oauth2?|openid connect|scim|sso|single sign on|swa|ws ?fed)"
    r"(?: [0-9](?: [0-9])?)?)+\Z"
)
_AGENT_BREAKS = re.compile(r"[\s;,()\[\]\"'<>|]+")


def application_key(name: str) -> str | None:
    """Return an application name for comparison by equality, without case, marks and punctuation.

    "ChatGPT™ (SAML 2.0)" and "chatgpt" compare equal; "ChatGPT Enterprise" stays another name. None if no
    letter or digit is left.
    """
    return _PROTOCOLS.sub("", " ".join(_words(name))) or None


def field_words(name: str) -> tuple[str, ...]:
    """Return the words of a firewall's application field: "OpenAI.ChatGPT_File.Upload" has four."""
    return tuple(_words(name))


def identifier_key(value: str) -> str:
    """Return an application or client id for comparison: GUIDs differ in case and braces between logs."""
    return value.strip().strip("{}").lower()


def agent_products(agent: str) -> Iterator[tuple[str, ...]]:
    """Yield, for each token of a user agent in order, the forms a signature may equal, longest first.

    "claude-cli/1.0.3" yields ("claude-cli/1.0.3", "claude-cli/", "claude-cli"): a signature may name the
    product with or without the slash that begins its version, never a part of a word.
    """
    for token in _AGENT_BREAKS.split(agent[:_MAX_AGENT].lower()):
        if token:
            yield _product_forms(token)


def _product_forms(token: str) -> tuple[str, ...]:
    forms = [token]
    start = 0
    cuts: list[int] = []
    while len(cuts) < _MAX_SLASHES and (start := token.find("/", start) + 1) > 0:
        cuts.append(start)
    for cut in reversed(cuts):
        forms += (token[:cut], token[: cut - 1])
    return tuple(dict.fromkeys(forms))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", name[:_MAX_NAME].translate(_MARKS)).casefold()
    return _SEPARATORS.sub(" ", plain).split()
