"""The people, workstations and servers of the imaginary hospital."""

# ruff: noqa: E501  (tables read better with one row a line)

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

MAIL_DOMAIN = "lakeside.example"
WINDOWS_DOMAIN = "LAKESIDE"

CAMPUS = "campus"  # explicit proxy (Squid) and own resolver (BIND)
OFFICE = "office"  # firewall with URL log (PAN-OS) and own resolver (BIND)
ROAMING = "roaming"  # cloud proxy (Zscaler ZIA)
SATELLITE = "satellite"  # cloud resolver (Umbrella)
CLINIC = "clinic"  # resolver of a small clinic (Pi-hole)
DATA_CENTRE = "data centre"  # network tap (Zeek)


@dataclass(frozen=True, slots=True)
class Department:
    """A department: where its people sit, which network that is, how many they are and what they do."""

    name: str
    code: str
    clinical: bool
    site: str
    network: str
    staff: int
    roles: tuple[str, ...]


DEPARTMENTS = (
    Department(
        "Radiology", "RAD", True, CAMPUS, "10.20.1", 34, ("radiologist", "technologist", "technologist")
    ),
    Department("Emergency", "EMD", True, CAMPUS, "10.20.2", 46, ("physician", "nurse", "nurse", "registrar")),
    Department("Oncology", "ONC", True, CAMPUS, "10.20.3", 28, ("physician", "nurse practitioner", "nurse")),
    Department("Nursing", "NUR", True, CAMPUS, "10.20.4", 92, ("nurse", "nurse", "nurse", "nurse manager")),
    Department("Pharmacy", "PHA", True, CAMPUS, "10.20.5", 24, ("pharmacist", "pharmacy technician")),
    Department("Coding and Billing", "COD", False, CAMPUS, "10.20.6", 26, ("coder", "coder", "biller")),
    Department(
        "Behavioural Health", "BEH", True, SATELLITE, "10.50.0", 30, ("therapist", "psychiatrist", "nurse")
    ),
    Department("Riverside Clinic", "RIV", True, CLINIC, "10.40.2", 18, ("physician", "nurse", "front desk")),
    Department("Human Resources", "HRS", False, OFFICE, "10.30.1", 12, ("recruiter", "adviser")),
    Department(
        "Information Technology", "ITS", False, OFFICE, "10.30.2", 22, ("engineer", "analyst", "developer")
    ),
    Department("Finance", "FIN", False, OFFICE, "10.30.3", 16, ("accountant", "controller")),
    Department("Marketing", "MKT", False, OFFICE, "10.30.4", 10, ("writer", "designer")),
)

ROAMING_EVERY = {"Emergency": 4, "Oncology": 3, "Nursing": 12, "Coding and Billing": 4}
"""In these departments every n-th person works on a tablet or from home, through the cloud proxy."""

FIRST_NAMES = (
    "Amara", "Anders", "Aisha", "Bela", "Bruno", "Carmen", "Chidi", "Clara", "Dana", "Deepa", "Diego", "Elena", "Emeka",
    "Erik", "Farah", "Felix", "Gita", "Hana", "Hugo", "Imani", "Ines", "Ivo", "Jamal", "Jana", "Joon", "Kai", "Kavya",
    "Lars", "Leila", "Lucia", "Mateo", "Mei", "Mila", "Nadia", "Noah", "Olga", "Omar", "Paula", "Pedro", "Priya",
    "Quinn", "Rafael", "Rosa", "Samir", "Sofia", "Tariq", "Tomas", "Uma", "Vera", "Viktor", "Wei", "Yara", "Yusuf", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Alvarez", "Bakker", "Banerjee", "Becker", "Castillo", "Chen", "Costa", "Dahl", "Diallo", "Dvorak", "Eze",
    "Farouk", "Fischer", "Garcia", "Gupta", "Haddad", "Hansen", "Horvat", "Ibrahim", "Iyer", "Jansen", "Kaya", "Kim",
    "Kowalski", "Larsen", "Lopez", "Mahmoud", "Mensah", "Moreau", "Nakamura", "Nguyen", "Novak", "Okafor", "Olsen",
    "Park", "Patel", "Petrov", "Quiroga", "Rahman", "Reyes", "Rossi", "Sato", "Schmidt", "Silva", "Tanaka", "Toure",
    "Usman", "Varga", "Vega", "Wagner", "Wong", "Xu", "Yamada", "Yilmaz", "Zhang", "Zielinski",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, and the device they work on."""

    user: str
    first: str
    last: str
    department: str
    role: str
    clinical: bool
    site: str
    address: str
    device: str

    @property
    def email(self) -> str:
        """Return the mail address, which is also the sign-in name."""
        return f"{self.user}@{MAIL_DOMAIN}"


@dataclass(frozen=True, slots=True)
class Server:
    """A machine without a user; logs know it by its address."""

    name: str
    address: str
    department: str
    role: str


SERVERS = (
    Server("ehr-interface-01", "10.60.0.11", "Information Technology", "interface engine"),
    Server("pacs-router-01", "10.60.0.21", "Radiology", "image router"),
    Server("pacs-archive-02", "10.60.0.22", "Radiology", "image archive"),
    Server("billing-batch-01", "10.60.0.31", "Coding and Billing", "batch server"),
    Server("research-gpu-01", "10.60.0.41", "Oncology", "research server"),
    Server("mail-relay-01", "10.60.0.51", "Information Technology", "mail relay"),
    Server("update-mirror-01", "10.60.0.52", "Information Technology", "update mirror"),
    Server("backup-01", "10.60.0.53", "Information Technology", "backup server"),
)


def hire(seed: int) -> tuple[Person, ...]:
    """Return everybody who works at the hospital; the same people for the same seed."""
    rng = random.Random(f"{seed}:people")
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    rng.shuffle(names)
    drawn = iter(names)
    people = []
    for department in DEPARTMENTS:
        every = ROAMING_EVERY.get(department.name, 0)
        for number in range(department.staff):
            first, last = next(drawn)
            roaming = bool(every) and number % every == 0
            people.append(
                Person(
                    user=f"{first}.{last}".lower(),
                    first=first,
                    last=last,
                    department=department.name,
                    role=department.roles[number % len(department.roles)],
                    clinical=department.clinical,
                    site=ROAMING if roaming else department.site,
                    address=f"{'100.64.' + department.network.split('.')[2] if roaming else department.network}.{number + 11}",
                    device=f"LSH-{department.code}-{'TB' if roaming else 'WS'}{number + 11:03d}",
                )
            )
    return tuple(people)


def write_people(path: Path, people: tuple[Person, ...]) -> None:
    """Write ``principal,department,role,clinical`` for people, their workstations' addresses, and servers."""
    clinical = {department.name: department.clinical for department in DEPARTMENTS}
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("principal", "department", "role", "clinical"))
        for person in people:
            table.writerow((person.user, person.department, person.role, str(person.clinical).lower()))
        for person in people:
            table.writerow((person.address, person.department, "workstation", str(person.clinical).lower()))
        for server in SERVERS:
            table.writerow(
                (server.address, server.department, server.role, str(clinical[server.department]).lower())
            )
