"""Write the catalogue down as Markdown pages for people: what there is, and how each fact is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from signatures.catalogue import Catalogue, PhiTerms, Tool, Vendor
from signatures.kinds import HOST_KINDS, Baa, Category, Grade, Surface


def catalogue_markdown(catalogue: Catalogue) -> str:
    """Return a Markdown page: totals by category and BAA state, then the tools of every category."""
    vendors, tools, hosts = len(catalogue.vendors), len(catalogue.tools), _host_total(catalogue)
    parts = [
        "# Catalogue of AI tools",
        "",
        f"{vendors} vendors, {tools} tools, {hosts} host signatures. Version `{catalogue.version}`.",
        "",
        "What a vendor offers is no agreement; whether your organisation signed one, this page cannot say.",
        "The BAA column gives the terms assumed while the plan is unknown: the least protective ones. Statements",
        "older than 180 days are shown as stale by `skiagram catalog show` and on the pages: read them again.",
        "Where each fact comes from stands in [catalogue-sources.md](catalogue-sources.md).",
        "",
        *_totals(catalogue),
    ]
    for category in Category:
        members = [tool for tool in catalogue.tools.values() if tool.category is category]
        if members:
            parts += ["", f"## {category.label}", "", *_tool_table(members, catalogue)]
    return "\n".join(parts) + "\n"


def sources_markdown(catalogue: Catalogue) -> str:
    """Return a Markdown page that gives for every vendor each signature and each statement with its source."""
    parts = [
        "# Sources of the catalogue",
        "",
        f"Version `{catalogue.version}`. Each vendor with the day its entry was last compared with its sources, and",
        "each signature with where it comes from; a surface stands in brackets where it is not use.",
        "",
    ]
    for vendor in sorted(catalogue.vendors.values(), key=lambda vendor: (vendor.name.casefold(), vendor.id)):
        parts += _sources(vendor)
    return "\n".join(parts) + "\n"


def _totals(catalogue: Catalogue) -> Iterator[str]:
    tools = catalogue.tools.values()
    by_state = Counter(_state(tool) for tool in tools)
    yield "| Category | Tools | Clinical | Host signatures |"
    yield "| --- | ---: | ---: | ---: |"
    for category in Category:
        members = [tool for tool in tools if tool.category is category]
        if members:
            clinical = sum(tool.clinical for tool in members)
            hosts = sum(_host_count(tool) for tool in members)
            yield f"| {category.label} | {len(members)} | {clinical} | {hosts} |"
    yield ""
    yield "| BAA offered, plan unknown | Tools |"
    yield "| --- | ---: |"
    for state in Baa:
        if by_state[state]:
            yield f"| {state.label} | {by_state[state]} |"


def _tool_table(tools: list[Tool], catalogue: Catalogue) -> Iterator[str]:
    yield "| Tool | Vendor | Hosts | Surfaces | BAA, plan unknown | Best plan | As of |"
    yield "| --- | --- | ---: | --- | --- | --- | --- |"
    for tool in sorted(tools, key=lambda tool: (tool.name.casefold(), tool.id)):
        surfaces = {signature.surface for signature in tool.signatures}
        worst = tool.terms_for(None)
        cells = (
            tool.name,
            catalogue.vendors[tool.vendor_id].name,
            str(_host_count(tool)),
            ", ".join(surface.value for surface in Surface if surface in surfaces),
            _state(tool).label,
            _best_plan(tool),
            worst.as_of.isoformat() if worst is not None else "",
        )
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _sources(vendor: Vendor) -> Iterator[str]:
    country = f", {vendor.country}" if vendor.country else ""
    yield f"### {_cell(vendor.name)}"
    yield ""
    yield f"<{vendor.homepage}>{country}; {vendor.maturity.value}; checked {vendor.checked_on.isoformat()}."
    yield ""
    for tool in vendor.tools:
        yield f"- **{_cell(tool.name)}** (`{tool.id}`)"
        by_source: dict[str, list[str]] = {}
        for signature in tool.signatures:
            what = (
                signature.value
                if signature.kind in HOST_KINDS
                else f"{signature.kind.value} {signature.value}"
            )
            shown = (
                f"`{what}`" if signature.surface is Surface.USE else f"`{what}` ({signature.surface.value})"
            )
            by_source.setdefault(signature.source, []).append(shown)
        for source, values in by_source.items():
            yield f"  - {', '.join(values)}: <{source}>"
        if tool.phi_terms:
            yield f"  - terms: {', '.join(dict.fromkeys(_link(entry) for entry in tool.phi_terms))}"
        for listed in dict.fromkeys(entry.subprocessors for entry in tool.phi_terms if entry.subprocessors):
            yield f"  - passed on to {_cell(listed.label)}: <{listed.source}> ({listed.as_of.isoformat()})"
    yield ""


def _link(terms: PhiTerms) -> str:
    tiers = ", ".join(terms.tiers).replace("*", "all others" if len(terms.tiers) > 1 else "any tier")
    return f"{_cell(tiers)}: <{terms.source}> ({terms.as_of.isoformat()}, grade {terms.grade.value})"


def _state(tool: Tool) -> Baa:
    terms = tool.terms_for(None)
    return terms.baa if terms is not None else Baa.UNKNOWN


def _best_plan(tool: Tool) -> str:
    offers = [terms for terms in tool.phi_terms if terms.baa not in {Baa.NO, Baa.UNKNOWN}]
    order = list(Baa)
    best = max(offers, key=lambda terms: order.index(terms.baa), default=None)
    if best is None:
        return ""
    # Secondary texts contradict each other within weeks, so they never read as "covered".
    label = "Ask the vendor" if best.grade is Grade.SECONDARY else best.baa.label
    return f"{label}: {best.plan}" if best.plan else label


def _host_count(tool: Tool) -> int:
    return sum(signature.kind in HOST_KINDS for signature in tool.signatures)


def _host_total(catalogue: Catalogue) -> int:
    return sum(_host_count(tool) for tool in catalogue.tools.values())


def _cell(text: str) -> str:
    # A bar or a line break in a name would end the table cell; angle brackets would begin HTML.
    plain = " ".join(text.split())
    return plain.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")
