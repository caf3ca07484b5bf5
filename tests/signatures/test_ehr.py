"""The list of patient record systems knows staff's names, not patients' portals, and takes the hospital's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from signatures.ehr import load_ehr_list
from signatures.errors import EhrListInvalid

OWN = """[[systems]]
id = "ours"
name = "Our record"
hosts = ["epic.hospital.example"]
except = ["mychart.epic.hospital.example"]
applications = ["Chart One"]
source = "the EHR team"
as_of = 2026-11-01
basis = "own"
"""


def test_every_system_has_a_source_and_a_day() -> None:
    systems = load_ehr_list().systems
    assert len(systems) >= 15
    for one in systems:
        assert one.source.startswith("https://")
        assert date(2026, 1, 1) <= one.as_of
        assert one.hosts or one.applications


@pytest.mark.parametrize(
    ("host", "system"),
    [
        ("umctx.cernerworks.com", "oracle-health"),
        ("ATHENANET.athenahealth.com:443", "athenahealth"),
        ("app.kareo.com", "tebra"),
        ("portal.kareo.com", None),
        ("epicproxy.et1131.epichosted.com", "epic"),
        ("mychart-openscheduling.et1130.epichosted.com", None),
        ("hospitalapp.ecwcloud.com", "eclinicalworks"),
        ("mycw52.eclinicalweb.com", None),
        ("login.pointclickcare.com", "pointclickcare"),
        ("advancedmd.net", None),
        ("mychart.com", None),
        ("mychart.example-health.org", None),
        ("notcernerworks.com", None),
        ("cernerworks.com.phish.example", None),
        ("patientfusion.com", None),
        ("", None),
        ("10.0.0.1", None),
    ],
)
def test_hosts(host: str, system: str | None) -> None:
    assert load_ehr_list().of_host(host) == system


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("Epic Hyperspace", "epic"),
        ("epic hyperdrive (SAML 2.0)", "epic"),
        ("PowerChart", "oracle-health"),
        ("MyChart", None),
        ("Epic Games", None),
        ("Epicurious", None),
        ("", None),
    ],
)
def test_applications(name: str, system: str | None) -> None:
    assert load_ehr_list().of_application(name) == system


def test_the_organisations_own_list_is_added(tmp_path: Path) -> None:
    path = tmp_path / "ehr.toml"
    path.write_text(OWN)
    known = load_ehr_list([path])
    assert known.of_host("web.epic.hospital.example") == "ours"
    assert known.of_host("mychart.epic.hospital.example") is None
    assert known.of_application("chart one") == "ours"
    assert known.of_host("x.cernerworks.com") == "oracle-health"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"epic.hospital.example"', '"https://epic.hospital.example/"', "no full host name"),
        ('"epic.hospital.example"', '"*"', "no full host name"),
        ("basis", "base", "basis: Field required"),
        ("[[systems]]", "[[systems]", "not valid TOML"),
        ('hosts = ["epic.hospital.example"]\n', "", "ok"),
        ("2026-11-01", '"lately"', "as_of"),
    ],
)
def test_a_list_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "ehr.toml"
    path.write_text(OWN.replace(old, new, 1))
    if words == "ok":
        assert load_ehr_list([path]).of_application("Chart One") == "ours"
        return
    with pytest.raises(EhrListInvalid, match=words) as caught:
        load_ehr_list([path])
    assert str(path) in str(caught.value)


def test_names_of_the_data_map_are_hosts_or_applications() -> None:
    known = load_ehr_list().with_names(
        ["Chart One", "epic", " rec.hospital.example "], "map", date(2026, 11, 1)
    )
    assert known.of_host("a.rec.hospital.example") == "own"
    assert known.of_application("CHART ONE") == "own"
    assert known.of_host("host.epic") is None
    assert load_ehr_list().with_names([], "map", date(2026, 11, 1)).of_application("chart one") is None


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(EhrListInvalid, match=r"none\.toml: cannot be read"):
        load_ehr_list([tmp_path / "none.toml"])
