"""The directory joins every spelling of a person, stores no name, and refuses a file that contradicts itself."""

# ruff: noqa: E501  (an export reads better with one row a line)

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import inspect, text

from governance.directory import Imported, ReadAs, found_by_name, import_people
from governance.errors import ImportRefused
from governance.findings import KIND_OF_SURFACE
from governance.open_findings import Finding, Setting, finding_kinds, open_findings
from governance.places import import_devices
from governance.weights import Weights
from storage import audit
from storage.batches import record_batch
from storage.database import Database
from storage.directory import ambiguous_in_use, entries, history
from storage.pseudonyms import Pseudonyms
from storage.reach import clinical_people_of
from storage.sightings import principal_rows, sightings_by_tool
from tests.storage.sample_records import NOW, begin, part, record

PSEUDONYMS = Pseudonyms.from_key(b"k" * 32)
EXPORT = """sAMAccountName,UserPrincipalName,mail,proxyAddresses,DistinguishedName,Department,Title,Manager,accountExpires
jdoe,jane.doe@north.example,jane@mail.example,"SMTP:jane@mail.example;smtp:j.doe@old.example;x500:/o=x","CN=Doe\\, Jane,OU=Rad,DC=north,DC=example",Radiology,Physician,boss,9223372036854775807
boss,boss@north.example,,,"CN=Boss,DC=north,DC=example",Board,Director,,0
"""
TWO_DOMAINS = """account,domain,upn,department
jdoe,NORTH,jdoe@north.example,Radiology
jdoe,SOUTH,jdoe@south.example,Finance
"""


def load(
    database: Database,
    content: str | bytes,
    weights: Weights,
    how: ReadAs | None = None,
    now: datetime = NOW,
) -> Imported:
    given = content.encode() if isinstance(content, str) else content
    with database.write() as conn:
        return import_people(conn, given, how or ReadAs(), PSEUDONYMS, weights.clinical_words, "A. Chen", now)


def see(database: Database, *names: tuple[str, str], **more: object) -> None:
    with database.write() as conn:
        scan_id, content = begin(conn, head=f"{names}")
        parts = [
            part(principal=PSEUDONYMS.principal(name, kind), principal_kind=kind, **more)
            for name, kind in names
        ]
        record_batch(conn, record(scan_id, content, 0, 10, *parts))


def test_every_spelling_is_one_person_also_where_it_was_seen_before(
    database: Database, weights: Weights
) -> None:
    spellings = [
        "NORTH\\jdoe", "jdoe", "JDOE@NORTH.EXAMPLE", "jane.doe@north.example", "jane@mail.example",
        "j.doe@old.example", "CN=Doe\\, Jane,OU=Rad,DC=north,DC=example",
    ]  # fmt: skip
    see(database, *((name, "user") for name in spellings), ("other", "user"))
    with database.read() as conn:
        assert sightings_by_tool(conn)["scribe-one"][""].people > 4
    load(database, EXPORT, weights)
    with database.read() as conn:
        seen = sightings_by_tool(conn)["scribe-one"][""]
        assert seen.people_by_kind == {"user": 2}
        assert seen.departments == ("Radiology",)
        assert seen.days[0].people == 2
        assert len(principal_rows(conn, "scribe-one")) == 2
        assert clinical_people_of(conn, [], KIND_OF_SURFACE) == {("scribe-one", "use"): 1}


def test_no_name_is_stored(database: Database, weights: Weights) -> None:
    load(database, EXPORT, weights)
    stored = []
    with database.read() as conn:
        for table in inspect(conn).get_table_names():
            stored += [str(row) for row in conn.execute(text(f'SELECT * FROM "{table}"'))]
    everything = "\n".join(stored).casefold()
    assert "radiology" in everything
    assert not [name for name in ("jdoe", "jane", "boss", "north") if name in everything]


def test_an_account_of_two_domains_means_nobody(database: Database, weights: Weights) -> None:
    see(database, ("jdoe", "user"), ("jdoe@north.example", "user"), ("jdoe@south.example", "user"))
    found = load(database, TWO_DOMAINS, weights)
    assert found.ambiguous == ("jdoe",)
    with database.read() as conn:
        seen = sightings_by_tool(conn)["scribe-one"][""]
        assert seen.people == 3
        assert seen.department_unknown
        assert ambiguous_in_use(conn) == {PSEUDONYMS.principal("jdoe"): 5}


def test_the_same_file_twice_changes_nothing_and_a_move_is_history(
    database: Database, weights: Weights
) -> None:
    load(database, EXPORT, weights)
    with database.read() as conn:
        before = audit.head(conn)
    assert load(database, EXPORT, weights, now=NOW + timedelta(days=3)).changes.none
    with database.read() as conn:
        assert audit.head(conn) == before
    later = NOW + timedelta(days=5)
    changes = load(database, EXPORT.replace("Radiology", "Oncology"), weights, now=later).changes
    assert (changes.added, changes.changed, changes.ended) == (0, 1, 0)
    with database.read() as conn:
        principal, past = found_by_name(conn, "NORTH\\JDOE", PSEUDONYMS)
        assert [(one.entry.department, one.valid_until) for one in past] == [
            ("Oncology", None),
            ("Radiology", later),
        ]
        assert history(conn, principal) == past
        assert audit.head(conn).rows == before.rows + 1


def test_a_new_name_stays_the_same_person_by_number(database: Database, weights: Weights) -> None:
    load(database, "user,employeeID,department\njdoe,7,Radiology\n", weights)
    see(database, ("jdoe", "user"), ("jsmith", "user"))
    load(database, "user,employeeID,department\njsmith,7,Radiology\n", weights)
    with database.read() as conn:
        assert sightings_by_tool(conn)["scribe-one"][""].people == 1
        assert len(entries(conn)) == 1


def test_stated_wins_over_words_and_words_are_marked(database: Database, weights: Weights) -> None:
    found = load(
        database,
        "user,department,title,clinical\na,Radiology,Clerk,no\nb,Radiology,,\nc,Finance,Nurse,\n",
        weights,
    )
    assert (found.clinical, found.clinical_derived) == (2, 2)
    with database.read() as conn:
        by_name = {one.principal: (one.clinical, one.clinical_derived) for one in entries(conn)}
    assert by_name[PSEUDONYMS.principal("a")] == (False, False)
    assert by_name[PSEUDONYMS.principal("c")] == (True, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("user,department\na,Radiology\na,Oncology\n", "row 3: department is 'Oncology', but row 2"),
        ("user,employeeID,title\na,1,Nurse\nb,1,Clerk\n", "row 3: role is 'Clerk', but row 2"),
        ("user,employeeID\na,1\nb,2\na,2\n", "row 4: its names belong to two persons, of rows 2 and 3"),
        ("user,manager\na,b\nb,c\nc,a\n", "managers form a cycle: rows 2, 3, 4"),
        ("user,startDate,endDate\na,2026-05-01,2026-04-30\n", "row 2: active until 2026-04-30, before"),
        (
            "user,endDate\na,03/04/2026\n",
            "row 2: active_until is '03/04/2026', which is no day or could be two",
        ),
        ("department\nRadiology\n", "No column for account"),
        ("user,clinical\na,perhaps\n", "row 2: clinical is 'perhaps'"),
        ("user,department\na\n", "row 2: 1 cells under 2 columns"),
        ("user,department\n,Radiology\n", "row 2: names nobody"),
        ("user,userAccountControl\na,disabled\n", "row 2: userAccountControl"),
        ("", "empty"),
        ("user\n", "no rows"),
        (b"user\nj\xf6rg\n", "row 2: not UTF-8 text"),
        (b"user\n\x00\n", "NUL"),
        ('{"Resources": [{"active": true}]}', "row 1: userName"),
        ('{"totalResults": 3, "Resources": [{"userName": "a"}]}', "1 of 3 users"),
        ('{"Resources": ', "no valid JSON"),
        ("dn: cn=a\nchangetype: modify\n", "a list of changes"),
        ("dn: cn=a\nsAMAccountName:< file:///etc/passwd\n", "never read"),
        ("dn: cn=a\nsAMAccountName:: %%%\n", "no valid base64"),
    ],
)
def test_a_wrong_file_is_refused_whole(
    database: Database, weights: Weights, content: str | bytes, said: str
) -> None:
    load(database, EXPORT, weights)
    with database.read() as conn:
        before = entries(conn), audit.head(conn)
    with pytest.raises(ImportRefused) as refusal:
        load(database, content, weights)
    assert said in str(refusal.value)
    with database.read() as conn:
        assert (entries(conn), audit.head(conn)) == before


@pytest.mark.parametrize(
    ("text_of_day", "day"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("2026-06-30T00:00:00Z", date(2026, 6, 30)),
        ("20260630120000.0Z", date(2026, 6, 30)),
        ("30.06.2026", date(2026, 6, 30)),
        ("06/30/2026", date(2026, 6, 30)),
        ("134273376000000000", date(2026, 6, 30)),
        ("never", None),
    ],
)
def test_days_are_read_in_every_spelling(
    database: Database, weights: Weights, text_of_day: str, day: date | None
) -> None:
    load(database, f"user,accountExpires\na,{text_of_day}\n", weights)
    with database.read() as conn:
        assert entries(conn)[0].active_until == day


def test_ldif_and_scim_say_the_same_as_csv(database: Database, weights: Weights) -> None:
    ldif = (
        "version: 1\n\n# people\ndn:: Q049SmFuZSxEQz1ub3J0aCxEQz1leGFtcGxl\nsAMAccountName: jdoe\n"
        "department: Radi\n ology\ntitle: Nurse\nuserAccountControl: 514\nmail: jane@mail.example\n\n"
        "# search result\nsearch: 2\nresult: 0 Success\n"
    )
    load(database, ldif, weights)
    with database.read() as conn:
        (one,) = entries(conn)
    assert (one.department, one.role, one.clinical, one.active_until) == (
        "Radiology",
        "Nurse",
        True,
        NOW.date(),
    )
    scim = {
        "Resources": [
            {
                "userName": "jane@mail.example",
                "active": False,
                "title": "Nurse",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Radiology"},
            }
        ]
    }
    load(database, json.dumps(scim), weights, now=NOW + timedelta(days=9))
    with database.read() as conn:
        (one,) = entries(conn)
    assert (one.department, one.role) == ("Radiology", "Nurse")


def test_machine_accounts_are_no_people(database: Database, weights: Weights) -> None:
    assert load(database, "user\nws-7$\na\n", weights).people == 1
    with pytest.raises(ImportRefused, match="machine accounts only"):
        load(database, "user\nws-7$\n", weights)


def test_columns_can_be_named(database: Database, weights: Weights) -> None:
    how = ReadAs(columns={"account": "Kürzel", "department": "Where"}, encoding="cp1252")
    load(database, "Kürzel;Where\na;Radiology\n".encode("cp1252"), weights, how)
    with database.read() as conn:
        assert entries(conn)[0].department == "Radiology"
    with pytest.raises(ImportRefused, match="There is no column 'Nowhere'"):
        load(database, "user\na\n", weights, ReadAs(columns={"department": "Nowhere"}))


def leavers(database: Database, weights: Weights, sample: object) -> list[Finding]:
    with database.read() as conn:
        return open_findings(Setting(conn, sample, weights, NOW), "leaver")  # type: ignore[arg-type]


def test_use_after_the_last_day_is_a_finding(database: Database, weights: Weights) -> None:
    from tests.governance.sample_catalogue import CATALOGUE

    see(database, ("jdoe", "user"))
    see(database, ("HOST-1", "device"), count=2)
    load(database, "user,terminationDate,department\njdoe,2026-11-19,Radiology\n", weights)
    assert leavers(database, weights, CATALOGUE) == []
    load(database, "user,terminationDate,department\njdoe,2026-11-10,Radiology\n", weights)
    (found,) = leavers(database, weights, CATALOGUE)
    assert found.principal == PSEUDONYMS.principal("jdoe")
    assert found.evidence == {
        "last_day": "2026-11-10",
        "days_after_first": 9,
        "days_after_last": 9,
        "events": 5,
        "blocked": 0,
        "bytes_up": 1000,
        "sources": ["proxy"],
    }
    with database.write() as conn:
        import_devices(conn, b"device,owner\nhost-1,jdoe\n", PSEUDONYMS, (), "A. Chen", NOW)
    assert leavers(database, weights, CATALOGUE) == [found]  # a machine may be somebody else's by now


def test_every_kind_of_finding_says_what_it_means() -> None:
    for kind in finding_kinds():
        assert kind.title
        assert len(kind.meaning) > 40
        assert callable(kind.find)


def test_a_past_moment_is_kept_in_utc(database: Database, weights: Weights) -> None:
    load(database, EXPORT, weights)
    with database.read() as conn:
        _, past = found_by_name(conn, "boss", PSEUDONYMS)
    assert past[0].valid_from == NOW.astimezone(UTC)
