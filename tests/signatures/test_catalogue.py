"""Vendor files become a catalogue; faults are told with file, line and advice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from signatures.catalogue import Catalogue, load_catalogue
from signatures.errors import CatalogueInvalid, CatalogueMissing, SignaturesError
from signatures.kinds import Baa, Category, Kind, Surface
from signatures.locations import line_of
from signatures.schema import VendorFile, json_schema
from tests.signatures.catalogue_files import Write, vendor_text

SIGNATURE = [("domain", "tool.example.com")]


def load(path: Path) -> Catalogue:
    return load_catalogue([path.parent])


def test_a_vendor_file_becomes_vendor_tool_signature_and_terms(write_vendor: Write) -> None:
    catalogue = load(write_vendor("acme", {"acme-chat": SIGNATURE}))
    vendor, tool = catalogue.vendors["acme"], catalogue.tools["acme-chat"]
    assert vendor.tools == (tool,)
    assert (tool.vendor_id, tool.category, tool.tiers) == (
        "acme",
        Category.CHAT_ASSISTANT,
        ("free", "enterprise"),
    )
    assert (tool.signatures[0].kind, tool.signatures[0].surface) == (Kind.DOMAIN, Surface.USE)
    assert tool.phi_terms[0].baa is Baa.UNKNOWN


def test_a_list_of_subprocessors_is_read_and_told_in_words(write_vendor: Write) -> None:
    said = {
        "count = 0": "nobody",
        "count = 1": "1 company",
        'count = 12, named = ["Amazon Web Services"], bound = true': (
            "12 companies, among them Amazon Web Services; each bound for patient data, says the vendor"
        ),
        'named = ["Google Cloud"]': "Google Cloud",
        "bound = false": "companies on a list",
    }
    for written, words in said.items():
        inline = (
            f'subprocessors = {{ source = "https://acme.example/list", as_of = 2026-11-01, {written} }}\n'
        )
        tool = load(write_vendor("acme", {"chat": SIGNATURE}, terms=TIERED + inline)).tools["chat"]
        found = [terms.subprocessors.label for terms in tool.phi_terms if terms.subprocessors is not None]
        assert found == [words]


def test_the_version_follows_the_content_and_not_the_place(tmp_path: Path) -> None:
    versions = []
    for folder, value in (("one", "a.example.com"), ("two", "a.example.com"), ("three", "b.example.com")):
        path = tmp_path / folder / "acme.toml"
        path.parent.mkdir()
        path.write_text(vendor_text("acme", {"chat": [("domain", value)]}), "utf-8")
        versions.append(load(path).version)
    assert versions[0] == versions[1] != versions[2]
    assert len(versions[0]) == 12


def test_a_later_directory_replaces_a_vendor_as_a_whole(tmp_path: Path) -> None:
    shipped, local = tmp_path / "shipped", tmp_path / "local"
    for folder, tool in ((shipped, "old-chat"), (local, "new-chat")):
        folder.mkdir()
        (folder / "acme.toml").write_text(vendor_text("acme", {tool: SIGNATURE}), "utf-8")
    (shipped / "other.toml").write_text(vendor_text("other", {"other-chat": SIGNATURE}), "utf-8")
    assert set(load_catalogue([shipped, local]).tools) == {"new-chat", "other-chat"}
    assert set(load_catalogue([local, shipped]).tools) == {"old-chat", "other-chat"}


def test_an_override_may_keep_the_tool_ids_it_replaces(tmp_path: Path) -> None:
    for folder in ("shipped", "local"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "acme.toml").write_text(vendor_text("acme", {"chat": SIGNATURE}), "utf-8")
    assert set(load_catalogue([tmp_path / "shipped", tmp_path / "local"]).tools) == {"chat"}


def test_repeated_ids_are_faults(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(vendor_text("acme", {"chat": SIGNATURE}), "utf-8")
    (tmp_path / "b.toml").write_text(vendor_text("acme", {"other": SIGNATURE}), "utf-8")
    (tmp_path / "c.toml").write_text(vendor_text("third", {"other": SIGNATURE}), "utf-8")
    with pytest.raises(CatalogueInvalid) as caught:
        load_catalogue([tmp_path])
    messages = [(problem.path.name, problem.line, problem.message) for problem in caught.value.problems]
    assert messages == [
        ("b.toml", 1, "vendor id 'acme' is also in a.toml"),
        ("c.toml", 9, "tool id 'other' is already used in b.toml"),
    ]


def test_a_missing_directory_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CatalogueMissing, match="Check the catalogue directory in the settings"):
        load_catalogue([tmp_path / "nowhere"])
    assert issubclass(CatalogueMissing, SignaturesError)


def test_other_files_beside_vendor_files_are_left_alone(write_vendor: Write) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    (path.parent / "README.md").write_text("no vendor", "utf-8")
    (path.parent / ".acme.toml").write_text("half written", "utf-8")
    assert set(load(path).vendors) == {"acme"}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('name = "Acme"\n', "", 1, "key 'name' is missing"),
        ('country = "US"', 'country = "usa"', 4, "ISO 3166"),
        ('country = "US"', "countri = 1", 4, "unknown key 'countri'"),
        ('id = "acme"', 'id = "Acme!"', 1, "slug"),
        ('maturity = "stable"', 'maturity = "ready"', 5, "choose one of"),
        ("checked_on = 2026-11-01", 'checked_on = "soon"', 6, "checked_on"),
        ('category = "chat_assistant"', 'category = "chat"', 11, "'chat' is not known"),
        ("clinical = false", 'clinical = "perhaps"', 12, "clinical"),
        ('kind = "domain"', 'kind = "regex"', 17, "'regex' is not known"),
        ('value = "tool.example.com"', 'value = "tool"', 16, "single label"),
        ('value = "tool.example.com"', 'value = "https://tool.example.com"', 16, "is no host name"),
        ('value = "tool.example.com"', 'value = "*.example.com"', 16, "is no host name"),
        ('value = "tool.example.com"', 'value = "192.0.2.1"', 16, "is no host name"),
        ('surface = "use"', 'surface = "used"', 19, "'used' is not known"),
        ('source = "https://source.example/domain"', 'source = "my notes"', 20, "full address"),
        ('source = "https://source.example/domain"\n', "", 16, "key 'source' is missing"),
        (
            'source = "https://source.example/domain"',
            'source = "https://s.example"\ntier = "gold"',
            8,
            "'gold'",
        ),
        ('tiers = ["*"]', 'tiers = ["gold"]', 8, "'gold'"),
        ('tiers = ["*"]', 'tiers = ["*", "*"]', 8, "two phi_terms"),
        ("as_of = 2026-11-01", 'as_of = "2026-13-01"', 26, "as_of"),
        ('grade = "P"', 'grade = "A"', 27, "'A' is not known"),
        ('name = "Acme"', "name = Acme", 2, "not valid TOML"),
        ('name = "Acme"', 'name = "Acme', 2, "not valid TOML"),
    ],
)
def test_faults_come_with_line_and_advice(
    write_vendor: Write, old: str, new: str, line: int, message: str
) -> None:
    path = write_vendor("acme", {"chat": SIGNATURE})
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueInvalid) as caught:
        load(path)
    problem = caught.value.problems[0]
    assert message in str(problem)
    assert problem.line == line
    assert problem.advice
    assert f"acme.toml:{line}: " in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("path", "example.com", "needs a host and a prefix"),
        ("path", "example.com/", "needs a host and a prefix"),
        ("path", "example.com/a?b=c", "must not hold a query"),
        ("path", "example/chat", "single label"),
        ("tenant", "tool.example.com", "has no star"),
        ("tenant", "tool.*.com", "two fixed labels"),
        ("tenant", "*.com", "two fixed labels"),
        ("tenant", "*.*.*.example.com", "at most two stars"),
        ("tenant", "*a*.tool.example.com", "one in each label"),
        ("tenant", "*.exa mple.com", "may hold letters"),
        ("sso_app_id", "{x}", "no application id"),
        ("oauth_client", "a b c d e f g", "no application id"),
        ("sso_app_name", "---", "no letter or digit"),
        ("user_agent", "claude-*", "must not hold a star"),
        ("app_field", "Open*AI", "only at its end"),
        ("app_field", "*", "no letter or digit"),
        ("dns_answer", "edge", "single label"),
    ],
)
def test_values_must_fit_their_kind(write_vendor: Write, kind: str, value: str, message: str) -> None:
    with pytest.raises(CatalogueInvalid, match=message):
        load(write_vendor("acme", {"chat": [(kind, value)]}))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"\0", b"[[tools]]", b"id = 1\n" * 3])
def test_any_bytes_give_problems_and_no_crash(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "acme.toml").write_bytes(content)
    with pytest.raises(CatalogueInvalid):
        load_catalogue([tmp_path])


TIERED = """
[[tools.phi_terms]]
tiers = ["enterprise"]
baa = "yes_plan"
training = "no"
source = "https://source.example/enterprise"
as_of = 2026-11-01
grade = "P"

[[tools.phi_terms]]
tiers = ["*"]
baa = "no"
training = "opt_out"
source = "https://source.example/others"
as_of = 2026-11-01
grade = "S"
"""


@pytest.mark.parametrize(
    ("tier", "baa"),
    [("enterprise", Baa.YES_PLAN), ("free", Baa.NO), ("unheard-of", Baa.NO), (None, Baa.NO)],
)
def test_an_unknown_tier_gets_the_least_protective_terms(
    write_vendor: Write, tier: str | None, baa: Baa
) -> None:
    tool = load(write_vendor("acme", {"chat": SIGNATURE}, terms=TIERED)).tools["chat"]
    terms = tool.terms_for(tier)
    assert terms is not None
    assert terms.baa is baa


def test_unknown_never_counts_as_safer_than_a_statement(write_vendor: Write) -> None:
    terms = TIERED.replace('baa = "no"', 'baa = "unknown"')
    tool = load(write_vendor("acme", {"chat": SIGNATURE}, terms=terms)).tools["chat"]
    found = tool.terms_for(None)
    assert found is not None
    assert found.baa is Baa.UNKNOWN


def test_silence_about_a_tier_is_none(write_vendor: Write) -> None:
    only = TIERED.partition("\n\n[[tools.phi_terms]]")[0] + "\n"
    tool = load(write_vendor("acme", {"chat": SIGNATURE}, terms=only)).tools["chat"]
    assert tool.terms_for("free") is None
    bare = load(write_vendor("bare", {"bare": SIGNATURE}, terms="")).tools["bare"]
    assert bare.terms_for(None) is None


def test_lines_are_found_in_nested_tables() -> None:
    lines = ["id = 1", "[[tools]]", "id = 2", "[[tools.signatures]]", "kind = 3", "[[tools.signatures]]", ""]
    lines += ["kind = 4", "[[tools]]", "id = 5", "[[tools.signatures]]", "kind = 6"]
    text = "\n".join(lines)
    assert line_of(text, ("tools", 0, "signatures", 1, "kind")) == 8
    assert line_of(text, ("tools", 1, "signatures", 0, "kind")) == 12
    assert line_of(text, ("tools", 1, "signatures", 0, "value")) == 11
    assert line_of(text, ("tools", 0, "name")) == 2
    assert line_of(text, ("nothing",)) == 1


def test_the_json_schema_describes_vendor_files() -> None:
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(VendorFile.model_fields)
    assert "ambient_scribe" in str(schema)


def test_every_category_and_baa_state_has_words_of_its_own() -> None:
    assert len({category.label for category in Category}) == len(Category)
    assert len({state.label for state in Baa}) == len(Baa)


def test_types_are_cheap_to_import() -> None:
    """Commands that only print help read these types; the heavy libraries come when files are read."""
    code = "import sys, signatures.catalogue, signatures.matcher, signatures.evidence, signatures.errors\n"
    code += "print({'pydantic', 'tldextract', 'idna', 'requests', 'tomllib'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout == "set()\n"
