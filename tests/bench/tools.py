"""The tools that generated logs show, as a catalogue."""

from pathlib import Path

from signatures.catalogue import Catalogue, load_catalogue

VENDOR = """
id = "sample"
name = "Sample"
homepage = "https://www.example.org"
maturity = "test"
checked_on = 2026-11-22
"""
TOOL = """
[[tools]]
id = "{tool}"
name = "{tool}"
category = "chat_assistant"
clinical = false
description = "A tool of generated logs."
tiers = []
[[tools.signatures]]
kind = "{kind}"
value = "{value}"
surface = "use"
source = "https://www.example.org/"
"""
EXAMPLE = """
[[examples]]
host = "www.example.org"
tool = ""
"""
SIGNATURES = {
    "sample-chat": ("domain", "chat.example.net"),
    "sample-scribe": ("host", "scribe.example.org"),
    "sample-models": ("tenant", "*.models.example.com"),
}


def catalogue(folder: Path, *, strangers: int = 0) -> Catalogue:
    """Return a catalogue of the generated tools, with any number of signatures that no log shows."""
    signatures = SIGNATURES | {
        f"other-{number}": ("domain", f"other{number}.example.io") for number in range(strangers)
    }
    tools = "".join(
        TOOL.format(tool=tool, kind=kind, value=value) for tool, (kind, value) in signatures.items()
    )
    (folder / "sample.toml").write_text(VENDOR + tools + EXAMPLE, encoding="utf-8")
    return load_catalogue([folder])
