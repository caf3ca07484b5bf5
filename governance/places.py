"""Import subnets and devices, which tell the department where a log names no person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final

from sqlalchemy import Connection

from governance.errors import ImportRefused
from governance.imports.records import Record, decoded, need_name, read_table
from governance.spellings import device_spellings, shared
from storage import audit
from storage.directory import DEVICES, Alias, Changes, Entry, Snapshot, principal_of, replace_snapshot
from storage.pseudonyms import Pseudonyms
from storage.subnets import Subnet, replace_subnets

SUBNET_COLUMNS: Final = {
    "cidr": ("cidr", "subnet", "network", "prefix", "range"),
    "site": ("site", "location", "building"),
    "department": ("department", "dept", "unit"),
    "clinical": ("clinical", "isclinical"),
    "kind": ("kind", "type", "zone", "role"),
}
DEVICE_COLUMNS: Final = {
    "name": tuple("name device devicename hostname host computer computername".split()),
    "hardware": tuple("mac macaddress ethernetmac wifimac asset assettag serial serialnumber".split()),
    "address": ("ip", "ipaddress", "address"),
    "owner": tuple("owner user assigneduser assignedto primaryuser userprincipalname username".split()),
    "department": ("department", "dept", "unit"),
    "clinical": ("clinical", "isclinical"),
    "kind": ("kind", "type", "devicetype", "category"),
}


@dataclass(frozen=True, slots=True)
class DevicesImported:
    """What an import of devices found and changed."""

    devices: int
    owned: int
    ambiguous: int
    changes: Changes


def import_subnets(
    conn: Connection, content: bytes, by: str, now: datetime, encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[int, int]:  # fmt: skip
    """Replace the subnets by those of a CSV file; return how many there are and how many rows changed.

    Raises ImportRefused.
    """
    need_name(by)
    records = read_table(decoded(content, encoding), SUBNET_COLUMNS, [["cidr"]], columns)
    found: dict[str, tuple[int, Subnet]] = {}
    for record in records:
        one = _subnet(record)
        if one.cidr in found:
            row, other = found[one.cidr]
            if other != one:
                raise ImportRefused(f"row {record.row}: {one.cidr} stands in row {row} with other facts.")
        else:
            found[one.cidr] = record.row, one
    _refuse_contradicting([one for _, one in found.values()], {one.cidr: row for row, one in found.values()})
    changed = replace_subnets(conn, [one for _, one in found.values()])
    if changed:
        audit.append(conn, by.strip(), "directory.imported", "subnets", {"subnets": len(found)}, now)
    return len(found), changed


def _subnet(record: Record) -> Subnet:
    text = record.first("cidr")
    if text is None:
        raise ImportRefused(f"row {record.row}: names no subnet.")
    try:
        network = ip_network(text)
    except ValueError as fault:
        raise ImportRefused(
            f"row {record.row}: {text[:60]!r} is no subnet ({fault}); write it like 10.20.4.0/24"
        ) from fault
    clinical, department = record.yes_no("clinical"), record.first("department")
    if clinical and department is None:
        raise ImportRefused(f"row {record.row}: {text} is clinical but names no department to show it under.")
    return Subnet(str(network), record.first("site"), department, clinical, record.first("kind"))


def _refuse_contradicting(subnets: Sequence[Subnet], rows: Mapping[str, int]) -> None:
    stated: dict[str, Subnet] = {}
    for one in subnets:
        if one.department is None or one.clinical is None:
            continue
        other = stated.setdefault(one.department.casefold(), one)
        if other.clinical != one.clinical:
            raise ImportRefused(
                f"row {rows[one.cidr]}: {one.department} is {'' if one.clinical else 'not '}clinical here, but "
                f"row {rows[other.cidr]} says otherwise. Correct one of them."
            )


def import_devices(
    conn: Connection,
    content: bytes,
    pseudonyms: Pseudonyms,
    own_domains: Iterable[str],
    by: str,
    now: datetime,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> DevicesImported:
    """Replace the directory's devices by those of a CSV file. Raises ImportRefused.

    A device with an owner stands for its owner; another is known by itself.
    """
    need_name(by)
    required = [["name", "hardware", "address"]]
    records = read_table(decoded(content, encoding), DEVICE_COLUMNS, required, columns)
    domains = list(own_domains)
    merged: dict[str, Record] = {}
    for record in records:
        names = [text for form in ("name", "hardware", "address") for text in record.values.get(form, ())]
        if not names:
            raise ImportRefused(f"row {record.row}: names no device.")
        _valid_addresses(record)
        record.yes_no("clinical")
        earlier = merged.setdefault(names[0].casefold(), record)
        if earlier.values != record.values:
            raise ImportRefused(
                f"row {record.row}: {names[0][:60]!r} stands in row {earlier.row} with other facts; correct one."
            )
    kept = list(merged.values())
    spelt = [
        device_spellings(
            record.values.get("name", ()),
            record.values.get("hardware", ()),
            record.values.get("address", ()),
            pseudonyms,
            domains,
        )
        for record in kept
    ]
    unclear = shared(spelt)
    stored: list[Entry] = []
    names_of: list[Alias] = []
    owned = 0
    for record, spellings in zip(kept, spelt, strict=True):
        usable = [name for name in spellings if name not in unclear]
        owner = pseudonyms.principal(record.first("owner") or "")
        if not usable:
            continue
        kind = "user" if owner else "device"
        principal = (principal_of(conn, owner) or owner) if owner else usable[0]
        owned += bool(owner)
        if not owner:
            stored.append(
                Entry(
                    principal,
                    "device",
                    record.first("department"),
                    record.first("kind"),
                    record.yes_no("clinical"),
                )
            )
        names_of.extend(Alias(name, principal, kind, spellings[name]) for name in usable)
    changes = replace_snapshot(conn, Snapshot(DEVICES, stored, names_of, unclear), now)
    if not changes.none:
        detail = {"devices": len(kept), "owned": owned, "spellings": len(names_of), "ambiguous": len(unclear)}
        audit.append(conn, by.strip(), "directory.imported", "devices", detail, now)
    return DevicesImported(len(kept), owned, len(unclear), changes)


def _valid_addresses(record: Record) -> None:
    for text in record.values.get("address", ()):
        try:
            ip_address(text)
        except ValueError as fault:
            raise ImportRefused(f"row {record.row}: {text[:60]!r} is no address ({fault}).") from fault
