"""Files of the organisation replace, extend and quieten those they lie over, and are checked as strictly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from signatures.catalogue import Catalogue, load_catalogue
from signatures.errors import CatalogueInvalid
from signatures.evidence import Evidence
from signatures.kinds import Baa, Origin
from signatures.lint import lint_directories
from signatures.matcher import Matcher
from tests.signatures.catalogue_files import vendor_text

EXAMPLES = [{"host": "a.example.org", "tool": "chat"}, {"host": "near.example.net", "tool": ""}]

EXTENSION = """id = "acme"
extends = true
checked_on = 2026-11-01

[[tools]]
id = "chat"
tiers = ["hospital"]

[[tools.signatures]]
kind = "host"
value = "chat.hospital.example"
surface = "use"
tier = "hospital"
source = "https://wiki.hospital.example/chat"

[[tools.phi_terms]]
tiers = ["hospital", "enterprise"]
baa = "yes_contract"
source = "https://wiki.hospital.example/contract"
as_of = 2026-11-01
grade = "P"

[[suppress]]
signature = "chat:domain:b.example.org"
reason = "our own web site"

[[examples]]
host = "chat.hospital.example"
tool = "chat"
"""


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "shipped", tmp_path / "local"]
    for folder in made:
        folder.mkdir()
    signatures = [("domain", "a.example.org"), ("domain", "b.example.org")]
    text = vendor_text("acme", {"chat": signatures}, examples=EXAMPLES)
    (made[0] / "acme.toml").write_text(text, "utf-8")
    return made


def extended(folders: list[Path], text: str = EXTENSION, bundle: Path | None = None) -> Catalogue:
    (folders[1] / "acme.toml").write_text(text, "utf-8")
    return load_catalogue(folders, bundle=bundle)


def test_an_extension_adds_and_suppresses_and_the_rest_stays(folders: list[Path]) -> None:
    plain = load_catalogue(folders[:1])
    catalogue = extended(folders, bundle=folders[0])
    assert catalogue.version != plain.version
    tool = catalogue.tools["chat"]
    assert [(one.value, one.origin) for one in tool.signatures] == [
        ("a.example.org", Origin.BUNDLE),
        ("chat.hospital.example", Origin.LOCAL),
    ]
    assert tool.tiers == ("free", "enterprise", "hospital")
    assert (tool.name, tool.origin) == (plain.tools["chat"].name, Origin.BUNDLE)
    terms = {tier: (one.baa, one.origin) for one in tool.phi_terms for tier in one.tiers}
    assert terms == {
        "*": (Baa.UNKNOWN, Origin.BUNDLE),
        "hospital": (Baa.YES_CONTRACT, Origin.LOCAL),
        "enterprise": (Baa.YES_CONTRACT, Origin.LOCAL),
    }
    matcher = Matcher(catalogue)
    assert matcher.match(Evidence(host="b.example.org")) is None
    found = matcher.match(Evidence(host="chat.hospital.example"))
    assert found is not None
    assert found.tier == "hospital"
    assert lint_directories(folders, date(2026, 11, 22)) == []


def test_terms_of_all_tiers_give_way_to_those_of_an_extension(folders: list[Path]) -> None:
    text = EXTENSION.replace('tiers = ["hospital", "enterprise"]', 'tiers = ["*"]')
    terms = extended(folders, text).tools["chat"].phi_terms
    assert [(one.tiers, one.origin) for one in terms] == [(("*",), Origin.LOCAL)]


def test_an_extension_may_bring_a_tool_of_its_own(folders: list[Path]) -> None:
    text = EXTENSION.replace('id = "chat"\n', (
        'id = "portal"\nname = "Portal"\ncategory = "chat_assistant"\nclinical = true\n'
        'description = "Our own."\n'
    )).replace('"hospital", "enterprise"', '"hospital"').partition("[[examples]]")[0]  # fmt: skip
    catalogue = extended(folders, text)
    assert catalogue.tools["portal"].vendor_id == "acme"
    assert catalogue.tools["portal"].origin is Origin.LOCAL
    assert [tool.id for tool in catalogue.vendors["acme"].tools] == ["chat", "portal"]


def test_extensions_lie_over_one_another(folders: list[Path], tmp_path: Path) -> None:
    third = tmp_path / "third"
    third.mkdir()
    (third / "acme.toml").write_text(
        'id = "acme"\nextends = true\nchecked_on = 2026-11-01\n[[suppress]]\n'
        'signature = "chat:host:chat.hospital.example"\nreason = "moved"\n',
        "utf-8",
    )
    (folders[1] / "acme.toml").write_text(EXTENSION, "utf-8")
    catalogue = load_catalogue([*folders, third])
    assert [one.value for one in catalogue.tools["chat"].signatures] == ["a.example.org"]
    findings = lint_directories([*folders, third])
    # The example of the second file fails now, and is found where it stands.
    assert [(one.path, one.line, one.code) for one in findings] == [
        (folders[1] / "acme.toml", 27, "example-fails")
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('id = "acme"', 'id = "acmee"', 1, "no earlier folder has"),
        ('id = "chat"\n', 'id = "other"\n', 5, "key 'name' is missing"),
        ('tier = "hospital"', 'tier = "gold"', 5, "'gold'"),
        ("extends = true", "extends = false", 2, "extends"),
        ('surface = "use"', 'surface = "used"', 12, "'used' is not known"),
        ('reason = "our own web site"\n', "", 23, "'reason' is missing"),
        ('signature = "chat:domain:b.example.org"', 'signature = "b.example.org"', 24, "wrong form"),
    ],
)
def test_a_faulty_extension_is_told_with_its_line(
    folders: list[Path], old: str, new: str, line: int, message: str
) -> None:
    assert old in EXTENSION
    with pytest.raises(CatalogueInvalid) as caught:
        extended(folders, EXTENSION.replace(old, new))
    problem = caught.value.problems[0]
    assert (problem.path, problem.line) == (folders[1] / "acme.toml", line)
    assert message in problem.message


def test_a_suppression_that_fits_nothing_any_more_is_a_warning_with_its_line(folders: list[Path]) -> None:
    extended(folders, EXTENSION.replace("b.example.org", "gone.example.org"))
    (finding,) = lint_directories(folders)
    assert (finding.path, finding.line, finding.code) == (
        folders[1] / "acme.toml",
        24,
        "suppresses-nothing",
    )
    assert finding.level == "warning"


def test_a_bad_signature_of_an_extension_is_found_in_its_own_file(folders: list[Path]) -> None:
    extended(folders, EXTENSION.replace('kind = "host"\nvalue = "chat.hospital.example"', 'kind = "domain"\nvalue = "google.com"').partition("[[examples]]")[0])  # fmt: skip  # noqa: E501
    findings = lint_directories(folders)
    assert [(one.path.parent.name, one.line, one.code) for one in findings] == [("local", 11, "too-broad")]
