"""Subnets tell departments by the longest prefix; devices stand for their owners; wrong files change nothing."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.addresses import AddressPlan
from governance.directory import ReadAs, import_people
from governance.errors import ImportRefused
from governance.places import import_devices, import_subnets
from governance.ranking import clinical_departments
from governance.weights import Weights
from storage.batches import record_batch
from storage.database import Database
from storage.pseudonyms import Pseudonyms
from storage.sightings import principal_rows
from storage.subnets import Subnet, subnets
from tests.storage.sample_records import NOW, begin, part, record

PSEUDONYMS = Pseudonyms.from_key(b"k" * 32)
SUBNETS = b"""CIDR,Site,Department,Clinical,Kind
10.0.0.0/8,Campus,,,office
10.20.0.0/16,Campus,Tower,yes,clinical
10.20.4.0/24,Campus,Guests,no,guest
2001:db8:20::/48,Campus,Tower,,clinical
"""


def plan_of(*networks: tuple[str, str | None]) -> AddressPlan:
    return AddressPlan([Subnet(cidr, None, department, None, None) for cidr, department in networks])


def test_the_longest_prefix_decides(database: Database) -> None:
    with database.write() as conn:
        assert import_subnets(conn, SUBNETS, "A. Chen", NOW) == (4, 4)
        assert import_subnets(conn, SUBNETS, "A. Chen", NOW) == (4, 0)
    with database.read() as conn:
        plan = AddressPlan(subnets(conn))
    asked = (
        "10.1.1.1",
        "10.20.1.1",
        "10.20.4.9",
        "::ffff:10.20.1.1",
        "2001:db8:20::7",
        "192.0.2.1",
        "host-7",
        "",
    )
    assert [plan.department_of(one) for one in asked] == [
        None,
        "Tower",
        "Guests",
        "Tower",
        "Tower",
        None,
        None,
        None,
    ]


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_it_is_what_the_standard_library_says(networks: list[tuple[int, int]], number: int) -> None:
    found = {
        str(ip_network((start >> (32 - size) << (32 - size) if size else 0, size)))
        for start, size in networks
    }
    address = ip_address(number)
    holding = [network for network in map(ip_network, found) if address in network]
    longest = max(holding, key=lambda network: network.prefixlen, default=None)
    plan = plan_of(*((cidr, cidr) for cidr in sorted(found)))
    assert plan.department_of(str(address)) == (str(longest) if longest else None)


def test_a_stated_department_is_clinical_whatever_its_name(database: Database, weights: Weights) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        seen = (part(department="Tower"), part(department="Guests"), part(department="Radiology"))
        record_batch(conn, record(scan_id, content, 0, 10, *seen))
        import_subnets(conn, SUBNETS, "A. Chen", NOW)
        assert clinical_departments(conn, weights) == ["Radiology", "Tower"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"cidr,department\n10.0.0.0/33,A\n", "row 2: '10.0.0.0/33' is no subnet"),
        (b"cidr,department\n10.0.0.1/8,A\n", "row 2: '10.0.0.1/8' is no subnet"),
        (b"cidr,department\n10.0.0.0/8,A\n10.0.0.0/8,B\n", "row 3: 10.0.0.0/8 stands in row 2"),
        (
            b"cidr,department,clinical\n10.0.0.0/8,A,yes\n11.0.0.0/8,A,no\n",
            "row 3: A is not clinical here, but row 2",
        ),
        (b"cidr,clinical\n10.0.0.0/8,yes\n", "row 2: 10.0.0.0/8 is clinical but names no department"),
        (b"department\nA\n", "No column for cidr"),
    ],
)
def test_wrong_subnets_are_refused_whole(database: Database, content: bytes, said: str) -> None:
    with database.write() as conn:
        import_subnets(conn, SUBNETS, "A. Chen", NOW)
    with pytest.raises(ImportRefused) as refusal, database.write() as conn:
        import_subnets(conn, content, "A. Chen", NOW)
    assert said in str(refusal.value)
    with database.read() as conn:
        assert len(subnets(conn)) == 4


def test_a_device_stands_for_its_owner_in_every_spelling(database: Database, weights: Weights) -> None:
    names = [("ws-7", "device"), ("WS-7.hospital.example", "device"), ("HOSPITAL\\WS-7$", "user")]
    names += [
        ("00:1a:2B:3c:4d:5e", "device"),
        ("001a.2b3c.4d5e", "device"),
        ("10.9.9.9", "address"),
        ("jdoe", "user"),
    ]
    with database.write() as conn:
        scan_id, content = begin(conn)
        parts = [
            part(principal=PSEUDONYMS.principal(name, kind), principal_kind=kind) for name, kind in names
        ]
        record_batch(conn, record(scan_id, content, 0, 10, *parts))
        devices = b"Device Name,MAC Address,IP,Owner\nWS-7,00-1A-2B-3C-4D-5E,10.9.9.9,jdoe@hospital.example\n"
        found = import_devices(conn, devices, PSEUDONYMS, ["hospital.example"], "A. Chen", NOW)
        assert (found.devices, found.owned) == (1, 1)
        words = weights.clinical_words
        people = b"user,upn,department\njdoe,jdoe@hospital.example,Radiology\n"
        import_people(conn, people, ReadAs(), PSEUDONYMS, words, "A. Chen", NOW)
        (row,) = principal_rows(conn, "scribe-one")
    assert (row.principal, row.principal_kind) == (PSEUDONYMS.principal("jdoe"), "user")
    assert row.departments == ("Radiology",)
    assert row.count == 5 * len(names)


def test_a_device_without_owner_has_its_own_department(database: Database) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn)
        seen = part(principal=PSEUDONYMS.address("10.60.0.21"), principal_kind="address")
        record_batch(conn, record(scan_id, content, 0, 10, seen))
        devices = b"name,ip,department,type\npacs-1,10.60.0.21,Radiology,server\n"
        import_devices(conn, devices, PSEUDONYMS, (), "A. Chen", NOW)
        assert import_devices(conn, devices, PSEUDONYMS, (), "A. Chen", NOW).changes.none
        (row,) = principal_rows(conn, "scribe-one")
    assert (row.principal_kind, row.departments) == ("device", ("Radiology",))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,owner\nws-7,a\nWS-7,b\n", "row 3: 'WS-7' stands in row 2 with other facts"),
        (b"name,ip\nws-7,10.0.0.300\n", "row 2: '10.0.0.300' is no address"),
        (b"name,owner\n,a\n", "row 2: names no device"),
        (b"owner\na\n", "No column for name"),
    ],
)
def test_wrong_devices_are_refused(database: Database, content: bytes, said: str) -> None:
    with pytest.raises(ImportRefused) as refusal, database.write() as conn:
        import_devices(conn, content, PSEUDONYMS, (), "A. Chen", NOW)
    assert said in str(refusal.value)
