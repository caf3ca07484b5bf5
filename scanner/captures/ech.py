"""Reads the public names that hosts announce for Encrypted Client Hello in their HTTPS records (RFC 9848)."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.captures.text import escaped_name

_VERSION = 0xFE0D


def cover_names(record: bytes) -> list[str]:
    """Return the public names in the data of one HTTPS or SVCB record; damaged records have none."""
    from dns import exception, rdata, rdataclass, rdatatype
    from dns.rdtypes.svcbbase import ECHParam, ParamKey

    try:
        parsed = rdata.from_wire(rdataclass.IN, rdatatype.HTTPS, record, 0, len(record))
    except (exception.DNSException, ValueError):
        return []
    announced = getattr(parsed, "params", {}).get(ParamKey.ECH)
    return list(_public_names(announced.ech)) if isinstance(announced, ECHParam) else []


def _public_names(configurations: bytes) -> Iterator[str]:
    """Yield the public name of each configuration of a list (RFC 9849, 4)."""
    at = 2
    while at + 4 <= len(configurations):
        version, size = _number(configurations, at), _number(configurations, at + 2)
        contents = configurations[at + 4 : at + 4 + size]
        at += 4 + size
        if version != _VERSION:
            continue
        name_at = 3 + 2 + _number(contents, 3)  # behind identifier, key mechanism and public key
        name_at += 2 + _number(contents, name_at) + 1  # behind cipher suites and longest name
        if name_at < len(contents):
            name = contents[name_at + 1 : name_at + 1 + contents[name_at]]
            if name:
                yield escaped_name(name).lower()


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")
