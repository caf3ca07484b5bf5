"""Write the page of docs that says what every format gives, and what cannot be found without it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.spec import FormatSpec


@dataclass(frozen=True, slots=True)
class _Gift:
    """Something a log can tell: the fields that carry it, and what is lost where it does not."""

    title: str
    fields: frozenset[str]
    lost: str


_GIFTS: Final = (
    _Gift(
        "host",
        frozenset({"destination_domain", "destination", "url", "dns_question"}),
        "tools known by their hosts are not found, only those known by an application's name or id",
    ),
    _Gift(
        "path",
        frozenset({"url", "url_path"}),
        "tools that share a host with others (an assistant inside a search site) are not told apart",
    ),
    _Gift(
        "user",
        frozenset({"user", "user_name", "user_email", "actor"}),
        "people are not counted; a device or an address stands in, and departments stay unknown",
    ),
    _Gift(
        "device",
        frozenset({"device_name", "source_ip", "source_domain"}),
        "use without a named user cannot be laid to a device",
    ),
    _Gift(
        "upload",
        frozenset({"source_bytes"}),
        "how much was sent to a tool stays unknown; the exposure is a wider range",
    ),
    _Gift(
        "action",
        frozenset({"action"}),
        "blocked attempts cannot be told from use",
    ),
    _Gift(
        "application",
        frozenset({"application_name", "application_id", "oauth_client_id", "network_application"}),
        "tools reached by single sign-on, consent or an installed program are not found by their names",
    ),
    _Gift(
        "user agent",
        frozenset({"user_agent"}),
        "command line tools, editors and AI browsers that call shared hosts are not found",
    ),
)

_FAMILIES: Final = {
    "proxy": "Web proxies and secure web gateways",
    "firewall": "Firewalls",
    "dns": "DNS",
    "identity": "Sign-on, consent and audit",
    "network": "Network sensors",
    "endpoint": "Endpoints and software inventories",
    "finance": "Payments",
    "generic": "Any other log",
}
_INTRODUCTION: Final = """\
# Log formats

Formats are recognised by content; nothing has to be configured. This page is written by
`skiagram formats docs --out docs/formats.md` from the files in `scanner/formats`.

Packet captures (pcap, pcapng) and dnstap files are read too, by readers of their own. A log that is not listed
here can be read after `skiagram formats draft FILE` has begun a format file for it
([CONTRIBUTING](../CONTRIBUTING.md#a-new-format-in-15-minutes)).

## What a log must tell

| a log that does not tell the | loses |
| --- | --- |
"""
_DIFFERENCES: Final = """
## Where other readings differ

Other programs read some fields of these logs otherwise. Ours follows the definition named here.

| id | fields | why | definition, checked on |
| --- | --- | --- | --- |
"""


def formats_page(specs: Iterable[FormatSpec]) -> str:
    """Return the page as Markdown, formats by family and id."""
    listed = sorted(specs, key=lambda spec: spec.id)
    parts = [_INTRODUCTION, *(f"| {gift.title} | {gift.lost} |\n" for gift in _GIFTS)]
    for family, title in _FAMILIES.items():
        members = [spec for spec in listed if spec.family == family]
        if members:
            parts.append(f"\n## {title}\n\n")
            parts += _table(members)
            parts += _switches(members)
    parts += _differences(listed)
    return "".join(parts)


def gives(spec: FormatSpec) -> tuple[str, ...]:
    """Return what a format can give, in the words of the page."""
    fields = {name for record in spec.records if record.drop is None for name in spec.fields_of(record)}
    return tuple(gift.title for gift in _GIFTS if fields & gift.fields)


def _table(specs: Sequence[FormatSpec]) -> Iterable[str]:
    titles = [gift.title for gift in _GIFTS]
    yield f"| id | log | vendor | {' | '.join(titles)} |\n"
    yield f"| --- | --- | --- |{' --- |' * len(titles)}\n"
    for spec in specs:
        given = gives(spec)
        marks = " | ".join("yes" if title in given else "no" for title in titles)
        state = "" if spec.maturity == "stable" else f" ({spec.maturity})"
        yield f"| `{spec.id}`{state} | {_linked(spec)} | {_cell(spec.vendor)} | {marks} |\n"


def _switches(specs: Sequence[FormatSpec]) -> Iterable[str]:
    told = [spec for spec in specs if spec.enable]
    if told:
        yield "\n| id | switched on at | according to |\n| --- | --- | --- |\n"
        yield from (
            f"| `{spec.id}` | {_cell(spec.enable or '')} | {_source(spec.enable_source)} |\n" for spec in told
        )


def _differences(specs: Sequence[FormatSpec]) -> Iterable[str]:
    told = [(spec, one) for spec in specs for one in spec.differs]
    if told:
        yield _DIFFERENCES
        yield from (
            f"| `{spec.id}` | {_cell(', '.join(one.fields))} | {_cell(one.why)} | "
            f"{_source(one.source)}, {one.checked_on} |\n"
            for spec, one in told
        )


def _source(text: str | None) -> str:
    if not text:
        return "not stated"
    if re.fullmatch(r"https?://[\w.~:/?#@!$&'*+,;=%()-]+", text):
        return f"<{text}>"
    return _cell(text)


def _linked(spec: FormatSpec) -> str:
    return f"[{_cell(spec.title)}]({spec.docs[0]})" if spec.docs else _cell(spec.title)


def _cell(text: str) -> str:
    """Return text that ends neither its cell nor its row, and is no markup."""
    plain = " ".join(text.split())
    for mark in "\\|<>[]*_`":
        plain = plain.replace(mark, f"\\{mark}")
    return plain
