"""Judge single signatures, and collisions between vendors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from signatures.hosts import normalise_host, registrable_domain
from signatures.kinds import HOST_KINDS, Kind, Surface
from signatures.names import application_key, field_words, identifier_key
from signatures.platforms import is_common_port, is_generic, is_shared, is_suite, third_party
from signatures.schema import SignatureEntry
from signatures.vendor_files import VendorDocument

_SUFFIX_KINDS = frozenset({Kind.DOMAIN, Kind.DNS_ANSWER})
_MIN_FIXED_PART = 3

Located = tuple[VendorDocument, tuple[str | int, ...], "Remark"]


@dataclass(frozen=True, slots=True)
class Remark:
    """State one fault without its place."""

    level: Literal["error", "warning"]
    code: str
    message: str
    advice: str


def remarks_on_signature(signature: SignatureEntry, homepage: str) -> Iterator[Remark]:
    """Yield what is wrong with one signature of the vendor with this homepage, seen by itself."""
    if signature.kind in HOST_KINDS:
        yield from _on_form(signature)
        yield from _on_breadth(signature)
        yield from _on_helper(signature, homepage)
    elif signature.kind in {Kind.SSO_APP_NAME, Kind.APP_FIELD}:
        if is_generic(application_key(signature.value.removesuffix("*"))):
            message = f"{signature.kind} {signature.value!r} is a name that any product may have"
            yield Remark("error", "too-broad", message, "give the product's full name")
    elif signature.kind is Kind.LOCAL_PORT and is_common_port(signature.value):
        message = f"port {signature.value} is used by other software too and names nobody by itself"
        yield Remark("error", "too-broad", message, "remove it; paths or a user agent can name the server")
    elif signature.kind is Kind.USER_AGENT and _is_plain_word(signature.value):
        message = f"user agent {signature.value!r} is a plain word that may stand in any agent's comment"
        yield Remark("warning", "too-broad", message, f'write "{signature.value}/" if a version follows it')


def collisions(documents: Sequence[VendorDocument]) -> Iterator[Located]:
    """Yield signatures that two vendors claim, a tool lists twice, or that stand on another's domain."""
    chosen = {document.entry.id: document for document in documents}
    claims: dict[tuple[str, str], tuple[str, str]] = {}
    owners = _owners(list(chosen.values()))
    for document in chosen.values():
        vendor = document.entry
        for place, tool in enumerate(vendor.tools):
            for number, signature in enumerate(tool.signatures):
                location = ("tools", place, "signatures", number, "value")
                key = _claim(signature)
                known = claims.setdefault(key, (vendor.id, tool.id))
                if known[0] != vendor.id:
                    message = (
                        f"{signature.kind} {signature.value!r} is also a signature of {known[1]} ({known[0]})"
                    )
                    advice = "leave it to the vendor that owns it"
                    yield document, location, Remark("error", "duplicate-signature", message, advice)
                owner = owners.get(_registrable(signature) or "", vendor.id)
                if owner != vendor.id and known[0] == vendor.id:
                    message = f"{signature.value!r} stands on a domain of vendor {owner}"
                    advice = f"move the tool to {owner}.toml, or say in a note why it belongs here"
                    if not signature.note:
                        yield document, location, Remark("warning", "foreign-domain", message, advice)
            yield from _listed_twice(document, place)


def _listed_twice(document: VendorDocument, place: int) -> Iterator[Located]:
    tool = document.entry.tools[place]
    seen: set[tuple[str, str]] = set()
    for number, signature in enumerate(tool.signatures):
        key = (signature.kind.value, _claim(signature)[1])
        if key in seen:
            message = f"{signature.kind} {signature.value!r} repeats another of {tool.id}"
            advice = "remove one of the two; case and punctuation make no difference"
            remark = Remark("error", "duplicate-signature", message, advice)
            yield document, ("tools", place, "signatures", number, "value"), remark
        seen.add(key)


def _on_form(signature: SignatureEntry) -> Iterator[Remark]:
    host = _host(signature)
    canonical = host.lower() if "*" in host else normalise_host(host)
    if canonical != host:
        message = f"host {host!r} is not in canonical form"
        yield Remark("error", "not-normalised", message, f"write {canonical!r}")


def _on_breadth(signature: SignatureEntry) -> Iterator[Remark]:
    host = normalise_host(_host(signature)) or _host(signature)
    advice = "name the exact host, the host with a path, or a suffix only this tool uses"
    if signature.kind in _SUFFIX_KINDS and is_shared(host):
        message = f"{signature.kind} {host!r} is too broad: unrelated services share it"
        yield Remark("error", "too-broad", message, advice)
    elif signature.kind is Kind.HOST and signature.surface is Surface.USE and is_shared(_bare(host)):
        message = f"host {host!r} is too broad for use: it is the front door of a shared platform"
        yield Remark("error", "too-broad", message, advice)
    elif signature.kind in {Kind.DOMAIN, Kind.HOST} and signature.surface is Surface.USE and is_suite(host):
        message = f"{signature.kind} {host!r} is too broad for use: AI is one feature of this product"
        yield Remark(
            "error", "too-broad", message, 'set surface = "embedded", or name the AI feature\'s own host'
        )
    elif signature.kind is Kind.TENANT and _tenant_is_broad(signature.value):
        message = f"tenant {signature.value!r} is too broad: without its stars only a shared domain is left"
        yield Remark("error", "too-broad", message, "keep a fixed label that only this tool uses")


def _on_helper(signature: SignatureEntry, homepage: str) -> Iterator[Remark]:
    host = _host(signature).replace("*", "x")
    helper = third_party(host)
    if helper is None or registrable_domain(_homepage_host(homepage)) == registrable_domain(helper):
        return
    if signature.kind is Kind.HOST and host != helper and signature.surface is not Surface.USE:
        return  # a tenant of its own at the helper does show contact with the vendor
    message = f"{signature.value!r} belongs to {helper}, which pages of any kind load"
    advice = 'remove it; a tenant of the vendor there is kind = "host", surface = "vendor_only"'
    yield Remark("error", "third-party", message, advice)


def _is_plain_word(agent: str) -> bool:
    # "ClaudeBot" or "GeminiCLI" are nobody's plain word; "Cursor" and "litellm" may be.
    return agent.isalpha() and (agent.islower() or agent.istitle())


def _tenant_is_broad(value: str) -> bool:
    labels = value.lower().split(".")
    last_star = max(place for place, label in enumerate(labels) if "*" in label)
    if any(len(label.replace("*", "").strip("-")) >= _MIN_FIXED_PART for label in labels[: last_star + 1]):
        return False
    return is_shared(".".join(labels[last_star + 1 :]))


def _owners(documents: Sequence[VendorDocument]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for document in documents:
        home = registrable_domain(_homepage_host(document.entry.homepage))
        if home is not None and not is_shared(home):
            owners.setdefault(home, document.entry.id)
    for document in documents:
        for tool in document.entry.tools:
            for signature in tool.signatures:
                if signature.kind is Kind.DOMAIN and signature.value == _registrable(signature):
                    owners.setdefault(signature.value, document.entry.id)
    return owners


def _registrable(signature: SignatureEntry) -> str | None:
    if signature.kind not in HOST_KINDS:
        return None
    domain = registrable_domain(_host(signature).replace("*", "x"))
    return None if domain is None or is_shared(domain) else domain


def _claim(signature: SignatureEntry) -> tuple[str, str]:
    kind, value = signature.kind, signature.value
    if kind in {Kind.DOMAIN, Kind.HOST}:
        return "name", normalise_host(value) or value
    if kind is Kind.SSO_APP_NAME:
        return kind.value, application_key(value) or value
    if kind in {Kind.SSO_APP_ID, Kind.OAUTH_CLIENT, Kind.EXTENSION_ID}:
        return "identifier", identifier_key(value)
    if kind is Kind.APP_FIELD:
        return kind.value, " ".join([*field_words(value), *("*" if value.endswith("*") else "")])
    return kind.value, value.lower().rstrip("/")


def _host(signature: SignatureEntry) -> str:
    return signature.value.partition("/")[0]


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _homepage_host(homepage: str) -> str:
    return normalise_host(homepage.partition("//")[2].partition("/")[0]) or ""
