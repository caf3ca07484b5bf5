"""Settings: from flags, the environment, one TOML file and defaults, in this order; docs/settings.md has them."""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from platformdirs import user_cache_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from api.committee_settings import CommitteeSettings
from api.listen_settings import ListenSettings
from api.origins import NAMES_THE_FILE, PREFIX, misspelt_variables, origin_of, settings_path
from api.pulling.settings import PullSettings
from api.zones import zone_of

SECRETS = frozenset({"database", "channels", "pulls"})
"""Settings that may hold a password, and are shown by no message."""


class SettingsInvalid(Exception):
    """A setting is wrong; the message says which, where it was read, and what is expected."""


class SourceSettings(BaseModel):
    """One place logs come from, scanned every night."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80, description="Shown in reports, for example 'Main proxy'.")
    paths: list[str] = Field(min_length=1, description="Files, folders or globs, as full paths.")
    format: str | None = Field(default=None, description="Format id; recognised by content if left out.")
    kind: str | None = Field(
        default=None, max_length=40, description="What it is, for example proxy, DNS or single sign-on."
    )
    owner: str | None = Field(
        default=None, max_length=120, description="Whom to ask when it falls silent: a team or a mailbox."
    )

    time_zone: str | None = Field(
        default=None, description="Zone of times in its logs that state none; `time_zone` if left out."
    )
    dates: Literal["day_first", "month_first"] | None = Field(
        default=None, description="Whether 03/04 is 3 April or 4 March; told by each file if left out."
    )
    every: str | None = Field(
        default=None,
        pattern=r"^[1-9]\d{0,3}[hdw]$",
        description="How often it has news: 1h, 1d, 4w; learned from its history if left out.",
    )

    @property
    def rhythm(self) -> timedelta | None:
        """Return how often it has news, if that is stated."""
        if self.every is None:
            return None
        unit = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[self.every[-1]]
        return int(self.every[:-1]) * unit

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            zone_of(name)
        return name

    @field_validator("paths")
    @classmethod
    def _full(cls, paths: list[str]) -> list[str]:
        from scanner.objects import is_stored  # loads the readers, which most commands do without

        for path in paths:
            if not Path(path).is_absolute() and not is_stored(path):
                raise ValueError(
                    f"{path!r} is no full path; begin it with / (a timer runs in no folder of yours)"
                )
        return paths


class Settings(BaseSettings):
    """What an administrator can set. Environment names begin with SKIAGRAM_."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", env_nested_delimiter="__", env_ignore_empty=True
    )

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
    trusted_keys: list[Path] = Field(
        default_factory=list, description="Public keys, or folders of them, whose bundles may be installed."
    )
    cache_directory: Path = Field(
        default_factory=lambda: user_cache_path("skiagram"), description="What can be made again at any time."
    )
    format_directories: list[Path] = Field(
        default_factory=list, description="Folders with format files of the organisation; they outrank ours."
    )
    ehr_files: list[Path] = Field(
        default_factory=list, description="Files with patient record systems (EHR) of the organisation."
    )
    resolve_aliases: bool = Field(
        default=False, description="Look up aliases of hosts that match nothing at your name server."
    )
    resolvers: list[str] = Field(
        default_factory=list,
        description="Your name servers, for resolve_aliases; this machine's if left out.",
    )
    weights_file: Path | None = Field(default=None, description="Weights of the assessment.")
    sources: list[SourceSettings] = Field(default_factory=list, description="What the nightly run scans.")
    pulls: list[PullSettings] = Field(
        default_factory=list, description="Interfaces the nightly run pulls identity logs from."
    )
    channels: dict[str, str] = Field(default_factory=dict, description="Alert channels: name to Apprise URL.")
    nightly: str | None = Field(
        default=None,
        description="Cron expression for the run inside `skiagram serve`, for example '15 2 * * *'.",
    )
    time_zone: str = Field(default="UTC", description="IANA name; decides what a local day is.")
    small_cell_threshold: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="Counts of people below it are not told in reports for managers.",
    )
    organisation: str = Field(default="", max_length=200, description="Name printed on top of reports.")
    report_paper: Literal["letter", "a4"] = Field(default="letter", description="Paper of PDF reports.")
    upload_limit: int = Field(
        default=1024, ge=1, description="Mebibytes that a file sent to `skiagram serve` may have."
    )
    listen: ListenSettings = Field(
        default_factory=ListenSettings, description="What `skiagram listen` receives, and where it keeps it."
    )

    committee: CommitteeSettings = Field(
        default_factory=CommitteeSettings, description="Quorum, majority and members of the committee."
    )

    @property
    def database_url(self) -> str:
        """Return the database to use."""
        return self.database or f"sqlite:///{self.data_directory / 'skiagram.db'}"

    @property
    def key_path(self) -> Path:
        """Return the file of the pseudonym key."""
        return self.key_file or self.data_directory / "pseudonym.key"

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone whose midnight ends a day."""
        return zone_of(self.time_zone)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        zone_of(name)
        return name

    @field_validator("nightly")
    @classmethod
    def _cron(cls, expression: str | None) -> str | None:
        if expression:
            from api.schedule import WallClockTrigger  # loads APScheduler, which most commands do without

            WallClockTrigger(expression, zone_of("UTC"))
        return expression or None

    @field_validator("channels")
    @classmethod
    def _urls(cls, channels: dict[str, str]) -> dict[str, str]:
        for name, url in channels.items():
            if "://" not in url:
                raise ValueError(
                    f"channel {name!r} has no URL such as mailtos://user:password@mail.hospital.example "
                    "(see https://appriseit.com/services/)"
                )
        return channels

    @model_validator(mode="after")
    def _sources_differ(self) -> Self:
        names = [source.name for source in self.sources] + [pull.name for pull in self.pulls]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"sources: two are called {twice[0]!r}; give each, pulls too, a name of its own")
        return self

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


def load_settings(**flags: Any) -> Settings:
    """Return the settings; `flags` that are None count as not given.

    Raises SettingsInvalid.
    """
    path = settings_path()
    _check_named(path)
    for wrong, right in misspelt_variables(Settings.model_fields).items():
        raise SettingsInvalid(f"environment {wrong}: there is no such setting; did you mean {right}?")
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsInvalid(f"file {path}: not valid TOML: {problem}") from problem
    except UnicodeDecodeError as problem:
        raise SettingsInvalid(f"file {path}: not UTF-8 text; save it as UTF-8") from problem
    except OSError as problem:
        raise SettingsInvalid(_unreadable(path, problem)) from problem
    except SettingsError as problem:
        raise SettingsInvalid(_not_json(str(problem))) from problem
    except ValidationError as problem:
        lines = [_explained(error, given) for error in problem.errors(include_url=False)]
        raise SettingsInvalid("\n".join(lines)) from problem


def _check_named(path: Path) -> None:
    """Refuse a settings file that was named and is not there."""
    try:
        if os.environ.get(NAMES_THE_FILE) and not path.is_file():
            raise SettingsInvalid(f"{path}: no such file; correct {NAMES_THE_FILE} or unset it")
        path.exists()
    except OSError as problem:  # the folder is closed to this user
        raise SettingsInvalid(_unreadable(path, problem)) from problem


def _unreadable(path: Path, problem: OSError) -> str:
    return (
        f"file {path}: cannot be read ({problem.strerror}); give this user the right to read it, "
        f"or name another file with {NAMES_THE_FILE}"
    )


def _not_json(said: str) -> str:
    name = next((name for name in Settings.model_fields if f'"{name}"' in said), "")
    example = {
        "channels": '{"mail": "mailtos://..."}',
        "sources": '[{"name": "Main proxy", "paths": ["/var/log/squid"]}]',
    }.get(name, '["one", "two"]')
    return f"environment {PREFIX}{name.upper()}: not valid JSON; write it like {example}"


def _explained(error: Mapping[str, Any], flags: Mapping[str, Any]) -> str:
    where = [str(step) for step in error["loc"]]
    setting = where[0] if where else "sources"
    origin = f"flag --{setting}" if setting in flags else origin_of(setting)
    if error["type"] == "extra_forbidden":
        kinds: dict[str, type[BaseModel]] = {
            "listen": ListenSettings,
            "pulls": PullSettings,
            "committee": CommitteeSettings,
        }
        inner = kinds.get(setting, SourceSettings)
        known = inner.model_fields if len(where) > 1 else Settings.model_fields
        near = get_close_matches(where[-1], known, 1)
        advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        return f"{origin}: {'.'.join(where)}: there is no such setting; {advice}"
    said = str(error["msg"]).removeprefix("Value error, ")
    told = error["type"] == "value_error" or setting in SECRETS  # such a message quotes what matters itself
    got = "" if told else f" (got {str(error['input'])[:60]!r})"
    return f"{origin}: {'.'.join(where)}{': ' if where else ''}{said}{got}"
