"""Lend the shipped catalogue, which takes seconds to validate and is validated once for all tests."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from signatures.catalogue import Catalogue, default_directory, load_catalogue
from signatures.matcher import Matcher


@cache
def shipped_catalogue() -> Catalogue:
    """Return the shipped catalogue; call it in a test or fixture, before which there is no cache of the tests."""
    return load_catalogue([default_directory()], cache=cache_of_the_tests())


@cache
def shipped_matcher() -> Matcher:
    """Return the matcher over the shipped catalogue."""
    return Matcher(shipped_catalogue())


def cache_of_the_tests() -> Path:
    """Return the folder in which the program keeps what it validated."""
    return Path(os.environ["XDG_CACHE_HOME"]) / "skiagram"
