"""Say where the value of a setting came from: an environment variable, the settings file, or the default."""

import os
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from platformdirs import user_config_path

PREFIX = "SKIAGRAM_"
NAMES_THE_FILE = f"{PREFIX}CONFIG"
"""The variable that names the settings file, and so is no setting itself."""

JOINED = frozenset({"channels"})
"""Tables, whose entries are joined where several places name some; elsewhere the first place counts alone."""


def settings_path() -> Path:
    """Return the settings file: $SKIAGRAM_CONFIG, else skiagram.toml in the user's configuration folder."""
    named = os.environ.get(NAMES_THE_FILE)
    return Path(named) if named else user_config_path("skiagram") / "skiagram.toml"


def origin_of(name: str) -> str:
    """Say where the value of a setting came from; several places where entries were joined."""
    places = [f"environment {variable}" for variable in variables_of(name)]
    if not places or name in JOINED:
        path = settings_path()
        try:
            if path.is_file() and name in tomllib.loads(path.read_text(encoding="utf-8")):
                places.append(f"file {path}")
        except (OSError, ValueError):
            places.append(f"file {path} (unreadable)")
    return ", ".join(places) or "default"


def variables_of(name: str) -> list[str]:
    """Return the environment variables that set a setting or an entry of it, as they are written there."""
    whole = f"{PREFIX}{name.upper()}"
    return sorted(
        variable
        for variable, value in os.environ.items()
        if value and (variable.upper() == whole or variable.upper().startswith(f"{whole}__"))
    )


def misspelt_variables(names: Iterable[str]) -> dict[str, str]:
    """Return variables that set nothing but look like one that does -> that one.

    Other unknown variables are left alone: container platforms set some by themselves, after a service's name.
    """
    known = [f"{PREFIX}{name.upper()}" for name in names]
    found: dict[str, str] = {}
    for variable in sorted(os.environ):
        asked = variable.upper().partition("__")[0]
        if not asked.startswith(PREFIX) or asked in known or asked == NAMES_THE_FILE:
            continue
        near = get_close_matches(
            asked.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], 1, 0.8
        )
        if near:
            found[variable] = f"{PREFIX}{near[0]}"
    return found
