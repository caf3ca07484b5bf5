"""Write the vendor file of a promoted candidate: the organisation's own, lint-clean, marked as a draft."""

from __future__ import annotations

import json
import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from governance.candidates.queue import Candidate
from governance.errors import CandidateInvalid
from signatures.catalogue import Catalogue
from signatures.hosts import normalise_host, registrable_domain
from signatures.kinds import Baa, Category
from signatures.platforms import is_shared, is_suite


@dataclass(frozen=True, slots=True)
class NewTool:
    """What a person says a candidate is."""

    name: str
    vendor: str
    category: str
    baa: str = "unknown"


@dataclass(frozen=True, slots=True)
class VendorEntry:
    """A vendor file to be, with the ids it gives."""

    vendor_id: str
    tool_id: str
    kind: str
    """Kind of its signature."""
    text: str


def vendor_entry(candidate: Candidate, tool: NewTool, catalogue: Catalogue, today: date) -> VendorEntry:
    """Return the vendor file for a candidate. Raises CandidateInvalid."""
    category, baa = _checked(tool)
    vendor_id = _free(_slug(tool.vendor), catalogue.vendors.keys())
    tool_id = _free(_slug(tool.name), catalogue.tools.keys())
    kind, value = _signature(candidate)
    page = f"https://{value}" if kind in {"domain", "host"} else "https://example.com/internal-register"
    key, near_miss = "host", f"not-{value}"
    if kind == "sso_app_name":
        key, near_miss = "application_name", f"{value} Unrelated"
    said = _quoted
    text = f"""\
# Written when the candidate {said(candidate.name)} was promoted; correct it by hand, it is yours.
id = {said(vendor_id)}
name = {said(tool.vendor)}
homepage = {said(page)}
maturity = "draft"
checked_on = {today.isoformat()}

[[tools]]
id = {said(tool_id)}
name = {said(tool.name)}
category = {said(category)}
clinical = {"true" if category in _CLINICAL else "false"}
description = "Found in our own logs by its behaviour and its name; not checked against the vendor's pages yet."
tiers = []

[[tools.signatures]]
kind = {said(kind)}
value = {said(value)}
surface = "use"
source = {said(page)}
note = "Seen in our own logs."

[[tools.phi_terms]]
tiers = ["*"]
baa = {said(baa)}
training = "unknown"
source = {said(page)}
as_of = {today.isoformat()}
grade = "S"

[[examples]]
{key} = {said(value)}
tool = {said(tool_id)}

[[examples]]
{key} = {said(near_miss)}
tool = ""
"""
    return VendorEntry(vendor_id, tool_id, kind, text)


def write_entry(
    entry: VendorEntry, folder: Path, beside: Sequence[Path], today: date, bundle: Path | None = None
) -> Path:
    """Write the file into a folder once the lint of the whole catalogue has nothing against it.

    `beside` are the folders of the catalogue, `bundle` the one of them that is a bundle. Raises CandidateInvalid;
    nothing is left behind then.
    """
    from signatures.lint import lint_directories

    target = folder / f"{entry.vendor_id}.toml"
    trial = folder / f".{secrets.token_hex(6)}" / target.name
    try:
        trial.parent.mkdir(parents=True, mode=0o700)
        trial.write_text(entry.text, encoding="utf-8")
        known = [one for one in dict.fromkeys([*beside, folder]) if one.is_dir()]
        found = [one for one in lint_directories([*known, trial.parent], today, bundle) if one.path == trial]
        if found:
            said = "; ".join(f"{finding.message}; {finding.advice}" for finding in found[:5])
            raise CandidateInvalid(f"{entry.vendor_id}: the catalogue does not take it: {said}.")
        try:
            os.link(trial, target)
        except FileExistsError:
            raise CandidateInvalid(f"{target}: there is such a file already; name another vendor.") from None
    except OSError as problem:
        raise CandidateInvalid(
            f"{folder}: the vendor file cannot be written ({problem.strerror}); "
            "give this user the right to write there, or set catalogue_directories"
        ) from problem
    finally:
        trial.unlink(missing_ok=True)
        if trial.parent.is_dir():
            trial.parent.rmdir()
    return target


_CLINICAL = frozenset(
    "ambient_scribe dictation clinical_search clinical_decision_support imaging pathology patient_agent revenue_cycle "
    "ehr_ai".split()
)


def _checked(tool: NewTool) -> tuple[str, str]:
    for what, value in (("name", tool.name), ("vendor", tool.vendor)):
        if not value.strip() or len(value) > 200 or not value.isprintable():
            raise CandidateInvalid(f"The {what} must be one line of 1 to 200 characters.")
    if tool.category not in Category.__members__.values():
        raise CandidateInvalid(
            f"{tool.category!r} is no category; use one of {', '.join(one.value for one in Category)}."
        )
    if tool.baa not in Baa.__members__.values():
        raise CandidateInvalid(
            f"{tool.baa!r} is no BAA state; use one of {', '.join(one.value for one in Baa)}."
        )
    return tool.category, tool.baa


def _signature(candidate: Candidate) -> tuple[str, str]:
    if candidate.kind == "application":
        return "sso_app_name", candidate.name
    host = (
        candidate.site.rpartition(":")[0] or candidate.site
        if candidate.kind == "self_hosted"
        else candidate.site
    )
    name = normalise_host(host)
    if name is None or "." not in name or name.replace(".", "").isdigit() or ":" in name:
        raise CandidateInvalid(
            f"{candidate.name} is an address or a single word, which no signature may name: addresses change hands. "
            "Give the server a full name in DNS and scan logs that show it, or dismiss the candidate with the "
            "owner of the server as the reason."
        )
    if (
        candidate.kind == "host"
        and registrable_domain(name) in (name, None)
        and not (is_shared(name) or is_suite(name))
    ):
        return "domain", name
    return "host", name


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
    if not slug:
        raise CandidateInvalid(
            f"{text!r} has no letter or digit an id could be made of; write it in Latin letters."
        )
    return slug


def _free(slug: str, known: Collection[str]) -> str:
    tries = (slug, f"{slug}-local", *(f"{slug}-local-{number}" for number in range(2, 100)))
    return next(name for name in tries if name not in known)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
