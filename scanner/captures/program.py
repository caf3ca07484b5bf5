"""Finds an installed tshark."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from scanner.captures.errors import TsharkMissing

OLDEST_VERSION = (3, 4)
"""First with the field names used here."""


@dataclass(frozen=True, slots=True)
class Tshark:
    """An installed tshark."""

    path: str
    version: str


def find_tshark() -> Tshark:
    """Find tshark where pyshark looks for it, and ask for its version.

    Raises:
        TsharkMissing: none was found, or it is too old; the message names the places.
    """
    from pyshark.tshark import tshark as discovery

    try:
        path = str(discovery.get_process_path())
        version = str(discovery.get_tshark_version(path))
    except discovery.TSharkNotFoundException as error:
        raise TsharkMissing(
            f"tshark was not found ({' '.join(str(error).split())}); install it: apt-get install tshark"
        ) from error
    except (discovery.TSharkVersionException, OSError, subprocess.SubprocessError) as error:
        raise TsharkMissing(
            f"a tshark was found but does not tell its version ({error}); "
            "reinstall it: apt-get install tshark"
        ) from error
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
        raise TsharkMissing(f"{path} is version {version}; 3.4 or later is needed: apt-get install tshark")
    return Tshark(path, version)
