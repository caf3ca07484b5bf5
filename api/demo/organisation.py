"""What the imaginary hospital knows about itself: directory, subnets, devices, systems, one survey answer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from api.demo.people import (
    DEPARTMENTS,
    MAIL_DOMAIN,
    ROAMING_EVERY,
    SERVERS,
    WINDOWS_DOMAIN,
    Person,
    hire,
)
from api.demo.truth import DemoTruth

LEAVER_TOOL = "chatgpt"
_DAYS_AFTER_THE_END = 16
"""So long before the last day of the logs did the one who left have their own last day."""

_WARDS = "Radiology;Emergency;Oncology;Nursing;Pharmacy"
_CLINICS = "Riverside Clinic;Behavioural Health"
_SYSTEMS = (
    ("Lakeside Record", "ehr", "yes", "phi", "CMIO", _WARDS, "ehr.lakeside.example"),
    ("Clinic Record", "ehr", "yes", "phi", "Riverside Clinic", _CLINICS, "clinic-ehr.lakeside.example"),
    ("PACS", "imaging", "yes", "phi", "Radiology", "Radiology;Oncology", "pacs.lakeside.example"),
    ("Claims", "billing", "yes", "phi", "Coding and Billing", "Coding and Billing;Finance", "claims.lakeside.example"),
    ("Trial registry", "research", "unknown", "limited_set", "Oncology", "Oncology", "registry.lakeside.example"),
    ("Personnel", "hr", "no", "none", "Human Resources", "Human Resources", "hr.lakeside.example"),
)  # fmt: skip
_ANSWERS = (
    ("Radiology", "ChatGPT", "Wording of letters", "12", "no", "personal"),
    ("Radiology", "Rad Companion", "First drafts of reports", "3", "yes", "unknown"),
    ("Oncology", "OpenEvidence", "Questions about guidelines", "9", "unknown", "personal"),
    ("Finance", "none", "", "", "", ""),
)


@dataclass(frozen=True, slots=True)
class OrganisationFiles:
    """The files, as the hospital would export them."""

    directory: Path
    subnets: Path
    devices: Path
    systems: Path
    answers: Path


def write_organisation(folder: Path, truth: DemoTruth, seed: int) -> OrganisationFiles:
    """Write the hospital's own lists; one person has left and goes on using a tool."""
    folder.mkdir(parents=True, exist_ok=True)
    people = hire(seed)
    left = min(truth.tools[LEAVER_TOOL].people, default="")
    files = OrganisationFiles(
        folder / "directory.csv",
        folder / "subnets.csv",
        folder / "devices.csv",
        folder / "systems.csv",
        folder / "survey.csv",
    )
    _write_directory(files.directory, people, left, truth.last_day - timedelta(days=_DAYS_AFTER_THE_END))
    _write_subnets(files.subnets)
    _write_devices(files.devices, people)
    _write(files.systems, "system,kind,holds PHI,data classes,owner,departments,hosts", _SYSTEMS)
    _write(files.answers, "department,tool,purpose,people,patient data,account", _ANSWERS)
    return files


def _write_directory(path: Path, people: Sequence[Person], left: str, last_day: date) -> None:
    heads: dict[str, Person] = {}
    rows = []
    for person in people:
        head = heads.setdefault(person.department, person)
        rows.append(
            (
                person.user,
                person.email,
                f"CN={person.first} {person.last},OU={person.department},DC=lakeside,DC=example",
                WINDOWS_DOMAIN,
                person.department,
                person.role,
                "yes" if person.clinical else "no",
                "" if head is person else head.user,
                last_day.isoformat() if person.user == left else "",
            )
        )
    titles = "sAMAccountName,userPrincipalName,distinguishedName,domain,department,title,clinical,manager"
    _write(path, f"{titles},terminationDate", rows)


def _write_subnets(path: Path) -> None:
    rows = [
        (f"{one.network}.0/24", one.site, one.name, "yes" if one.clinical else "no", "workstations")
        for one in DEPARTMENTS
    ]
    rows += [
        (
            f"100.64.{one.network.split('.')[2]}.0/24",
            "remote",
            one.name,
            "yes" if one.clinical else "no",
            "tablets",
        )
        for one in DEPARTMENTS
        if one.name in ROAMING_EVERY
    ]
    rows.append(("10.99.0.0/16", "campus", "", "", "guest"))
    _write(path, "cidr,site,department,clinical,kind", rows)


def _write_devices(path: Path, people: Sequence[Person]) -> None:
    rows = [(person.device, "", f"{person.user}@{MAIL_DOMAIN}", "", "workstation") for person in people]
    rows += [(one.name, one.address, "", one.department, one.role) for one in SERVERS]
    _write(path, "device,ip,owner,department,kind", rows)


def _write(path: Path, titles: str, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(titles.split(","))
        table.writerows(rows)
