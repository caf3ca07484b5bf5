"""Know the systems that hold the patient record (EHR), as staff use them: their hosts and application names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signatures.errors import EhrListInvalid
from signatures.hosts import normalise_host
from signatures.names import application_key


class _System(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Annotated[str, Field(min_length=2)]
    hosts: tuple[str, ...] = ()
    except_: Annotated[tuple[str, ...], Field(alias="except")] = ()
    portal_labels: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]{3,63}$")], ...] = ()
    applications: tuple[str, ...] = ()
    source: Annotated[str, Field(min_length=3)]
    as_of: date
    basis: Literal["page", "name", "own"]
    note: str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    systems: tuple[_System, ...]


@dataclass(frozen=True, slots=True)
class EhrSystem:
    """One system, with where its names were read and when."""

    id: str
    name: str
    hosts: tuple[str, ...]
    applications: tuple[str, ...]
    source: str
    as_of: date
    basis: str
    portal_labels: tuple[str, ...] = ()


class EhrList:
    """Tells whether a host or an application is a patient record."""

    def __init__(self, systems: Iterable[EhrSystem], portals: Iterable[str] = ()) -> None:
        self.systems = tuple(systems)
        self._hosts = {host: one.id for one in self.systems for host in one.hosts}
        self._portals = frozenset(portals)
        self._portal_labels = {one.id: one.portal_labels for one in self.systems if one.portal_labels}
        self._applications = {
            key: one.id for one in self.systems for name in one.applications if (key := application_key(name))
        }
        self._of_host = lru_cache(maxsize=65536)(self._find_host)

    def with_names(self, names: Iterable[str], source: str, day: date) -> EhrList:
        """Return a list that also knows hosts (with a dot) and applications of the organisation's own."""
        given = sorted({name.strip() for name in names if name.strip()})
        hosts = {name: host for name in given if "." in name and (host := normalise_host(name))}
        if not given:
            return self
        applications = tuple(name for name in given if name not in hosts)
        own = EhrSystem(
            "own",
            "The organisation's own",
            tuple(sorted(set(hosts.values()))),
            applications,
            source,
            day,
            "own",
        )
        return EhrList((*self.systems, own), self._portals)

    def marks(self) -> tuple[str, ...]:
        """Return pieces of lower-case text of which every host and application on the list holds one.

        Texts that are not ASCII, and addresses, can be written in other ways; none where an address is on the list.
        """
        hosts = tuple(self._hosts)
        if any(host[-1:].isdigit() or ":" in host for host in hosts):
            return ()
        # A host below one with a shorter name holds that name as well.
        shortest = [host for host in hosts if not any(host.endswith(f".{other}") for other in hosts)]
        return (*shortest, *{max(key.split(), key=len) for key in self._applications})

    def of_host(self, raw: str) -> str | None:
        """Return the id of the system a host belongs to."""
        return self._of_host(raw)

    def of_application(self, name: str) -> str | None:
        """Return the id of the system an application name in a sign-in log stands for."""
        key = application_key(name)
        return self._applications.get(key) if key else None

    def _find_host(self, raw: str) -> str | None:
        host = normalise_host(raw)
        labels = host.split(".") if host else []
        for start in range(len(labels)):
            name = ".".join(labels[start:])
            if name in self._portals:
                return None
            if name in self._hosts:
                system = self._hosts[name]
                portal = self._portal_labels.get(system, ())
                return None if any(label.startswith(portal) for label in labels[:start]) else system
        return None


def shipped_path() -> Path:
    """Return the path of the packaged list."""
    return Path(__file__).with_name("ehr.toml")


def load_ehr_list(own: Iterable[Path] = ()) -> EhrList:
    """Load the packaged list and the organisation's own files; a system of theirs outranks ours of that id.

    Raises EhrListInvalid, which names the file and every entry that is wrong.
    """
    systems: dict[str, EhrSystem] = {}
    portals: set[str] = set()
    for path in (shipped_path(), *own):
        for entry in _read(path).systems:
            hosts = [_host(path, entry.id, raw) for raw in entry.hosts]
            portals.update(_host(path, entry.id, raw) for raw in entry.except_)
            if not hosts and not entry.applications:
                raise EhrListInvalid(f"{path}: {entry.id}: name at least one of hosts and applications")
            systems[entry.id] = EhrSystem(
                entry.id,
                entry.name,
                tuple(hosts),
                entry.applications,
                entry.source,
                entry.as_of,
                entry.basis,
                entry.portal_labels,
            )
    return EhrList(systems.values(), portals)


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise EhrListInvalid(f"{path}: cannot be read ({fault.strerror}); correct ehr_files") from fault
    except ValidationError as fault:
        said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors(include_url=False)]
        raise EhrListInvalid("\n".join(f"{path}: {line}" for line in said)) from fault
    except ValueError as fault:
        raise EhrListInvalid(f"{path}: not valid TOML: {fault}") from fault


def _host(path: Path, system: str, raw: str) -> str:
    host = normalise_host(raw)
    if host is None or "." not in host:
        raise EhrListInvalid(
            f"{path}: {system}: {raw[:80]!r} is no full host name; write it like epic.hospital.example"
        )
    return host
