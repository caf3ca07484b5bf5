"""The data map shows systems with patient data, and the AI tools the same departments use."""

from __future__ import annotations

import pytest

from api.pages.map_drawing import drawing
from governance.datamap import DataMap, draw_map, drop_system, import_systems, set_system
from governance.errors import ImportRefused
from storage import audit
from storage.batches import record_batch
from storage.database import Database
from storage.datamap import data_systems
from storage.errors import NotRecorded
from tests.governance.sample_catalogue import CATALOGUE
from tests.storage.sample_records import NOW, begin, part, record

SYSTEMS = b"""system,kind,holds PHI,data classes,owner,departments,hosts
Record,ehr,yes,phi,CMIO,radiology;Oncology,EHR.hospital.example
Badges,other,no,none,,Radiology,
Registry,research,,limited_set,,Nowhere,
"""


def drawn(database: Database) -> DataMap:
    with database.read() as conn:
        return draw_map(conn, CATALOGUE, NOW)


def test_tools_stand_beside_the_systems_of_their_departments(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        people = [part(principal=f"p-{number}", department="Radiology") for number in range(6)]
        background = part(
            tool_id="notes-two", vendor_id="vendor-two", surface="ambient", department="Oncology"
        )
        other = part(tool_id="notes-two", vendor_id="vendor-two", department="Board")
        record_batch(conn, record(scan_id, content, 0, 10, *people, background, other))
        assert import_systems(conn, SYSTEMS, "A. Chen", NOW) == (3, 3)
        assert import_systems(conn, SYSTEMS, "A. Chen", NOW) == (3, 0)
    found = drawn(database)
    assert [(one.system.name, one.system.holds_phi) for one in found.systems] == [
        ("Record", "yes"),
        ("Registry", "unknown"),
        ("Badges", "no"),
    ]
    assert [(one.tool_id, one.people, one.departments) for one in found.systems[0].tools] == [
        ("scribe-one", 6, ("Radiology",))
    ]
    assert found.systems[0].system.hosts == ("ehr.hospital.example",)
    assert found.departments_without_system == ("Board",)
    picture = drawing(found)
    assert picture is not None
    assert [(line.system, line.tool) for line in picture.lines] == [
        ("Record", CATALOGUE.tools["scribe-one"].name),
        ("Badges", CATALOGUE.tools["scribe-one"].name),
    ]


def test_an_empty_map_has_no_picture(database: Database) -> None:
    assert drawing(drawn(database)) is None


def test_a_system_is_changed_and_removed_with_a_trace(database: Database) -> None:
    with database.write() as conn:
        import_systems(conn, SYSTEMS, "A. Chen", NOW)
        set_system(conn, "Record", {"departments": "Nursing"}, "A. Chen", NOW)
        record_ = next(one for one in data_systems(conn) if one.name == "Record")
        assert (record_.departments, record_.holds_phi, record_.owner) == (("Nursing",), "yes", "CMIO")
        with pytest.raises(ImportRefused, match="Record holds no PHI, but its data classes name phi"):
            set_system(conn, "Record", {"holds_phi": "no"}, "A. Chen", NOW)
        drop_system(conn, "Badges", "A. Chen", NOW)
        with pytest.raises(NotRecorded):
            drop_system(conn, "Badges", "A. Chen", NOW)
        assert [row.action for row in audit.rows(conn)] == [
            "datamap.removed",
            "datamap.changed",
            "datamap.imported",
        ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"system,holds phi\nA,yes\nB,perhaps\n", "row 3: holds PHI is 'perhaps'; choose yes, no, unknown"),
        (b"system,kind,phi\nA,mainframe,yes\n", "row 2: kind is 'mainframe'"),
        (b"system,phi,data classes\nA,no,phi\n", "row 2: A holds no PHI, but its data classes name phi"),
        (b"system,phi\nA,yes\na,no\n", "row 3: a stands in row 2 with other facts"),
        (b"system,phi,hosts\nA,yes,<script>\n", "row 2: '<script>' is neither a host"),
        (b"system\nA\n", "No column for holds_phi"),
    ],
)
def test_wrong_systems_are_refused_whole(database: Database, content: bytes, said: str) -> None:
    with pytest.raises(ImportRefused) as refusal, database.write() as conn:
        import_systems(conn, content, "A. Chen", NOW)
    assert said in str(refusal.value)
    with database.read() as conn:
        assert data_systems(conn) == []
