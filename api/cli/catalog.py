"""`skiagram catalog`: match names against the catalogue, check it, show it."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.catalog_audit import audit
from api.cli.catalog_bundles import register
from api.cli.options import AsJson, AsLines, workplace

if TYPE_CHECKING:
    from signatures.catalogue import Catalogue, Signature, Tool
    from signatures.evidence import Evidence, Match

catalog = typer.Typer(
    help="Match names against the catalogue, check it, show it, carry it over.", rich_markup_mode=None
)
register(catalog)
catalog.command()(audit)
_KEYS = (
    "host",
    "path",
    "application_name",
    "application_id",
    "oauth_client_id",
    "user_agent",
    "network_application",
)


@catalog.command()
def match(
    file: Annotated[
        str, typer.Argument(help="Host names or JSON objects, one a line; - is standard input.")
    ] = "-",
    ndjson: AsLines = True,
) -> None:
    """Print which tool each line names, by which signature, or null.

    A line is a host name or an object such as {"host": "www.bing.com", "path": "/chat"}; other keys:
    application_name, application_id, oauth_client_id, user_agent, network_application, dns_answers,
    oauth_scopes, port.

    Example: echo chatgpt.com | skiagram catalog match
    """
    place = workplace()
    matcher, catalogue = place.matcher, place.catalogue
    with nullcontext(sys.stdin) if file == "-" else Path(file).open(errors="backslashreplace") as lines:
        for line in lines:
            text = line.strip()
            if not text:
                continue
            asked, evidence = _evidence(text)
            found = None if evidence is None else matcher.match(evidence)
            print(json.dumps({**asked, **_answer(found, catalogue)}, ensure_ascii=True))


def _evidence(text: str) -> tuple[dict[str, Any], "Evidence | None"]:
    from signatures.evidence import Evidence

    if not text.startswith("{"):
        return {"host": text}, Evidence(host=text)
    try:
        asked = json.loads(text)
    except ValueError:
        return {"line": text, "error": "not valid JSON"}, None
    if not isinstance(asked, dict):
        return {"line": text, "error": "not an object"}, None
    values: dict[str, Any] = {key: str(asked[key]) for key in _KEYS if asked.get(key) is not None}
    for key in ("dns_answers", "oauth_scopes"):
        given = asked.get(key) or ()
        values[key] = tuple(map(str, given if isinstance(given, list) else (given,)))
    port = asked.get("port")
    return asked, Evidence(**values, port=int(str(port)) if str(port).isdecimal() else None)


def _answer(found: "Match | None", catalogue: "Catalogue") -> dict[str, Any]:
    if found is None:
        return {"tool": None, "product": None, "vendor": None, "surface": None, "signature": None}
    return {
        "tool": found.tool_id,
        "product": catalogue.tools[found.tool_id].name,
        "vendor": catalogue.vendors[found.vendor_id].name,
        "surface": found.surface,
        "signature": found.signature,
        "tier": found.tier,
        "ties": list(found.ties),
    }


@catalog.command()
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Vendor files or folders; ours if left out.")
    ] = None,
) -> None:
    """Check vendor files: what is wrong, where, and what to do."""
    from api.catalogues import catalogue_folders
    from api.settings import load_settings
    from api.workplace import now
    from signatures.lint import lint_directories

    folders = catalogue_folders(load_settings())
    wanted = [path.resolve() for path in paths or folders.all]
    # Files are judged together with those beside them, and folders of one's own together with what they lie over.
    beside = [path if path.is_dir() else path.parent for path in wanted]
    base = [folder.resolve() for folder in folders.all if folder.resolve() not in beside] if paths else []
    extends = any(b"\nextends" in file.read_bytes() for folder in beside for file in folder.glob("*.toml"))
    under = base if extends else []
    findings = [
        finding
        for finding in lint_directories([*under, *dict.fromkeys(beside)], now().date(), folders.bundle)
        if finding.path in wanted or finding.path.parent in wanted
    ]
    for finding in findings:
        print(f"{finding.path}:{finding.line}: {finding.level}: {finding.message}; {finding.advice}")
    errors = sum(finding.level == "error" for finding in findings)
    print(f"{errors} errors, {len(findings) - errors} warnings", file=sys.stderr)
    if errors:
        raise typer.Exit(4)


@catalog.command()
def show(
    name: Annotated[str, typer.Argument(help="Id of a tool or a vendor.")],
    as_json: AsJson = False,
) -> None:
    """Print a catalogue entry with its signatures, terms and sources."""
    from api.cli.output import note, print_json
    from api.workplace import now
    from signatures.catalogue import is_stale

    catalogue = workplace().catalogue
    vendor = catalogue.vendors.get(name)
    chosen = list(vendor.tools) if vendor else [catalogue.tools[name]] if name in catalogue.tools else []
    if not chosen:
        from difflib import get_close_matches

        near = get_close_matches(name, [*catalogue.tools, *catalogue.vendors], n=3)
        note(f"skiagram: no tool or vendor {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
        raise typer.Exit(2)
    if as_json:
        print_json([_tool_document(catalogue, tool) for tool in chosen])
        return
    for tool in chosen:
        print(f"{tool.name} [{tool.id}] by {catalogue.vendors[tool.vendor_id].name}: {tool.category.label}")
        print(f"  {tool.description}")
        for signature in tool.signatures:
            facts = f"{signature.surface.value}; {signature.source}; {signature.origin.value}"
            print(f"  {signature.kind.value} {signature.value} ({facts})")
        for term in tool.phi_terms:
            age = "; stale, read the source again" if is_stale(term.as_of, now().date()) else ""
            facts = f"{term.source}, {term.as_of}, {term.grade.value}; {term.origin.value}{age}"
            print(f"  BAA {term.baa.value} for {', '.join(term.tiers)} ({facts})")
            if term.subprocessors is not None:
                listed = term.subprocessors
                print(f"    passed on to {listed.label} ({listed.source}, {listed.as_of})")


@catalog.command()
def export(as_json: AsJson = True) -> None:
    """Print the whole catalogue as JSON."""
    from api.cli.output import print_json

    catalogue = workplace().catalogue
    print_json(
        {
            "version": catalogue.version,
            "tools": [_tool_document(catalogue, tool) for tool in catalogue.tools.values()],
        }
    )


@catalog.command()
def docs(
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("catalogue.md"),
) -> None:
    """Write the catalogue as two pages for people: what there is, and beside it the sources."""
    from api.cli.output import note
    from signatures.reference import catalogue_markdown, sources_markdown

    catalogue = workplace().catalogue
    sources = out.with_name(f"{out.stem}-sources{out.suffix}")
    out.write_text(catalogue_markdown(catalogue), encoding="utf-8")
    sources.write_text(sources_markdown(catalogue), encoding="utf-8")
    note(f"wrote {out} and {sources}")


def _signature_document(signature: "Signature") -> dict[str, Any]:
    return {
        "kind": signature.kind.value,
        "value": signature.value,
        "surface": signature.surface.value,
        "tier": signature.tier,
        "source": signature.source,
        "origin": signature.origin.value,
    }


def _tool_document(catalogue: "Catalogue", tool: "Tool") -> dict[str, Any]:
    from api.cli.tool_report import terms_document

    return {
        "id": tool.id,
        "name": tool.name,
        "vendor": catalogue.vendors[tool.vendor_id].name,
        "vendor_id": tool.vendor_id,
        "category": tool.category.value,
        "clinical": tool.clinical,
        "description": tool.description,
        "tiers": list(tool.tiers),
        "signatures": [_signature_document(signature) for signature in tool.signatures],
        "phi_terms": [{**terms_document(term), "origin": term.origin.value} for term in tool.phi_terms],
    }
