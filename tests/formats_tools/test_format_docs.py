"""The table of formats: up to date, complete, and safe against what stands in a format file."""

from datetime import date
from pathlib import Path

from scanner.format_docs import formats_page, gives
from scanner.spec import FormatSpec, shipped_formats

REPOSITORY = Path(__file__).resolve().parents[2]


def spec(**more: object) -> FormatSpec:
    record = {"reader": "json", "fields": {"dns_question": "q", "user": "u"}}
    return FormatSpec.model_validate(
        {
            "id": "notes",
            "title": "Notes",
            "vendor": "Example",
            "family": "dns",
            "checked_on": date(2026, 11, 22),
            "docs": [],
            "records": [record],
            "examples": [{"line": "x"}],
        }
        | more
    )


def test_the_page_in_docs_is_up_to_date() -> None:
    page = (REPOSITORY / "docs" / "formats.md").read_text(encoding="utf-8")
    assert page == formats_page(shipped_formats()), "run: skiagram formats docs --out docs/formats.md"


def test_every_format_has_one_row() -> None:
    page = formats_page(shipped_formats())
    for one in shipped_formats():
        assert page.count(f"| `{one.id}`") == 1 + bool(one.enable) + len(one.differs), one.id


def test_every_shipped_format_says_how_to_switch_its_log_on_and_who_says_so() -> None:
    silent = [one.id for one in shipped_formats() if not (one.enable and one.enable_source)]
    assert silent == []
    for one in shipped_formats():
        said = one.enable_source or ""
        assert said.startswith("https://") or "no " in said or "not found" in said, one.id


def test_a_difference_is_shown_with_its_definition() -> None:
    differs = {
        "fields": ["source_bytes"],
        "why": "a | b",
        "source": "https://e.example/x",
        "checked_on": "2026-11-22",
    }
    page = formats_page([spec(differs=[differs])])
    assert "| `notes` | source\\_bytes | a \\| b | <https://e.example/x>, 2026-11-22 |" in page


def test_what_a_format_gives_is_what_its_events_can_hold() -> None:
    assert gives(spec()) == ("host", "user")
    dropped = {"reader": "json", "drop": "noise", "fields": {"url": "u"}}
    assert gives(spec(records=[dropped])) == ()
    common = spec(fields={"action": "a"}, records=[{"reader": "json", "shared": False}])
    assert gives(common) == ()


def test_a_format_file_cannot_break_the_table() -> None:
    page = formats_page([spec(title="a | b\n\n# c <script>", enable="x | `y`")])
    assert "<script>" not in page
    (row,) = [line for line in page.splitlines() if "a \\| b" in line]
    assert row.replace("\\|", "").count("|") == 12
