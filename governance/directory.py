"""Import the directory: persons with every spelling of their names, stored under pseudonyms only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from governance.errors import ImportRefused
from governance.imports.ldif import read_ldif
from governance.imports.people import COLUMNS, NAMING, Person, manager_of, people_of
from governance.imports.records import Record, decoded, need_name, read_table
from governance.imports.scim import read_scim
from governance.spellings import principals_for, shared, spellings_of
from storage import audit
from storage.directory import (
    PEOPLE,
    Alias,
    Changes,
    Entry,
    PastEntry,
    Snapshot,
    aliases,
    entries,
    history,
    principal_of,
    replace_snapshot,
)
from storage.errors import NotRecorded
from storage.pseudonyms import Pseudonyms

KINDS = ("csv", "ldif", "scim")


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How to read a file, where its content does not say."""

    kind: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] | None = None
    """Field -> column that holds it."""
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found and changed."""

    rows: int
    people: int
    clinical: int
    clinical_derived: int
    without_department: int
    ended: int
    """People whose last day is over."""
    spellings: int
    ambiguous: tuple[str, ...]
    """Spellings that several people have, as the file writes them; shown once, stored nowhere."""
    unknown_managers: int
    changes: Changes


def read_people_file(content: bytes, how: ReadAs) -> list[Record]:
    """Return the records of a CSV, LDIF or SCIM file. Raises ImportRefused."""
    text = decoded(content, how.encoding)
    kind = how.kind or _kind_of(text)
    if kind == "scim":
        return read_scim(text)
    if kind == "ldif":
        return read_ldif(text, COLUMNS)
    if kind != "csv":
        raise ImportRefused(f"There is no kind of file {kind!r}; use one of {', '.join(KINDS)}.")
    return read_table(text, COLUMNS, [NAMING], how.columns)


def import_people(
    conn: Connection,
    content: bytes,
    how: ReadAs,
    pseudonyms: Pseudonyms,
    clinical_words: Sequence[str],
    by: str,
    now: datetime,
) -> Imported:
    """Replace the directory's people by those of a file, in the caller's transaction.

    Raises ImportRefused, and then nothing was changed if the caller gives the transaction up.
    """
    need_name(by)
    records = read_people_file(content, how)
    people = people_of(records, clinical_words, how.date_format)
    spelt = [spellings_of(person, pseudonyms) for person in people]
    unclear = shared(spelt)
    known = {one.alias: one for one in aliases(conn)}
    principals = [
        chosen or pseudonyms.principal("directory:" + "|".join(_all_names(person)))
        for chosen, person in zip(principals_for(spelt, unclear, known), people, strict=True)
    ]
    snapshot = _snapshot(conn, people, principals, spelt, unclear, pseudonyms, now.date())
    changes = replace_snapshot(conn, snapshot, now)
    managers = manager_of(people)
    imported = Imported(
        rows=len(records),
        people=len(people),
        clinical=sum(person.clinical is True for person in people),
        clinical_derived=sum(person.clinical is True and person.clinical_derived for person in people),
        without_department=sum(person.department is None for person in people),
        ended=sum(one.active_until is not None and one.active_until < now.date() for one in snapshot.entries),
        spellings=len(snapshot.aliases),
        ambiguous=_spelt_out(people, unclear, pseudonyms),
        unknown_managers=sum(person.manager is not None and id(person) not in managers for person in people),
        changes=changes,
    )
    if not changes.none:
        detail = {
            "people": imported.people,
            "added": changes.added,
            "changed": changes.changed,
            "ended": changes.ended,
            "spellings": imported.spellings,
            "ambiguous": len(unclear),
        }
        audit.append(conn, by.strip(), "directory.imported", "people", detail, now)
    return imported


def _kind_of(text: str) -> str:
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return "scim"
    for line in text.splitlines()[:50]:
        name = line.partition(":")[0].strip().casefold()
        if name in ("dn", "version") and ":" in line and "," not in line.partition(":")[0]:
            return "ldif"
        if line.strip() and not line.startswith("#"):
            break
    return "csv"


def _snapshot(
    conn: Connection,
    people: Sequence[Person],
    principals: Sequence[str],
    spelt: Sequence[Mapping[str, str]],
    unclear: Mapping[str, str],
    pseudonyms: Pseudonyms,
    today: date,
) -> Snapshot:
    before = {one.principal: one for one in entries(conn)}
    managers = manager_of(people)
    own = {id(person): principal for person, principal in zip(people, principals, strict=True)}
    stored, names = [], []
    for person, principal, spellings in zip(people, principals, spelt, strict=True):
        above = managers.get(id(person))
        manager = own[id(above)] if above else pseudonyms.principal(person.manager or "") or None
        earlier = before.get(principal)
        until = person.active_until
        if person.disabled:
            # Closed, and nobody says since when: not later than the import that first said so.
            until = min(today, earlier.active_until if earlier and earlier.active_until else today)
        stored.append(
            Entry(
                principal,
                "user",
                person.department,
                person.role,
                person.clinical,
                person.clinical_derived,
                manager,
                until,
            )
        )
        for name, form in ({principal: "former"} | dict(spellings)).items():
            if name not in unclear:
                names.append(Alias(name, principal, "user", form))
    return Snapshot(PEOPLE, stored, names, unclear)


def _all_names(person: Person) -> list[str]:
    names = (f"{form}={text}" for form, texts in person.names.items() for text in texts)
    return sorted((*names, *person.domains))


def _spelt_out(
    people: Sequence[Person], unclear: Mapping[str, str], pseudonyms: Pseudonyms
) -> tuple[str, ...]:
    texts = {
        pseudonyms.canonical(text)
        for person in people
        for form, names in person.names.items()
        for text in ([text.partition("@")[0] for text in names] if form == "sign_in" else names)
        if pseudonyms.principal(text) in unclear
    }
    return tuple(sorted(texts))


def found_by_name(conn: Connection, name: str, pseudonyms: Pseudonyms) -> tuple[str, list[PastEntry]]:
    """Return the principal a name or pseudonym means, and everything the directory ever said of them.

    Raises storage.errors.NotRecorded.
    """
    for spelt in (
        name.strip(),
        pseudonyms.principal(name),
        pseudonyms.device(name),
        pseudonyms.address(name),
    ):
        principal = principal_of(conn, spelt) or spelt
        past = history(conn, principal)
        if past:
            return principal, past
    raise NotRecorded(
        "The directory has nobody of that name; names that mean several people are joined to none."
    )
