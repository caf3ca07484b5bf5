"""Define what a vendor file may contain; every message tells the writer what is allowed instead."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from signatures.hosts import normalise_host
from signatures.kinds import Baa, Category, Grade, Kind, Maturity, Surface, Training

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\S*$", max_length=500)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{5,199}")
_EXTENSION = re.compile(r"[a-p]{32}|[A-Za-z0-9._-]{1,80}@[A-Za-z0-9._-]{1,80}|\{[0-9a-f-]{36}\}")
_TENANT_LABEL = re.compile(r"[a-z0-9_*-]{1,63}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignatureEntry(_Strict):
    """Describe one way to recognise a tool."""

    kind: Kind
    value: Text
    surface: Surface
    source: Address = Field(description="Where the fact comes from.")
    tier: str | None = Field(default=None, description="Set only if the signature itself decides the tier.")
    false_positives: str | None = Field(default=None, description="What else may look like this.")
    note: str | None = None

    @model_validator(mode="after")
    def _value_fits_kind(self) -> SignatureEntry:
        fault = fault_in_value(self.kind, self.value)
        if fault is not None:
            raise ValueError(fault)
        return self


class SubprocessorsEntry(_Strict):
    """Say to whom the vendor passes what it gets, as far as it publishes that."""

    source: Address = Field(description="Address of the vendor's list.")
    as_of: date
    count: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="How many the list holds; 0 if the vendor passes nothing on."
    )
    named: tuple[Text, ...] = Field(
        default=(), description="Those that handle content: clouds, models, speech."
    )
    bound: bool = Field(
        default=False, description="The vendor states that each has signed an agreement for patient data."
    )

    @model_validator(mode="after")
    def _says_something(self) -> SubprocessorsEntry:
        if self.count is not None and len(self.named) > self.count:
            raise ValueError(f"subprocessors name {len(self.named)}, more than their count of {self.count}")
        return self


class PhiTermsEntry(_Strict):
    """State under which terms the vendor accepts patient data, for some or all tiers, as of one day."""

    tiers: Annotated[
        tuple[Text, ...], Field(min_length=1, description='Names of tiers, or "*" for all others.')
    ]
    baa: Baa
    plan: str = ""
    excluded: str = ""
    training: Training = Training.UNKNOWN
    retention_days: Annotated[int, Field(ge=0, le=36500)] | None = None
    retention: str = ""
    region: str | None = None
    certificates: tuple[Text, ...] = ()
    subprocessors: SubprocessorsEntry | None = None
    source: Address
    as_of: date
    grade: Grade


class ToolEntry(_Strict):
    """Describe one product."""

    id: Slug
    name: Text
    category: Category
    clinical: bool = Field(description="Made for care delivery or its administration.")
    description: Text
    tiers: tuple[Text, ...] = ()
    signatures: Annotated[tuple[SignatureEntry, ...], Field(min_length=1)]
    phi_terms: tuple[PhiTermsEntry, ...] = ()

    @model_validator(mode="after")
    def _tiers_are_declared(self) -> ToolEntry:
        known = {*self.tiers, "*"}
        for entry in self.signatures:
            if entry.tier is not None and entry.tier not in self.tiers:
                raise ValueError(
                    f"signature {entry.value!r} names tier {entry.tier!r}, not in tiers of {self.id}"
                )
        seen: set[str] = set()
        for terms in self.phi_terms:
            for tier in terms.tiers:
                if tier not in known:
                    raise ValueError(f"phi_terms name tier {tier!r}, which is not in tiers of {self.id}")
                if tier in seen:
                    raise ValueError(f"two phi_terms of {self.id} speak about tier {tier!r}")
                seen.add(tier)
        return self


class ExampleEntry(_Strict):
    """Claim that evidence does, or with `tool = ""` does not, name a tool; the lint tries every claim."""

    tool: str
    surface: Surface | None = Field(default=None, description="Also demand this surface.")
    tier: str | None = Field(default=None, description="Also demand this tier.")
    host: str | None = None
    path: str | None = None
    application_name: str | None = None
    application_id: str | None = None
    oauth_client_id: str | None = None
    user_agent: str | None = None
    network_application: str | None = None
    dns_answers: tuple[str, ...] = ()
    oauth_scopes: tuple[str, ...] = ()
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    note: str | None = None


class VendorFile(_Strict):
    """Describe one vendor and its tools."""

    id: Slug
    name: Text
    homepage: Address
    country: Country | None = Field(default=None, description="ISO 3166 code of the seat; omit if unknown.")
    maturity: Maturity
    checked_on: date
    note: str | None = None
    tools: Annotated[tuple[ToolEntry, ...], Field(min_length=1)]
    examples: tuple[ExampleEntry, ...] = ()


class ToolExtension(_Strict):
    """Add to a tool that an earlier folder has, or, with all of `ToolEntry`'s keys, a tool of its own."""

    id: Slug
    name: Text | None = None
    category: Category | None = None
    clinical: bool | None = None
    description: Text | None = None
    tiers: tuple[Text, ...] = Field(default=(), description="More tiers.")
    signatures: tuple[SignatureEntry, ...] = ()
    phi_terms: tuple[PhiTermsEntry, ...] = Field(
        default=(), description="They replace what the earlier folder says about the same tiers."
    )


class SuppressEntry(_Strict):
    """Switch one signature of the vendor off."""

    signature: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9-]+:[a-z_]+:.+$", max_length=500, strip_whitespace=True)
    ] = Field(description="As matches print it: tool, kind and value with colons between.")
    reason: Text


class VendorExtension(_Strict):
    """Change a vendor of an earlier folder without copying it: add tools, signatures, terms; suppress."""

    id: Slug
    extends: Literal[True]
    checked_on: date
    note: str | None = None
    tools: tuple[ToolExtension, ...] = ()
    suppress: tuple[SuppressEntry, ...] = ()
    examples: tuple[ExampleEntry, ...] = ()


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a vendor file, for editors."""
    return VendorFile.model_json_schema()


def fault_in_value(kind: Kind, value: str) -> str | None:
    """Return why a value cannot work for its kind, or None if it can."""
    if kind is Kind.PATH:
        host, slash, prefix = value.partition("/")
        if not slash or not prefix.strip("/"):
            return f'path value {value!r} needs a host and a prefix, as in "example.com/chat"'
        if "?" in prefix or "#" in prefix or "*" in prefix:
            return f"path value {value!r} must not hold a query, fragment or star; give the plain prefix"
        return _fault_in_tenant(host) if "*" in host else _fault_in_name(host)
    if kind in {Kind.DOMAIN, Kind.HOST, Kind.DNS_ANSWER}:
        return _fault_in_name(value)
    if kind is Kind.TENANT:
        return _fault_in_tenant(value)
    if kind is Kind.EXTENSION_ID:
        if _EXTENSION.fullmatch(value) is None:
            return f"extension_id value {value!r} is no id; give the 32 letters a to p, or name@maker for Firefox"
        return None
    if kind is Kind.OAUTH_SCOPE:
        if any(letter.isspace() for letter in value):
            return f"oauth_scope value {value!r} holds a blank; write each scope as a signature of its own"
        return None
    if kind is Kind.LOCAL_PORT:
        if not (value.isdigit() and 1024 <= int(value) <= 65535):
            return f"local_port value {value!r} must be a number from 1024 to 65535"
        return None
    if kind in {Kind.SSO_APP_ID, Kind.OAUTH_CLIENT}:
        if _IDENTIFIER.fullmatch(value) is None:
            return f"{kind} value {value!r} is no application id; give the id without braces or spaces"
        return None
    if not any(char.isalnum() for char in value):
        return f"{kind} value {value!r} has no letter or digit"
    if kind is Kind.APP_FIELD and "*" in value[:-1]:
        return f'app_field value {value!r} may hold a star only at its end, as in "OpenAI.ChatGPT*"'
    if kind is Kind.USER_AGENT and "*" in value:
        return f'user_agent value {value!r} must not hold a star; give the product, as in "claude-cli/"'
    return None


def _fault_in_name(value: str) -> str | None:
    name = normalise_host(value)
    if name is None or ":" in value or name.rpartition(".")[2].isdigit():
        return f"{value!r} is no host name; give the bare name without scheme, port, path or star"
    if "." not in name:
        return f"{value!r} is a single label; give a name with at least one dot"
    return None


def _fault_in_tenant(value: str) -> str | None:
    labels = value.lower().split(".")
    if "*" not in value:
        return f'tenant value {value!r} has no star; use kind = "host" or "domain" for a fixed name'
    if len(labels) < 3 or any("*" in label for label in labels[-2:]):
        return f'tenant value {value!r} must end in at least two fixed labels, as in "*.openai.azure.com"'
    if value.count("*") > 2 or any(
        _TENANT_LABEL.fullmatch(label) is None or label.count("*") > 1 for label in labels
    ):
        return (
            f"tenant value {value!r} may hold letters, digits, hyphens, dots and at most two stars, "
            "one in each label"
        )
    return None
