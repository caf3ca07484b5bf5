"""Make any text safe to store and to show: the one boundary every string crosses into the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

NAME_LIMIT = 1000
"""Longest stored name in characters. PostgreSQL refuses index entries of about 2,700 bytes."""

_BIDI = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SURROGATES = "\ud800-\udfff"
_NOT_IN_NAMES = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029{_BIDI}{_SURROGATES}]")
_NOT_IN_PROSE = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{_BIDI}{_SURROGATES}]")


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clean_name(text: str) -> str:
    """Escape control, direction and lone surrogate characters visibly, and cap the length at NAME_LIMIT.

    PostgreSQL refuses NUL, both drivers refuse lone surrogates, and line breaks in a name forge log lines and
    mail headers. A name that is too long keeps its beginning and a digest, so two of them stay two.
    """
    if len(text) <= NAME_LIMIT and text.isprintable():
        return text  # nearly every name: no control, format or surrogate character is printable
    cleaned = _NOT_IN_NAMES.sub(_escape, text)
    if len(cleaned) <= NAME_LIMIT:
        return cleaned
    digest = hashlib.sha256(cleaned.encode()).hexdigest()[:16]
    return f"{cleaned[: NAME_LIMIT - 17]}…{digest}"


def clean_prose(text: str) -> str:
    """Escape what clean_name escapes, but keep line breaks, tabs and any length: for prose."""
    return _NOT_IN_PROSE.sub(_escape, text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_json(value: Any) -> Any:
    """Clean every string of a JSON value, keys included; tuples become lists."""
    if isinstance(value, str):
        return clean_prose(value)
    if isinstance(value, Mapping):
        return {clean_name(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [clean_json(item) for item in items]
    return value
