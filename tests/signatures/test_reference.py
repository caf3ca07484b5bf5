"""The catalogue page tells tools, terms and sources, and no name can break its tables."""

from __future__ import annotations

from pathlib import Path

from signatures.catalogue import load_catalogue
from signatures.reference import catalogue_markdown, sources_markdown
from tests.shipped import shipped_catalogue
from tests.signatures.catalogue_files import Write


def test_the_page_lists_tools_terms_and_sources(write_vendor: Write) -> None:
    write_vendor("acme", {"chat": [("domain", "acme-chat.com"), ("sso_app_name", "Acme", "embedded")]})
    path = write_vendor("zeta", {"zeta-one": [("domain", "zeta.com", "ambient")]})
    text = path.read_text("utf-8").replace('baa = "unknown"', 'baa = "yes_plan"\nplan = "Enterprise"')
    path.write_text(text.replace('grade = "P"', 'grade = "S"'), "utf-8")
    catalogue = load_catalogue([path.parent])
    page = catalogue_markdown(catalogue)
    assert f"2 vendors, 2 tools, 2 host signatures. Version `{catalogue.version}`." in page
    assert "| Chat assistant | 2 | 0 | 2 |" in page
    assert "| No statement found | 1 |" in page
    assert "| Chat | Acme | 1 | use, embedded | No statement found |  | 2026-11-01 |" in page
    # A plan known from secondary texts only is a question, not an answer.
    assert (
        "| Zeta-One | Zeta | 1 | ambient | On certain plans | Ask the vendor: Enterprise | 2026-11-01 |"
        in page
    )
    sources = sources_markdown(catalogue)
    assert "any tier: <https://source.example/terms> (2026-11-01, grade S)" in sources
    assert "  - `acme-chat.com`: <https://source.example/domain>" in sources
    assert "  - `sso_app_name Acme` (embedded): <https://source.example/sso_app_name>" in sources


def test_the_pages_in_docs_are_up_to_date(repository: Path) -> None:
    catalogue = shipped_catalogue()
    pages = {
        "catalogue.md": catalogue_markdown(catalogue),
        "catalogue-sources.md": sources_markdown(catalogue),
    }
    for name, wanted in pages.items():
        written = (repository / "docs" / name).read_text("utf-8")
        assert written == wanted, f"docs/{name}: run `skiagram catalog docs --out docs/catalogue.md`"


def test_no_entry_is_without_source_and_date() -> None:
    for vendor in shipped_catalogue().vendors.values():
        assert vendor.checked_on
        for tool in vendor.tools:
            assert all(signature.source.startswith("http") for signature in tool.signatures)
            assert tool.phi_terms, (
                f"{tool.id} says nothing about patient data, not even that nothing is known"
            )
            assert all(terms.source.startswith("http") and terms.as_of for terms in tool.phi_terms)


def test_names_cannot_break_the_table(write_vendor: Write) -> None:
    path = write_vendor("acme", {"chat": [("domain", "acme-chat.com")]})
    text = path.read_text("utf-8").replace('name = "Chat"', 'name = "A|B <script>\\nC"')
    path.write_text(text, "utf-8")
    page = catalogue_markdown(load_catalogue([path.parent]))
    assert "| A\\|B &lt;script&gt; C |" in page
    assert "<script>" not in page
