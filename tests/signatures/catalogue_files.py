"""Write the text of small vendor files, so that no test depends on the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

HEAD = """id = "{id}"
name = "{name}"
homepage = "{homepage}"
country = "US"
maturity = "stable"
checked_on = 2026-11-01
"""

TOOL = """
[[tools]]
id = "{id}"
name = "{name}"
category = "chat_assistant"
clinical = false
description = "A tool for tests."
tiers = ["free", "enterprise"]
"""

TERMS = """
[[tools.phi_terms]]
tiers = ["*"]
baa = "unknown"
source = "https://source.example/terms"
as_of = 2026-11-01
grade = "P"
"""

Signature = tuple[str, str] | tuple[str, str, str]


def signature_text(kind: str, value: str, surface: str = "use") -> str:
    """Return one signature table; JSON strings are TOML strings."""
    quoted = json.dumps(value, ensure_ascii=False)
    return (
        f'\n[[tools.signatures]]\nkind = "{kind}"\nvalue = {quoted}\n'
        f'surface = "{surface}"\nsource = "https://source.example/{kind}"\n'
    )


def vendor_text(
    vendor: str,
    tools: dict[str, Sequence[Signature]],
    *,
    homepage: str | None = None,
    examples: Sequence[dict[str, str]] = (),
    terms: str = TERMS,
) -> str:
    """Return the text of a vendor file with these tools and signatures."""
    home = homepage or f"https://{vendor}.example"
    text = HEAD.format(id=vendor, name=vendor.title(), homepage=home)
    for tool, signatures in tools.items():
        text += TOOL.format(id=tool, name=tool.title())
        text += "".join(signature_text(*signature) for signature in signatures)
        text += terms
    for example in examples:
        text += "\n[[examples]]\n" + "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in example.items()
        )
    return text


Write = Callable[..., Path]
"""Write one vendor file, given the arguments of `vendor_text`, and return its path."""
