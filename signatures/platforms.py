"""Know the domains and names that say nothing about AI: shared platforms, suites, ports, page helpers."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from signatures.hosts import split_suffix


def is_shared(suffix: str) -> bool:
    """Return whether unrelated services or customers share a canonical suffix; public suffixes count."""
    if suffix in _listed("shared"):
        return True
    domain, public, _ = split_suffix(suffix)
    return bool(public) and not domain and suffix not in _listed("ai_suffixes")


def is_suite(host: str) -> bool:
    """Return whether a canonical name is the bare home of a product in which AI is only a feature."""
    return host.removeprefix("www.") in _listed("suites")


def is_platform(name: str) -> bool:
    """Return whether a canonical name is a listed shared platform or suite; public suffixes are not asked."""
    return name in _listed("shared") or name in _listed("suites")


def is_generic(name: str | None) -> bool:
    """Return whether any product may have this application name, given in its form for comparison."""
    return name in _listed("generic_names")


def is_common_port(port: str) -> bool:
    """Return whether software of other makers listens on a port too, so that it names nobody by itself."""
    return port in _listed("ports")


def third_party(host: str) -> str | None:
    """Return the helper service a canonical host belongs to, or None."""
    labels = host.split(".")
    suffixes = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((suffix for suffix in suffixes if suffix in _listed("third_party")), None)


@cache
def _listed(name: str) -> frozenset[str]:
    lists = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return frozenset(lists[name])
