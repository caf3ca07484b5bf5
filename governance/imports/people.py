"""Make persons of the rows of a directory export, and refuse rows that contradict one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from governance.departments import is_clinical
from governance.errors import ImportRefused
from governance.imports.days import last_day
from governance.imports.records import Record

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "account": tuple("samaccountname username user login logonname principal account uid loginname".split()),
    "sign_in": tuple("userprincipalname upn signinname signin".split()),
    "mail": tuple("mail email emailaddress primarysmtpaddress workemail".split()),
    "aliases": tuple("proxyaddresses aliases emailaddresses othermails alias".split()),
    "employee_id": tuple("employeeid employeenumber personnelnumber workerid staffid".split()),
    "scim_id": (),
    "distinguished_name": ("distinguishedname", "dn"),
    "domain": ("domain", "userdomain", "netbiosname", "ntdomain"),
    "department": tuple("department dept departmentname unit".split()),
    "role": tuple("title jobtitle role position".split()),
    "clinical": ("clinical", "isclinical"),
    "manager": tuple("manager managerid managerupn reportsto supervisor".split()),
    "active_from": tuple("hiredate startdate employeehiredate".split()),
    "active_until": tuple(
        "accountexpires accountexpirationdate terminationdate enddate activeuntil lastday lastworkingday "
        "employeeleavedatetime".split()
    ),
    "enabled": tuple("enabled accountenabled active isactive".split()),
    "account_control": ("useraccountcontrol",),
}
"""Field -> plain names of the columns or attributes that usually hold it."""

NAMING = ("account", "sign_in", "mail", "employee_id", "distinguished_name")
_DISABLED = 0x2
_DC = re.compile(r"(?:^|,)\s*dc=([^,]+)", re.IGNORECASE)
_SPLIT = re.compile(r"[;|\n]")


@dataclass(slots=True, eq=False)
class Person:
    """What all rows about one person say together."""

    rows: list[int]
    names: dict[str, set[str]] = field(default_factory=dict)
    """Form -> spellings, as the export has them."""
    domains: set[str] = field(default_factory=set)
    """Domains their account name belongs to; empty if the export does not say."""
    department: str | None = None
    role: str | None = None
    clinical: bool | None = None
    clinical_derived: bool = False
    manager: str | None = None
    active_from: date | None = None
    active_until: date | None = None
    disabled: bool = False
    """True if the account is closed and no row says since when."""


def people_of(
    records: Sequence[Record], clinical_words: Sequence[str], date_format: str | None = None
) -> list[Person]:
    """Return the persons of all rows; several rows may be about one. Raises ImportRefused."""
    found: dict[str, Person] = {}
    people: list[Person] = []
    for record in records:
        if (record.first("account") or "").endswith("$"):
            continue  # a machine account, which exports of a whole domain hold too
        one = _person(record, date_format)
        keys = list(_identities(one))
        if not keys:
            raise ImportRefused(
                f"row {record.row}: names nobody; it needs an account, a sign-in name, a mail address or a number."
            )
        others = {id(found[key]): found[key] for key in keys if key in found}
        if len(others) > 1:
            rows = sorted(row for other in others.values() for row in other.rows)
            raise ImportRefused(
                f"row {record.row}: its names belong to two persons, of rows {rows[0]} and {rows[1]}."
            )
        if others:
            known = next(iter(others.values()))
            _join(known, one)
        else:
            known = one
            people.append(one)
        for key in keys:
            found[key] = known
    if not people:
        raise ImportRefused("The file holds machine accounts only; an import replaces all people.")
    for person in people:
        _check(person)
        if person.clinical is None and (person.department or person.role):
            words = f"{person.department or ''} {person.role or ''}"
            person.clinical, person.clinical_derived = is_clinical(words, clinical_words), True
    _refuse_cycles(people)
    return people


def _person(record: Record, date_format: str | None) -> Person:
    names: dict[str, set[str]] = {}
    domains = {text.casefold() for text in record.values.get("domain", ())}
    for form in (*NAMING, "scim_id"):
        for text in record.values.get(form, ()):
            if form == "account" and "\\" in text:
                domain, _, text = text.rpartition("\\")
                domains.add(domain.casefold())
            if text:
                names.setdefault(form, set()).add(text)
    for text in record.values.get("aliases", ()):
        for one in _SPLIT.split(text):
            kind, colon, address = one.strip().rpartition(":")
            if address and (not colon or kind.casefold() in ("smtp", "sip")):
                names.setdefault("alias", set()).add(address)
    domains |= {".".join(_DC.findall(text)).casefold() for text in names.get("distinguished_name", ())}
    if not domains - {""}:
        domains = {text.rpartition("@")[2].casefold() for text in names.get("sign_in", ()) if "@" in text}
    ends = record.first("active_until")
    disabled = record.yes_no("enabled") is False or _disabled(record)
    until = last_day(ends, record.row, "active_until", date_format) if ends else None
    begins = record.first("active_from")
    return Person(
        rows=[record.row],
        names=names,
        domains=domains - {""},
        department=record.first("department"),
        role=record.first("role"),
        clinical=record.yes_no("clinical"),
        manager=record.first("manager"),
        active_from=last_day(begins, record.row, "active_from", date_format) if begins else None,
        active_until=until,
        disabled=disabled and until is None,
    )


def _disabled(record: Record) -> bool:
    text = record.first("account_control")
    if text is None:
        return False
    try:
        return bool(int(text, 0) & _DISABLED)
    except ValueError:
        raise ImportRefused(
            f"row {record.row}: userAccountControl is {text[:40]!r}, which is no number."
        ) from None


def _identities(one: Person) -> Iterator[str]:
    """Yield what nobody else can have: two rows with one of these are about the same person."""
    strong = False
    for form in ("employee_id", "scim_id", "sign_in", "distinguished_name"):
        for text in one.names.get(form, ()):
            strong = True
            yield f"{form}:{text.casefold()}"
    for text in one.names.get("account", ()):
        strong = True
        for domain in one.domains or {""}:
            yield f"account:{domain}:{text.casefold()}"
    if not strong:
        for text in one.names.get("mail", ()):
            yield f"mail:{text.casefold()}"


def _join(known: Person, more: Person) -> None:
    for fact in ("department", "role", "clinical", "manager", "active_from", "active_until"):
        old, new = getattr(known, fact), getattr(more, fact)
        if old is not None and new is not None and old != new:
            raise ImportRefused(
                f"row {more.rows[0]}: {fact.replace('_', ' ')} is {str(new)[:60]!r}, but row {known.rows[0]} about "
                f"the same person says {str(old)[:60]!r}. Correct one of them."
            )
        if old is None:
            setattr(known, fact, new)
    if known.disabled != more.disabled and known.active_until is None:
        raise ImportRefused(
            f"row {more.rows[0]}: the account is {'closed' if more.disabled else 'open'}, but row "
            f"{known.rows[0]} about the same person says otherwise. Correct one of them."
        )
    for form, texts in more.names.items():
        known.names.setdefault(form, set()).update(texts)
    known.domains |= more.domains
    known.rows += more.rows


def _check(one: Person) -> None:
    if one.active_from and one.active_until and one.active_until < one.active_from:
        raise ImportRefused(
            f"row {one.rows[-1]}: active until {one.active_until}, before the first day {one.active_from}."
        )


def manager_of(people: Sequence[Person]) -> dict[int, Person]:
    """Return id of a person -> their manager, where the export has the manager too."""
    by_name: dict[str, Person | None] = {}
    for person in people:
        for texts in person.names.values():
            for text in texts:
                name = text.casefold()
                by_name[name] = person if by_name.get(name, person) is person else None
    found = {}
    for person in people:
        stated = person.manager or ""
        name = stated if "=" in stated else stated.rpartition("\\")[2]
        above = by_name.get(name.casefold())
        if above is not None:
            found[id(person)] = above
    return found


def _refuse_cycles(people: Sequence[Person]) -> None:
    managers = manager_of(people)
    settled: set[int] = set()
    for person in people:
        path: list[Person] = []
        on_path: set[int] = set()
        at: Person | None = person
        while at is not None and id(at) not in settled:
            if id(at) in on_path:
                cycle = path[path.index(at) :] if at in path else path
                rows = ", ".join(str(one.rows[0]) for one in cycle)
                raise ImportRefused(f"row {at.rows[0]}: managers form a cycle: rows {rows}.")
            path.append(at)
            on_path.add(id(at))
            at = managers.get(id(at))
        settled |= on_path
