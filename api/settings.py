"""Settings: from flags, the environment, one TOML file and defaults, in this order."""

import os
import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class SettingsInvalid(Exception):
    """A setting is wrong; the message says which, where it was read, and what is expected."""


class SourceSettings(BaseModel):
    """One place logs come from, scanned every night."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80, description="Shown in reports, for example 'Main proxy'.")
    paths: list[str] = Field(min_length=1, description="Files, folders or globs.")
    format: str | None = Field(default=None, description="Format id; recognised by content if left out.")


class Settings(BaseSettings):
    """What an administrator can set. Environment names begin with SKIAGRAM_."""

    model_config = SettingsConfigDict(env_prefix="SKIAGRAM_", extra="forbid", env_nested_delimiter="__")

    data_directory: Path = Field(
        default_factory=lambda: user_data_path("skiagram"), description="Database, key and lock files."
    )
    database: str | None = Field(default=None, description="SQLAlchemy URL; an SQLite file by default.")
    key_file: Path | None = Field(
        default=None, description="Key of the pseudonyms, kept outside the database."
    )
    own_domains: list[str] = Field(default_factory=list, description="Mail domains of the organisation.")
    catalogue_directories: list[Path] = Field(
        default_factory=list, description="Folders with vendor files of the organisation; they outrank ours."
    )
    weights_file: Path | None = Field(default=None, description="Weights of the assessment.")
    sources: list[SourceSettings] = Field(default_factory=list, description="What the nightly run scans.")
    channels: dict[str, str] = Field(default_factory=dict, description="Alert channels: name to Apprise URL.")
    nightly: str | None = Field(
        default=None,
        description="Cron expression for the run inside `skiagram serve`, for example '15 2 * * *'.",
    )
    time_zone: str = Field(default="UTC", description="IANA name; decides what a local day is.")

    @property
    def database_url(self) -> str:
        """Return the database to use."""
        return self.database or f"sqlite:///{self.data_directory / 'skiagram.db'}"

    @property
    def key_path(self) -> Path:
        """Return the file of the pseudonym key."""
        return self.key_file or self.data_directory / "pseudonym.key"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: flags, environment, file, defaults."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_path()))


def settings_path() -> Path:
    """Return the settings file: $SKIAGRAM_CONFIG, else skiagram.toml in the user's configuration folder."""
    named = os.environ.get("SKIAGRAM_CONFIG")
    return Path(named) if named else user_config_path("skiagram") / "skiagram.toml"


def load_settings(**flags: Any) -> Settings:
    """Return the settings; `flags` that are None count as not given.

    Raises SettingsInvalid.
    """
    path = settings_path()
    if os.environ.get("SKIAGRAM_CONFIG") and not path.is_file():
        raise SettingsInvalid(f"{path}: no such file; correct SKIAGRAM_CONFIG or unset it")
    # The variable that names the file is not a setting itself.
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsInvalid(f"{path}: not valid TOML: {problem}") from problem
    except ValidationError as problem:
        lines = [
            f"{'.'.join(map(str, error['loc']))}: {error['msg']} (got {str(error['input'])[:60]!r})"
            for error in problem.errors()
        ]
        raise SettingsInvalid(f"settings ({path} and SKIAGRAM_ variables): " + "; ".join(lines)) from problem


def origin_of(name: str) -> str:
    """Say where the value of a setting came from."""
    if f"SKIAGRAM_{name.upper()}" in os.environ:
        return f"environment SKIAGRAM_{name.upper()}"
    path = settings_path()
    try:
        if path.is_file() and name in tomllib.loads(path.read_text(encoding="utf-8")):
            return f"file {path}"
    except (OSError, tomllib.TOMLDecodeError):
        return f"file {path} (unreadable)"
    return "default"
