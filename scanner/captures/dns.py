"""Reads questions and answers of DNS messages as mDNS, LLMNR and plain DNS send them (RFC 1035)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop
from struct import Struct, error

from scanner.captures.ech import cover_names
from scanner.captures.text import escaped_name

MAX_QUESTIONS = 64
MAX_RECORDS = 512
MAX_JUMPS = 64
SHORT = 128
A, CNAME, AAAA, SVCB, HTTPS = 1, 5, 28, 64, 65
ROOT = "<Root>"
"""The name of no labels, as Wireshark writes it; a lone dot would vanish where final dots are cut off."""

_PLAIN = re.compile(rb"[A-Za-z0-9_*-]+\Z")
_HEADER = Struct(">HHHHHH")
_FIXED = Struct(">HHIH")
_PAIR = Struct(">HH")


@dataclass(frozen=True, slots=True)
class Message:
    """One DNS message."""

    is_response: bool
    response_code: str
    questions: tuple[tuple[str, str], ...]
    """Name and type."""
    answers: tuple[str, ...]
    """Addresses and aliases of all sections, in the order A, AAAA, CNAME."""
    cover_names: tuple[str, ...] = ()
    """Public names for Encrypted Client Hello that HTTPS and SVCB records announce."""


def read_message(data: bytes) -> Message | None:
    """Read a message; None if the bytes are none or ask nothing.

    Records that are cut or damaged end the answers; what stood before them counts.
    """
    if len(data) < 12:
        return None
    # Clients ask the same again and again; only the number of a message, which is not read, differs.
    if len(data) <= SHORT and not data[2] & 0x80:
        return _short_query(b"\0\0" + data[2:])
    return _read(data)


@lru_cache(maxsize=8192)
def _short_query(data: bytes) -> Message | None:
    return _read(data)


def _read(data: bytes) -> Message | None:
    _, flags, questions, *sections = _HEADER.unpack_from(data)
    if not 0 < questions <= MAX_QUESTIONS or (flags >> 11 & 15) > 6:
        return None
    asked: list[tuple[str, str]] = []
    position = 12
    try:
        for _ in range(questions):
            name, position = _name(data, position)
            kind, _class = _PAIR.unpack_from(data, position)
            position += 4
            asked.append((name, type_name(kind)))
    except (ValueError, error):
        if not asked:
            return None
    if not flags & 0x8000:
        return Message(False, code_name(flags & 15), tuple(asked), ())
    answers, covers = _answers(data, position, min(sum(sections), MAX_RECORDS))
    return Message(True, code_name(flags & 15), tuple(asked), answers, covers)


def _answers(data: bytes, position: int, count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: dict[int, list[str]] = {A: [], AAAA: [], CNAME: []}
    covers: list[str] = []
    try:
        for _ in range(count):
            position = _behind_name(data, position)
            kind, _, _, size = _FIXED.unpack_from(data, position)
            position += 10
            if position + size > len(data):
                break
            if kind == A and size == 4:
                found[A].append(inet_ntop(AF_INET, data[position : position + 4]))
            elif kind == AAAA and size == 16:
                found[AAAA].append(inet_ntop(AF_INET6, data[position : position + 16]))
            elif kind == CNAME:
                found[CNAME].append(_name(data, position)[0])
            elif kind in (SVCB, HTTPS):
                covers += cover_names(data[position : position + size])
            position += size
    except (ValueError, error):
        pass
    return tuple(found[A] + found[AAAA] + found[CNAME]), tuple(covers)


def _name(data: bytes, position: int) -> tuple[str, int]:
    """Return the name at `position` and the position behind it; loops and cuts raise ValueError."""
    end = data.find(b"\0", position, position + 256)
    if end >= 0 and (name := _plain_name(data[position:end])) is not None:
        return name, end + 1
    labels: list[str] = []
    behind, jumps, size = -1, 0, 0
    while True:
        if position >= len(data):
            raise ValueError("a name is cut")
        length = data[position]
        if length == 0:
            position += 1
            break
        if length >= 0xC0:
            if position + 1 >= len(data):
                raise ValueError("a name is cut")
            if behind < 0:
                behind = position + 2
            target = (length & 0x3F) << 8 | data[position + 1]
            jumps += 1
            # Only backwards and not often: what RFC 1035 allows and no loop can pass.
            if target >= position or jumps > MAX_JUMPS:
                raise ValueError("a name points into a loop")
            position = target
            continue
        if length > 63:
            raise ValueError("a label of an unknown kind")
        label = data[position + 1 : position + 1 + length]
        size += length + 1
        if len(label) < length or size > 255:
            raise ValueError("a name is cut or too long")
        labels.append(escaped_name(label).replace(".", "\\x2e"))
        position += 1 + length
    return ".".join(labels) or ROOT, position if behind < 0 else behind


@lru_cache(maxsize=16_384)
def _plain_name(labels: bytes) -> str | None:
    """Return the name of labels that are plain host name characters; None if they are not so simple.

    Most names come again and again, and without compression in them.
    """
    position, parts = 0, []
    while position < len(labels):
        size = labels[position]
        parts.append(labels[position + 1 : position + 1 + size])
        position += 1 + size
    if position != len(labels) or position > 254 or not _PLAIN.match(b"".join(parts)):
        return None
    return b".".join(parts).decode("ascii") if max(map(len, parts)) < 64 else None


def _behind_name(data: bytes, position: int) -> int:
    while position < len(data):
        length = data[position]
        if length == 0:
            return position + 1
        if length >= 0xC0:
            return position + 2
        position += 1 + length
    raise ValueError("a name is cut")


@lru_cache(maxsize=1024)
def type_name(value: int) -> str:
    """Return the name of a record type as IANA lists it, TYPE123 if it has none."""
    from dns import rdatatype

    return rdatatype.to_text(rdatatype.RdataType.make(value))


@lru_cache(maxsize=16)
def code_name(value: int) -> str:
    """Return the name of a response code as IANA lists it."""
    from dns import rcode

    return rcode.to_text(rcode.Rcode.make(value))
